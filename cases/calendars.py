"""The calendars of schools: what each set for itself of periods, and its vacations."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import School
from cases.models import Case, SchoolPeriod, SchoolVacation
from cases.protocol.vacations import Span, free_days, next_long
from cases.together import read_together


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
    """Return the calendars of the schools of cases: one query, however many there are."""
    asked = asked_of_schools(cases)
    read_together(*asked)
    return by_school(*asked)


def asked_of_schools(cases: Iterable[Case]) -> tuple[QuerySet, QuerySet]:
    """Ask for the periods and the vacations of the schools of cases. Nothing is fetched yet."""
    schools = {case.school_id for case in cases}
    vacations = SchoolVacation.objects.filter(school_id__among=schools).order_by("first_day")
    return (
        SchoolPeriod.objects.filter(school_id__among=schools),
        vacations.values_list("school_id", "first_day", "last_day"),
    )


def by_school(
    periods: Iterable[SchoolPeriod], vacations: Iterable[tuple[int, date, date]]
) -> dict[int, SchoolCalendar]:
    """Return the calendars of schools, of what was read of them."""
    found: dict[int, SchoolCalendar] = defaultdict(SchoolCalendar)
    for period in periods:
        found[period.school_id].days[period.code] = period.days
    for school_id, *span in vacations:
        found[school_id].vacations.append(tuple(span))
    return found


def of_school(school: School) -> SchoolCalendar:
    """Return the calendar of one school: one query."""
    asked = asked_of_school(school)
    read_together(*asked)
    return calendar_of(*asked)


def asked_of_school(school: School) -> tuple[QuerySet, QuerySet]:
    """Ask for the periods and the vacations of one school. Nothing is fetched yet."""
    spans = school.vacations.order_by("first_day").values_list("first_day", "last_day")
    return school.periods.values_list("code", "days"), spans


def calendar_of(periods: Iterable[tuple[str, int]], spans: Iterable[Span]) -> SchoolCalendar:
    """Return the calendar of one school, of what was read of it."""
    return SchoolCalendar(dict(periods), list(spans))
