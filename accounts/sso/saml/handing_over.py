"""From the provider's POST, that brings no session, to the browser's own session.

The session cookie is ``SameSite=Lax``: a browser leaves it out of a form that another site sends,
and that stays so. What the answer said waits here, encrypted, under a word that nobody can guess,
while the browser follows a redirect; and with that plain visit the cookie comes along. The word
alone is worth nothing: the request that was answered must stand in the session of whoever brings
it, so that nobody is signed in with an answer to somebody else.
"""

import hashlib
import json
from dataclasses import asdict

from cryptography.fernet import InvalidToken
from django.core.cache import cache
from django.utils.crypto import get_random_string

from accounts.crypto import cipher
from accounts.sso.models import IdentityProvider
from accounts.sso.saml.answers import Answer

SALT = "accounts.sso.saml"
# Seconds for a redirect.
WAITS = 60
WORD = 43


def leave(provider: IdentityProvider, answer: Answer) -> str:
    """Keep an answer for a minute, and return the word to take it with."""
    word = get_random_string(WORD)
    key = _key(provider, word)
    text = json.dumps({"left_at": key, "answer": asdict(answer)}).encode()
    cache.set(key, cipher(SALT).encrypt(text).decode(), WAITS)
    return word


def take(provider: IdentityProvider, word: str) -> Answer | None:
    """Return what was left for this provider under a word, once; None when there is nothing.

    Nor where it lay elsewhere: whoever writes to Redis could move there what another provider said.
    """
    key = _key(provider, word)
    kept = cache.get(key)
    if kept is None or not cache.delete(key):
        return None
    try:
        left = json.loads(cipher(SALT).decrypt(str(kept).encode(), ttl=WAITS))
    except InvalidToken:
        return None
    return Answer(**left["answer"]) if left["left_at"] == key else None


def _key(provider: IdentityProvider, word: str) -> str:
    known_by = f"{provider.public_id}\n{provider.trust}\n{word}"
    return f"sso.saml.left.{hashlib.sha256(known_by.encode()).hexdigest()}"
