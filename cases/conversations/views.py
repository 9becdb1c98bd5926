"""The page with which one prepares a talk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.access import Permission, requires
from audit.log import record_read
from cases.actions import guidance_for
from cases.conversations.preparation import sheet
from cases.models import Case
from cases.page import permissions_on
from cases.protocol.ages import AGE_GROUPS, AgeGroup, age_group
from cases.screen import step_header


@requires(Permission.SEE_CASE)
def prepare(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the sheet for the pupil's age; where that is unknown, one chooses it."""
    cases = Case.objects.visible_to(request.user).filter(restricted=False)
    case = get_object_or_404(cases.select_related("pupil"), reference=reference)
    record_read(request.user, case)
    age = case.pupil.age(timezone.localdate())
    group = age_group(age)
    chosen = request.GET.get("age", "")
    if age is None and chosen in {known.value for known in AgeGroup}:
        group = AgeGroup(chosen)
    guidance = guidance_for(case)
    return render(
        request,
        "cases/prepare_talk.html",
        {
            "case": case,
            "age": age,
            "group": group,
            "group_name": AGE_GROUPS[group][0],
            "groups": [(known, name) for known, (name, __) in AGE_GROUPS.items()],
            "blocked": guidance.blocked_before(3) if case.is_open else (),
            "sheet": sheet(group),
            "steps": step_header(guidance),
            "may": {permission.value for permission in permissions_on(case, request.user)},
        },
    )
