"""How long a link out of a mail works once it was opened.

It stands in the history of that browser from then on, secret and all, and somebody else may find
it there. So what is left of its days counts for a link that nobody opened yet.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps

from allauth.account.views import PasswordResetFromKeyView
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

# As long as a session rests: who opened it can go on for that long anyway.
LASTS_OPENED = timedelta(minutes=30)
# What no link to a new password has for a key.
NO_KEY = "late"


def is_late(opened_at: datetime | None) -> bool:
    """Tell whether a link was opened too long ago to say who comes by it now; ``None``: never."""
    return opened_at is not None and opened_at + LASTS_OPENED <= timezone.now()


def in_time(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a link to a new password open nothing some time after it was first opened.

    Noted of links that work alone: others are made up, by the thousand if need be. By the key,
    which is somebody's alone: whose it is can be written in several ways.
    """

    @wraps(view)
    def opened(request: HttpRequest, uidb36: str, key: str) -> HttpResponse:
        if key == PasswordResetFromKeyView.reset_url_key:  # the page that a link led to
            return view(request, uidb36=uidb36, key=key)
        noted = "opened-link:" + hashlib.sha256(key.encode()).hexdigest()
        if is_late(cache.get(noted)):
            return view(request, uidb36=uidb36, key=NO_KEY)
        response = view(request, uidb36=uidb36, key=key)
        if response.status_code == 302:
            cache.add(noted, timezone.now(), settings.PASSWORD_RESET_TIMEOUT)
        return response

    return opened
