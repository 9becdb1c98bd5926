"""The case: one walk or more through the five steps for one pupil."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from accounts.at_rest.fields import NarrativeField
from accounts.models import School
from cases.errors import Immutable
from cases.models.pupil import Pupil
from cases.protocol.parties import PARTIES, SCHOOL
from cases.protocol.periods import RETENTION_BOUND_YEARS
from cases.querysets import CaseQuerySet
from cases.references import case_reference


class Case(models.Model):
    """A case. ``step``, ``attention``, ``in_charge``, ``deadline`` and ``next_due`` repeat what the
    protocol says of its facts, so that lists and sweeps can be answered from its row; only
    ``cases.actions.refresh`` writes them.
    """

    class Attention(models.IntegerChoices):
        """How much attention the pupil needs."""

        WATCHFUL = 1, _("Stay watchful")
        CONCERN = 2, _("Concern")
        SEVERE = 3, _("Severe")

    class Outcome(models.TextChoices):
        """How a case ended."""

        HELP_WORKS = "help_works", _("Help works; the school keeps watching")
        NOTHING_MORE = "nothing_more", _("Nothing more was seen; no help is needed")
        HANDED_OVER = "handed_over", _("Somebody else is responsible now")
        UNFOUNDED = "unfounded", _("The suspicion turned out unfounded")
        CLEARED = "cleared", _("The conversation took the concern away")
        WITH_THE_BOARD = "with_the_board", _("Handed to the school board")
        OTHER = "other", _("Other, see the grounds")

    reference = models.CharField(
        _("reference"), max_length=8, unique=True, default=case_reference, editable=False
    )
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="cases")
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="cases")
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    cycle = models.PositiveSmallIntegerField(_("cycle"), default=1)
    # When this cycle began; empty in the first, which begins with the case.
    cycle_since = models.DateTimeField(null=True, blank=True)
    # About somebody who works at the school: closed to all but the board's line (R9).
    restricted = models.BooleanField(default=False)
    step = models.PositiveSmallIntegerField(_("step"), default=1)
    attention = models.PositiveSmallIntegerField(
        _("attention"), choices=Attention.choices, default=Attention.WATCHFUL
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("responsible"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="responsible_cases",
    )
    # Who is responsible along the chain (R21, R38 to R42): a code of ``PARTIES``.
    in_charge = models.CharField(max_length=20, default=SCHOOL)
    # What runs now, and until when; None when nothing runs.
    period = models.CharField(max_length=20, blank=True)
    period_since = models.DateTimeField(null=True, blank=True)
    deadline = models.DateTimeField(_("deadline"), null=True, blank=True)
    # When the sweep must look at this case next: the next reminder that has not been given.
    next_due = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices, blank=True)
    closing_grounds = NarrativeField(_("grounds"), blank=True)
    closing_agreements = NarrativeField(_("agreements on watching on"), blank=True)
    closing_told = NarrativeField(_("who told the pupil and the parents what"), blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Set on closing, in years after the pupil leaves the school; another rule later changes none of
    # these. The day follows once the pupil has left (cases.retention).
    retention_years = models.PositiveSmallIntegerField(null=True, blank=True)
    retention_reason = NarrativeField(_("why it is kept longer"), blank=True)
    kept_until = models.DateField(_("kept until"), null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = (
            models.UniqueConstraint(
                fields=("pupil", "restricted"),
                condition=models.Q(closed_at__isnull=True),
                name="one_open_case_per_pupil_and_line",
                violation_error_message=_("This pupil has an open case already."),
            ),
            models.CheckConstraint(
                name="case_step_is_one_of_five",
                condition=models.Q(step__gte=1, step__lte=5),
            ),
            models.CheckConstraint(
                name="closed_case_has_its_outcome_and_grounds",
                condition=models.Q(closed_at__isnull=True)
                | (~models.Q(outcome="") & ~models.Q(closing_grounds="")),
                violation_error_message=_("A case is closed with an outcome and its grounds."),
            ),
            models.CheckConstraint(
                name="case_is_kept_within_the_bound",
                condition=models.Q(retention_years__isnull=True)
                | models.Q(retention_years__gte=1, retention_years__lte=RETENTION_BOUND_YEARS),
                violation_error_message=_("A dossier is kept within the bound."),
            ),
        )
        indexes = (
            # The dashboard's order: severe first, then whoever waits longest.
            models.Index(
                fields=("school", "-attention", "deadline", "id"),
                condition=models.Q(closed_at__isnull=True),
                name="open_cases_of_school",
            ),
            models.Index(
                fields=("next_due",),
                condition=models.Q(next_due__isnull=False),
                name="cases_due",
            ),
            models.Index(fields=("school", "-opened_at"), name="cases_of_school_by_day"),
        )
        # "Take part" and "handed over" (accounts/access.py) are grants on the case itself.
        permissions = (
            ("take_part", "Takes part in the case"),
            ("handed_over", "Moves the case, handed over by the care team"),
        )

    def __str__(self) -> str:
        return self.reference

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        """Refuse: a case goes by ``cases.destruction.erasing`` alone, approved by two people."""
        raise Immutable(_("A case is destroyed by the list of what is due, and not otherwise."))

    @property
    def is_open(self) -> bool:
        """Tell whether the case still runs."""
        return self.closed_at is None

    @property
    def elsewhere(self) -> Promise | str:
        """Return who outside the school is responsible now, in words; empty: the school is."""
        return "" if self.in_charge == SCHOOL else PARTIES[self.in_charge]

    @property
    def began_at(self) -> datetime:
        """Return when the cycle began in which the case is."""
        return self.cycle_since or self.opened_at

    @property
    def on_agenda(self) -> Any:
        """Return what waits for the care team of this case, or None (``agenda_items`` fetched)."""
        return next((item for item in self.agenda_items.all() if item.waits), None)

    @property
    def waits(self) -> Any:
        """Return the snooze that puts the case off now, or None (``snoozes`` fetched)."""
        return next((snooze for snooze in self.snoozes.all() if snooze.waits), None)

    @property
    def attention_code(self) -> str:
        """Return the attention as stylesheets and components know it: ``severe``."""
        return self.Attention(self.attention).name.lower()

    @property
    def is_overdue(self) -> bool:
        """Tell whether the period that runs is over."""
        return self.is_open and self.deadline is not None and self.deadline < timezone.now()

    @property
    def accelerated(self) -> bool:
        """Tell whether the case walks the accelerated path (R3)."""
        return self.attention == self.Attention.SEVERE


class CaseUserObjectPermission(UserObjectPermissionBase):
    """A grant of one user on one case: a direct foreign key, so that one index answers."""

    content_object = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="grants")

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        verbose_name = _("grant")
        verbose_name_plural = _("grants")


class StepChange(models.Model):
    """That a case went from one step to another: kept for ever, in the timeline and the dossier."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="step_changes")
    cycle = models.PositiveSmallIntegerField(default=1)
    from_step = models.PositiveSmallIntegerField(null=True, blank=True)
    to_step = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    motivation = NarrativeField(blank=True)

    class Meta:
        verbose_name = _("step change")
        verbose_name_plural = _("step changes")
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.from_step} → {self.to_step}"
