"""That two pupils of one school are siblings: the care team records it, and takes it back."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.pupil import Pupil
from cases.querysets import SiblingTieQuerySet


class SiblingTie(models.Model):
    """A tie between two pupils, which holds both ways: the one with the lower key comes first.

    Never guessed from names or addresses: somebody of the care team knows it, and says so.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    first = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="ties_as_first")
    second = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="ties_as_second")
    tied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    tied_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SiblingTieQuerySet.as_manager()

    class Meta:
        verbose_name = _("tie between siblings")
        verbose_name_plural = _("ties between siblings")
        ordering = ("tied_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("first", "second"),
                condition=models.Q(ended_at__isnull=True),
                name="siblings_are_tied_once",
            ),
            models.CheckConstraint(
                name="tie_between_two_in_order",
                condition=models.Q(first__lt=models.F("second")),
            ),
        )

    def __str__(self) -> str:
        return f"tie {self.public_id}"
