"""What beat starts for reminders."""

from celery import shared_task
from django.utils import timezone

from cases.reminders import outbox
from cases.reminders import sweep as sweeping


@shared_task
def sweep() -> None:
    """Give the reminders that are due and send what waits."""
    sweeping.sweep(timezone.now())
    outbox.deliver()


@shared_task
def deliver() -> None:
    """Send what waits now: somebody has to hear of it before the next sweep."""
    outbox.deliver()
