"""Encryption of what is kept for a while or must be read back: drafts, keys of second factors."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def cipher(purpose: str) -> MultiFernet:
    """Return the cipher of one purpose: what was encrypted for another cannot be read with it.

    It encrypts with SECRET_KEY, and also reads what was encrypted with one of before
    (``SECRET_KEY_FALLBACKS``), while that stands in the settings.
    """
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([_one(purpose, key) for key in keys])


def _one(purpose: str, secret: str) -> Fernet:
    key = hashlib.sha256(f"{purpose}:{secret}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def signs(salt: str, text: str) -> list[str]:
    """Return what stands for a text, by today's SECRET_KEY first and then by each of before.

    What was given to a browser or a session is held against all of them: where the key is renewed,
    whoever is at work keeps what they type.
    """
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [salted_hmac(salt, text, secret=key).hexdigest() for key in keys]


def sealed_number(number: int, purpose: str) -> str:
    """Return what stands on a page or in an address instead of the number of a row.

    Rows of all schools are counted through: two numbers of one's own tell how many came between.
    """
    return cipher(purpose).encrypt(str(number).encode()).decode()


def opened_number(token: str, purpose: str, ttl: int | None = None) -> int | None:
    """Return the number that was sealed, ``ttl`` seconds ago at most; None for anything else."""
    try:
        return int(cipher(purpose).decrypt(token.encode(), ttl=ttl))
    except (InvalidToken, ValueError):
        return None


class SealedNumber:
    """A converter of paths: views get the number, addresses have it sealed."""

    PURPOSE = "accounts.address"
    regex = "[0-9A-Za-z_=-]{60,400}"

    def to_python(self, value: str) -> int:
        """Return the number. Raises ``ValueError`` for what nobody sealed: no such page."""
        number = opened_number(value, self.PURPOSE)
        if number is None:
            raise ValueError
        return number

    def to_url(self, value: int) -> str:
        """Return it as it stands in an address."""
        return sealed_number(value, self.PURPOSE)
