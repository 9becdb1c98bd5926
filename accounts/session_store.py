"""Sessions whose row does not say what the browser sends.

Whoever reads the database (a replica, a copy of a minute ago) would be, by what Django keeps there,
whoever works at that moment, with their second factor given. So a row stands under a hash of it, as
invitations and tokens do; and so does what follows a session (the list of own ones, devices). And
what a session holds lies there encrypted: the key of a link to a new password that somebody opened,
the secret of an app that they are setting up.
"""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cryptography.fernet import InvalidToken
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts.crypto import cipher
from accounts.signals import session_renewed

if TYPE_CHECKING:
    from django.contrib.sessions.models import Session

SALT = "accounts.session"
# As much as Django keeps of a key; 160 bits.
LENGTH = 40


class Key(str):
    """The key of a session's row, that knows the cookie of which it is a hash.

    Allauth makes a store anew by the key of another: the cookie goes along.
    """

    __slots__ = ("cookie",)
    cookie: str

    @classmethod
    def of(cls, cookie: str) -> "Key":
        """Return under which key the session of a cookie stands."""
        key = cls(hashlib.sha256(cookie.encode(errors="replace")).hexdigest()[:LENGTH])
        key.cookie = cookie
        return key


class SessionStore(DatabaseStore):
    """A session in the database: ``session_key`` is that of its row.

    ``keeps_its_end``: what is saved now is no sign that anybody is there.
    """

    keeps_its_end = False
    _ends: datetime | None = None

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return what the database keeps."""
        return cipher(SALT).encrypt(self.serializer().dumps(session_dict)).decode()

    def decode(self, session_data: str) -> dict[str, Any]:
        """Return what was encrypted; nothing where SECRET_KEY is another."""
        try:
            return self.serializer().loads(cipher(SALT).decrypt(session_data.encode()))
        except InvalidToken:
            return {}

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """Return when the session ends: after its rest from now, or when it was to end."""
        if self.keeps_its_end and self._ends:
            return self._ends
        return super().get_expiry_date(**kwargs)

    def cycle_key(self) -> None:
        """Go on under another key, and let what follows the session follow it.

        Django does so where it finds a session of a SECRET_KEY of before: in the list of one's own
        sessions it was none any more, and ending all others left it.
        """
        before = self.session_key
        super().cycle_key()
        if before:
            session_renewed.send(sender=type(self), session_key=before, new=str(self.session_key))

    def flush(self) -> None:
        """Forget it, and when it was to end: whatever is kept from here on is another one."""
        super().flush()
        self._ends = None

    def _get_session_from_db(self) -> "Session | None":
        found = super()._get_session_from_db()
        self._ends = found.expire_date if found else None
        return found

    def _get_new_session_key(self) -> Key:
        return Key.of(super()._get_new_session_key())

    async def _aget_new_session_key(self) -> Key:
        raise NotImplementedError("Nothing of ours is asynchronous: its key would stand there.")
