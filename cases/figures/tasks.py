"""What the worker does for year reports. Arguments are ids."""

import logging

from celery import shared_task
from django.utils import timezone

from background.record import gave_up
from cases import jobs
from cases.figures import actions
from cases.figures.pdf import make_pdf
from cases.figures.report import year_report
from cases.figures.school_year import SchoolYear
from cases.models import YearPaper

logger = logging.getLogger(__name__)


@shared_task
def make_year_report(public_id: str) -> None:
    """Make the PDF of a year report. Asked twice, it makes one file."""
    paper = jobs.claim(YearPaper, public_id)
    if paper is None:
        return
    try:
        actions.check_paper(paper)
        by, year = paper.requested_by, SchoolYear(paper.year)
        pdf = make_pdf(
            lambda: year_report(by, paper.school, year, timezone.now()),
            by.language,
            lambda percent: jobs.show_progress(paper, percent),
        )
        jobs.finish(paper, pdf)
    except Exception as error:
        # The error's text can quote what somebody wrote; its class is enough to start looking.
        logger.error("Year report %s failed: %s", public_id, type(error).__name__)
        jobs.broke_off(paper, error)
        gave_up(error, paper.public_id)


@shared_task
def look_after_year_reports() -> None:
    """Find papers that wait, hang or are old (by beat)."""
    actions.look_after(timezone.now())
