"""What the worker does for dossiers. Arguments are ids: a queue holds no word of a case."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.access import Permission
from background.record import gave_up
from cases import jobs
from cases.dossier import actions, year_making
from cases.dossier.contents import dossier
from cases.dossier.package import make_package
from cases.dossier.pdf import make_pdf
from cases.dossier.year import clear, tidy
from cases.models import DossierExport, YearExport

logger = logging.getLogger(__name__)


class WrittenSince(Exception):
    """Something was written in the case since a paper that goes out was asked for."""


@shared_task
def make_dossier(public_id: str) -> None:
    """Make the PDF, or the package, of an export. Asked twice, it makes one file."""
    export = actions.claim(public_id)
    if export is None:
        return

    def progress(percent: int) -> None:
        jobs.show_progress(export, percent)

    try:
        actions.check(export.requested_by, Permission.EXPORT_DOSSIER, export.case)
        _refuse_what_was_written_since(export)
        make, extension = (make_package, "zip") if export.kind.package else (make_pdf, "pdf")
        # Not kept under a name here: its records go as soon as the page is written.
        paper = make(dossier(export, timezone.localtime()), progress)
        # Once more: what came before the case was read would stand on it.
        _refuse_what_was_written_since(export)
        jobs.finish(export, paper, extension)
    except WrittenSince as since:  # as it should be: whoever asked reads that first
        jobs.fail(export)
        gave_up(since, export.public_id)
    except Exception as error:
        # The error's text can quote a record; its class is enough to start looking.
        logger.error("Export %s failed: %s", public_id, type(error).__name__)
        jobs.broke_off(export, error)
        gave_up(error, export.public_id)


def _refuse_what_was_written_since(export: DossierExport) -> None:
    if actions.was_written_in_since(export):
        raise WrittenSince


@shared_task
def make_year(public_id: str) -> None:
    """Make the next dossiers of a school year; when all are there, their zip."""
    export = jobs.claim(YearExport, public_id)
    if export is None:
        return
    try:
        year_making.work(export)
    except Exception as error:
        logger.error("Year %s failed: %s", public_id, type(error).__name__)
        # What is made already is there when its next turn comes.
        if not jobs.broke_off(export, error):
            clear(export)
        gave_up(error, export.public_id)


@shared_task
def look_after_exports() -> None:
    """Find exports that wait, hang or are old (by beat)."""
    actions.look_after(timezone.now())
    tidy()
