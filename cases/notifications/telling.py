"""Writing down what people are told, in the transaction in which it happens."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from cases.bulk import insert_all
from cases.models import (
    Case,
    Channel,
    Notification,
    NotificationChoice,
    OutboxMessage,
    PushSubscription,
)
from cases.notifications.kinds import KINDS
from cases.notifications.moments import after_quiet_hours, not_before
from cases.notifications.outbox import wake_up
from cases.notifications.push.services import is_offered

# How many things are written down by one question, of many.
AT_ONCE = 500


def notify(
    kind: str,
    people: Iterable[int | None],
    key: str,
    *,
    by: User | None = None,
    urgent: bool = False,
    **about: Any,
) -> int:
    """Tell people (ids of users) one thing each, and return to how many it was new.

    ``key`` makes it the same thing: told twice, also at the same moment, it is told once. In a
    transaction: when that is undone, nobody is told. ``by``: who did it, and need not be told.
    ``urgent``: it waits for no digest and no morning, beside the kinds that never do. ``about``:
    ``case``, whose page shows it, and ``about``, the public reference of something else.
    """
    now = timezone.now()
    urgent = urgent or KINDS[kind].urgent
    told = set(people) - {None, by.pk if by else None}
    return _write(
        now,
        (
            Notification(
                recipient_id=pk, kind=kind, key=key, urgent=urgent, created_at=now, **about
            )
            for pk in sorted(told)
        ),
    )


@dataclass(frozen=True, slots=True)
class Thing:
    """One of many things that somebody is told at once (as ``notify`` has them)."""

    kind: str
    key: str
    by: User | None
    case: Case


def notify_of_many(person: int, things: Iterable[Thing]) -> int:
    """Tell somebody (id of a user) many things, and return how many were new to them.

    As ``notify`` for each, in as many questions to the database as for a few hundred: thousands one
    by one take longer than a request has.
    """
    now, told = timezone.now(), (one for one in things if not one.by or one.by.pk != person)
    written = (
        Notification(
            recipient_id=person,
            kind=one.kind,
            key=one.key,
            urgent=KINDS[one.kind].urgent,
            created_at=now,
            case=one.case,
        )
        for one in told
    )
    new = 0
    while some := list(islice(written, AT_ONCE)):
        new += _write(now, some)
    return new


def _write(now: datetime, notifications: Iterable[Notification]) -> int:
    written = Notification.objects.bulk_create(notifications, ignore_conflicts=True)
    if not written:
        return 0
    # Which of them were told before is known only now, and by the database alone.
    new = list(Notification.objects.filter(public_id__in=[one.public_id for one in written]))
    write_messages(new, now)
    if new:
        transaction.on_commit(wake_up)
    return len(new)


def write_messages(notifications: list[Notification], now: datetime) -> None:
    """Write for each notification the messages that carry it, to go out when its reader likes."""
    notifications = [one for one in notifications if KINDS[one.kind].mailed]
    people = {one.recipient_id for one in notifications}
    choices = {one.user_id: one for one in NotificationChoice.objects.filter(user_id__among=people)}
    insert_all(
        OutboxMessage(
            notification_id=one.pk,
            recipient_id=one.recipient_id,
            channel=channel,
            not_before=moment(choices.get(one.recipient_id), now, urgent=one.urgent),
        )
        for channel, people_told, moment in (
            (Channel.MAIL, people, not_before),
            (Channel.PUSH, _with_a_device(people), after_quiet_hours),
        )
        for one in notifications
        if one.recipient_id in people_told
    )


def _with_a_device(people: set[int]) -> set[int]:
    """Return who of some people is told on a device too."""
    if not is_offered():
        return set()
    devices = PushSubscription.objects.filter(user__in=people)
    return set(devices.values_list("user_id", flat=True))
