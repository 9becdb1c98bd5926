"""From the protocol's periods to moments: business days, and when to remind.

Reminders (docs/protocol.md, "Periods"): one business day before, on the day, then every three
business days; on the accelerated path at half the time, at the time, then every two hours.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays
from django.utils import timezone

from cases.protocol import Course, Deadline

END_OF_DAY = time(17)
MORNING = time(8)
REPEAT_BUSINESS_DAYS = 3
REPEAT_ACCELERATED = timedelta(hours=2)


@lru_cache(maxsize=1)
def _dutch_holidays() -> holidays.HolidayBase:
    """Return the Dutch public holidays; the library adds years as they are asked for."""
    return holidays.country_holidays("NL")


def is_business_day(day: date) -> bool:
    """Tell whether a day is neither in the weekend nor a Dutch public holiday."""
    return day.weekday() < 5 and day not in _dutch_holidays()


@lru_cache(maxsize=4096)
def add_business_days(day: date, days: int) -> date:
    """Return the day that lies a number of business days on, or back when negative."""
    step = timedelta(days=1 if days >= 0 else -1)
    left = abs(days)
    while left:
        day += step
        left -= is_business_day(day)
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
    return _at(add_business_days(began, deadline.days), END_OF_DAY)


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
        return reminder_moment(level, self.deadline.since, self.due, accelerated=self.accelerated)

    def level(self, now: datetime) -> int | None:
        """Return the highest level whose moment has come; None: not even the first."""
        return level_due(now, self.deadline.since, self.due, accelerated=self.accelerated)


def running(guidance: Course) -> list[Running]:
    """Return the periods that run in a case, the one that ends first in front."""
    found = (Running(deadline, due_at(deadline)) for deadline in guidance.deadlines)
    return sorted(found, key=lambda period: period.due)


def reminder_moment(level: int, since: datetime, due: datetime, *, accelerated: bool) -> datetime:
    """Return when the reminder of a level is to be given. Level 0 comes before the deadline."""
    if accelerated:
        if level == 0:
            return since + (due - since) / 2
        return due + (level - 1) * REPEAT_ACCELERATED
    if level == 0:
        return _at(add_business_days(_day(due), -1), MORNING)
    return _at(add_business_days(_day(due), (level - 1) * REPEAT_BUSINESS_DAYS), MORNING)


def level_due(now: datetime, since: datetime, due: datetime, *, accelerated: bool) -> int | None:
    """Return the highest level whose moment has come, or None when not even the first has.

    After a standstill of the system only this one is given: caught up once, not in a flood.
    """
    if accelerated and now >= due:  # days later it would be counted by hundreds
        return 1 + (now - due) // REPEAT_ACCELERATED
    level = -1
    while reminder_moment(level + 1, since, due, accelerated=accelerated) <= now:
        level += 1
    return level if level >= 0 else None


# Asked many times of each case, and of the same few days: the clock is that of the settings, not of
# whoever looks.
def _day(moment: datetime) -> date:
    return moment.astimezone(timezone.get_default_timezone()).date()


@lru_cache(maxsize=4096)
def _at(day: date, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, at), timezone.get_default_timezone())
