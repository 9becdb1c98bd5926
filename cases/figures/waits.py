"""How long what took, beside its period: in business days, or in hours on the accelerated path.

The periods are those of the protocol, in the school's own days and with its vacations. What is too
late is judged as reminders judge it (``cases.deadlines``).
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from statistics import median

from django.utils import timezone

from cases.calendars import SchoolCalendar
from cases.deadlines import due_at, is_business_day
from cases.figures.walks import Walk
from cases.protocol import PERIODS, Deadline
from cases.protocol.periods import Period

# The waits of a walk, in its order: codes of PERIODS.
WAITS = ("ask", "consult", "talk", "weigh", "decide", "walk")
# Of step 2 the period that runs follows from whether somebody was asked.
OF_STEP = {3: "talk", 4: "weigh", 5: "decide"}
CONSULT = 2
MANY = 10
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait: since when, until when, and for how long it might. ``until`` None: it waits now.

    ``took``: business days, or hours on the accelerated path.
    """

    period: Period
    until: datetime | None
    accelerated: bool
    took: int
    late: bool


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took, of many: in business days, or in hours where ``accelerated``.

    ``nine_of_ten``: of ten, nine took no longer; None of fewer than ten: that would be one.
    """

    period: Period
    accelerated: bool
    limit: int
    count: int
    late: int
    median: float | None
    nine_of_ten: int | None


@dataclass(frozen=True, slots=True)
class Clock:
    """Measures the waits of one school."""

    calendar: SchoolCalendar
    now: datetime

    def waits(self, walk: Walk) -> list[Wait]:
        """Return the waits of a walk: those that ended, and what runs now."""
        return [self._wait(walk, *leg) for leg in _legs(walk)]

    def _wait(self, walk: Walk, code: str, since: datetime, until: datetime | None) -> Wait:
        end, period, severe = until or self.now, PERIODS[code], walk.severe_at
        accelerated = severe is not None and severe <= end
        if accelerated:
            since = max(since, severe)
        hours = period.hours if accelerated else None
        free = self.calendar.free if period.rests else frozenset()
        deadline = Deadline(period, since, period.in_days(self.calendar.days), hours, free)
        took = round((end - since) / HOUR) if accelerated else business_days(since, end, free)
        return Wait(period, until, accelerated, took, late=end > due_at(deadline))

    def limit(self, period: Period, *, accelerated: bool) -> int:
        """Return how long a period lasts at this school."""
        return period.hours if accelerated else period.in_days(self.calendar.days)

    def took(self, waits: Iterable[Wait], *, accelerated: bool) -> list[Took]:
        """Return how long each of ``WAITS`` took, of those that ended."""
        waits = [wait for wait in waits if wait.accelerated == accelerated]
        return [self._took(PERIODS[code], waits, accelerated=accelerated) for code in WAITS]

    def _took(self, period: Period, waits: list[Wait], *, accelerated: bool) -> Took:
        of_period = [wait for wait in waits if wait.period is period]
        long = sorted(wait.took for wait in of_period)
        return Took(
            period=period,
            accelerated=accelerated,
            limit=self.limit(period, accelerated=accelerated),
            count=len(long),
            late=sum(wait.late for wait in of_period),
            median=half(long),
            nine_of_ten=nine_of_ten(long),
        )


def half(long: list[int]) -> float | None:
    """Return what half of some, in order, took at most."""
    return median(long) if long else None


def nine_of_ten(long: list[int]) -> int | None:
    """Return what nine of ten, in order, took at most; None of fewer than ten."""
    return long[math.ceil(0.9 * len(long)) - 1] if len(long) >= MANY else None


def _legs(walk: Walk) -> Iterator[tuple[str, datetime, datetime | None]]:
    """Yield what a walk waited for: the code of its period, since when, and until when."""
    concern = walk.concern_at
    if concern is None:
        return
    since = concern
    for step in (CONSULT, *OF_STEP):
        settled = walk.decided_at if step == max(OF_STEP) else walk.settled_at(step)
        runs = walk.now and walk.step == step and walk.decided_at is None
        for code, begins, ends in _of_step(walk, step, since, settled):
            if (ends is None and runs) or (ends is not None and ends >= begins):
                yield code, begins, ends
        since = max(since, settled) if settled else since
    if walk.decided_at is not None or walk.now:
        yield "walk", concern, max(concern, walk.decided_at) if walk.decided_at else None


def _of_step(
    walk: Walk, step: int, since: datetime, settled: datetime | None
) -> Iterator[tuple[str, datetime, datetime | None]]:
    if step != CONSULT:
        yield OF_STEP[step], since, settled
        return
    asked = min(walk.asked, default=None)
    yield "ask", since, asked or settled
    if asked is not None:
        yield "consult", asked, settled


def business_days(since: datetime, until: datetime, free: frozenset[date]) -> int:
    """Return how many business days lie after the day of one moment, up to that of another."""
    first, last = (moment.astimezone(timezone.get_default_timezone()).date()
                   for moment in (since, until))  # fmt: skip
    days = _business_days_of(first.year, last.year, free)
    return bisect_right(days, last) - bisect_right(days, first)


@lru_cache(maxsize=256)
def _business_days_of(first: int, last: int, free: frozenset[date]) -> list[date]:
    """Return the business days of some years, in order. By value, as all that knows vacations."""
    start, end = date(first, 1, 1), date(last, 12, 31)
    days = (start + timedelta(days=n) for n in range((end - start).days + 1))
    return [day for day in days if is_business_day(day, free)]
