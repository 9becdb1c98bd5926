"""Waking a worker by the name of its task: the state is in the database, and nothing is lost
when the queue is."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def wake(task: str, *args: str) -> None:
    """Ask a worker to do what waits now. Without a queue it waits until beat asks for it.

    By the task's name: the web processes need not load what a worker does.
    """
    try:
        current_app.send_task(task, args=list(args))
    except (OperationalError, OSError) as error:
        logger.warning("No queue for %s: %s", task, type(error).__name__)
