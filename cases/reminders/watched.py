"""What the outbox still has to send, for monitoring."""

from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce

from background.sections import Unsent
from cases.models import OutboxMessage
from cases.reminders.outbox import GIVE_UP_AFTER


def unsent() -> Unsent:
    """Return how much waits, since when, and how much was given up."""
    tried_too_often = Q(attempts__gte=GIVE_UP_AFTER)
    written = Coalesce("reminder__created_at", "notice__created_at")
    found = OutboxMessage.objects.filter(sent_at__isnull=True).aggregate(
        waiting=Count("pk", filter=~tried_too_often),
        oldest=Min(written, filter=~tried_too_often),
        dead=Count("pk", filter=tried_too_often),
    )
    return Unsent(**found)
