"""A meeting of the care team, and a case that asks for it."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField
from accounts.models import School
from cases.models import Case
from consultations.meetings.querysets import AgendaItemQuerySet, MeetingQuerySet


class Meeting(models.Model):
    """When and where the care team of a school meets; closed once it is held."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="meetings")
    starts_at = models.DateTimeField(_("when"))
    place = models.CharField(_("where"), max_length=120, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting of the care team")
        verbose_name_plural = _("meetings of the care team")
        ordering = ("starts_at", "id")

    def __str__(self) -> str:
        return f"meeting {self.public_id}"

    @property
    def is_open(self) -> bool:
        """Tell whether it is still to be held, or being held."""
        return self.closed_at is None

    @property
    def is_to_come(self) -> bool:
        """Tell whether its day is still to come: till then nobody can have held it."""
        return self.is_open and timezone.localdate() < self.day

    @property
    def was_cancelled(self) -> bool:
        """Tell whether it was closed before its day came, and so never held."""
        return self.closed_at is not None and timezone.localdate(self.closed_at) < self.day

    @property
    def day(self) -> date:
        """Return on which day it is."""
        return timezone.localdate(self.starts_at)


class AgendaItem(models.Model):
    """That a case asks for the care team; and, once a meeting dealt with it, its minutes.

    What was decided is the outcome of the consultation that the meeting filed in the case.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="agenda_items")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    taken_off_at = models.DateTimeField(null=True, blank=True)
    taken_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # All are set at once, when a meeting has dealt with it, and never after.
    minutes = NarrativeField(_("minutes of the care team"), blank=True)
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="items"
    )
    consultation = models.OneToOneField(
        "consultations.Consultation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agenda_item",
    )

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("case on the agenda")
        verbose_name_plural = _("cases on the agenda")
        ordering = ("asked_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("case",),
                condition=models.Q(consultation__isnull=True, taken_off_at__isnull=True),
                name="a_case_waits_once_on_the_agenda",
            ),
            models.CheckConstraint(
                name="dealt_with_in_a_meeting",
                condition=models.Q(meeting__isnull=True, consultation__isnull=True, minutes="")
                | models.Q(
                    ~models.Q(minutes=""),
                    meeting__isnull=False,
                    consultation__isnull=False,
                    taken_off_at__isnull=True,
                ),
            ),
        )

    def __str__(self) -> str:
        return f"agenda item {self.pk}"

    @property
    def waits(self) -> bool:
        """Tell whether it is still on the agenda."""
        return self.consultation_id is None and self.taken_off_at is None
