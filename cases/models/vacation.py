"""When a school has vacation: what was set or taken over by its people."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import School
from cases.protocol.vacations import weekdays


class SchoolVacation(models.Model):
    """A vacation or a study day of one school, both days with it. Those of a school never overlap
    (cases.school_vacations)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="vacations")
    name = models.CharField(_("name"), max_length=80)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("vacation of a school")
        verbose_name_plural = _("vacations of schools")
        ordering = ("first_day", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("school", "first_day"), name="one_vacation_begins_on_a_day"
            ),
            models.CheckConstraint(
                name="vacation_ends_after_it_begins",
                condition=models.Q(last_day__gte=models.F("first_day")),
                violation_error_message=_("The last day is before the first."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.first_day} - {self.last_day}"

    @property
    def school_days(self) -> int:
        """Return how many days from Monday to Friday it takes."""
        return len(weekdays(self.first_day, self.last_day))
