"""Telling people of roles: a new one of theirs, and what was changed at a school."""

from typing import Any

from accounts.models import Membership, User
from cases.models import Notification
from cases.notifications.kinds import PEOPLE_CHANGED, ROLE
from cases.notifications.telling import notify


def tell_of_role(membership: Membership, **kwargs: Any) -> None:
    """Tell whose role began (``accounts.signals.membership_began``), in that transaction."""
    key = str(membership.public_id)
    notify(ROLE, [membership.user_id], key, about=key)


def tell_of_change(people: set[int], by: User | None, key: str, **kwargs: Any) -> None:
    """Tell who hears of changed roles (``accounts.signals.people_changed``), beside the mail.

    Once, until they read it: a new school year changes a hundred roles.
    """
    unread = Notification.objects.filter(kind=PEOPLE_CHANGED, read_at=None, recipient__in=people)
    notify(PEOPLE_CHANGED, people - set(unread.values_list("recipient", flat=True)), key, by=by)
