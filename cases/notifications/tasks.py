"""What a worker does for notifications."""

from celery import shared_task

from cases.notifications import cleaning, outbox


@shared_task
def deliver() -> None:
    """Send what waits now: somebody has to hear of it before the next sweep."""
    outbox.deliver()


@shared_task
def clean() -> None:
    """Remove what was told long ago (by beat)."""
    cleaning.clean_up()
