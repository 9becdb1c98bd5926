"""What beat starts for requests of parents and pupils."""

from celery import shared_task
from django.utils import timezone

from cases.rights_requests import reminders


@shared_task
def remind() -> None:
    """Say which requests are due soon, or late."""
    reminders.remind(timezone.localdate())
