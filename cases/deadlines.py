"""From the protocol's periods to moments: business days, and when to remind.

A business day is no day of the weekend, no Dutch public holiday, and no day on which the school has
vacation, where the period rests then (``Deadline.free``).

Reminders (docs/protocol.md, "Periods"): one business day before, on the day, then every three
business days; on the accelerated path at half the time, at the time, then every two hours. What is
past its end is said again in vacations too: nobody is late with leave.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays
from django.utils import timezone

from cases.protocol import Course, Deadline
from cases.protocol.periods import BESIDE

END_OF_DAY = time(17)
MORNING = time(8)
REPEAT_BUSINESS_DAYS = 3
REPEAT_ACCELERATED = timedelta(hours=2)
NO_VACATION: frozenset[date] = frozenset()


@lru_cache(maxsize=1)
def _dutch_holidays() -> holidays.HolidayBase:
    """Return the Dutch public holidays; the library adds years as they are asked for."""
    return holidays.country_holidays("NL")


def is_business_day(day: date, free: frozenset[date] = NO_VACATION) -> bool:
    """Tell whether a day is neither in the weekend, nor a Dutch public holiday, nor free."""
    return day.weekday() < 5 and day not in free and day not in _dutch_holidays()


@lru_cache(maxsize=4096)
def add_business_days(day: date, days: int, free: frozenset[date] = NO_VACATION) -> date:
    """Return the day that lies a number of business days on, or back when negative.

    Kept by value: another set of free days is another question, so no process answers with the
    vacations of before a change.
    """
    step = timedelta(days=1 if days >= 0 else -1)
    left = abs(days)
    while left:
        day += step
        left -= is_business_day(day, free)
    return day


def due_at(deadline: Deadline) -> datetime:
    """Return the moment at which a running period ends."""
    if deadline.hours is not None:
        return deadline.since + timedelta(hours=deadline.hours)
    if deadline.days is None:
        return deadline.since
    began = _day(deadline.since)
    if deadline.period.calendar:
        return _at(began + timedelta(days=deadline.days), END_OF_DAY)
    return _at(add_business_days(began, deadline.days, deadline.free), END_OF_DAY)


@dataclass(frozen=True, slots=True)
class Running:
    """A period that runs, with the moment at which it ends."""

    deadline: Deadline
    due: datetime

    @property
    def accelerated(self) -> bool:
        """Tell whether it counts in hours."""
        return self.deadline.hours is not None

    def moment(self, level: int) -> datetime:
        """Return when the reminder of a level is to be given."""
        return reminder_moment(level, *self._span, accelerated=self.accelerated, free=self._free)

    def level(self, now: datetime) -> int | None:
        """Return the highest level whose moment has come; None: not even the first."""
        return level_due(now, *self._span, accelerated=self.accelerated, free=self._free)

    @property
    def _span(self) -> tuple[datetime, datetime]:
        return self.deadline.since, self.due

    @property
    def _free(self) -> frozenset[date]:
        return self.deadline.free


def running(guidance: Course) -> list[Running]:
    """Return the periods that run in a case, the one that ends first in front."""
    found = (Running(deadline, due_at(deadline)) for deadline in guidance.deadlines)
    return sorted(found, key=lambda period: period.due)


def to_say(guidance: Course, now: datetime) -> list[tuple[Running, int]]:
    """Return what is said of a case by now: each period whose time has come, with its level."""
    found = [(period, period.level(now)) for period in _reminded(guidance, now)]
    said = [(period, level) for period, level in found if level is not None]
    over = _waited(guidance, now)
    return [*said, over] if over else said


def look_again(guidance: Course, now: datetime, *, said: bool) -> datetime | None:
    """Return when somebody must look at a case next; None: nothing runs.

    ``said``: what is to be said by now is written down. Else the moment of where it stands counts,
    so that a sweep looks whether it was.
    """
    if not guidance.deadlines:
        return None
    moments = []
    for period in _reminded(guidance, now):
        level = period.level(now)
        following = 0 if level is None else level + 1
        moments.append(period.moment(following if said else level or 0))
    wait = guidance.put_off
    if wait is not None and not (said and wait.until <= now):
        moments.append(wait.until)
    return min(moments)


def _reminded(guidance: Course, now: datetime) -> list[Running]:
    """Return what is reminded of: of a case that waits on purpose, only that vacation begins."""
    found = [] if guidance.waits(now) else running(guidance)
    if guidance.deadlines and guidance.before_vacation is not None:
        found.append(Running(guidance.before_vacation, due_at(guidance.before_vacation)))
    return found


def _waited(guidance: Course, now: datetime) -> tuple[Running, int] | None:
    """Return that waiting on purpose is over, at the level where the case stands.

    Nothing, where a period came to a new level meanwhile: then that is said, and once is enough.
    """
    wait = guidance.put_off
    if wait is None or guidance.waits(now):
        return None
    levels = [(period, period.level(now)) for period in running(guidance)]
    reached = [(period, level) for period, level in levels if level is not None]
    if any(period.moment(level) > wait.since for period, level in reached):
        return None
    over = Deadline(BESIDE["waiting"], wait.until, None, None)
    return Running(over, wait.until), max((level for __, level in reached), default=0)


def reminder_moment(
    level: int,
    since: datetime,
    due: datetime,
    *,
    accelerated: bool,
    free: frozenset[date] = NO_VACATION,
) -> datetime:
    """Return when the reminder of a level is to be given. Level 0 comes before the deadline."""
    if accelerated:
        if level == 0:
            return since + (due - since) / 2
        return due + (level - 1) * REPEAT_ACCELERATED
    if level == 0:
        return _at(add_business_days(_day(due), -1, free), MORNING)
    return _at(add_business_days(_day(due), (level - 1) * REPEAT_BUSINESS_DAYS), MORNING)


def level_due(
    now: datetime,
    since: datetime,
    due: datetime,
    *,
    accelerated: bool,
    free: frozenset[date] = NO_VACATION,
) -> int | None:
    """Return the highest level whose moment has come, or None when not even the first has.

    After a standstill of the system only this one is given: caught up once, not in a flood.
    """
    if accelerated and now >= due:  # days later it would be counted by hundreds
        return 1 + (now - due) // REPEAT_ACCELERATED
    level = -1
    while reminder_moment(level + 1, since, due, accelerated=accelerated, free=free) <= now:
        level += 1
    return level if level >= 0 else None


# Asked many times of each case, and of the same few days: the clock is that of the settings, not of
# whoever looks.
def _day(moment: datetime) -> date:
    return moment.astimezone(timezone.get_default_timezone()).date()


@lru_cache(maxsize=4096)
def _at(day: date, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, at), timezone.get_default_timezone())
