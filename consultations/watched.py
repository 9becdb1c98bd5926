"""Which invitations nobody was told of yet, for monitoring."""

from django.db.models import Count, Min
from django.utils import timezone

from background.sections import Unsent
from consultations.mails import TRIED_FOR
from consultations.models import Invitation


def unsent() -> Unsent:
    """Return how many wait, and since when."""
    untold = Invitation.objects.untold(since=timezone.now() - TRIED_FOR)
    return Unsent(**untold.aggregate(waiting=Count("pk"), oldest=Min("invited_at")))
