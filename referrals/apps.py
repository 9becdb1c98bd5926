"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferralsConfig(AppConfig):
    """Step 5 and after: decisions, help plans, referrals and feedback."""

    name = "referrals"
    verbose_name = _("Decisions and referrals")

    def ready(self) -> None:
        """Tell the audit, and the list of tasks. The models are not there before now."""
        from audit import sight
        from background.sections import declare_section
        from cases.destruction import fates
        from cases.notifications.kinds import declare
        from cases.papers import section_of
        from cases.todo import registry
        from referrals import destroyed, kinds, todo
        from referrals.report.models import ReportCopy

        declare(*kinds.KINDS)
        sight.declare_reading(ReportCopy)
        registry.declare(*todo.TABLE)
        fates.declare(*destroyed.TABLE)
        case = "report__referral__decision__case"
        declare_section(
            section_of(ReportCopy.objects, case, "reports", _("Copies of reports as PDF"))
        )
