"""Sessions whose row does not say what the browser sends.

Whoever reads the database (a replica, a copy of a minute ago) would be, by what Django keeps there,
whoever works at that moment, with their second factor given. So a row stands under a hash of it, as
invitations and tokens do; and so does what follows a session (the list of own ones, devices).
"""

import hashlib

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

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

    def _get_new_session_key(self) -> Key:
        return Key.of(super()._get_new_session_key())

    async def _aget_new_session_key(self) -> Key:
        raise NotImplementedError("Nothing of ours is asynchronous: its key would stand there.")
