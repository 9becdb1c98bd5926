"""What the worker does for search."""

from celery import shared_task

from cases.search.sealed_words import keep_words as keep


@shared_task
def keep_words() -> None:
    """Make the words of encrypted texts, by which these are found."""
    keep()
