"""The keys of what lies on disk (``DATA_KEYS``): the first one encrypts, all of them read."""

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# Instead of the first key: nothing new is encrypted, and what the others encrypted is read. The way
# back to a database that is not encrypted (docs/operations.md, "Keys").
NOTHING = "none"
NAME_SIGNS = 8


class Unreadable(ValueError):
    """What lies there was encrypted with a key that is not here, or was changed since."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """One key. Nothing is encrypted with it itself: each place and each file has one of its own."""

    secret: str

    @property
    def name(self) -> str:
        """Return the name that stands beside what it encrypted. It tells nothing of the key."""
        return _name(self.secret)

    def of(self, purpose: str, salt: bytes = b"") -> bytes:
        """Return 256 bits for one purpose: by them nobody finds those for another."""
        return _derived(self.secret, purpose) if not salt else _derive(self.secret, purpose, salt)

    def cipher(self, purpose: str, salt: bytes = b"") -> AESGCM:
        """Return what encrypts for one purpose, and proves that nobody changed it."""
        return AESGCM(self.of(purpose, salt)) if salt else _cipher(self.secret, purpose)

    def digest(self, purpose: str, words: str) -> bytes:
        """Return what words are known by to whoever has the key, and to nobody else."""
        return hmac.digest(self.of(purpose), words.encode(), "sha256")


def encrypting() -> DataKey | None:
    """Return the key that encrypts; None: nothing is."""
    first, *__ = settings.DATA_KEYS or [NOTHING]
    return None if first == NOTHING else DataKey(first)


def reading() -> dict[str, DataKey]:
    """Return all keys by their names."""
    return _by_name(tuple(settings.DATA_KEYS))


@lru_cache(maxsize=8)
def _by_name(secrets: tuple[str, ...]) -> dict[str, DataKey]:
    keys = [DataKey(secret) for secret in secrets if secret != NOTHING]
    return {key.name: key for key in keys}


@lru_cache(maxsize=32)
def _name(secret: str) -> str:
    return _derive(secret, "the name of this key", b"").hex()[:NAME_SIGNS]


@lru_cache(maxsize=1024)
def _derived(secret: str, purpose: str) -> bytes:
    return _derive(secret, purpose, b"")


@lru_cache(maxsize=1024)
def _cipher(secret: str, purpose: str) -> AESGCM:
    return AESGCM(_derived(secret, purpose))


def _derive(secret: str, purpose: str, salt: bytes) -> bytes:
    made = HKDF(hashes.SHA256(), length=32, salt=salt or None, info=f"meldcode:{purpose}".encode())
    # The secret is text: whatever its letters, the same number of bits goes in.
    return made.derive(hashlib.sha256(secret.encode()).digest())
