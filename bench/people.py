"""Whom the bench asks for: one person for every role, and what guardian would need to know of them.

guardian knows grants on cases and nothing of roles, schools, conflicts of interest or emergencies.
So everybody has a *twin*: a user who holds a grant on exactly the cases that the person may see.
Both then find the same rows, and guardian is compared at what it does best.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import Permission as Grant
from django.utils import timezone

from accounts.access import Permission
from accounts.models import Membership, User
from accounts.roles import Role
from bench.world import CREW, FIRST_TEACHER, Size, member_id, worker_id
from cases.models import Case, CaseUserObjectPermission, EmergencyAccess, ShutOut
from cases.querysets import CaseQuerySet
from consultations.models import Consultation

# At the largest size, lists and counts of cases are so many times faster than guardian's, for each
# role (the goal of issue 4).
FASTER = 20.0
# Whom it is not asked of, as they are no role: what their further ways in cost, they pay.
SLOWER = {"leader with emergency access": 15.0, "three schools, three roles": 12.0}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks, their twin, and two cases: one that they may see and one that not."""

    label: str
    user_id: int
    twin_id: int
    cases: Callable[[User], CaseQuerySet]
    seen: int
    unseen: int

    @property
    def goal(self) -> float:
        """Return how many times faster than guardian their cases are to be found."""
        return SLOWER.get(self.label, FASTER)


def gather(size: Size) -> list[Person]:
    """Return the measured people; who is not of a school's crew is made.

    Run again on the same database, it makes them anew: what an earlier run left of them goes first.
    """
    _forget()
    elsewhere = Case.objects.filter(school_id=size.schools, restricted=False).open().first().pk
    shut_out = _shut_out()
    refused = ShutOut.objects.filter(user=shut_out, pupil__cases__closed_at=None).first()
    people = [
        ("teacher who takes part", _crew(FIRST_TEACHER + 2), elsewhere),
        ("coordinator", _crew(Role.COORDINATOR), elsewhere),
        ("attention officer", _crew(Role.ATTENTION_OFFICER), elsewhere),
        ("school leader", _crew(Role.SCHOOL_LEADER), elsewhere),
        ("leader with emergency access", _with_emergency_access(), elsewhere),
        ("administrator, to export", _crew(Role.ADMINISTRATOR), elsewhere),
        ("family worker, consulted", User.objects.get(pk=worker_id(size, 1)), elsewhere),
        ("three schools, three roles", _of_several_schools(), elsewhere),
        ("coordinator, shut out", shut_out, refused.pupil.cases.first().pk),
    ]
    return [_person(label, user, unseen) for label, user, unseen in people]


def _person(label: str, user: User, unseen: int) -> Person:
    cases = _seen_by
    if user.memberships.filter(role=Role.ADMINISTRATOR).exists():
        cases = _exported_by
    found = list(cases(user).values_list("pk", flat=True))
    if user.memberships.filter(role=Role.BUURTTEAM_WORKER).exists():
        # A family worker sees no case: their consultations stand for it.
        found = list(Consultation.objects.visible_to(user).values_list("case_id", flat=True))
    twin = _newcomer(f"twin{user.pk}")
    _grant(twin, found)
    still_open = Case.objects.filter(pk__in=found).open().order_by("pk")
    return Person(label, user.pk, twin.pk, cases, still_open[len(still_open) // 2].pk, unseen)


def _seen_by(user: User) -> CaseQuerySet:
    return Case.objects.visible_to(user)


def _exported_by(user: User) -> CaseQuerySet:
    return Case.objects.permitted(user, Permission.EXPORT_DOSSIER)


def _crew(place: int | Role) -> User:
    """Return somebody of the first school, by role or by place in its crew."""
    if isinstance(place, Role):
        place = CREW.index(place) + 1
    return User.objects.get(pk=member_id(1, place))


def _with_emergency_access() -> User:
    leader = _newcomer("leader")
    Membership.objects.create(user=leader, role=Role.SCHOOL_LEADER, school_id=2)
    EmergencyAccess.objects.bulk_create(
        EmergencyAccess(
            case=case,
            user=leader,
            reason="De school is dicht en de politie belt.",
            ends_at=timezone.now() + timedelta(days=365),
        )
        for case in _open_cases_of(1)[:3]
    )
    return leader


def _of_several_schools() -> User:
    user = _newcomer("several")
    roles = {1: Role.TEACHER, 3: Role.COORDINATOR, 4: Role.SCHOOL_LEADER}
    Membership.objects.bulk_create(
        Membership(user=user, role=role, school_id=school) for school, role in roles.items()
    )
    _grant(user, [case.pk for case in _open_cases_of(1)[:10]])
    return user


def _shut_out() -> User:
    user = _newcomer("shutout")
    Membership.objects.create(user=user, role=Role.COORDINATOR, school_id=1)
    ShutOut.objects.bulk_create(
        ShutOut(pupil_id=case.pupil_id, user=user, ground=ShutOut.Ground.FAMILY, set_by=user)
        for case in _open_cases_of(1)[:3]
    )
    return user


def _open_cases_of(school: int) -> CaseQuerySet:
    return Case.objects.filter(school_id=school, restricted=False).open().order_by("pk")


def _newcomer(name: str) -> User:
    return User.objects.create(email=f"{name}@{NEWCOMERS}", name=name)


NEWCOMERS = "newcomers.bench.example"


def _forget() -> None:
    gone = User.objects.filter(email__endswith=f"@{NEWCOMERS}")
    ShutOut.objects.filter(user__in=gone).delete()
    EmergencyAccess.objects.filter(user__in=gone).delete()
    gone.delete()


def _grant(user: User, cases: list[int]) -> None:
    take_part = Grant.objects.get(content_type__app_label="cases", codename="take_part")
    CaseUserObjectPermission.objects.bulk_create(
        CaseUserObjectPermission(user=user, permission=take_part, content_object_id=pk)
        for pk in cases
    )
