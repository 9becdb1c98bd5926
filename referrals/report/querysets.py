"""Reading reports: only who may move the whole case, and none about somebody of the school (R9)."""

from typing import TYPE_CHECKING

from django.db import models

from accounts.access import Permission
from cases.models import Case

if TYPE_CHECKING:
    from accounts.models import User


def writable_cases(user: "User") -> models.QuerySet:
    """Return the cases whose reports the user writes and reads: they say what all records say."""
    return Case.objects.permitted(user, Permission.MOVE_CASE).filter(restricted=False)


class ReportQuerySet(models.QuerySet):
    """Questions about reports."""

    def visible_to(self, user: "User") -> "ReportQuerySet":
        """Return the reports that the user may read and write."""
        return self.filter(referral__decision__case__in=writable_cases(user))

    def filed(self) -> "ReportQuerySet":
        """Return those that were filed."""
        return self.filter(filed_at__isnull=False)

    def for_page(self) -> "ReportQuerySet":
        """Return reports with their texts, their case and who worked on them."""
        return self.select_related(
            "referral__decision__case__pupil",
            "referral__decision__case__school__buurtteam",
            "referral__sent_by",
            "saved_by",
            "filed_by",
            "started_by",
            "corrects",
        ).prefetch_related("texts")


class ReportCopyQuerySet(models.QuerySet):
    """Questions about copies."""

    def visible_to(self, user: "User") -> "ReportCopyQuerySet":
        """Return the user's own copies, of cases that they still may move."""
        cases = writable_cases(user)
        return self.filter(requested_by=user, report__referral__decision__case__in=cases)
