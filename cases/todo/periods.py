"""When a period of the protocol ends that began with a record, for many cases in a few queries."""

from dataclasses import dataclass
from datetime import datetime

from cases.calendars import SchoolCalendar
from cases.deadlines import due_at
from cases.models import Case
from cases.protocol import PERIODS, Deadline


@dataclass(frozen=True, slots=True)
class Ends:
    """The ends of periods at the schools of some cases."""

    calendars: dict[int, SchoolCalendar]

    def end(self, code: str, case: Case, since: datetime) -> datetime | None:
        """Return when a period that began at a moment ends; None for a case that is severe.

        The hours of the accelerated path count from a moment that only the facts of the case know:
        it is said to be urgent, and no clock is shown.
        """
        return None if case.accelerated else self.normal_end(code, case, since)

    def normal_end(self, code: str, case: Case, since: datetime) -> datetime:
        """Return when it ends by the days of the normal path, however severe the case is."""
        period, school = PERIODS[code], self.calendars[case.school_id]
        free = school.free if period.rests else frozenset()
        return due_at(Deadline(period, since, period.in_days(school.days), None, free))
