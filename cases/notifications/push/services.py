"""Which push services we send to. A browser names its own, and anybody can send us any address."""

import re
from urllib.parse import urlsplit

from django.conf import settings

from cases.notifications.push.envelope import encoded, point, private_key

# An address as push services have them. A backslash is the end of the host to one reader of
# addresses and a part of it to another: what was looked at would not be what is sent to.
PLAIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]+)?(/[!-\[\]-~]*)?")


def is_known(endpoint: str) -> bool:
    """Tell whether an address is one of a push service of the table (``settings.PUSH_SERVICES``).

    By https, on its usual port, at a host of the table or below one.
    """
    if not PLAIN.fullmatch(endpoint):
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if f"{parts.scheme}://{parts.netloc}" in settings.PUSH_SERVICES:  # one that a test plays
        return True
    plain = parts.username is None and not parts.fragment and port in (None, 443)
    below = any(host == name or host.endswith(f".{name}") for name in settings.PUSH_SERVICES)
    return parts.scheme == "https" and plain and below


def origin_of(endpoint: str) -> str:
    """Return for whom a signature is: scheme and host of the service."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"


def own_public_key() -> str:
    """Return by which key a browser knows that a message is from us."""
    return encoded(point(private_key(settings.VAPID_PRIVATE_KEY)))


def is_offered() -> bool:
    """Tell whether this installation can push at all: it has a key of its own."""
    return bool(settings.VAPID_PRIVATE_KEY)
