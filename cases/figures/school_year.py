"""The school year: from the first of August to the last of July."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import timezone

from cases.protocol.vacations import school_year

FIRST_MONTH = 8
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, order=True)
class SchoolYear:
    """A school year, by the year in which it begins. ``ends``: where it is looked at in part."""

    first: int
    ends: datetime | None = None

    @classmethod
    def of(cls, moment: datetime) -> "SchoolYear":
        """Return the school year in which a moment lies."""
        return cls(school_year(timezone.localdate(moment)))

    def __str__(self) -> str:
        return f"{self.first}-{self.first + 1}"

    @property
    def since(self) -> datetime:
        """Return the moment at which it begins."""
        return _begins(self.first)

    @property
    def until(self) -> datetime:
        """Return the moment up to which it counts: when the next one begins, unless in part."""
        return self.ends or _begins(self.first + 1)

    @property
    def before(self) -> "SchoolYear":
        """Return the year before, as a whole."""
        return SchoolYear(self.first - 1)

    def beside(self, now: datetime) -> "SchoolYear":
        """Return the year before, as far as this one is by now: what one may hold beside it."""
        if self.is_over(now):
            return self.before
        return SchoolYear(self.first - 1, now.replace(year=now.year - 1, day=min(now.day, 28)))

    def has(self, moment: datetime | None) -> bool:
        """Tell whether a moment lies in it."""
        return moment is not None and self.since <= moment < self.until

    def is_over(self, now: datetime) -> bool:
        """Tell whether nothing can be added to it any more."""
        return self.until <= now

    def mondays(self, now: datetime) -> list[date]:
        """Return the Mondays of its weeks up to now, the week of its first day with it."""
        first = self.since.date()
        first -= timedelta(days=first.weekday())
        last = min(self.until, now).astimezone(timezone.get_default_timezone()).date()
        return [first + n * WEEK for n in range((last - first).days // 7 + 1)]


# Asked of each record of a school.
@lru_cache(maxsize=64)
def _begins(first: int) -> datetime:
    return datetime(first, FIRST_MONTH, 1, tzinfo=timezone.get_default_timezone())
