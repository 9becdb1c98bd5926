"""What beat starts for reminders."""

from celery import shared_task
from django.utils import timezone

from cases.notifications import outbox
from cases.reminders import sweep as sweeping


@shared_task
def sweep() -> None:
    """Give the reminders that are due and send what waits."""
    sweeping.sweep(timezone.now())
    outbox.deliver()
