"""Encryption of what is kept for a while or must be read back: drafts, keys of second factors."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


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
