"""What the next page tells somebody once ("Saved."), on its way there in a cookie.

It can name a colleague or a case, and a browser keeps it until a page showed it: so it is
encrypted, and not signed alone as Django does; for whom it is, and for some minutes, so that the
next one at that browser reads nothing of who was there.
"""

import zlib
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse

from accounts.crypto import cipher
from accounts.sessions import is_opened_by_nobody

PURPOSE = "accounts.told_once"
LASTS = 10 * 60  # seconds; the next page comes within one
# For whom it is that was not signed in, as who was just signed out.
ANYBODY = 0


class Sealing:
    """Does for the cookie what Django's signer does, and encrypts."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def _reader(self) -> int:
        user = getattr(self.request, "user", None)
        return getattr(user, "pk", None) or ANYBODY

    def sign_object(self, obj: Any, serializer: type, **kwargs: Any) -> str:
        """Return something as it stands in the cookie."""
        said = b"%d:" % self._reader() + serializer().dumps(obj)
        return cipher(PURPOSE).encrypt(zlib.compress(said)).decode()

    def unsign_object(self, signed_obj: str, serializer: type, **kwargs: Any) -> Any:
        """Return what stands in a cookie. Raises ``BadSignature`` for what is not ours."""
        try:
            data = cipher(PURPOSE).decrypt(signed_obj.encode(), ttl=LASTS)
        except (InvalidToken, UnicodeEncodeError) as error:
            raise BadSignature from error
        reader, __, said = zlib.decompress(data).partition(b":")
        if reader not in {b"%d" % one for one in (self._reader(), ANYBODY)}:
            raise BadSignature
        return serializer().loads(said)


class SealedCookie(CookieStorage):
    """A cookie that nobody reads but us."""

    cookie_name = settings.MESSAGES_COOKIE_NAME

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signer = Sealing(self.request)


class Storage(FallbackStorage):
    """The cookie; where it is too small, the session."""

    storage_classes = (SealedCookie, SessionStorage)

    def update(self, response: HttpResponse) -> list[Message] | None:
        """Keep what comes next. A page that another site opened, and nobody saw, told nothing."""
        if is_opened_by_nobody(self.request):
            self.used = False
        return super().update(response)
