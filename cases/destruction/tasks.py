"""What the worker does for destruction. Arguments are ids."""

import logging

from celery import shared_task
from django.utils import timezone

from background.record import gave_up
from cases.destruction import listing
from cases.destruction.work import claim, look_after, work

logger = logging.getLogger(__name__)


@shared_task
def list_due() -> None:
    """Make the yearly list of each school that has none yet (by beat)."""
    listing.list_all(timezone.localdate())


@shared_task
def destroy(public_id: str) -> None:
    """Destroy what two people approved. Asked twice, it is done once."""
    run = claim(public_id, timezone.now())
    if run is None:
        return
    try:
        work(run)
    except Exception as error:
        # The error's text can quote a row; its class is enough to start looking. What is done is
        # done; beat takes the rest up again (``look_after``).
        logger.error("Destruction %s broke off: %s", public_id, type(error).__name__)
        gave_up(error, run.public_id)


@shared_task
def look_after_destruction() -> None:
    """Find runs that wait or hang, and keep the list of what was destroyed whole (by beat)."""
    look_after(timezone.now())
