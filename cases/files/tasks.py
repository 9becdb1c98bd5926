"""What beat lets be done for files."""

from celery import shared_task
from django.utils import timezone

from cases.files import actions


@shared_task
def remove_orphans() -> None:
    """Remove files of requests that died between writing the file and filing its row."""
    actions.remove_orphans(timezone.now())
