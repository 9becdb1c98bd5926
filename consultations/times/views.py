"""Pages on when a consultation is held."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.access import Permission, requires
from accounts.forms import MeldcodeForm
from audit.log import record_read
from cases.names import Family
from consultations.models import Consultation, Invitation
from consultations.times import actions
from consultations.times.calendar import CONTENT_TYPE, calendar_file
from consultations.times.forms import AgreeForm, AnswerForm, ProposeForm
from consultations.words import LOOK_OVER


@requires(Permission.CHAIR_CONSULTATION)
def propose(request: HttpRequest, reference: str) -> HttpResponse:
    """Propose times."""
    consultation = _chaired(request, reference)
    form = ProposeForm.for_page(request)
    return _page(
        request,
        consultation,
        form,
        "consultations/propose.html",
        lambda: actions.propose_times(consultation, request.user, form.moments),
        _("The times are proposed. Whoever is invited can answer now."),
    )


@requires(Permission.CHAIR_CONSULTATION)
def agree(request: HttpRequest, reference: str) -> HttpResponse:
    """Agree on one of the times."""
    consultation = _chaired(request, reference)
    form = AgreeForm.for_page(request, consultation=consultation)
    if request.method == "POST" and "replace" in request.POST:
        family = Family.of(consultation.case.pupil)
        form = AgreeForm(user=request.user, consultation=consultation)
        form.restore(AgreeForm.replaced(request.POST, family))
        messages.info(request, LOOK_OVER)
    return _page(
        request,
        consultation,
        form,
        "consultations/agree.html",
        lambda: actions.agree_time(
            consultation,
            request.user,
            form.values["time"],
            minutes=form.values["minutes"],
            place=form.values["place"],
        ),
        _("The time is agreed. It stands on the page, with a file for the calendar."),
    )


@requires(Permission.ADVISE)
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Say at which of the proposed times one can be there."""
    joined = Invitation.objects.giving_access_to(request.user)
    consultation = get_object_or_404(
        Consultation.objects.filter(pk__in=joined.values("consultation")).select_related("case"),
        reference=reference,
    )
    form = AnswerForm.for_page(request, consultation=consultation)
    return _page(
        request,
        consultation,
        form,
        "consultations/answer_times.html",
        lambda: actions.answer_times(consultation, request.user, form.values["can"]),
        _("Who chairs the consultation sees when you can."),
    )


@requires(Permission.ADVISE, Permission.SEE_CASE)
def calendar(request: HttpRequest, reference: str) -> HttpResponse:
    """Return the meeting as a file for a calendar."""
    consultation = get_object_or_404(
        Consultation.objects.visible_to(request.user).filter(planned_at__isnull=False),
        reference=reference,
    )
    return HttpResponse(
        calendar_file(consultation, timezone.now()),
        content_type=CONTENT_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{consultation.reference}.ics"'},
    )


def _chaired(request: HttpRequest, reference: str) -> Consultation:
    return get_object_or_404(
        Consultation.objects.run_by(request.user).select_related("case__pupil"),
        reference=reference,
    )


def _page(
    request: HttpRequest,
    consultation: Consultation,
    form: MeldcodeForm,
    template: str,
    act: Callable[[], object],
    done: Promise | str,
) -> HttpResponse:
    """Judge, act, say so, back to the consultation; or show the form again."""
    if form.is_bound and form.is_valid():
        try:
            form.run(act)
        except PermissionDenied as denied:
            raise Http404 from denied
        if not form.errors:
            messages.success(request, done)
            return redirect("consultations:detail", consultation.reference)
    record_read(request.user, consultation)
    return render(
        request,
        template,
        {"form": form, "consultation": consultation},
        status=422 if form.errors else 200,
    )
