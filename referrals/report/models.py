"""The report, its texts, and its copies on paper."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField
from cases.errors import Immutable
from cases.models import Case, PaperJob
from referrals.report.querysets import ReportCopyQuerySet, ReportQuerySet


class Report(models.Model):
    """A report to Veilig Thuis: a draft that may change, and what was filed, which never does.

    One draft at most for each referral. A correction of what was filed is a new one, with the next
    number and its reason; the old one stays readable.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    referral = models.ForeignKey(
        "referrals.Referral", on_delete=models.PROTECT, related_name="reports"
    )
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    # Counts the times that it was saved: what was filed is what somebody looked at.
    revision = models.PositiveIntegerField(default=1)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField(default=timezone.now)
    filed_at = models.DateTimeField(_("filed"), null=True, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Filed with something left empty that Veilig Thuis asks for: why.
    why_incomplete = NarrativeField(_("why something is left empty"), blank=True)
    # Words that look like an opinion, of which the writer said that they stand as they are.
    confirmed_words = NarrativeField(_("words that were confirmed"), blank=True)
    # What the decision said of name and family, where the report says otherwise (R36, R37).
    decided_before = NarrativeField(_("what the decision said"), blank=True)
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="correction"
    )
    correction_reason = NarrativeField(_("why you correct it"), blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report to Veilig Thuis")
        verbose_name_plural = _("reports to Veilig Thuis")
        ordering = ("referral", "number")
        constraints = (
            models.UniqueConstraint(fields=("referral", "number"), name="one_report_per_version"),
            models.UniqueConstraint(
                fields=("referral",),
                condition=models.Q(filed_at__isnull=True),
                name="one_draft_report_per_referral",
            ),
            models.CheckConstraint(
                name="filed_report_names_who_filed_it",
                condition=models.Q(filed_at__isnull=True, filed_by__isnull=True)
                | models.Q(filed_at__isnull=False, filed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="corrected_report_has_its_reason",
                condition=models.Q(corrects__isnull=True) | ~models.Q(correction_reason=""),
                violation_error_message=_("Write down why you correct it."),
            ),
        )

    def __str__(self) -> str:
        return f"report {self.public_id}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Save a draft, or file it. Raises ``Immutable`` on what was filed before."""
        if not self._state.adding and Report.objects.filed().filter(pk=self.pk).exists():
            raise Immutable(_("What was filed cannot be changed; file a correction."))
        super().save(*args, **kwargs)

    @property
    def is_draft(self) -> bool:
        """Tell whether it may still change."""
        return self.filed_at is None

    @property
    def contents(self) -> dict[str, str]:
        """Return its texts by the code of their field (``referrals.report.fields``)."""
        return {text.field: text.text for text in self.texts.all()}


class ReportText(models.Model):
    """What stands in one field of a report."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="texts")
    field = models.CharField(max_length=24)
    text = NarrativeField(blank=True)

    class Meta:
        verbose_name = _("text of a report")
        verbose_name_plural = _("texts of reports")
        constraints = (
            models.UniqueConstraint(fields=("report", "field"), name="one_text_per_field"),
        )

    def __str__(self) -> str:
        return f"{self.field} {self.pk}"


class ReportCopy(PaperJob):
    """A filed report as PDF, to send."""

    task = "referrals.report.tasks.make_report_pdf"
    told_ready, told_failed = "copy_ready", "copy_failed"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="copies")
    reason = NarrativeField(_("why you make this copy"))
    file = models.FileField(upload_to="reports", blank=True)

    objects = ReportCopyQuerySet.as_manager()

    class Meta(PaperJob.Meta):
        verbose_name = _("copy of a report")
        verbose_name_plural = _("copies of reports")
        indexes = (
            models.Index(
                fields=("state",),
                condition=models.Q(state__in=("waiting", "running", "ready")),
                name="report_copies_to_look_after",
            ),
        )

    @property
    def in_case(self) -> Case:
        """Return the case that the report is of."""
        return self.report.referral.decision.case
