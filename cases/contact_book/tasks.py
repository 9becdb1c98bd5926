"""What beat starts for contact books."""

from celery import shared_task
from django.utils import timezone

from cases.contact_book import reminders


@shared_task
def remind() -> None:
    """Ask to look at what nobody checked for a year; the outbox sends it with its next sweep."""
    reminders.remind(timezone.now())
