"""What a provider says of itself: where it signs people in, and where its keys are."""

import hashlib
from contextlib import suppress
from typing import Any

from django.core import signing
from django.core.cache import cache

from accounts.sso.fetch import GuardedSession, Unfetchable, check_url, json_of
from accounts.sso.kinds import WELL_KNOWN

NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
ALSO = ("userinfo_endpoint",)
KEPT_FOR = 5 * 60


def known(issuer: str) -> dict[str, Any]:
    """Return what the provider says of itself, at most five minutes old. Raises as ``read``."""
    key = f"sso.discovery.{hashlib.sha256(issuer.encode()).hexdigest()}"
    # Nothing, what we did not write, or not now: whoever writes there can put back what was.
    with suppress(signing.BadSignature):
        return signing.loads(str(cache.get(key)), salt=key, max_age=KEPT_FOR)
    document = read(issuer)
    cache.set(key, signing.dumps(document, salt=key), KEPT_FOR)
    return document


def read(issuer: str) -> dict[str, Any]:
    """Fetch what the provider says of itself now.

    Raises ``requests.RequestException`` when nothing answers there as an OpenID Connect provider.
    """
    with GuardedSession() as session:
        response = session.get(issuer.rstrip("/") + WELL_KNOWN)
        response.raise_for_status()
        document = json_of(response)
    if not isinstance(document, dict):
        raise Unfetchable("no document")
    _check(document, issuer)
    return document


def _check(document: dict[str, Any], issuer: str) -> None:
    """Raise ``Unfetchable`` unless it is the issuer's own, and all that it names may be fetched."""
    if str(document.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
        raise Unfetchable("another issuer")
    named = [document.get(name) for name in NEEDED]
    named += [document[name] for name in ALSO if name in document]
    for url in named:
        if not isinstance(url, str):
            raise Unfetchable("incomplete")
        check_url(url)
