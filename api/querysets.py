"""Reading tokens."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from accounts import access
from accounts.access import Permission

if TYPE_CHECKING:
    from accounts.models import User


class ApiTokenQuerySet(models.QuerySet):
    """Questions about tokens."""

    def working(self) -> "ApiTokenQuerySet":
        """Return those with which one comes in today."""
        return self.filter(revoked_at__isnull=True, expires_on__gte=timezone.localdate())

    def visible_to(self, user: "User") -> "ApiTokenQuerySet":
        """Return those of the schools whose systems the user sees."""
        return self.filter(school_id__in=access.school_ids(user, Permission.SEE_SYSTEMS))

    def managed_by(self, user: "User") -> "ApiTokenQuerySet":
        """Return those of the schools whose systems the user looks after."""
        return self.filter(school_id__in=access.school_ids(user, Permission.MANAGE_SYSTEMS))
