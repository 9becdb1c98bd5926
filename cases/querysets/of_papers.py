"""Questions about work that somebody asked for: papers, and lists of pupils."""

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models

from accounts import access
from accounts.access import Permission

if TYPE_CHECKING:
    from accounts.models import School, User
    from cases.models import Case


class YearExportQuerySet(models.QuerySet):
    """Questions about exports of school years."""

    def visible_to(self, user: "User") -> "YearExportQuerySet":
        """Return the user's own, of schools where they still may export a year."""
        ids = access.school_ids(user, Permission.EXPORT_YEAR)
        return self.filter(requested_by=user, school_id__in=ids)


class DossierExportQuerySet(models.QuerySet):
    """Questions about exports."""

    def visible_to(self, user: "User") -> "DossierExportQuerySet":
        """Return the user's own exports, of cases that they still may export."""
        return self.of_exportable(user).filter(requested_by=user, of_year__isnull=True)

    def of_exportable(self, user: "User") -> "DossierExportQuerySet":
        """Return the exports, whoever asked for them, of cases that the user may export."""
        cases = apps.get_model("cases", "Case").objects.permitted(user, Permission.EXPORT_DOSSIER)
        return self.filter(case__in=cases)

    def next_number(self, case: "Case") -> int:
        """Return the number of the next export of a case that is locked."""
        last = self.filter(case=case).aggregate(last=models.Max("number"))["last"]
        return (last or 0) + 1


class PupilImportQuerySet(models.QuerySet):
    """Questions about imports of pupils."""

    def visible_to(self, user: "User") -> "PupilImportQuerySet":
        """Return the user's own, of schools for which they still may import."""
        schools = access.school_ids(user, Permission.IMPORT_PUPILS)
        return self.filter(requested_by=user, school_id__in=schools)

    def done_at(self, school: "School") -> "PupilImportQuerySet":
        """Return those that were applied at a school, the latest first: numbers, no name."""
        done = self.filter(school=school, state="ready").defer("sealed", "sealed_columns")
        return done.select_related("requested_by").order_by("-finished_at")


class YearPaperQuerySet(models.QuerySet):
    """Questions about year reports on paper."""

    def visible_to(self, user: "User") -> "YearPaperQuerySet":
        """Return the user's own, of schools whose report they still may see."""
        schools = access.school_ids(user, Permission.SEE_YEAR_REPORT)
        return self.filter(requested_by=user, school_id__in=schools)
