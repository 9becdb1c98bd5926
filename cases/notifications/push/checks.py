"""What ``manage.py check`` says of web push."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from cases.notifications.push.services import is_offered, own_public_key


@register(Tags.security)
def check_push_key(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a key that is none: each push, and the page on which one chooses it, would fail."""
    try:
        if is_offered():
            own_public_key()
    except ValueError:
        return [
            Error(
                f"VAPID_PRIVATE_KEY is no key ({len(settings.VAPID_PRIVATE_KEY)} signs).",
                hint="`manage.py new_push_key` prints one. Leave it empty to do without web push.",
                id="cases.E001",
            )
        ]
    return []
