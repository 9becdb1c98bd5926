"""What people are told of referrals and reports (``cases.notifications.kinds``)."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import Permission
from cases.models import Notification
from cases.notifications.kinds import Kind, Sight, case_reference, sees_case, to_fetch
from referrals.report.models import ReportCopy

RECEIVED, COPY_READY, COPY_FAILED = "received", "copy_ready", "copy_failed"


def moves_case(sight: Sight) -> Q:
    """Those about reports of cases that the person may move."""
    return sight.case_for(Permission.MOVE_CASE)


def referral_page(notification: Notification) -> str:
    """Return the path of the referral."""
    return reverse("referrals:detail", args=[notification.about])


def copy_page(notification: Notification) -> str:
    """Return the path of the page from which somebody fetches a copy."""
    return reverse("referrals:copy", args=[notification.about])


# fmt: off
KINDS = (
    Kind(RECEIVED,
         _("The receiver confirmed that a referral came in."),
         _("From whom, and what comes next, stands in the case."),
         sees_case, referral_page, case_reference),
    Kind(COPY_READY,
         _("The report that you asked for is ready."),
         _("Only you can fetch it. After seven days it is removed."),
         moves_case, copy_page, case_reference, waits=to_fetch(ReportCopy), on_case_page=False),
    Kind(COPY_FAILED,
         _("The report that you asked for could not be made."),
         _("Ask for it again. Does it fail once more? Tell your administrator."),
         moves_case, copy_page, case_reference, on_case_page=False),
)
# fmt: on
