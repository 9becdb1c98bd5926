"""Writing down what people are told, in the transaction in which it happens."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.bulk import insert_all
from cases.models import Channel, Notification, NotificationChoice, OutboxMessage
from cases.notifications.kinds import KINDS
from cases.notifications.moments import not_before
from cases.notifications.outbox import DELIVER
from cases.waking import wake


def notify(
    kind: str, people: Iterable[int], key: str, *, urgent: bool = False, **about: Any
) -> int:
    """Tell people (ids of users) one thing each, and return to how many it was new.

    ``key`` makes it the same thing: told twice, also at the same moment, it is told once. In a
    transaction: when that is undone, nobody is told. ``urgent``: it waits for no digest and no
    morning, beside the kinds that never do. ``about``: ``case``, or ``about``, the public reference
    of something else.
    """
    now = timezone.now()
    urgent = urgent or KINDS[kind].urgent
    written = Notification.objects.bulk_create(
        (
            Notification(
                recipient_id=pk, kind=kind, key=key, urgent=urgent, created_at=now, **about
            )
            for pk in sorted(set(people))
        ),
        ignore_conflicts=True,
    )
    # Which of them were told before is known only now, and by the database alone.
    new = list(Notification.objects.filter(public_id__in=[one.public_id for one in written]))
    write_messages(new, now)
    if new:
        transaction.on_commit(partial(wake, DELIVER))
    return len(new)


def write_messages(notifications: list[Notification], now: datetime) -> None:
    """Write for each notification the messages that carry it, to go out when its reader likes."""
    people = {one.recipient_id for one in notifications}
    choices = {one.user_id: one for one in NotificationChoice.objects.filter(user__in=people)}
    insert_all(
        OutboxMessage(
            notification_id=one.pk,
            recipient_id=one.recipient_id,
            channel=Channel.MAIL,
            not_before=not_before(choices.get(one.recipient_id), now, urgent=one.urgent),
        )
        for one in notifications
    )
