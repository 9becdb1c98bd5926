"""How long a link out of a mail works once it was opened.

It stands in the history of that browser from then on, secret and all, and somebody else may find
it there. So what is left of its days counts for a link that nobody opened yet.
"""

from datetime import datetime, timedelta

from django.utils import timezone

# As long as a session rests: who opened it can go on for that long anyway.
LASTS_OPENED = timedelta(minutes=30)


def is_late(opened_at: datetime | None) -> bool:
    """Tell whether a link was opened too long ago to say who comes by it now; ``None``: never."""
    return opened_at is not None and opened_at + LASTS_OPENED <= timezone.now()
