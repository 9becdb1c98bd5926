"""Moments in words for what stands on a page forty times.

As the filter ``date`` says them, in less than half of the calls.
"""

from datetime import datetime

from django.utils.dates import MONTHS, MONTHS_3
from django.utils.timezone import localtime


def moment(at: datetime) -> str:
    """Return day and time as ``date:"j F, H:i"`` does."""
    at = localtime(at)
    return f"{at.day} {MONTHS[at.month]}, {at:%H:%M}"


def short_moment(at: datetime) -> str:
    """Return day and time as ``date:"j b, H:i"`` does."""
    at = localtime(at)
    return f"{at.day} {MONTHS_3[at.month]}, {at:%H:%M}"
