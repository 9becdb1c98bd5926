"""When a period of the protocol ends that began with a record, for many cases in one query."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from cases.deadlines import due_at
from cases.models import Case, SchoolPeriod
from cases.protocol import PERIODS, Deadline


@dataclass(slots=True)
class Ends:
    """The ends of periods at the schools of some cases."""

    _own: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def at_schools_of(cls, cases: Iterable[Case]) -> "Ends":
        """Read the periods that the schools of cases set for themselves."""
        ends = cls()
        for period in SchoolPeriod.objects.filter(school__in={case.school_id for case in cases}):
            ends._own[period.school_id][period.code] = period.days
        return ends

    def end(self, code: str, case: Case, since: datetime) -> datetime | None:
        """Return when a period that began at a moment ends; None for a case that is severe.

        The hours of the accelerated path count from a moment that only the facts of the case know:
        it is said to be urgent, and no clock is shown.
        """
        return None if case.accelerated else self.normal_end(code, case, since)

    def normal_end(self, code: str, case: Case, since: datetime) -> datetime:
        """Return when it ends by the days of the normal path, however severe the case is."""
        period = PERIODS[code]
        days = period.in_days(self._own[case.school_id])
        return due_at(Deadline(period, since, days, None))
