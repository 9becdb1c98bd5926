"""What is due for destruction, who approved it, and what stays of it: no personal data."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField
from accounts.models import School
from cases.models.case import Case
from cases.models.pupil import Pupil
from cases.querysets import DestructionQuerySet, DueQuerySet, HoldQuerySet
from cases.references import destruction_reference

WHO = {"on_delete": models.PROTECT, "related_name": "+"}


class SchoolRetention(models.Model):
    """How long a school keeps a kind (``cases.protocol.keeping``); no row: the rule holds."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="retentions")
    kind = models.CharField(max_length=10)
    years = models.PositiveSmallIntegerField(_("years after leaving"))
    reason = NarrativeField(_("why it is kept longer"), blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, **WHO)
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("retention period of a school")
        verbose_name_plural = _("retention periods of schools")
        constraints = (
            models.UniqueConstraint(fields=("school", "kind"), name="one_retention_per_kind"),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.years}"


class Hold(models.Model):
    """That a case is not destroyed for now, whatever its period says, and why (legal hold)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="holds")
    reason = NarrativeField(_("why it is held back"))
    # Through this day; empty: until somebody ends it.
    until = models.DateField(_("until"), null=True, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, **WHO)
    set_at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, **WHO)
    lifted_why = NarrativeField(_("why it is no longer held back"), blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold on destruction")
        verbose_name_plural = _("holds on destruction")
        ordering = ("set_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("case",),
                condition=models.Q(lifted_at__isnull=True),
                name="held_back_once",
            ),
            models.CheckConstraint(
                name="lifted_hold_says_who_and_why",
                condition=models.Q(lifted_at__isnull=True)
                | (models.Q(lifted_by__isnull=False) & ~models.Q(lifted_why="")),
            ),
        )

    def __str__(self) -> str:
        return f"hold {self.public_id}"


class DestructionList(models.Model):
    """The list of a school of one calendar year: what became due, and when it was looked for."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="destruction_lists")
    year = models.PositiveSmallIntegerField(_("year"))
    made_at = models.DateTimeField(default=timezone.now)
    # None: by the calendar, or taken over by it.
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, **WHO)
    # None: it was begun by the answer to a request, and nobody looked what is due.
    looked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("list of what is due for destruction")
        verbose_name_plural = _("lists of what is due for destruction")
        constraints = (
            models.UniqueConstraint(fields=("school", "year"), name="one_list_per_school_year"),
        )

    def __str__(self) -> str:
        return f"destruction list {self.pk}"


class Destruction(models.Model):
    """One run of destroying, approved by two people; afterwards the certificate of it.

    Its rows name no pupil and no case. ``counts``: how many rows and files went, by kind, as far
    as it is. ``files_left``: random names of files whose rows are gone, still to be removed.
    """

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being destroyed")
        DONE = "done", _("Destroyed")
        FAILED = "failed", _("Stopped")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(
        _("number"), max_length=8, unique=True, default=destruction_reference, editable=False
    )
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="destructions")
    # Of a case that only the board's line may know of (R9).
    for_board = models.BooleanField(default=False)
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **WHO)
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **WHO)
    approved_at = models.DateTimeField(default=timezone.now)
    # So long somebody can still hold a case back.
    not_before = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # How many cases and pupils were approved.
    asked = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)
    files_left = models.JSONField(default=list, blank=True)
    # What the certificate says, once it is finished, and the SHA-256 of exactly that.
    certificate = models.JSONField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = DestructionQuerySet.as_manager()

    class Meta:
        verbose_name = _("destruction")
        verbose_name_plural = _("destructions")
        ordering = ("-approved_at", "-id")
        constraints = (
            models.CheckConstraint(
                name="destroyed_by_two_people",
                condition=models.Q(first_by__isnull=True)
                | models.Q(second_by__isnull=True)
                | ~models.Q(first_by=models.F("second_by")),
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def is_told(self) -> bool:
        """Tell whether it stands in the trail of the school: it is done, and not for the board."""
        return self.state == self.State.DONE and not self.for_board

    @property
    def is_busy(self) -> bool:
        """Tell whether there is something still to come."""
        return self.state in (self.State.WAITING, self.State.RUNNING)


class DueItem(models.Model):
    """One case, or one pupil without any, on a list: who approved that it goes.

    ``first_by`` is of the side that looks after the program, ``second_by`` of the side that knows
    the cases; of a case for the board both are of its line. The row goes with what it names.
    """

    class Ground(models.TextChoices):
        """Why it goes."""

        PERIOD = "period", _("The period is over")
        REQUEST = "request", _("On request")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    of_list = models.ForeignKey(DestructionList, on_delete=models.CASCADE, related_name="items")
    case = models.OneToOneField(
        Case, null=True, blank=True, on_delete=models.CASCADE, related_name="due"
    )
    pupil = models.OneToOneField(
        Pupil, null=True, blank=True, on_delete=models.CASCADE, related_name="due"
    )
    ground = models.CharField(max_length=10, choices=Ground.choices, default=Ground.PERIOD)
    listed_at = models.DateTimeField(default=timezone.now)
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, **WHO)
    first_at = models.DateTimeField(null=True, blank=True)
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, **WHO)
    second_at = models.DateTimeField(null=True, blank=True)
    destruction = models.ForeignKey(
        Destruction, null=True, blank=True, on_delete=models.PROTECT, related_name="items"
    )

    objects = DueQuerySet.as_manager()

    class Meta:
        verbose_name = _("due for destruction")
        verbose_name_plural = _("due for destruction")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                name="due_is_a_case_or_a_pupil",
                condition=models.Q(case__isnull=False, pupil__isnull=True)
                | models.Q(case__isnull=True, pupil__isnull=False),
            ),
            models.CheckConstraint(
                name="approved_by_two_people",
                condition=models.Q(first_by__isnull=True)
                | models.Q(second_by__isnull=True)
                | ~models.Q(first_by=models.F("second_by")),
            ),
            models.CheckConstraint(
                name="destroyed_when_both_approved",
                condition=models.Q(destruction__isnull=True)
                | models.Q(first_by__isnull=False, second_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"due {self.public_id}"


class Tombstone(models.Model):
    """That something was destroyed, so that it is again when a backup brings it back.

    A random reference and the number of the row: nothing of anybody. Both, for a reference that is
    free again may be drawn again. ``kept_from``: colleagues who were kept out of the case; what the
    trail holds of it stays kept from them. For that alone there is one of a row of a list that is
    gone (``DUE``), where it was of a pupil; it goes back with the database, as that row does.
    """

    DUE = "due"

    kind = models.CharField(max_length=10)
    reference = models.CharField(max_length=40)
    row = models.BigIntegerField()
    certificate = models.CharField(max_length=8, blank=True)
    kept_from = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    destroyed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("tombstone")
        verbose_name_plural = _("tombstones")
        constraints = (
            models.UniqueConstraint(fields=("kind", "reference", "row"), name="destroyed_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class KeptCount(models.Model):
    """How often something was counted in cases that are gone, by school and school year.

    ``name``: of ``cases.figures.counting``, its parts joined by a slash. ``kept_from``: colleagues
    who were kept out of these cases, and whose figures go without them; ``apart`` stands for them.
    """

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    count = models.PositiveIntegerField(default=0)
    kept_from = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    apart = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("kept count")
        verbose_name_plural = _("kept counts")
        constraints = (
            models.UniqueConstraint(
                fields=("school", "year", "name", "apart"), name="one_count_per_name"
            ),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.name}: {self.count}"
