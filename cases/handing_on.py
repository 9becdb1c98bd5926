"""What becomes of somebody's cases when their role ends: grants go, tasks are handed on."""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts import access
from accounts.access import Permission, Scope
from accounts.models import Membership
from accounts.roles import Role
from audit.about import apart_from
from cases.models import Case, CaseUserObjectPermission, EmergencyAccess, ShutOut
from cases.notifications.kinds import RESPONSIBLE
from cases.notifications.telling import notify

# Who takes open tasks over, the first that the school has (docs/protocol.md, "Who does what").
TAKES_OVER = (Role.COORDINATOR, Role.ATTENTION_OFFICER, Role.SCHOOL_LEADER)


@apart_from("")
def hand_on(membership: Membership, **kwargs: Any) -> None:
    """Take back the grants of an ended membership and hand its open tasks to the coordinator.

    Behind its end (``accounts.signals.membership_ended``). Somebody who holds another role at the
    school keeps what that one gives. In the trail of a school stands the role alone: by the case in
    which nothing ended one would know from which they are kept.
    """
    if membership.school_id is None:
        return
    user, school = membership.user, membership.school_id
    left = Membership.objects.held_beside(membership).filter(school_id=school)
    roles = set(left.values_list("role", flat=True))
    # Cases before grants, as everybody else takes them: nobody waits for one another.
    held = CaseUserObjectPermission.objects.filter(user=user).values("content_object_id")
    theirs = Case.objects.filter(Q(pk__in=held) | Q(responsible=user), school_id=school)
    list(theirs.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    by_grant = access.roles_at(Permission.SEE_CASE, Scope.TAKES_PART)
    if not roles & set(by_grant):
        grants = CaseUserObjectPermission.objects.filter(user=user)
        grants.filter(content_object__school_id=school).delete()
    _end_emergencies(membership)
    moving = {*access.roles_at(Permission.MOVE_CASE, Scope.SCHOOL)}
    if not roles & moving:
        _hand_over_tasks(membership, keeps_granted=bool(roles))
    elif not roles & {*access.roles_at(Permission.SEE_BOARD_CASE, Scope.SCHOOL)}:
        _hand_over_tasks(membership, keeps_granted=False, restricted=True)


def _end_emergencies(membership: Membership) -> None:
    """End the emergency access of somebody who leads no school of that board any more.

    Else it would come back with a next role, within its day.
    """
    leads = access.roles_at(Permission.EMERGENCY_ACCESS, Scope.SCHOOL)
    left = Membership.objects.held_beside(membership).filter(role__in=leads)
    boards = left.filter(school__board__isnull=False)
    running = EmergencyAccess.objects.running().filter(user=membership.user_id)
    for given in running.exclude(case__school__board__in=boards.values("school__board")):
        given.ends_at = timezone.now()  # one by one: the audit hears of each
        given.save(update_fields=["ends_at"])


def _hand_over_tasks(membership: Membership, *, keeps_granted: bool, **only: bool) -> None:
    """Make the coordinator responsible for the open cases of somebody who no longer moves them.

    ``only``: of which cases.
    """
    cases = Case.objects.open().filter(
        school_id=membership.school_id, responsible=membership.user_id, **only
    )
    if keeps_granted:
        granted = CaseUserObjectPermission.objects.filter(
            user=membership.user, permission__codename="handed_over"
        )
        cases = cases.exclude(pk__in=granted.values("content_object_id"))
    for case in cases.select_for_update(of=("self",)).order_by("pk"):
        case.responsible_id = successor(membership, case)
        # The sweep looks at once: whoever it is now hears of what waits.
        case.next_due = timezone.now() if case.next_due else None
        case.save(update_fields=["responsible", "next_due"])
        key, urgent = f"{case.pk} from {membership.pk}", case.accelerated
        notify(RESPONSIBLE, [case.responsible_id], key, case=case, urgent=urgent)


def successor(membership: Membership, case: Case) -> int | None:
    """Return who takes a case over: a coordinator, else whoever else runs cases there.

    Never somebody who may not know of it (conflict of interest, R9).
    """
    # Also themselves, by a role that they were given since.
    others = Membership.objects.current().filter(school_id=membership.school_id)
    kept_out = ShutOut.objects.standing().filter(pupil=case.pupil_id)
    others = others.exclude(user__in=kept_out.values("user"))
    if case.restricted:
        others = others.filter(role__in=access.roles_at(Permission.SEE_BOARD_CASE, Scope.SCHOOL))
    for role in TAKES_OVER:
        found = others.filter(role=role, replaces__isnull=True).order_by("starts_on", "pk").first()
        if found is not None:
            return found.user_id
    return None
