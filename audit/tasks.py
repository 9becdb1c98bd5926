"""What beat starts for the audit."""

import logging

from celery import shared_task
from django.utils import timezone

from audit import chain, unusual

logger = logging.getLogger(__name__)


@shared_task
def seal() -> None:
    """Seal what came in since the last time."""
    chain.seal_waiting()


@shared_task
def note_head() -> None:
    """Write the head of the chain into the program's log: a place outside of the database."""
    logger.info("The audit's chain ends at %s", chain.head())


@shared_task
def look_for_unusual_reading() -> None:
    """Look at what came in since the last time for what is unusual, and tell who looks after it."""
    unusual.look(timezone.now())
