"""What a school adds to its year report in its own words, and the report on paper."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import School
from cases.models.export import PaperJob
from cases.querysets import YearPaperQuerySet


class YearText(models.Model):
    """The school's own words in the report of one school year: no pupil's name, no case.

    ``year``: the one in which the school year begins.
    """

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="year_texts")
    year = models.PositiveSmallIntegerField(_("school year"))
    knowledge = models.TextField(_("training and knowledge"), blank=True)
    agreements = models.TextField(_("what was learned"), blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField(default=timezone.now)
    # Grows with each change: a stale page does not overwrite it.
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("text of a year report")
        verbose_name_plural = _("texts of year reports")
        constraints = (
            models.UniqueConstraint(fields=("school", "year"), name="one_text_per_school_year"),
        )

    def __str__(self) -> str:
        return f"year text {self.pk}"


class YearPaper(PaperJob):
    """The year report of a school as PDF. It is about no case."""

    task = "cases.figures.tasks.make_year_report"
    told_ready, told_failed = "year_report_ready", "year_report_failed"

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="year_papers")
    year = models.PositiveSmallIntegerField(_("school year"))
    file = models.FileField(upload_to="year-reports", blank=True)

    objects = YearPaperQuerySet.as_manager()

    class Meta(PaperJob.Meta):
        verbose_name = _("year report as PDF")
        verbose_name_plural = _("year reports as PDF")
        indexes = (
            models.Index(
                fields=("state",),
                condition=models.Q(state__in=("waiting", "running", "ready")),
                name="year_papers_to_look_after",
            ),
        )

    @property
    def in_case(self) -> None:
        """Return None: it is about a school."""
        return None
