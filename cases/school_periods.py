"""The periods of a school: set by its coordinator, within the bounds of the protocol."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts import access
from accounts.access import Permission
from accounts.models import School, User
from cases.actions import GUIDED, follow
from cases.facts import facts_for_many
from cases.models import Case, SchoolPeriod
from cases.protocol import PERIODS, guide

BATCH = 200


def own_days(school: School) -> dict[str, int]:
    """Return the periods that a school set for itself, by code, in days."""
    return dict(SchoolPeriod.objects.filter(school=school).values_list("code", "days"))


@transaction.atomic
def set_periods(school: School, by: User, days: Mapping[str, int]) -> None:
    """Set periods of a school in days; all its open cases follow at once.

    What equals the usual period needs no row. Raises ``PermissionDenied`` for who may not.
    """
    if school.pk not in access.school_ids(by, Permission.SET_PERIODS):
        raise PermissionDenied
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
    _follow_all(school, by)


def _follow_all(school: School, by: User) -> None:
    """Let the protocol look again at every case of a school whose periods may have changed."""
    now = timezone.now()
    cases = Case.objects.filter(school=school).exclude(next_due=None)
    ids = list(cases.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(ids), BATCH):
        batch = list(
            Case.objects.filter(pk__in=ids[first : first + BATCH])
            .select_related("pupil")
            .select_for_update(of=("self",))
            .order_by("pk")
        )
        facts = facts_for_many(batch, now)
        for case in batch:
            follow(case, guide(facts[case.pk]), by, now)
        Case.objects.bulk_update(batch, GUIDED)
