"""Sessions whose row does not say what the browser sends.

Whoever reads the database (a replica, a copy of a minute ago) would be, by what Django keeps there,
whoever works at that moment, with their second factor given. So a row stands under a hash of it, as
invitations and tokens do; and so does what follows a session (the list of own ones, devices). And
what a session holds lies there encrypted: the key of a link to a new password that somebody opened,
the secret of an app that they are setting up.
"""

import hashlib
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from cryptography.fernet import InvalidToken
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts.crypto import cipher
from accounts.signals import session_renewed

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
    # Another request took it away, or goes on under another key, while this one was answered.
    is_interrupted = False
    # Its cookie names none that stands.
    is_unknown = False
    _ends: datetime | None = None
    # Its place in its owner's list, which stays the same whatever its key is.
    place: int | None = None

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

    def load(self) -> dict[str, Any]:
        """Return what a session holds; of somebody signed in, if its owner sees it in their list.

        What stands in no list is ended by nobody: such a row is no session, however it came.
        """
        found = self._get_session_from_db()
        data = self.decode(found.session_data) if found else {}
        if SESSION_KEY in data and data[SESSION_KEY] != str(found.listed_for):
            self._session_key, self._ends, data = None, None, {}
        self.is_unknown = self._session_key is None
        self.place = found.listed_as if data else None
        return data

    def hold(self) -> bool:
        """Keep the session of somebody who is signed in from ending until this transaction is over;
        tell whether it stands.
        """
        listed = UserSession.objects.filter(session_key=self.session_key, pk=self.place)
        return bool(listed.select_for_update().values_list("pk")) and _hold(str(self.session_key))

    def cycle_key(self) -> None:
        """Go on under another key, and let what follows the session follow it.

        Django does so where it finds a session of a SECRET_KEY of before. One session becomes one,
        however many requests find it at that moment; and none, where it was ended meanwhile. (Who
        presses "Sign in" twice is signed in by both.) Looked at from elsewhere, as for the list of
        one's own, it stays as it is: its browser would not hear of the new key.

        Raises:
            SessionInterrupted: it is gone, or goes on under the key of another request.
        """
        is_somebodys = SESSION_KEY in self._session
        before = self.session_key
        if before and not isinstance(before, Key):
            return
        with transaction.atomic():
            # Its place in the list first, as who ends it there: else one of them is thrown out.
            list(UserSession.objects.select_for_update().filter(pk=self.place).values_list("pk"))
            if before and not _hold(before) and is_somebodys:
                self.clear()
                self.is_interrupted, self._session_key = True, None
                raise SessionInterrupted("Another request ended the session, or renewed it.")
            super().cycle_key()
            self.save()
            if before:
                new = str(self.session_key)
                session_renewed.send(sender=type(self), session_key=before, new=new)

    def flush(self) -> None:
        """Forget it, and when it was to end: whatever is kept from here on is another one.

        Out of the list too: it may go on under the key of another request by now.
        """
        super().flush()
        if self.place:
            UserSession.objects.filter(pk=self.place).delete()
        self._ends, self.place, self.is_unknown = None, None, False

    def _get_session_from_db(self) -> Session | None:
        listed = UserSession.objects.filter(session_key=OuterRef("session_key"))
        standing = Session.objects.filter(
            session_key=self.session_key, expire_date__gt=timezone.now()
        )
        found = standing.annotate(
            listed_for=Subquery(listed.values("user_id")), listed_as=Subquery(listed.values("pk"))
        ).first()
        if found is None:
            self._session_key = None
        self._ends = found.expire_date if found else None
        return found

    def _get_new_session_key(self) -> Key:
        return Key.of(super()._get_new_session_key())

    async def _aget_new_session_key(self) -> Key:
        raise NotImplementedError("Nothing of ours is asynchronous: its key would stand there.")


def _hold(key: str) -> bool:
    """Lock the row of a session until the transaction ends; tell whether it is there."""
    return bool(Session.objects.select_for_update().filter(session_key=key).values_list("pk"))
