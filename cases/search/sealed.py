"""Words that were searched, as they stand in an address: sealed, for who searched alone.

Whoever searches types names. An address is kept by the browser for the next one at the computer,
and by each machine that it passes.
"""

from cryptography.fernet import InvalidToken

from accounts.crypto import cipher
from accounts.models import User

# Seconds: nobody goes back to a search of the day before, but a history keeps it for months.
READ_FOR = 24 * 3600


def sealed(words: str, user: User) -> str:
    """Return words as they stand in an address; nothing stays nothing."""
    return cipher(_purpose(user)).encrypt(words.encode()).decode() if words else ""


def opened(token: str, user: User) -> str:
    """Return the words that an address names; empty when it names none of this user's."""
    try:
        return cipher(_purpose(user)).decrypt(token.encode(), ttl=READ_FOR).decode()
    except (InvalidToken, ValueError):
        return ""


def _purpose(user: User) -> str:
    return f"cases.search:{user.pk}"
