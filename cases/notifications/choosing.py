"""How somebody wants to be told: setting it, for what waits already too."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from cases.models import Channel, NotificationChoice, OutboxMessage
from cases.notifications.moments import after_quiet_hours, not_before


def choice_of(person: User) -> NotificationChoice:
    """Return how somebody is told; who chose nothing is told as the model's defaults say."""
    chosen = NotificationChoice.objects.filter(user=person).first()
    return chosen or NotificationChoice(user=person)


@transaction.atomic
def choose(person: User, **fields: Any) -> NotificationChoice:
    """Set how somebody is told. What waits for them follows at once; what is urgent never waited.

    ``fields``: those of ``NotificationChoice``.
    """
    User.objects.select_for_update(no_key=True).get(pk=person.pk)  # two clicks at once: one row
    chosen, __ = NotificationChoice.objects.update_or_create(user=person, defaults=fields)
    _follow(chosen, timezone.now())
    return chosen


def _follow(chosen: NotificationChoice, now: datetime) -> None:
    waiting = OutboxMessage.objects.filter(
        recipient=chosen.user_id, envelope__isnull=True, notification__urgent=False
    )
    waiting.filter(channel=Channel.MAIL).update(not_before=not_before(chosen, now))
    waiting.filter(channel=Channel.PUSH).update(not_before=after_quiet_hours(chosen, now))
