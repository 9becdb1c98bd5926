"""On which devices somebody wants to be told."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PushSubscription(models.Model):
    """One browser of one person that shows that something waits (``cases.notifications.push``)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Hashed, a word in a cookie of that browser: so that signing out there ends it.
    known_by = models.CharField(
        max_length=64, default="", db_default="", db_index=True, editable=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_subscriptions"
    )
    # The address of the browser at its push service; only at those that we know.
    endpoint = models.CharField(max_length=1000, unique=True)
    # With which a message is sealed, so that the service in between reads nothing.
    public_key = models.CharField(max_length=100)
    secret = models.CharField(max_length=40)
    # Browser and device in words, for its owner.
    device = models.CharField(max_length=60)
    made_at = models.DateTimeField(default=timezone.now)
    # The newest session in that browser, and what all sessions were held against then, hashed:
    # what ends them (another password, the end of a role) ends this.
    session_key = models.CharField(max_length=40, blank=True)
    holds_while = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("device that is told")
        verbose_name_plural = _("devices that are told")
        ordering = ("made_at", "id")

    def __str__(self) -> str:
        return f"device {self.public_id}"
