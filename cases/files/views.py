"""Adding a file to a case, handing it out after the check, and withdrawing it."""

import logging

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from accounts.access import Permission, requires
from audit.log import record_read
from cases.files import actions
from cases.files.forms import AttachForm, WithdrawForm
from cases.files.kinds import LARGEST, MEGABYTE
from cases.models import Attachment, Case, ReceivedDossier
from cases.step_views import record

logger = logging.getLogger(__name__)

# Whatever is in a file, a browser that shows it all the same runs nothing and loads nothing.
HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store, private",
}


@requires(Permission.ATTACH_FILE)
def attach(request: HttpRequest, reference: str) -> HttpResponse:
    """Add a file to a case."""
    cases = Case.objects.permitted(request.user, Permission.ATTACH_FILE)
    case = get_object_or_404(
        cases.select_related("pupil", "school__buurtteam"), reference=reference
    )
    form = AttachForm.for_page(request)
    return record(
        request,
        case,
        form,
        "files/attach.html",
        lambda: actions.attach(
            case, request.user, form.key, title=form.values["title"], content=form.content
        ),
        _("The file is added."),
        back="cases:files",
        largest=LARGEST // MEGABYTE,
    )


@requires(Permission.SEE_CASE)
def serve(request: HttpRequest, reference: str, file: str) -> FileResponse:
    """Hand a file out, as a download, to whoever may see its case."""
    found = get_object_or_404(
        Attachment.objects.visible_to(request.user).served().select_related("case"),
        case__reference=reference,
        public_id=file,
    )
    try:
        opened = found.file.open("rb")
    except FileNotFoundError as error:
        logger.error("The file of attachment %s is gone", found.public_id)
        raise Http404 from error
    record_read(request.user, found)
    return FileResponse(
        opened,
        as_attachment=True,
        filename=found.served_name,
        content_type=found.file_kind.mime_type,
        headers=HARMLESS,
    )


@requires(Permission.SEE_CASE)
def received(request: HttpRequest, reference: str, file: str) -> HttpResponse:
    """Show what another school handed over, as far as its file may still be opened."""
    found = get_object_or_404(
        ReceivedDossier.objects.filter(
            file__in=Attachment.objects.visible_to(request.user).served()
        ).select_related("author", "file", "case__pupil"),
        case__reference=reference,
        file__public_id=file,
    )
    record_read(request.user, found)
    return render(request, "files/received.html", {"received": found, "case": found.case})


@requires(Permission.ATTACH_FILE)
def withdraw(request: HttpRequest, reference: str, file: str) -> HttpResponse:
    """Say that a file does not belong in a case: nobody can open it any more."""
    found = get_object_or_404(
        Attachment.objects.withdrawable_by(request.user).select_related(
            "author", "case__pupil", "case__school__buurtteam"
        ),
        case__reference=reference,
        public_id=file,
    )
    form = WithdrawForm.for_page(request)
    return record(
        request,
        found.case,
        form,
        "files/withdraw.html",
        lambda: actions.withdraw(found, request.user, why=form.values["why"]),
        _("The file is withdrawn: nobody can open it any more."),
        closed_too=True,
        back="cases:files",
        seen=found.case,  # the page says what the file is, and hands out none
        file=found,
    )
