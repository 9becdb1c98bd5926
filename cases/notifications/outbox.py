"""Sending what waits: sealed in envelopes, tried again after a fault, given up in the end.

An envelope is sealed in one transaction and sent after it: whatever dies in between, the same
letter goes out again, under the same Message-ID. A worker takes an envelope in hand for some
minutes (``IN_HAND``), so that no second one sends it too; when it dies, these minutes end.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from cases.models import Envelope, Notification, NotificationChoice, OutboxMessage
from cases.notifications.channels import SENDERS, Sender, is_refused
from cases.notifications.kinds import waiting
from cases.notifications.moments import after_quiet_hours
from cases.notifications.querysets import OF_ONE, MessageQuerySet
from cases.waking import wake

DELIVER = "cases.notifications.tasks.deliver"
logger = logging.getLogger(__name__)

BATCH = 500
# So many letters to somebody in so long; what waits then goes together in the next. Nobody fills
# the mailbox of a colleague, or keeps the worker, by what they do in a loop, urgent or not: whoever
# got three looks by then.
LETTERS, IN_A_WHILE = 3, timedelta(minutes=5)
# That a worker was asked, and did not begin yet; a lost one is asked for again after so long (s).
WOKEN, FORGOTTEN_AFTER = "outbox.woken", 60
# Longer than the slowest answer of a mail server (settings.EMAIL_TIMEOUT, for each of its words).
IN_HAND = timedelta(minutes=5)
# After the first, second ... attempt it is tried again after so long; then each time the last.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
# By then it is not the line.
GIVE_UP_AFTER = timedelta(days=5)
# To somebody whose next role waits for minutes, until what hung on an earlier one is taken back
# (``accounts.querysets.apart``), nothing is thrown away that soon may be theirs to know.
WAITS_FOR_A_ROLE = timedelta(hours=1)
# An address that the server does not know is tried so often: it may have been its mistake.
REFUSED_ATTEMPTS = 3
# The line itself is down: so many envelopes in a row, and the others wait for the next round.
FAULTS_IN_A_ROW = 3
# So many people in a row of whom each mailbox or device fails: a server that takes letters of
# nobody is not asked for each of a thousand.
PEOPLE_IN_A_ROW = 10
# In which something stands that waits for no morning.
_URGENT_ONES = OutboxMessage.objects.filter(envelope=OuterRef("pk"), notification__urgent=True)
URGENT = Q(Exists(_URGENT_ONES))


def wake_up() -> None:
    """Ask a worker to send what waits, unless one is asked and will see this too."""
    if cache.add(WOKEN, True, FORGOTTEN_AFTER):
        wake(DELIVER)


def deliver() -> int:
    """Send what waits and return how many letters went out. What fails waits for its next time."""
    cache.delete(WOKEN)  # before anything is read: what comes from here on asks anew
    now = timezone.now()
    _let_sleep(now)
    seal(now)
    return sum(_send_all(channel) for channel in SENDERS)


def _let_sleep(now: datetime) -> None:
    """Put off what waited for a worker until its reader's quiet hours had begun, to their end."""
    late = OutboxMessage.objects.to_seal(now).filter(notification__urgent=False)
    for choice in NotificationChoice.objects.filter(
        quiet_from__isnull=False, user__in=late.values("recipient")
    ):
        if (until := after_quiet_hours(choice, now)) > now:
            late.filter(recipient=choice.user_id).update(not_before=until)


def seal(now: datetime) -> int:
    """Put what waits for each person into an envelope a channel; return how many were sealed.

    All of somebody's that is due goes together: after days of standstill too, that is one letter.
    """
    sealed = 0
    while True:
        people = list(
            _due(now).order_by("not_before").values_list("recipient_id", flat=True)[:BATCH]
        )
        made = _seal_for(set(people), now)
        sealed += made
        if not made:  # nothing is left, or others have it in hand
            return sealed


def _due(now: datetime) -> MessageQuerySet:
    """Return what is to be sealed: nothing to whom ``LETTERS`` went lately."""
    of_same = {"recipient": OuterRef("recipient"), "channel": OuterRef("channel")}
    lately = Envelope.objects.filter(**of_same, sealed_at__gt=now - IN_A_WHILE)
    enough = lately.order_by("-sealed_at").values("pk")[LETTERS - 1 : LETTERS]
    return OutboxMessage.objects.to_seal(now).filter(~Exists(enough))


@transaction.atomic
def _seal_for(people: set[int], now: datetime) -> int:
    messages = (
        _due(now)
        .filter(recipient__in=people)
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")
    )
    together: dict[tuple[int, str], list[OutboxMessage]] = defaultdict(list)
    for message in messages:
        together[message.recipient_id, message.channel].append(message)
    envelopes = Envelope.objects.bulk_create(
        Envelope(recipient_id=person, channel=channel, sealed_at=now, next_attempt_at=now)
        for person, channel in together
    )
    for envelope, inside in zip(envelopes, together.values(), strict=True):
        for message in inside:
            message.envelope = envelope
    inside = [message for group in together.values() for message in group]
    OutboxMessage.objects.bulk_update(inside, ["envelope"], batch_size=BATCH)
    return len(envelopes)


def _send_all(channel: str) -> int:
    """Send what waits for one channel; that one is down keeps no other waiting.

    A full mailbox, or a device that answers nothing, says nothing of the line: three people with
    one ended each round for all schools. Of such a person nothing more is tried in this round.
    """
    sent = of_line = of_one = 0
    waits: set[int] = set()
    sender = SENDERS[channel]()
    for envelope in _in_turn(channel, waits):
        error = _send(envelope, sender)
        if error is None:
            if envelope.sent_at:  # and was not thrown away
                sent, of_line, of_one = sent + 1, 0, 0
            continue
        _try_later(envelope, error)
        waits.add(envelope.recipient_id)
        if envelope.last_error in OF_ONE:  # whoever refuses one, answers
            of_line, of_one = 0, of_one + 1
        elif not is_refused(error):
            of_line += 1
        sender.close()
        if of_line == FAULTS_IN_A_ROW or of_one == PEOPLE_IN_A_ROW:
            break
    sender.close()
    return sent


def _in_turn(channel: str, waits: Collection[int]) -> Iterator[Envelope]:
    """Take in hand what is to be sent, one by one: what is urgent first; of people whose mailbox
    or device failed lately, last. Of those who wait, none: they become more as it goes on.

    Of whom it failed, who failed least: ten full mailboxes used up each round for whoever's was
    only asked to come again once.
    """
    people = list(Envelope.objects.failing(channel))
    failing = Q(recipient__in=people)
    for which in (URGENT & ~failing, ~failing):
        while (envelope := _take(channel, which & ~Q(recipient__in=waits))) is not None:
            yield envelope
    for urgency in (URGENT, Q()):
        waiting_for = Envelope.objects.to_send(timezone.now()).filter(urgency, channel=channel)
        due = set(waiting_for.filter(failing).values_list("recipient", flat=True))
        for person in [one for one in people if one in due]:
            which = urgency & Q(recipient=person)
            while person not in waits and (envelope := _take(channel, which)) is not None:
                yield envelope


@transaction.atomic
def _take(channel: str, which: Q) -> Envelope | None:
    """Take the envelope in hand that waited longest, or return None; only one of ``which``."""
    now = timezone.now()
    envelope = (
        Envelope.objects.to_send(now)
        .filter(which, channel=channel)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("recipient")
        .order_by("next_attempt_at", "pk")
        .first()
    )
    if envelope is not None:
        envelope.next_attempt_at = now + IN_HAND
        envelope.attempts += 1
        envelope.save(update_fields=["next_attempt_at", "attempts"])
    return envelope


def _send(envelope: Envelope, sender: Sender) -> Exception | None:
    """Send one envelope; return the error when that failed. What nobody waits for is thrown away.

    Looked at once more: what somebody may not know of any more, or what was done meanwhile, is
    not sent.
    """
    messages = envelope.messages.select_related("notification__case").order_by("pk")
    inside = [message.notification for message in messages]
    person = envelope.recipient
    try:
        told = waiting(person, inside) if person.is_active else []
        # What waits goes together, in a letter of its own, and what is told goes out now.
        later = envelope.messages.filter(notification__in=_known_soon(person, inside, told))
        later.update(envelope=None, not_before=timezone.now() + BACK_OFF[0])
        if not told or not sender.send(envelope, told):
            envelope.delete()
            return None
    except (DatabaseError, SoftTimeLimitExceeded):  # nothing is wrong with the letter
        raise
    except Exception as error:  # whatever is wrong with one, the others go out
        return error
    envelope.sent_at, envelope.last_error = timezone.now(), ""
    envelope.save(update_fields=["sent_at", "last_error"])
    return None


def _known_soon(
    person: User, inside: list[Notification], told: list[Notification]
) -> list[Notification]:
    """Return what is not told now, and may be when the reader's next role has opened."""
    if not person.is_active or not person.waiting_memberships:
        return []
    since = timezone.now() - WAITS_FOR_A_ROLE
    unheard = [one for one in inside if one.read_at is None and one not in told]
    return [one for one in unheard if one.created_at > since]


def _try_later(envelope: Envelope, error: Exception) -> None:
    """Write down that it failed, and when it is tried again; or that it is given up."""
    now = timezone.now()
    envelope.last_error = type(error).__name__
    refused = is_refused(error) and envelope.attempts >= REFUSED_ATTEMPTS
    # Days in which nobody tried, as when the system stood still, are no reason.
    tried = envelope.attempts > len(BACK_OFF)
    if refused or (tried and now - envelope.sealed_at >= GIVE_UP_AFTER):
        envelope.dead_at = now
    pause = BACK_OFF[min(envelope.attempts, len(BACK_OFF)) - 1]
    envelope.next_attempt_at = now + pause
    envelope.save(update_fields=["last_error", "dead_at", "next_attempt_at"])
    logger.warning("A letter could not be sent: %s", envelope.last_error)


def send_again(envelope: Envelope) -> bool:
    """Take an envelope that was given up back into what is sent; tell whether it still was so.

    As if it were sealed now: it has all its attempts again.
    """
    now = timezone.now()
    again = {"dead_at": None, "sealed_at": now, "next_attempt_at": now, "attempts": 0}
    taken = Envelope.objects.dead().filter(pk=envelope.pk).update(**again)
    transaction.on_commit(wake_up)
    return bool(taken)
