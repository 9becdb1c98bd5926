"""Reading memberships."""

from collections.abc import Iterable
from datetime import date

from django.apps import apps
from django.db import models
from django.utils import timezone

from accounts.roles import CARE_TEAM


class MembershipQuerySet(models.QuerySet):
    """Questions about who is what, where."""

    def current(self, today: date | None = None) -> "MembershipQuerySet":
        """Return the memberships in force on a day (today unless told)."""
        day = today or timezone.localdate()
        return self.filter(
            models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=day),
            starts_on__lte=day,
            user__is_active=True,
        )

    def care_team(self, school_id: int) -> "MembershipQuerySet":
        """Return the current care team of a school."""
        return self.current().filter(school_id=school_id, role__in=CARE_TEAM)


class UserQuerySet(models.QuerySet):
    """Questions about people."""

    def with_role_at(self, school_id: int, roles: Iterable[str]) -> "UserQuerySet":
        """Return the active people who hold one of the roles at a school today."""
        memberships = apps.get_model("accounts", "Membership").objects.current()
        return self.filter(
            pk__in=memberships.filter(school_id=school_id, role__in=roles).values("user_id")
        ).order_by("name")
