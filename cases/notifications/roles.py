"""Telling people of roles: a new one of theirs, and what was changed at a school."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Membership, School, User
from cases.models import Notification
from cases.notifications.kinds import PEOPLE_CHANGED, ROLE
from cases.notifications.telling import notify

# Who did not look yet is not told again of more, for so long: a new school year changes a hundred.
A_WHILE = timedelta(days=1)


def tell_of_role(membership: Membership, **kwargs: Any) -> None:
    """Tell whose role began (``accounts.signals.membership_began``), in that transaction."""
    key = str(membership.public_id)
    notify(ROLE, [membership.user_id], key, about=key)


def tell_of_change(people: set[int], school: int, by: User | None, key: str, **kwargs: Any) -> None:
    """Tell who hears of changed roles at a school (``accounts.signals.people_changed``), beside the
    mail.
    """
    lately = _unread([school]).filter(created_at__gt=timezone.now() - A_WHILE, recipient__in=people)
    told = set(lately.values_list("recipient", flat=True))
    notify(PEOPLE_CHANGED, people - told, f"{key}-{school}", by=by, about=str(school))


def seen(user: User, schools: Iterable[School], *, all_shown: bool = False, **kwargs: Any) -> None:
    """Write down that somebody looked at the people (``accounts.signals.people_seen``).

    At all of them: who looks at one does not see what was changed of the others.
    """
    if not all_shown:
        return
    _unread([school.pk for school in schools]).filter(recipient=user).update(read_at=timezone.now())


def _unread(schools: list[int]) -> "Notification.objects":
    about = [str(school) for school in schools]
    return Notification.objects.filter(kind=PEOPLE_CHANGED, about__in=about, read_at=None)
