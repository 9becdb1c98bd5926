"""Questions about work that somebody asked for: papers, and lists of pupils."""

import secrets
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models

from accounts import access
from accounts.access import Permission

if TYPE_CHECKING:
    from accounts.models import School, User
    from cases.models import Case

# Of the papers of a case: four digits, for one reads them out.
LEAST_NUMBER = 1000


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

    def free_number(self, case: "Case") -> int:
        """Return a number for an export of a case that is locked: one that none of it has.

        Drawn, not counted: by two of their own papers a family would know that there were others
        between them, as for a report of which they are not told. Once half of those of so many
        digits are taken it has one more: they run out for nobody, and are no easier to guess.
        """
        numbered = self.filter(case=case, number__isnull=False)
        taken, least = set(numbered.values_list("number", flat=True)), LEAST_NUMBER
        while 2 * sum(least <= number < 10 * least for number in taken) >= 9 * least:
            least *= 10
        while (number := least + secrets.randbelow(9 * least)) in taken:
            pass
        return number


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
