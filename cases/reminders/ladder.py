"""Who hears of which reminder: the ladder, as a table.

Source: docs/protocol.md, "Periods": responsible → coordinator → school leader [P].
"""

from collections.abc import Container

from accounts import access
from accounts.access import Permission, Scope
from accounts.models import Membership
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
    members = Membership.objects.current().filter(school_id=case.school_id)
    shut_out = ShutOut.objects.standing().filter(pupil=case.pupil_id)
    return recipients(
        case,
        WITH_CARE_TEAM,
        list(members.select_related("replaces")),
        set(shut_out.values_list("user_id", flat=True)),
    )


def recipients(
    case: Case, level: int, members: list[Membership], shut_out: Container[int] = ()
) -> set[int]:
    """Return the ids of the users who hear of a reminder. ``members``: the school's of today.

    ``shut_out``: the ids of those who may not know of the case (conflict of interest).

    Where nobody is responsible, or whoever was no longer works here, the care team is told from the
    first; a school without a care team has its leader.
    """
    members = [m for m in members if m.user_id not in shut_out]
    if case.restricted:  # about somebody who works here: the board's line alone (R9)
        board = access.roles_at(Permission.SEE_BOARD_CASE, Scope.SCHOOL)
        return {m.user_id for m in members if m.role in board}
    told = LADDER[min(level, len(LADDER) - 1)]
    found = {m.user_id for m in members if m.role in told}
    if case.responsible_id in {m.user_id for m in members}:
        found.add(case.responsible_id)
    # Whoever takes their place for a time hears it too.
    substitutes = (m for m in members if m.replaces is not None)
    found |= {m.user_id for m in substitutes if m.replaces.user_id == case.responsible_id}
    for fallback in (CARE_TEAM, {Role.SCHOOL_LEADER}):
        found = found or {m.user_id for m in members if m.role in fallback}
    return found
