"""What a worker does for consultations."""

from celery import shared_task
from django.utils import timezone

from consultations import mails


@shared_task
def tell_invited() -> None:
    """Tell who is invited and was not told yet."""
    mails.tell_invited(timezone.now())
