"""When somebody is told what can wait: at their digest's hour, and not in their quiet hours."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from cases.models import NotificationChoice


def not_before(
    choice: NotificationChoice | None, now: datetime, *, urgent: bool = False
) -> datetime:
    """Return the moment from which on a mail may go out. What is urgent waits for nothing.

    A digest whose hour lies in somebody's quiet hours comes after these.
    """
    if choice is not None and not urgent and choice.mail == NotificationChoice.Mail.DIGEST:
        now = next_time(now, choice.digest_at)
    return after_quiet_hours(choice, now, urgent=urgent)


def after_quiet_hours(
    choice: NotificationChoice | None, now: datetime, *, urgent: bool = False
) -> datetime:
    """Return the moment from which on somebody may be disturbed."""
    if choice is None or urgent:
        return now
    if choice.quiet_from is not None and in_between(now, choice.quiet_from, choice.quiet_until):
        return next_time(now, choice.quiet_until)
    return now


def in_between(now: datetime, start: time, end: time) -> bool:
    """Tell whether the clock stands between two times, also around midnight; the end is out."""
    clock = timezone.localtime(now).time()
    if start <= end:
        return start <= clock < end
    return clock >= start or clock < end


def next_time(now: datetime, at: time) -> datetime:
    """Return the next moment, now or later, at which the clock shows a time.

    An hour that the night of summer time leaves out comes an hour later.
    """
    day = timezone.localtime(now).date()
    found = timezone.make_aware(datetime.combine(day, at))
    if found < now:
        found = timezone.make_aware(datetime.combine(day + timedelta(days=1), at))
    return found
