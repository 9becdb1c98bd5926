"""The pages of conflict of interest and of emergency access."""

import logging

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, requires
from accounts.second_factor import fresh_second_factor
from audit.kinds import Kind
from audit.log import record_read
from cases.models import Case, EmergencyAccess, ShutOut
from cases.need_to_know import actions
from cases.need_to_know.forms import EmergencyForm, EndForm, ShutOutForm

logger = logging.getLogger(__name__)


@requires(Permission.SHUT_OUT)
def shut_out(request: HttpRequest, reference: str) -> HttpResponse:
    """Show who is kept out of a pupil's cases, and keep somebody out."""
    case = _case(request, reference)
    form = ShutOutForm.for_page(request, case=case)
    if form.is_bound and form.is_valid():
        done = form.run(
            actions.shut_out,
            case,
            request.user,
            form.values["person"],
            ground=form.values["ground"],
            explanation=form.values["explanation"],
        )
        if done:
            messages.success(request, _("From now on this person sees nothing of it."))
            own = done.user_id == request.user.pk
            return redirect("home") if own else redirect("cases:shut_out", reference)
    record_read(request.user, case)  # the page says why somebody is kept out
    standing = ShutOut.objects.standing().shown_in(case)
    end_here = set(standing.ends_in(case).values_list("pk", flat=True))
    shown, ends_elsewhere = list(standing.select_related("user", "set_by", "case")), None
    if any(one.case is None and one.pk not in end_here for one in shown):
        others = Case.objects.permitted(request.user, Permission.SHUT_OUT).filter(restricted=False)
        ends_elsewhere = others.filter(pupil=case.pupil_id).order_by("-opened_at").first()
    return render(
        request,
        "need_to_know/shut_out.html",
        {
            "form": form,
            "case": case,
            "standing": shown,
            "end_here": end_here,
            "ends_elsewhere": ends_elsewhere,
        },
        status=422 if form.errors else 200,
    )


@requires(Permission.SHUT_OUT)
def end_shut_out(request: HttpRequest, reference: str, shut_out: str) -> HttpResponse:
    """End a conflict of interest, with the reason why."""
    case = _case(request, reference)
    standing = get_object_or_404(
        ShutOut.objects.ends_in(case).select_related("user"), public_id=shut_out
    )
    form = EndForm.for_page(request)
    if form.is_bound and form.is_valid():
        form.run(actions.end_shut_out, standing, case, request.user, why=form.values["why"])
        if not form.errors:
            messages.success(request, _("The conflict of interest is ended."))
            return redirect("cases:shut_out", reference)
    return render(
        request,
        "need_to_know/end_shut_out.html",
        {"form": form, "case": case, "standing": standing},
        status=422 if form.errors else 200,
    )


@requires(Permission.EMERGENCY_ACCESS)
@fresh_second_factor
def emergency(request: HttpRequest) -> HttpResponse:
    """Open one case of a sister school for a day."""
    schools = actions.sister_schools(request.user)
    form = EmergencyForm.for_page(request, schools=schools)
    if form.is_bound and form.is_valid():
        if not ratelimit.consume(request, action="emergency_access", user=request.user):
            logger.warning("Emergency access: too many tries of %s", request.user.public_id)
            return render(request, "429.html", status=429)
        values = dict(form.values)
        school = values.pop("school")
        given = form.run(actions.open_in_emergency, school, request.user, form.key, **values)
        if given:
            messages.success(
                request, _("You may see this case for 24 hours. All who take part get a mail.")
            )
            return redirect("cases:detail", given.case.reference)
        record_read(request.user, school, kind=Kind.WRONG_REFERENCE)
        logger.warning("Emergency access: a wrong reference of %s", request.user.public_id)
    # What one may see by it: with a role that ended it opens nothing, and is not taken back yet.
    seen = Case.objects.visible_to(request.user)
    mine = EmergencyAccess.objects.running().filter(user=request.user, case__in=seen)
    return render(
        request,
        "need_to_know/emergency.html",
        {"form": form, "schools": schools, "running": mine.select_related("case")},
        status=422 if form.errors else 200,
    )


@requires(Permission.SHUT_OUT)
@require_POST
def end_emergency(request: HttpRequest, emergency: str) -> HttpResponse:
    """End emergency access at once."""
    given = get_object_or_404(
        EmergencyAccess.objects.running().select_related("case"),
        public_id=emergency,
        case__in=Case.objects.visible_to(request.user),
    )
    actions.end_emergency(given, request.user)
    messages.success(request, _("The emergency access is ended."))
    if given.user_id == request.user.pk:
        return redirect("cases:emergency")
    return redirect("cases:detail", given.case.reference)


def _case(request: HttpRequest, reference: str) -> Case:
    cases = Case.objects.permitted(request.user, Permission.SHUT_OUT)
    return get_object_or_404(cases.select_related("pupil"), reference=reference)
