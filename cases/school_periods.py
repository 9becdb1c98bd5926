"""The periods of a school: set by its coordinator, within the bounds of the protocol."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import access
from accounts.access import Permission
from accounts.models import School, User
from cases.actions import GUIDED, follow
from cases.bulk import update_all
from cases.facts import facts_for_many
from cases.models import Case, SchoolPeriod
from cases.protocol import PERIODS, course
from cases.querysets import CaseQuerySet

BATCH = 200


def own_days(school: School) -> dict[str, int]:
    """Return the periods that a school set for itself, by code, in days."""
    return dict(SchoolPeriod.objects.filter(school=school).values_list("code", "days"))


def set_periods(school: School, by: User, days: Mapping[str, int]) -> None:
    """Set periods of a school in days; all its open cases follow at once.

    What equals the usual period needs no row. Raises ``PermissionDenied`` for who may not.
    """
    with transaction.atomic():
        access.check_school(by, Permission.SET_PERIODS, school.pk)
        School.objects.select_for_update(no_key=True).get(pk=school.pk)  # one after the other
        before = own_days(school)
        for code, number in days.items():
            if number == before.get(code, PERIODS[code].days):
                continue
            if number == PERIODS[code].days:
                SchoolPeriod.objects.filter(school=school, code=code).delete()
                continue
            SchoolPeriod.objects.update_or_create(
                school=school,
                code=code,
                defaults={"days": number, "set_by": by, "set_at": timezone.now()},
            )
        wake_all(school)
    follow_all(school, by)


def wake_all(school: School) -> None:
    """Let the sweep look at every case of a school: in the transaction of what was changed.

    So none keeps a deadline of before, also when the process dies before ``follow_all`` is through.
    Locked by key, as everybody does who locks more than one case: nobody waits in a circle.
    """
    cases = _of(school).order_by("pk").select_for_update(of=("self",), no_key=True)
    ids = list(cases.values_list("pk", flat=True))
    Case.objects.filter(pk__in=ids).update(next_due=timezone.now())


def follow_all(school: School, by: User) -> None:
    """Let the protocol look again at every case of a school whose deadlines may have changed.

    After the change is committed, in batches, each a transaction of its own. Whose case is held by
    somebody at work is passed by: the sweep looks at it within minutes (``wake_all``).
    """
    now = timezone.now()
    ids = list(_of(school).order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(ids), BATCH):
        _follow(ids[first : first + BATCH], by, now)


@transaction.atomic
def _follow(ids: list[int], by: User, now: datetime) -> None:
    batch = list(
        Case.objects.filter(pk__in=ids)
        .select_related("pupil")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")
    )
    facts = facts_for_many(batch, now)
    for case in batch:
        follow(case, course(facts[case.pk]), by, now)
    update_all(batch, GUIDED)


def _of(school: School) -> CaseQuerySet:
    return Case.objects.filter(school=school).exclude(next_due=None)
