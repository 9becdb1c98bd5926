"""Markers: a word of its own for each field of a case, and where such words were found again."""

import base64
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from celery.signals import before_task_publish
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.models import Session
from django.core.cache.backends.base import BaseCache
from django.test import RequestFactory

from accounts.session_store import SessionStore

# No word of any language, and never the beginning of one: found by chance nowhere.
SIGN = "qzk"
MARKER = re.compile(rf"{SIGN}[a-z]{{7}}", re.IGNORECASE)


class Markers:
    """Gives out words, and remembers what each was for."""

    def __init__(self) -> None:
        self.numbers = count()
        self.meaning: dict[str, tuple[str, str]] = {}

    def new(self, group: str, field: str) -> str:
        """Return a new word for a field; ``group`` says who may read it."""
        number, letters = next(self.numbers), ""
        for __ in range(7):
            number, rest = divmod(number, 26)
            letters = chr(ord("a") + rest) + letters
        word = SIGN + letters
        self.meaning[word] = (group, field)
        # As a name is written, so that it may stand where a name is asked for.
        return word.capitalize()

    def found(self, text: str) -> set[tuple[str, str]]:
        """Return the groups and fields whose words stand in a text."""
        words = {word.lower() for word in MARKER.findall(text)}
        return {self.meaning[word] for word in words if word in self.meaning}


def readable(raw: bytes) -> str:
    """Return bytes as text, and what is base64 in it as text too."""
    text = raw.decode("latin-1")
    hidden = [
        base64.b64decode(piece + "=" * (-len(piece) % 4)).decode("latin-1")
        for piece in re.findall(r"[A-Za-z0-9+/]{24,}", text)
    ]
    return "\n".join([text, *hidden])


class QueueSpy:
    """Writes down each message on its way to the queue, whatever broker there is."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        before_task_publish.connect(self._note, weak=False, dispatch_uid=self)

    def _note(self, sender: str, **message: Any) -> None:
        self.sent.append(f"{sender} {readable(repr(message).encode())}")

    def stop(self) -> None:
        """Listen no more."""
        before_task_publish.disconnect(dispatch_uid=self)

    @property
    def text(self) -> str:
        """Return all that was sent."""
        return "\n".join(self.sent)


class CacheSpy:
    """Writes down each key and value that goes into a cache, of whatever kind."""

    WRITES = ("add", "set")

    def __init__(self, monkeypatch: Any, backend: type[BaseCache]) -> None:
        self.written: list[str] = []
        for name in self.WRITES:
            monkeypatch.setattr(backend, name, self._noting(getattr(backend, name)))

    def _noting(self, write: Any) -> Any:
        def noted(cache: BaseCache, key: str, value: Any, *args: Any, **kwargs: Any) -> Any:
            self.written.append(f"{key} {value!r}")
            return write(cache, key, value, *args, **kwargs)

        return noted

    @property
    def text(self) -> str:
        """Return all that was written."""
        return "\n".join(self.written)


def sessions() -> str:
    """Return what all sessions hold, as the database holds it and as it is read."""
    return "\n".join(
        f"{row.session_data} {SessionStore().decode(row.session_data)!r}"
        for row in Session.objects.all()
    )


def cookies(client: Any) -> str:
    """Return the cookies of a browser; messages are read, since they are packed."""
    texts = []
    for name, morsel in client.cookies.items():
        texts.append(f"{name} {morsel.value}")
        if name == "messages" and morsel.value:
            storage = CookieStorage(RequestFactory().get("/"))
            texts.append(str([str(m) for m in storage._decode(morsel.value) or ()]))
    return "\n".join(texts)


def file_names(*folders: Path) -> str:
    """Return the names of all files under some folders."""
    return "\n".join(str(path) for folder in folders for path in Path(folder).rglob("*"))


def columns(rows: Any) -> Iterator[str]:
    """Yield each row of a queryset as text."""
    yield from (repr(row) for row in rows.values_list())
