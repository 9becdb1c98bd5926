"""The periods that a school set for itself."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import School


class SchoolPeriod(models.Model):
    """A period of one school, in days; where there is no row, the usual one holds.

    The protocol never lets it go beyond its bound (cases.protocol.periods).
    """

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="periods")
    code = models.CharField(max_length=20)
    days = models.PositiveSmallIntegerField(_("days"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("period of a school")
        verbose_name_plural = _("periods of schools")
        constraints = (
            models.UniqueConstraint(fields=("school", "code"), name="one_period_per_school"),
            models.CheckConstraint(
                name="period_lasts_a_day_at_least", condition=models.Q(days__gte=1)
            ),
        )

    def __str__(self) -> str:
        return f"{self.code}: {self.days}"
