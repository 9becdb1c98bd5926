"""The tokens with which other systems of a school come in."""

import uuid
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import School
from api.querysets import ApiTokenQuerySet
from api.scopes import SCOPES, Scope

# A token ends by itself: what nobody looks after any more does not stay open.
LONGEST = timedelta(days=366)
NAME_LENGTH = 80


class ApiToken(models.Model):
    """With which one system of one school comes in, for what it was given and no longer.

    Of the token itself only a hash is kept: whoever reads the database cannot come in with it. It
    belongs to the school and not to who made it; it stays when they leave, and the administrators
    are told (``api.telling``). The row stays when it is over: the trail names it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name of the system"), max_length=NAME_LENGTH)
    # Codes of ``SCOPES``.
    scopes = models.JSONField(default=list)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    expires_on = models.DateField(_("last day"))
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token of a system")
        verbose_name_plural = _("tokens of systems")
        ordering = ("-made_at", "-pk")
        constraints = (
            models.CheckConstraint(
                name="revoked_token_says_by_whom",
                condition=models.Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"token {self.public_id}"

    @property
    def may(self) -> list[Scope]:
        """Return what it may do, in the order of the table."""
        return [scope for code, scope in SCOPES.items() if code in self.scopes]

    def works(self, today: date | None = None) -> bool:
        """Tell whether one comes in with it on a day (today unless told)."""
        return self.revoked_at is None and (today or timezone.localdate()) <= self.expires_on
