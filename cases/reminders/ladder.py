"""Who hears of which reminder: the ladder, as a table.

Source: docs/protocol.md, "Periods": responsible → coordinator → school leader [P].
"""

from collections import defaultdict
from collections.abc import Container, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from accounts import access
from accounts.access import Permission, Scope
from accounts.models import Membership, User
from accounts.roles import CARE_TEAM, Role
from cases.models import Case, ShutOut

RESPONSIBLE = "responsible"

# Level → who is told. The last row holds for all levels after it.
LADDER: tuple[frozenset[str], ...] = (
    frozenset({RESPONSIBLE}),  # 0: before the deadline
    frozenset({RESPONSIBLE}),  # 1: on the day
    frozenset({RESPONSIBLE, *CARE_TEAM}),  # 2
    frozenset({RESPONSIBLE, *CARE_TEAM, Role.SCHOOL_LEADER}),  # 3 and on
)


# From this level on the care team is told too.
WITH_CARE_TEAM = 2


def care_team_and_responsible(case: Case) -> set[int]:
    """Return the ids of who hears at once of something severe, as the ladder has it."""
    members = members_of([case], timezone.now())[case.school_id]
    shut_out = ShutOut.objects.standing().filter(pupil=case.pupil_id)
    kept_out = set(shut_out.values_list("user_id", flat=True))
    return recipients(case, WITH_CARE_TEAM, members, kept_out)


class Member(NamedTuple):
    """Who works at a school, in which role; ``replaces``: whose place they take for a time."""

    user_id: int
    role: str
    replaces: int | None


def members_of(cases: Iterable[Case], now: datetime) -> dict[int, list[Member]]:
    """Return who could be told of the cases that day, by school, in a number of queries that stays.

    Of a school of eighty people that is a handful: who can stand on the ladder, who is responsible,
    and who takes somebody's place.
    """
    cases = list(cases)
    board = access.roles_at(Permission.SEE_BOARD_CASE, Scope.SCHOOL)
    could_be_told = (
        Q(role__in={*CARE_TEAM, Role.SCHOOL_LEADER, *board})
        | Q(user_id__among={case.responsible_id for case in cases} - {None})
        | Q(replaces__isnull=False)
    )
    schools, day = {case.school_id for case in cases}, timezone.localdate(now)
    found = Membership.objects.in_force(day).filter(could_be_told, school_id__among=schools)
    rows = list(found.values_list("school_id", "user_id", "role", "replaces_id"))
    # Asked by key: joined, the database reads everybody of the country for some hundred schools.
    users, replaced = {row[1] for row in rows}, {row[3] for row in rows} - {None}
    gone = set(User.objects.filter(pk__among=users, is_active=False).values_list("pk", flat=True))
    places = dict(Membership.objects.filter(pk__in=replaced).values_list("pk", "user_id"))
    by_school: dict[int, list[Member]] = defaultdict(list)
    for school, user, role, replaces in rows:
        if user not in gone:
            by_school[school].append(Member(user, role, places.get(replaces)))
    return by_school


def recipients(
    case: Case,
    level: int,
    members: list[Member],
    shut_out: Container[int] = (),
    *,
    knows_newer: bool = False,
) -> set[int]:
    """Return the ids of the users who hear of a reminder. ``members``: the school's of today.

    ``shut_out``: the ids of those who may not know of the case (conflict of interest).
    ``knows_newer``: to people who run cases alone. A newer case ends looking back on this one: to
    whoever takes part in it and is responsible from a role of before, silence would tell of that.

    Where nobody is responsible, or whoever was no longer works here, the care team is told from the
    first; a school without a care team has its leader.
    """
    members = [m for m in members if m.user_id not in shut_out]
    if knows_newer:
        runs_cases = access.roles_at(Permission.MOVE_CASE, Scope.SCHOOL)
        members = [m for m in members if m.role in runs_cases]
    if case.restricted:  # about somebody who works here: the board's line alone (R9)
        board = access.roles_at(Permission.SEE_BOARD_CASE, Scope.SCHOOL)
        return {m.user_id for m in members if m.role in board}
    told = LADDER[min(level, len(LADDER) - 1)]
    found = {m.user_id for m in members if m.role in told}
    if case.responsible_id in {m.user_id for m in members}:
        found.add(case.responsible_id)
    # Whoever takes their place for a time hears it too.
    substitutes = (m for m in members if m.replaces is not None)
    found |= {m.user_id for m in substitutes if m.replaces == case.responsible_id}
    for fallback in (CARE_TEAM, {Role.SCHOOL_LEADER}):
        found = found or {m.user_id for m in members if m.role in fallback}
    return found
