"""The page on which whoever chairs invites more people."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.access import Permission, requires
from audit.log import record_read
from consultations.inviting import actions
from consultations.inviting.forms import InviteForm
from consultations.models import Consultation


@requires(Permission.CHAIR_CONSULTATION)
def invite(request: HttpRequest, reference: str) -> HttpResponse:
    """Invite people to a consultation that was asked."""
    consultation = get_object_or_404(
        Consultation.objects.run_by(request.user).select_related("case__pupil", "case__school"),
        reference=reference,
    )
    if request.method == "GET" and not consultation.is_open:
        return redirect("consultations:detail", reference)
    form = InviteForm.for_page(request, consultation=consultation)
    if form.is_bound and form.is_valid():
        try:
            form.run(actions.invite, consultation, request.user, form.values["invitees"])
        except PermissionDenied as denied:
            raise Http404 from denied
        if not form.errors:
            messages.success(request, _("They are invited, and hear of it by mail."))
            return redirect("consultations:detail", reference)
    record_read(request.user, consultation)
    return render(
        request,
        "consultations/invite.html",
        {"form": form, "consultation": consultation},
        status=422 if form.errors else 200,
    )
