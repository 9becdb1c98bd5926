"""What the worker does for imports. Arguments are ids."""

import logging

from celery import shared_task
from django.utils import timezone

from background.record import gave_up
from cases import jobs
from cases.imports import actions
from cases.models import PupilImport

logger = logging.getLogger(__name__)


@shared_task
def apply_import(public_id: str) -> None:
    """Apply what somebody agreed on. Asked twice, it is applied once."""
    job = jobs.claim(PupilImport, public_id)
    if job is None:
        return
    try:
        actions.apply(job)
    except Exception as error:
        # The error's text can quote a name; its class is enough to start looking.
        logger.error("Import %s failed: %s", public_id, type(error).__name__)
        jobs.broke_off(job, error)
        gave_up(error, job.public_id)
    else:
        jobs.wake_next(job)


@shared_task
def look_after_imports() -> None:
    """Find imports that wait, hang or are old (by beat)."""
    actions.look_after(timezone.now())
