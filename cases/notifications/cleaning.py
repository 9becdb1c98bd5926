"""What was told is not kept for ever: one table of periods, cleaned up in batches."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from cases.models import Envelope, Notification, PushSubscription

BATCH = 500
# How long it is kept, and what is older than a moment. A letter that was given up stays until
# somebody looked at it; what nobody read stays unread.
KEPT: tuple[tuple[timedelta, Callable[[datetime], QuerySet]], ...] = (
    (timedelta(days=60), lambda before: Envelope.objects.filter(sent_at__lt=before)),
    (timedelta(days=365), lambda before: Notification.objects.filter(read_at__lt=before)),
    (timedelta(), lambda before: PushSubscription.objects.filter(user__is_active=False)),
)


def clean_up(now: datetime | None = None) -> int:
    """Remove what is older than its period, and return how many rows of the table that were."""
    now = now or timezone.now()
    return sum(_remove(older(now - period)) for period, older in KEPT)


def _remove(old: QuerySet) -> int:
    """Remove rows batch by batch: no lock is held for long, however much there is."""
    removed = 0
    while batch := list(old.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        old.model.objects.filter(pk__in=batch).delete()
        removed += len(batch)
    return removed
