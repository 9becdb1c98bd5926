"""What the worker does for reports. Arguments are ids: a queue holds no word of a case."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.access import Permission
from background.record import gave_up
from cases import jobs
from cases.actions import check
from referrals.report.actions import look_after
from referrals.report.models import ReportCopy
from referrals.report.pdf import make_pdf

logger = logging.getLogger(__name__)


@shared_task
def make_report_pdf(public_id: str) -> None:
    """Make the PDF of a copy. Asked twice, it makes one file."""
    copy = jobs.claim(ReportCopy, public_id)
    if copy is None:
        return
    try:
        check(copy.requested_by, Permission.MOVE_CASE, copy.report.referral.decision.case)
        pdf = make_pdf(
            copy.report, timezone.localtime(), lambda percent: jobs.show_progress(copy, percent)
        )
        jobs.finish(copy, pdf)
    except Exception as error:
        # The error's text can quote the report; its class is enough to start looking.
        logger.error("Copy %s failed: %s", public_id, type(error).__name__)
        jobs.broke_off(copy, error)
        gave_up(error, copy.public_id)


@shared_task
def look_after_report_copies() -> None:
    """Find copies that wait, hang or are old (by beat)."""
    look_after(timezone.now())
