"""Questions about notifications and the letters that carry them."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import User


# What goes wrong with one mailbox or one device (``channels``); of how many people it is the line.
OF_ONE = ("SMTPRecipientsRefused", "SMTPDataError", "PushFault", "PushRefused")
SEVERAL = 3


class NotificationQuerySet(models.QuerySet):
    """Questions about notifications. What somebody may know of: ``kinds.known_to``."""

    def of(self, person: "User") -> "NotificationQuerySet":
        """Return those of one person."""
        return self.filter(recipient=person)

    def unread(self) -> "NotificationQuerySet":
        """Return those that their reader has not seen yet."""
        return self.filter(read_at__isnull=True)

    def mark_read(self) -> int:
        """Write down that their reader saw them now, and return how many it was new of."""
        return self.unread().update(read_at=timezone.now())


class MessageQuerySet(models.QuerySet):
    """Questions about outgoing messages."""

    def to_seal(self, now: datetime) -> "MessageQuerySet":
        """Return those whose time has come, and that are in no envelope yet."""
        return self.filter(envelope__isnull=True, not_before__lte=now)


class EnvelopeQuerySet(models.QuerySet):
    """Questions about envelopes."""

    def unsent(self) -> "EnvelopeQuerySet":
        """Return those that are still to be sent."""
        return self.filter(sent_at__isnull=True, dead_at__isnull=True)

    def failing(self, channel: str) -> models.QuerySet:
        """Return whose own mailbox or device failed, of those for whom a letter waits: whose failed
        the fewest times first.
        """
        of_one = self.unsent().filter(channel=channel, last_error__in=OF_ONE)
        people = of_one.values("recipient").annotate(tries=models.Sum("attempts"))
        return people.order_by("tries", "recipient").values_list("recipient", flat=True)

    def refused(self) -> models.QuerySet:
        """Return whose own mailbox or device failed since a last letter went, up to as many people
        as are the line.

        A full mailbox or a failing device says nothing of the line, until several people have one,
        and no letter goes that was sealed after theirs.
        """
        known = Q(pk__in=())
        for channel, __ in self.model._meta.get_field("channel").choices:
            went = self.filter(channel=channel, sent_at__isnull=False).order_by("-pk")
            known |= Q(channel=channel, pk__lt=models.Subquery(went.values("pk")[:1]))
        of_one = self.unsent().filter(last_error__in=OF_ONE)
        people = of_one.exclude(recipient__in=of_one.filter(known).values("recipient"))
        return people.values_list("recipient").distinct()[:SEVERAL]

    def unsent_of(self, line: bool) -> "EnvelopeQuerySet":
        """Return those that are still to be sent; unless it is the ``line``, none of one reader."""
        return self.unsent() if line else self.unsent().exclude(last_error__in=OF_ONE)

    def to_send(self, now: datetime) -> "EnvelopeQuerySet":
        """Return those that are to be sent now: nobody has them in hand."""
        return self.unsent().filter(next_attempt_at__lte=now)

    def dead(self) -> "EnvelopeQuerySet":
        """Return those that were given up."""
        return self.filter(dead_at__isnull=False)
