"""Sessions whose row does not say what the browser sends.

Whoever reads the database (a replica, a copy of a minute ago) would be, by what Django keeps there,
whoever works at that moment, with their second factor given. So a row stands under a hash of it, as
invitations and tokens do; and so does what follows a session (the list of own ones, devices). And
what a session holds lies there encrypted: the key of a link to a new password that somebody opened,
the secret of an app that they are setting up.
"""

import hashlib
from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts.crypto import cipher

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
    """A session in the database: ``session_key`` is that of its row."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return what the database keeps."""
        return cipher(SALT).encrypt(self.serializer().dumps(session_dict)).decode()

    def decode(self, session_data: str) -> dict[str, Any]:
        """Return what was encrypted; nothing where SECRET_KEY is another."""
        try:
            return self.serializer().loads(cipher(SALT).decrypt(session_data.encode()))
        except InvalidToken:
            return {}

    def _get_new_session_key(self) -> Key:
        return Key.of(super()._get_new_session_key())

    async def _aget_new_session_key(self) -> Key:
        raise NotImplementedError("Nothing of ours is asynchronous: its key would stand there.")
