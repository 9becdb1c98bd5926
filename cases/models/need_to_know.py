"""Who is kept out of a pupil's cases, and who came in from outside in an emergency."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField
from cases.models.case import Case
from cases.models.pupil import Pupil
from cases.querysets import EmergencyAccessQuerySet, ShutOutQuerySet


class ShutOut(models.Model):
    """A conflict of interest: one person is kept out of all cases of one pupil, now and later.

    It overrides every permission and every grant (docs/architecture.md, "Access"), and nothing
    shows the person that there is a case at all.
    """

    class Ground(models.TextChoices):
        """Why somebody must not see it."""

        FAMILY = "family", _("Family or household of the pupil")
        CONCERNED = "concerned", _("The signals are about this person")
        OTHER = "other", _("Another interest, see the explanation")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="shut_outs")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="shut_out_of"
    )
    # Where it was set: what was set in a case for the board alone is explained there alone (R9).
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.CASCADE, related_name="shut_outs"
    )
    ground = models.CharField(_("ground"), max_length=10, choices=Ground.choices)
    explanation = NarrativeField(_("explanation"), blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    # Of several about one pupil: since when the person is kept out without a break. That one of
    # them came or ended changes nothing that they see, or it would tell them that it did.
    kept_out_since = models.DateTimeField(default=timezone.now, db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_why = NarrativeField(_("why it ended"), blank=True)

    objects = ShutOutQuerySet.as_manager()

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        ordering = ("set_at", "id")
        constraints = (
            # Also the index by which the gate to every case finds it.
            models.UniqueConstraint(
                fields=("user", "pupil", "case"),
                condition=models.Q(ended_at__isnull=True),
                name="shut_out_once",
            ),
        )

    def __str__(self) -> str:
        return f"shut out {self.public_id}"


class EmergencyAccess(models.Model):
    """That somebody from a sister school may see one case for a day, and why ("break glass")."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="emergency_accesses")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="emergency_accesses"
    )
    reason = NarrativeField(_("reason"))
    given_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = EmergencyAccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("emergency access")
        verbose_name_plural = _("emergency accesses")
        ordering = ("given_at", "id")
        indexes = (models.Index(fields=("user", "ends_at"), name="emergency_of_user"),)

    def __str__(self) -> str:
        return f"emergency access {self.public_id}"

    @property
    def is_running(self) -> bool:
        """Tell whether it still lets somebody in."""
        return self.ends_at > timezone.now()
