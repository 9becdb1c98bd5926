"""Reminders (docs/architecture.md, "Reminders")."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case


class Reminder(models.Model):
    """That a case stands still, said once per level."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reminders")
    cycle = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField()
    # Which period ran (a row of PERIODS); a step can change while a longer one runs on.
    period = models.CharField(max_length=20, blank=True)
    deadline = models.DateTimeField()
    level = models.PositiveSmallIntegerField()
    # Of the accelerated path: it waits for no digest and no morning.
    urgent = models.BooleanField(default=False)
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
