"""Encryption of what is kept for a while or must be read back: drafts, keys of second factors."""

import base64
import hashlib

from cryptography.fernet import Fernet
from django.conf import settings


def cipher(purpose: str) -> Fernet:
    """Return the cipher of one purpose: what was encrypted for another cannot be read with it."""
    key = hashlib.sha256(f"{purpose}:{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
