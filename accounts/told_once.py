"""What the next page tells somebody once ("Saved."), on its way there in a cookie.

It can name a colleague or a case, and a browser keeps it until a page showed it: so it is
encrypted, and not signed alone as Django does.
"""

import zlib
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.core.signing import BadSignature

from accounts.crypto import cipher

PURPOSE = "accounts.told_once"


class Sealing:
    """Does for the cookie what Django's signer does, and encrypts."""

    def sign_object(self, obj: Any, serializer: type, **kwargs: Any) -> str:
        """Return something as it stands in the cookie."""
        return cipher(PURPOSE).encrypt(zlib.compress(serializer().dumps(obj))).decode()

    def unsign_object(self, signed_obj: str, serializer: type, **kwargs: Any) -> Any:
        """Return what stands in a cookie. Raises ``BadSignature`` for what is not ours."""
        try:
            data = cipher(PURPOSE).decrypt(signed_obj.encode())
        except (InvalidToken, UnicodeEncodeError) as error:
            raise BadSignature from error
        return serializer().loads(zlib.decompress(data))


class SealedCookie(CookieStorage):
    """A cookie that nobody reads but us."""

    cookie_name = settings.MESSAGES_COOKIE_NAME

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signer = Sealing()


class Storage(FallbackStorage):
    """The cookie; where it is too small, the session."""

    storage_classes = (SealedCookie, SessionStorage)
