"""Waiting on purpose: that nobody is reminded of a case until a moment, and why."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField
from cases.models.record import Record
from cases.protocol.waiting import PutOff
from cases.querysets import SnoozeQuerySet


class Snooze(Record):
    """A case put off for a time. Reason and end never change; that it ended is set once."""

    class Ended(models.TextChoices):
        """What ended it."""

        TIME = "time", _("The time was over")
        BY_HAND = "by_hand", _("Ended by hand")
        SEVERE = "severe", _("A severe signal came")
        ASKED = "asked", _("Something else is asked now")
        CLOSED = "closed", _("The case was closed")

    settable_after_filing = frozenset({"ended_at", "ended_by", "ended_how"})

    reason = NarrativeField(_("why the case waits"))
    until = models.DateTimeField(_("until"))
    # The codes of the rules that asked something then, with spaces between.
    asked = models.CharField(max_length=200, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Nobody: its time was over.
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_how = models.CharField(max_length=8, choices=Ended.choices, blank=True)

    objects = SnoozeQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("waiting on purpose")
        verbose_name_plural = _("waiting on purpose")
        constraints = (
            models.UniqueConstraint(
                fields=("case",), condition=Q(ended_at__isnull=True), name="one_snooze_at_a_time"
            ),
            models.CheckConstraint(
                name="snooze_has_a_reason_and_an_end_ahead",
                condition=~Q(reason="") & Q(until__gt=F("recorded_at")),
            ),
            models.CheckConstraint(
                name="snooze_that_ended_says_how",
                condition=Q(ended_at__isnull=True, ended_how="")
                | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
            ),
        )

    @property
    def waits(self) -> bool:
        """Tell whether the case waits now."""
        return self.ended_at is None and timezone.now() < self.until

    @property
    def put_off(self) -> PutOff:
        """Return it as the protocol knows it."""
        return PutOff(self.recorded_at, self.until, frozenset(self.asked.split()))

    @property
    def ended_by_itself(self) -> bool:
        """Tell whether something came that could not wait, or made waiting pointless."""
        return self.ended_how in {self.Ended.SEVERE, self.Ended.ASKED}

    def end(self, how: str, by: object | None, at: datetime) -> None:
        """Note that it ended: not later than it was meant to."""
        self.ended_at, self.ended_by, self.ended_how = min(at, self.until), by, how
        self.save(update_fields=sorted(self.settable_after_filing))
