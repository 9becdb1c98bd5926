"""Invented cases that stand still."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import School, User
from accounts.roles import Role
from cases import actions
from cases.models import Case
from signals.models import Signal
from tests.factories import CaseFactory, PupilFactory, SchoolFactory, SignalFactory, member

LONG_AGO = timedelta(days=60)


def people(school: School) -> list[User]:
    """Return a coordinator, a leader and another coordinator of a school."""
    roles = (Role.COORDINATOR, Role.SCHOOL_LEADER, Role.COORDINATOR)
    return [member(role, school) for role in roles]


def standing_still(count: int = 3, now: datetime | None = None) -> list[Case]:
    """Return cases of a new school in which nothing was done for two months."""
    school = SchoolFactory()
    coordinator, __, responsible = people(school)
    since = (now or timezone.now()) - LONG_AGO
    found = []
    for __ in range(count):
        case = CaseFactory(
            pupil=PupilFactory(school=school), opened_at=since, responsible=responsible
        )
        SignalFactory.create_batch(
            2, case=case, author=coordinator, recorded_at=since, observed_at=since
        )
        actions.refresh(case, None, since)
        found.append(case)
    return found


def many_standing_still(count: int) -> list[Case]:
    """Return more cases than a sweep takes at once, of one school."""
    first, *__ = standing_still(1)
    pupils = [PupilFactory.build(school=first.school) for __ in range(count - 1)]
    first.pupil.__class__.objects.bulk_create(pupils)
    cases = Case.objects.bulk_create(
        CaseFactory.build(
            pupil=pupil, school=first.school, opened_at=first.opened_at,
            responsible=first.responsible, next_due=first.next_due,
        )
        for pupil in pupils
    )  # fmt: skip
    author = Signal.objects.first().author
    fields = {"recorded_at": first.opened_at, "observed_at": first.opened_at, "author": author}
    Signal.objects.bulk_create(
        SignalFactory.build(case=case, **fields) for case in cases for __ in "ab"
    )
    return [first, *cases]


def let_in(case: Case, somebody: User) -> None:
    """Make somebody of the school responsible for a case."""
    coordinator = User.objects.filter(memberships__role=Role.COORDINATOR).first()
    actions.add_participant(case, coordinator, somebody, hand_over=True)
