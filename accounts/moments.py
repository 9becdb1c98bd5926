"""Moments in words for what stands on a page forty times.

As the filter ``date`` says them, in less than half of the calls.
"""

from datetime import date, datetime

from django.utils.dates import MONTHS, MONTHS_3
from django.utils.timezone import localtime


def moment(at: datetime) -> str:
    """Return day and time as ``date:"j F, H:i"`` does."""
    at = localtime(at)
    return f"{at.day} {MONTHS[at.month]}, {at:%H:%M}"


def short_moment(at: datetime) -> str:
    """Return day and time as ``date:"j b, H:i"`` does, with a capital where months have one."""
    at = localtime(at)
    return f"{short_day(at)}, {at:%H:%M}"


def short_day(day: date) -> str:
    """Return a day with its month in three letters: "5 nov" in Dutch, "5 Nov" in English."""
    month = str(MONTHS_3[day.month])
    return f"{day.day} {month.title() if str(MONTHS[day.month])[0].isupper() else month}"
