"""The page of a case."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, requires
from accounts.models import User
from audit.log import record_read
from cases import actions
from cases.cycles import cycles
from cases.facts import facts_for
from cases.forms import ParticipantForm
from cases.models import Case
from cases.notifications.reading import opened_case
from cases.protocol import guide
from cases.retention import retention
from cases.screen import step_header, what_now
from cases.timeline import timeline
from cases.waiting.shown import newest_snooze

# The permissions that decide which buttons a case shows.
CASE_PERMISSIONS = (
    Permission.LOG_SIGNAL,
    Permission.SEE_CASE,
    Permission.MOVE_CASE,
    Permission.ASSIGN_CASE,
    Permission.ASK_CONSULTATION,
    Permission.CHAIR_CONSULTATION,
    Permission.EXPORT_DOSSIER,
    Permission.SHUT_OUT,
    Permission.ATTACH_FILE,
    Permission.SEE_READERS,
)


@requires(Permission.SEE_CASE)
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a case: its five steps, "Wat nu?", its records, its timeline, who takes part."""
    case = get_object_or_404(
        Case.objects.visible_to(request.user).with_records(), reference=reference
    )
    record_read(request.user, case)
    if request.method == "GET":
        opened_case(case, request.user)
    facts = facts_for(case, timezone.now())
    guidance = guide(facts)
    permissions = permissions_on(case, request.user)
    return render(
        request,
        "cases/detail.html",
        {
            "case": case,
            "pupil_age": case.pupil.age(timezone.localdate()),
            "steps": step_header(guidance, case),
            "guidance": what_now(guidance, case, permissions),
            "cycles": cycles(case),
            "earlier_cases": _others(case, request.user),
            "retention": retention(case),
            "may": {permission.value for permission in permissions},
            "may_close": guidance.may_close,
            "may_wait": guidance.why_never is None,
            "snooze": newest_snooze(case),
            "decided": facts.decided_at is not None,
            "participants": participants(case),
            "emergencies": case.emergency_accesses.running().select_related("user"),
            "timeline": timeline(case),
        },
    )


def _others(case: Case, user: User) -> list[Case]:
    """Return the pupil's other cases, as far as the user may see them."""
    others = Case.objects.visible_to(user).filter(pupil=case.pupil_id).exclude(pk=case.pk)
    return list(others.order_by("-opened_at"))


def permissions_on(case: Case, user: User) -> set[Permission]:
    """Return the permissions that the user holds for this very case."""
    return {
        permission
        for permission in CASE_PERMISSIONS
        if Case.objects.permitted(user, permission).filter(pk=case.pk).exists()
    }


def participants(case: Case) -> list[tuple[User, bool]]:
    """Return who takes part in the case by a grant, and whether it was handed over to them."""
    grants = case.grants.select_related("user", "permission").order_by("user__name")
    handed_over: dict[User, bool] = {}
    for grant in grants:
        moves = grant.permission.codename == "handed_over"
        handed_over[grant.user] = handed_over.get(grant.user, False) or moves
    return list(handed_over.items())


@requires(Permission.ASSIGN_CASE)
@require_POST
def take_on(request: HttpRequest, reference: str) -> HttpResponse:
    """Make oneself responsible for a case."""
    case = get_object_or_404(
        Case.objects.permitted(request.user, Permission.ASSIGN_CASE), reference=reference
    )
    try:
        actions.take_on(case, request.user)
    except actions.ActionError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("You are responsible for this case now."))
    return redirect("cases:detail", reference)


@requires(Permission.ASSIGN_CASE)
def add_participant(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a colleague take part, or hand the case over."""
    case = get_object_or_404(
        Case.objects.permitted(request.user, Permission.ASSIGN_CASE).open(), reference=reference
    )
    form = ParticipantForm.for_page(request, case=case)
    if form.is_bound and form.is_valid():
        form.run(
            actions.add_participant,
            case,
            request.user,
            form.values["person"],
            hand_over=form.values["hand_over"],
        )
        if not form.errors:
            messages.success(request, _("Your colleague takes part in this case now."))
            return redirect("cases:detail", reference)
    return render(
        request,
        "cases/participant.html",
        {"form": form, "case": case},
        status=422 if form.errors else 200,
    )


@requires(Permission.ASSIGN_CASE)
@require_POST
def remove_participant(request: HttpRequest, reference: str, person: str) -> HttpResponse:
    """End a colleague's part in a case, also in a closed one."""
    case = get_object_or_404(
        Case.objects.permitted(request.user, Permission.ASSIGN_CASE), reference=reference
    )
    colleague = get_object_or_404(User, public_id=person, pk__in=case.grants.values("user_id"))
    actions.remove_participant(case, request.user, colleague)
    messages.success(request, _("Your colleague no longer takes part in this case."))
    return redirect("cases:detail", reference)
