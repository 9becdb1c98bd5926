"""What somebody reads of what they were told: the count on each page, the list, marking as read."""

from typing import Any

from accounts.models import User
from cases.models import Case, Notification
from cases.notifications.kinds import KINDS, known_to
from cases.notifications.querysets import NotificationQuerySet

# More than this is not counted: the bell says "9+".
COUNTED = 9


def told(person: User) -> NotificationQuerySet:
    """Return what somebody may know of now of what they were told, the newest first."""
    mine = known_to(person, Notification.objects.of(person))
    return mine.select_related("case").order_by("-created_at", "-pk")


def unread_count(person: User) -> int:
    """Return how many of them are unread, up to one more than ``COUNTED``. One query, or two.

    Asked on every page, and mostly there is nothing: which kinds there are is asked first, for
    writing down the conditions of all kinds takes longer than the rest of a small page.
    """
    unread = Notification.objects.of(person).unread()
    codes = set(unread.order_by().values_list("kind", flat=True).distinct())
    return len(known_to(person, unread, codes).values_list("pk")[: COUNTED + 1]) if codes else 0


def opened_case(case: Case, person: User) -> None:
    """Mark as read what somebody was told of a case: they opened its page. One query."""
    elsewhere = [kind.code for kind in KINDS.values() if not kind.on_case_page]
    mine = Notification.objects.of(person).unread().filter(case=case)
    mine.exclude(kind__in=elsewhere).mark_read()


def opened(person: User, **about: Any) -> None:
    """Mark as read what somebody was told of something else: by its ``kind`` or its ``about``."""
    Notification.objects.of(person).unread().filter(**about).mark_read()
