"""The calendars of schools: what each set for itself of periods, and its vacations."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from django.utils import timezone

from accounts.models import School
from cases.models import Case, SchoolPeriod, SchoolVacation
from cases.protocol.vacations import Span, free_days, next_long


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """What a school set for itself: its periods in days, by code, and its vacations in order."""

    days: dict[str, int] = field(default_factory=dict)
    vacations: list[Span] = field(default_factory=list)

    def known(self, today: date) -> dict[str, Any]:
        """Return what the protocol knows of it (fields of ``Facts``)."""
        free, vacation_at = _ahead(tuple(self.vacations), today)
        return {"days": self.days, "free": free, "vacation_at": vacation_at}

    @property
    def free(self) -> frozenset[date]:
        """Return the days of its vacations."""
        return free_days(tuple(self.vacations))


@lru_cache(maxsize=512)
def _ahead(spans: tuple[Span, ...], today: date) -> tuple[frozenset[date], datetime | None]:
    """Return the free days, and when the next vacation begins. By value: whole regions share it."""
    first = next_long(spans, today)
    begins = timezone.make_aware(datetime.combine(first, time())) if first else None
    return free_days(spans), begins


def of_schools(cases: Iterable[Case]) -> dict[int, SchoolCalendar]:
    """Return the calendars of the schools of cases: two queries, however many there are."""
    found: dict[int, SchoolCalendar] = defaultdict(SchoolCalendar)
    schools = {case.school_id for case in cases}
    for period in SchoolPeriod.objects.filter(school_id__among=schools):
        found[period.school_id].days[period.code] = period.days
    vacations = SchoolVacation.objects.filter(school_id__among=schools).order_by("first_day")
    for school_id, *span in vacations.values_list("school_id", "first_day", "last_day"):
        found[school_id].vacations.append(tuple(span))
    return found


def of_school(school: School) -> SchoolCalendar:
    """Return the calendar of one school."""
    found = SchoolCalendar()
    found.days.update(school.periods.values_list("code", "days"))
    spans = school.vacations.order_by("first_day").values_list("first_day", "last_day")
    found.vacations.extend(spans)
    return found
