"""A paper that the worker makes, as the dossier: who asked, why, how far, and the file."""

import uuid
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Value
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField
from accounts.letters import few_marks
from accounts.models import School
from cases.dossier.variants import OPENS, VARIANTS, About, Also, Code, Variant
from cases.models.case import Case
from cases.querysets import DossierExportQuerySet, YearExportQuerySet


def in_short(reason: str) -> str:
    """Return the beginning of a reason, for the foot of each page: 90 signs."""
    return Truncator(few_marks(" ".join(reason.split()))).chars(90)


class PaperJob(models.Model):
    """A PDF that the worker makes (``cases.jobs``). The row is the job's state."""

    # The name of the worker's task that makes it.
    task: str
    # What whoever asked for it is told in the end (kinds of notifications).
    told_ready: str
    told_failed: str
    # Texts that only the worker needs: emptied once the paper is made.
    forgotten: tuple[str, ...] = ()
    # And what goes even when it could not be made.
    secret: tuple[str, ...] = ()
    # Which rows are asked for by themselves: one of a larger paper is made with that.
    by_itself: ClassVar[dict[str, object]] = {}
    # The file is a copy of the most delicate text that a school has: it does not linger.
    kept_for = timedelta(days=7)

    class State(models.TextChoices):
        """Where the job stands."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Removed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    requested_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    # How often a worker has taken it up: what brings down each worker is given up in the end.
    attempts = models.PositiveSmallIntegerField(default=0)
    # Percent, for the progress bar.
    progress = models.PositiveSmallIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        abstract = True
        ordering = ("-requested_at",)

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.public_id}"

    @property
    def is_busy(self) -> bool:
        """Tell whether the file is still to come."""
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def can_retry(self) -> bool:
        """Tell whether it can be made anew as it was asked for, once it was given up."""
        return True

    @property
    def in_case(self) -> Case | None:
        """Return the case that it is a paper of; None: of no single one."""
        raise NotImplementedError


class YearExport(PaperJob):
    """The dossiers of all cases that a school opened in one school year, as a zip."""

    task = "cases.dossier.tasks.make_year"
    told_ready, told_failed = "year_ready", "year_failed"
    kept_for = timedelta(hours=24)

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="year_exports")
    # The school year by its first calendar year: 2025 is 2025-2026.
    year = models.PositiveSmallIntegerField(_("school year"))
    reason = NarrativeField(_("why you export these dossiers"))
    file = models.FileField(upload_to="years", blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = YearExportQuerySet.as_manager()

    class Meta(PaperJob.Meta):
        verbose_name = _("export of a school year")
        verbose_name_plural = _("exports of school years")

    @property
    def in_case(self) -> None:
        """It is of no single case."""
        return

    @property
    def years(self) -> str:
        """Return the school year as one says it."""
        return f"{self.year}-{self.year + 1}"


class DossierExport(PaperJob):
    """A PDF of a case: the whole of it, or what a reader is to get (``cases.dossier.variants``)."""

    forgotten = ("hidden_words", "sealed_password")
    secret = forgotten
    task = "cases.dossier.tasks.make_dossier"
    told_ready, told_failed = "dossier_ready", "dossier_failed"
    by_itself: ClassVar[dict[str, object]] = {"of_year": None}

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="exports")
    # Of its own within the case; stands on each page: "M-7K3QX2/3807".
    number = models.PositiveIntegerField(_("number"), null=True, editable=False)
    variant = models.CharField(
        _("kind"),
        max_length=16,
        choices=[(code.value, kind.title) for code, kind in VARIANTS.items()],
        default="whole",
        db_default="whole",
    )
    # The keys of the records that are handed over (``cases.dossier.contents.offered``).
    chosen = models.JSONField(default=list, db_default=Value([], models.JSONField()), blank=True)
    # Names that whoever asked knows beside ours, to take out; emptied once the paper is made.
    hidden_words = NarrativeField(blank=True, db_default="")
    with_files = models.BooleanField(_("with the files"), default=False, db_default=False)
    # Of a family's paper: what stands there because somebody says so (``cases.dossier.variants``).
    also = models.JSONField(default=list, db_default=Value([], models.JSONField()), blank=True)
    # Behind a password, which is kept sealed until the paper is made (``cases.dossier.lock``).
    protected = models.BooleanField(_("with a password"), default=False, db_default=False)
    sealed_password = models.TextField(blank=True, db_default="", editable=False)
    # Made for the zip of a school year: fetched in that, and nowhere else.
    of_year = models.ForeignKey(
        YearExport, null=True, blank=True, on_delete=models.SET_NULL, related_name="dossiers"
    )
    reason = NarrativeField(_("why you export this dossier"))
    file = models.FileField(upload_to="dossiers", blank=True)

    objects = DossierExportQuerySet.as_manager()

    class Meta(PaperJob.Meta):
        verbose_name = _("dossier export")
        verbose_name_plural = _("dossier exports")
        constraints = (
            models.UniqueConstraint(fields=("case", "number"), name="one_export_per_number"),
        )
        indexes = (
            # By which a paper is known again (``cases.dossier.checking``).
            models.Index(
                fields=("sha256",), condition=~models.Q(sha256=""), name="exports_by_sha256"
            ),
            models.Index(
                fields=("state",),
                condition=models.Q(state__in=("waiting", "running", "ready")),
                name="exports_to_look_after",
            ),
        )

    def __str__(self) -> str:
        return f"export {self.public_id}"

    @property
    def name(self) -> str:
        """Return how it is called on paper: the case's reference and its number."""
        return f"{self.case.reference}/{self.number or '–'}"

    @property
    def kind(self) -> Variant:
        """Return which kind of dossier it is."""
        return VARIANTS[Code(self.variant)]

    @property
    def opened(self) -> frozenset[About]:
        """Return what stands on it beside what its kind shows, because somebody says so."""
        return frozenset(about for said in self.also for about in OPENS[Also(said)])

    @property
    def can_retry(self) -> bool:
        """A password and the names to take out are gone by then: it is not made without them."""
        return not self.protected and not self.kind.veiled

    @property
    def in_case(self) -> Case:
        """Return the case that it is the dossier of."""
        return self.case
