"""What beat starts for the list of runs itself."""

from celery import shared_task
from django.utils import timezone

from background import record
from background.cleaning import clean


@shared_task
def look_after_runs() -> None:
    """Note which runs were broken off."""
    record.lose(timezone.now())


@shared_task
def clean_up() -> None:
    """Remove what is old: of each task its newest runs stay."""
    clean(timezone.now())
