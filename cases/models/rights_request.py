"""A request of a parent or a pupil about what is kept of them (AVG), with its clock."""

import uuid
from calendar import monthrange
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField, NarrativeLine
from accounts.models import School
from cases.models.pupil import Pupil
from cases.protocol import asking
from cases.querysets import RightsRequestQuerySet


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later; the last of that month where it has none such."""
    months += day.month - 1
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


class RightsRequest(models.Model):
    """One request, from the day it came until it is answered.

    When the pupil's row is destroyed it stays, without the pupil and without a word: that it was
    asked, when, and how it ended.
    """

    class Kind(models.TextChoices):
        """What is asked."""

        SEE = asking.SEE, _("See, or get a copy")
        CORRECT = asking.CORRECT, _("Correct, or add a statement")
        DESTROY = asking.DESTROY, _("Destroy")
        OBJECT = asking.OBJECT, _("Object to its use")

    class Asker(models.TextChoices):
        """Who asks."""

        PARENT = asking.PARENT, _("A parent or guardian")
        PUPIL = asking.PUPIL, _("The pupil")
        FORMER = asking.FORMER, _("A former pupil")
        REPRESENTATIVE = asking.REPRESENTATIVE, _("Somebody on their behalf")

    class Identity(models.TextChoices):
        """How it was checked who asks."""

        KNOWN = "known", _("I know this person, and spoke with them")
        DOCUMENT = "document", _("By an identity document, of which no copy was kept")
        REGISTER = "register", _("By an identity document and the register of authority")
        NOT_YET = "not_yet", _("Not yet")

    class Outcome(models.TextChoices):
        """How it was answered."""

        GRANTED = "granted", _("Granted")
        PARTLY = "partly", _("Granted in part")
        REFUSED = "refused", _("Refused")
        TAKEN_BACK = "taken_back", _("Taken back by who asked")

    # What an answer says beside how it ended and when: it goes with the pupil's data.
    SAID = ("grounds", "words", "handed_over", "explained")
    # With grounds, which stand in the letter.
    WITH_GROUNDS = (Outcome.PARTLY, Outcome.REFUSED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="rights_requests")
    pupil = models.ForeignKey(
        Pupil, null=True, blank=True, on_delete=models.PROTECT, related_name="rights_requests"
    )
    kind = models.CharField(_("what is asked"), max_length=10, choices=Kind.choices)
    asker = models.CharField(_("who asks"), max_length=16, choices=Asker.choices)
    asked_by = NarrativeLine(_("name, and relation to the pupil"), max_length=200, blank=True)
    identity = models.CharField(_("how checked"), max_length=10, choices=Identity.choices)
    received_on = models.DateField(_("received"))
    extended_on = models.DateField(null=True, blank=True)
    extended_why = NarrativeField(_("why it takes longer"), blank=True)
    # Of those that took longer before this was written down, nobody.
    extended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    grounds = models.JSONField(default=list, db_default=Value([], models.JSONField()), blank=True)
    words = NarrativeField(_("explanation"), blank=True)
    handed_over = NarrativeField(_("what was handed over"), blank=True)
    explained = NarrativeField(_("why it was done otherwise"), blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    registered_at = models.DateTimeField(default=timezone.now)
    # Colleagues who were kept out of the pupil when what kept them went with a case, or the pupil:
    # whose registers it stays out of, and who of them reads no answer.
    kept_from = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    unread_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = RightsRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request of a parent or pupil")
        verbose_name_plural = _("requests of parents and pupils")
        ordering = ("-received_on", "-id")
        constraints = (
            models.CheckConstraint(
                name="answered_request_says_how_and_by_whom",
                condition=models.Q(answered_on__isnull=True, outcome="")
                | (
                    models.Q(answered_on__isnull=False, answered_by__isnull=False)
                    & ~models.Q(outcome="")
                ),
            ),
        )

    def __str__(self) -> str:
        return f"request {self.public_id}"

    @property
    def first_due(self) -> date:
        """Return the last day of the legal month."""
        return months_after(self.received_on, asking.MONTHS)

    @property
    def due_on(self) -> date:
        """Return the last day on which it is answered."""
        more = asking.LONGER if self.extended_on else 0
        return months_after(self.received_on, asking.MONTHS + more)

    @property
    def is_emptied(self) -> bool:
        """Tell whether the pupil's data were destroyed, and with them what it said of anybody."""
        return self.pupil_id is None and not self.asked_by

    @property
    def is_open(self) -> bool:
        """Tell whether it waits for an answer."""
        return self.answered_on is None

    @property
    def is_late(self) -> bool:
        """Tell whether the day is past."""
        return self.is_open and self.due_on < timezone.localdate()

    @property
    def days_left(self) -> int:
        """Return how many days are left; below zero: it is late by so many."""
        return (self.due_on - timezone.localdate()).days

    @property
    def warned(self) -> list[asking.Warned]:
        """Return what to look at first, by who asks what and how old the pupil is."""
        age = self.pupil.age(timezone.localdate()) if self.pupil else None
        return asking.warned(self.kind, self.asker, age)

    @property
    def grounds_told(self) -> list[str]:
        """Return the grounds as they stand in the letter to who asked: why, where it is refused."""
        if self.outcome not in self.WITH_GROUNDS:
            return []
        return asking.told(self.grounds, in_part=self.outcome == self.Outcome.PARTLY)

    @property
    def grounds_named(self) -> list[str]:
        """Return the grounds in words."""
        return asking.named(self.grounds)
