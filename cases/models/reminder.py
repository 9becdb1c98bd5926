"""Reminders, and the mails that carry them (docs/architecture.md, "Reminders")."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import School
from cases.models.case import Case
from cases.querysets import OutboxQuerySet


class Reminder(models.Model):
    """That a case stands still, said once per level."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reminders")
    cycle = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField()
    # Which period ran (a row of PERIODS); a step can change while a longer one runs on.
    period = models.CharField(max_length=20, blank=True)
    deadline = models.DateTimeField()
    level = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "cycle", "period", "deadline", "level"), name="reminder_said_once"
            ),
        )

    def __str__(self) -> str:
        return f"reminder {self.pk} level {self.level}"


class Notice(models.Model):
    """Something that people are told of a case at once, beside what stands still."""

    class Kind(models.TextChoices):
        """What happened."""

        EMERGENCY = "emergency", _("Emergency access")
        SHUT_OUT = "shut_out", _("Conflict of interest")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    def __str__(self) -> str:
        return f"notice {self.pk}"


class OutboxMessage(models.Model):
    """A mail to be sent, written in the same transaction as what it is about."""

    reminder = models.ForeignKey(
        Reminder, null=True, on_delete=models.CASCADE, related_name="messages"
    )
    notice = models.ForeignKey(Notice, null=True, on_delete=models.CASCADE, related_name="messages")
    # In whose contact book stands what nobody checked for a year.
    contacts_of = models.ForeignKey(
        School, null=True, on_delete=models.CASCADE, related_name="contact_messages"
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # The class of the last error only: an error's text can quote an address or a line of mail.
    last_error = models.CharField(max_length=80, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        constraints = (
            models.UniqueConstraint(
                fields=("reminder", "recipient"), name="one_message_per_recipient"
            ),
            models.UniqueConstraint(
                fields=("notice", "recipient"), name="one_notice_per_recipient"
            ),
            models.CheckConstraint(
                name="message_is_about_one_thing",
                condition=(
                    models.Q(reminder__isnull=False, notice__isnull=True, contacts_of__isnull=True)
                    | models.Q(
                        reminder__isnull=True, notice__isnull=False, contacts_of__isnull=True
                    )
                    | models.Q(
                        reminder__isnull=True, notice__isnull=True, contacts_of__isnull=False
                    )
                ),
            ),
        )
        indexes = (
            models.Index(
                fields=("id",), condition=models.Q(sent_at__isnull=True), name="unsent_messages"
            ),
        )

    def __str__(self) -> str:
        return f"message {self.pk}"
