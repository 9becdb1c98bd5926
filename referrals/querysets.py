"""Reading referrals: who may see which, and in which state."""

from typing import TYPE_CHECKING

from django.db import models

from accounts.access import Permission
from cases.models import Case

if TYPE_CHECKING:
    from accounts.models import User


class HelpPlanQuerySet(models.QuerySet):
    """Questions about plans of own help."""

    def now_of(self, case: Case) -> models.Model | None:
        """Return the newest plan of the walk in which a case is; None: there is none."""
        return self.newest_of(case).first()

    def newest_of(self, case: Case) -> "HelpPlanQuerySet":
        """Return that plan as rows: it, or none."""
        here = self.filter(decision__case=case, decision__cycle=case.cycle)
        return here.select_related("decision__case").order_by("-pk")[:1]


class ReferralQuerySet(models.QuerySet):
    """Questions about referrals."""

    def permitted(self, user: "User", permission: Permission) -> "ReferralQuerySet":
        """Return those of the cases for which the user holds a permission; none of the board's."""
        cases = Case.objects.permitted(user, permission).filter(restricted=False)
        return self.filter(decision__case__in=cases)

    def of(self, case: Case) -> "ReferralQuerySet":
        """Return those of a case, in the order in which they were made."""
        return self.filter(decision__case=case).order_by("pk")

    def told(self) -> "ReferralQuerySet":
        """Return those that left the school: what one can hear something of."""
        return self.filter(sent_at__isnull=False)

    def with_page(self) -> "ReferralQuerySet":
        """Return them with all that their page shows."""
        return self.select_related(
            "decision__case__pupil", "decision__case__school__buurtteam", "contact",
            "passed_on_from", "sent_by", "confirmed_by", "assessing_by", "accepted_by",
            "passed_on_by", "closed_by", "withdrawn_by",
        )  # fmt: skip

    def with_case(self) -> "ReferralQuerySet":
        """Return them with what the head of the page of their case shows (``for_page``)."""
        case = ("pupil", "school__buurtteam", "responsible", "closed_by")
        return self.select_related(*(f"decision__case__{path}" for path in case))
