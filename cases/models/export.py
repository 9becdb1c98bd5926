"""An export of a dossier: who, why, how far, and the file."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.querysets import DossierExportQuerySet


class DossierExport(models.Model):
    """A PDF of a whole case, made by the worker. The row is the job's state."""

    class State(models.TextChoices):
        """Where the job stands."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Removed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="exports")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(_("why you export this dossier"))
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    requested_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    # How often a worker has taken it up: what brings down each worker is given up in the end.
    attempts = models.PositiveSmallIntegerField(default=0)
    # Percent, for the progress bar.
    progress = models.PositiveSmallIntegerField(default=0)
    file = models.FileField(upload_to="dossiers", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = DossierExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("dossier export")
        verbose_name_plural = _("dossier exports")
        ordering = ("-requested_at",)
        indexes = (
            models.Index(
                fields=("state",),
                condition=models.Q(state__in=("waiting", "running", "ready")),
                name="exports_to_look_after",
            ),
        )

    def __str__(self) -> str:
        return f"export {self.public_id}"

    @property
    def is_busy(self) -> bool:
        """Tell whether the file is still to come."""
        return self.state in (self.State.WAITING, self.State.RUNNING)
