"""School vacations of the three regions, and what follows from vacations for a calendar.

Source: the ministry of education (OCW), rijksoverheid.nl, "Overzicht schoolvakanties per
schooljaar", one page a school year. Christmas, May and summer are binding; of autumn and spring it
gives dates as advice. Many schools add a week to the May vacation: that is theirs to add. A
vacation stands here from its Saturday to its Sunday, as the ministry writes it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DAY = timedelta(days=1)
# So many weekdays, and it is said beforehand that somebody must watch.
LONG = 5
# So many weekdays of vacation and study days may a school have in a school year: 12 weeks by law
# and custom, and as many days again as anybody studies. More would make a case disappear.
MOST_FREE = 80

Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Vacation:
    """A vacation of a region: its name, first and last day."""

    name: str
    first: date
    last: date


NORTH, MIDDLE, SOUTH = "noord", "midden", "zuid"
REGIONS: dict[str, Promise] = {NORTH: _("North"), MIDDLE: _("Middle"), SOUTH: _("South")}
ALL = (NORTH, MIDDLE, SOUTH)

AUTUMN, CHRISTMAS, SPRING = "Herfstvakantie", "Kerstvakantie", "Voorjaarsvakantie"
MAY, SUMMER = "Meivakantie", "Zomervakantie"

# fmt: off
# School year, name, regions, first day, last day.
TABLE: tuple[tuple[str, str, tuple[str, ...], str, str], ...] = (
    ("2025-2026", AUTUMN,    (NORTH, MIDDLE), "2025-10-18", "2025-10-26"),
    ("2025-2026", AUTUMN,    (SOUTH,),        "2025-10-11", "2025-10-19"),
    ("2025-2026", CHRISTMAS, ALL,             "2025-12-20", "2026-01-04"),
    ("2025-2026", SPRING,    (NORTH,),        "2026-02-21", "2026-03-01"),
    ("2025-2026", SPRING,    (MIDDLE, SOUTH), "2026-02-14", "2026-02-22"),
    ("2025-2026", MAY,       ALL,             "2026-04-25", "2026-05-03"),
    ("2025-2026", SUMMER,    (NORTH,),        "2026-07-04", "2026-08-16"),
    ("2025-2026", SUMMER,    (MIDDLE,),       "2026-07-18", "2026-08-30"),
    ("2025-2026", SUMMER,    (SOUTH,),        "2026-07-11", "2026-08-23"),

    ("2026-2027", AUTUMN,    (NORTH,),        "2026-10-10", "2026-10-18"),
    ("2026-2027", AUTUMN,    (MIDDLE, SOUTH), "2026-10-17", "2026-10-25"),
    ("2026-2027", CHRISTMAS, ALL,             "2026-12-19", "2027-01-03"),
    ("2026-2027", SPRING,    (NORTH, MIDDLE), "2027-02-20", "2027-02-28"),
    ("2026-2027", SPRING,    (SOUTH,),        "2027-02-13", "2027-02-21"),
    ("2026-2027", MAY,       ALL,             "2027-04-24", "2027-05-02"),
    ("2026-2027", SUMMER,    (NORTH,),        "2027-07-10", "2027-08-22"),
    ("2026-2027", SUMMER,    (MIDDLE,),       "2027-07-17", "2027-08-29"),
    ("2026-2027", SUMMER,    (SOUTH,),        "2027-07-24", "2027-09-05"),

    ("2027-2028", AUTUMN,    (NORTH, MIDDLE), "2027-10-16", "2027-10-24"),
    ("2027-2028", AUTUMN,    (SOUTH,),        "2027-10-23", "2027-10-31"),
    ("2027-2028", CHRISTMAS, ALL,             "2027-12-25", "2028-01-09"),
    ("2027-2028", SPRING,    (NORTH,),        "2028-02-19", "2028-02-27"),
    ("2027-2028", SPRING,    (MIDDLE, SOUTH), "2028-02-26", "2028-03-05"),
    ("2027-2028", MAY,       ALL,             "2028-04-29", "2028-05-07"),
    ("2027-2028", SUMMER,    (NORTH,),        "2028-07-15", "2028-08-27"),
    ("2027-2028", SUMMER,    (MIDDLE,),       "2028-07-08", "2028-08-20"),
    ("2027-2028", SUMMER,    (SOUTH,),        "2028-07-22", "2028-09-03"),

    ("2028-2029", AUTUMN,    (NORTH,),        "2028-10-14", "2028-10-22"),
    ("2028-2029", AUTUMN,    (MIDDLE, SOUTH), "2028-10-21", "2028-10-29"),
    ("2028-2029", CHRISTMAS, ALL,             "2028-12-23", "2029-01-07"),
    ("2028-2029", SPRING,    (NORTH, MIDDLE), "2029-02-17", "2029-02-25"),
    ("2028-2029", SPRING,    (SOUTH,),        "2029-02-10", "2029-02-18"),
    ("2028-2029", MAY,       ALL,             "2029-04-28", "2029-05-06"),
    ("2028-2029", SUMMER,    (NORTH,),        "2029-07-21", "2029-09-02"),
    ("2028-2029", SUMMER,    (MIDDLE,),       "2029-07-07", "2029-08-19"),
    ("2028-2029", SUMMER,    (SOUTH,),        "2029-07-14", "2029-08-26"),
)
# fmt: on


def of_region(region: str, since: date) -> list[Vacation]:
    """Return the vacations of a region that end on a day or after it, in order."""
    found = (
        Vacation(name, date.fromisoformat(first), date.fromisoformat(last))
        for __, name, regions, first, last in TABLE
        if region in regions
    )
    return sorted((v for v in found if v.last >= since), key=lambda v: v.first)


@lru_cache(maxsize=512)
def free_days(spans: tuple[Span, ...]) -> frozenset[date]:
    """Return the weekdays within spans of days, both ends with them.

    Kept by value: who changes a vacation has another value, in every process at once.
    """
    return frozenset(day for span in spans for day in weekdays(*span))


def weekdays(first: date, last: date) -> list[date]:
    """Return the days from Monday to Friday from one day to another, both with them."""
    days = (first + n * DAY for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() < LONG]


def next_long(spans: Iterable[Span], today: date) -> date | None:
    """Return the first day of the next vacation of a week or more; None: none is known."""
    ahead = (span for span in spans if span[0] > today and len(weekdays(*span)) >= LONG)
    return min((first for first, __ in ahead), default=None)


def school_year(day: date) -> int:
    """Return the year in which the school year of a day begins, on the first of August."""
    return day.year if day.month >= 8 else day.year - 1
