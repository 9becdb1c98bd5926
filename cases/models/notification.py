"""What people are told, and the letters that carry it (docs/architecture.md, "Notifications").

A notification is what one person hears of one thing, once. Each way in which they are told (by
mail, on their telephone) has a message; what goes out together is sealed in an envelope, so that a
letter that has to be sent again is the same letter.
"""

import uuid
from datetime import time

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.reminder import Reminder
from cases.notifications.querysets import (
    EnvelopeQuerySet,
    MessageQuerySet,
    NotificationQuerySet,
)


class Channel(models.TextChoices):
    """How somebody is told, beside the list in the application itself."""

    MAIL = "mail", _("by mail")
    PUSH = "push", _("on the telephone or computer")


class Notification(models.Model):
    """That one person is told one thing: no name and no word of content, only where to look."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    # A row of KINDS (cases/notifications/kinds.py), declared by the room that tells it.
    kind = models.CharField(max_length=20)
    # What makes it the same as one told before.
    key = models.CharField(max_length=60)
    # The public reference of what it is about, where that is no case: as it stands in an address.
    about = models.CharField(max_length=40, blank=True)
    case = models.ForeignKey(
        Case, null=True, on_delete=models.CASCADE, related_name="notifications"
    )
    reminder = models.ForeignKey(
        Reminder, null=True, on_delete=models.CASCADE, related_name="notifications"
    )
    # It waits for no digest and no morning.
    urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = (
            models.UniqueConstraint(fields=("recipient", "kind", "key"), name="told_once"),
        )
        indexes = (
            models.Index(
                fields=("recipient", "-created_at"),
                condition=models.Q(read_at__isnull=True),
                name="unread_notifications",
            ),
        )

    def __str__(self) -> str:
        return f"notification {self.public_id}"


class Envelope(models.Model):
    """What goes to one person in one letter. Sent again after a fault, it is the same letter."""

    # Of the letter itself (its Message-ID): of one that a crash sends twice, one is shown.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    channel = models.CharField(max_length=4, choices=Channel, default=Channel.MAIL)
    sealed_at = models.DateTimeField()
    # Not before this moment: after a fault later, and meanwhile a worker has it in hand.
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    # The class of the last error only: an error's text can quote an address or a line of mail.
    last_error = models.CharField(max_length=80, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # Given up: somebody has to look at it.
    dead_at = models.DateTimeField(null=True, blank=True)

    objects = EnvelopeQuerySet.as_manager()

    class Meta:
        verbose_name = _("envelope")
        verbose_name_plural = _("envelopes")
        constraints = (
            models.CheckConstraint(
                name="envelope_sent_or_given_up",
                condition=models.Q(sent_at__isnull=True) | models.Q(dead_at__isnull=True),
            ),
        )
        indexes = (
            models.Index(
                fields=("next_attempt_at",),
                condition=models.Q(sent_at__isnull=True, dead_at__isnull=True),
                name="envelopes_to_send",
            ),
        )

    def __str__(self) -> str:
        return f"envelope {self.public_id}"


class OutboxMessage(models.Model):
    """That a notification is to go out by one channel, written in the transaction that made it."""

    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="messages"
    )
    # The notification's, once more: what waits is found and sealed by person.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    channel = models.CharField(max_length=4, choices=Channel, default=Channel.MAIL)
    # A digest's hour, or the end of somebody's quiet hours.
    not_before = models.DateTimeField()
    envelope = models.ForeignKey(
        Envelope, null=True, on_delete=models.CASCADE, related_name="messages"
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        constraints = (
            models.UniqueConstraint(
                fields=("notification", "channel"), name="one_message_per_channel"
            ),
        )
        indexes = (
            models.Index(
                fields=("not_before",),
                condition=models.Q(envelope__isnull=True),
                name="messages_to_seal",
            ),
        )

    def __str__(self) -> str:
        return f"message {self.pk}"


class NotificationChoice(models.Model):
    """How one person wants to be told. Who chose nothing is told by mail, at once."""

    class Mail(models.TextChoices):
        """When a mail comes."""

        AT_ONCE = "at_once", _("at once")
        DIGEST = "digest", _("once a day, all together")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_choice"
    )
    mail = models.CharField(
        _("when a mail comes"), max_length=8, choices=Mail.choices, default=Mail.AT_ONCE
    )
    digest_at = models.TimeField(_("at what time"), default=time(8))
    # Nothing that can wait comes between these; both empty: no quiet hours.
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("way of being told")
        verbose_name_plural = _("ways of being told")
        constraints = (
            models.CheckConstraint(
                name="quiet_hours_begin_and_end",
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                violation_error_message=_("Fill in both: from and until."),
            ),
        )

    def __str__(self) -> str:
        return f"choice {self.pk}"
