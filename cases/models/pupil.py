"""The pupil whom a case is about."""

import uuid
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import School
from cases.querysets import PupilQuerySet


class Pupil(models.Model):
    """A pupil of one school."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="pupils")
    given_name = models.CharField(_("given name"), max_length=80)
    # With its prefix, as one writes it: "van der Berg".
    family_name = models.CharField(_("family name"), max_length=120)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    class_name = models.CharField(_("class"), max_length=40, blank=True)
    # Their number in the school's administration: by it an import knows them again.
    administration_key = models.CharField(
        _("number in the administration"), max_length=80, blank=True, db_default=""
    )
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects = PupilQuerySet.as_manager()

    class Meta:
        verbose_name = _("pupil")
        verbose_name_plural = _("pupils")
        indexes = (
            models.Index(fields=("school", "family_name", "given_name"), name="pupil_by_name"),
            models.Index(fields=("school", "class_name"), name="pupil_by_class"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("school", "administration_key"),
                condition=~models.Q(administration_key=""),
                name="one_pupil_per_administration_key",
            ),
        )

    def __str__(self) -> str:
        # Logs, error reports and the audit print objects: no name in any of them.
        return f"pupil {self.public_id}"

    @property
    def name(self) -> str:
        """Return the name as one says it."""
        return f"{self.given_name} {self.family_name}"

    def age(self, today: date) -> int | None:
        """Return the age in whole years on a day, None when the birth date is unknown."""
        if self.birth_date is None:
            return None
        before_birthday = (today.month, today.day) < (self.birth_date.month, self.birth_date.day)
        return today.year - self.birth_date.year - before_birthday
