"""What other rooms add to the administrator's screen, and to what is watched. Each says it of its
own, in its ``apps.py``: this room stands below them and knows none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a section, as whoever looks may see it: no case, no pupil, no file.

    ``who`` asked for it, ``reader`` is whom it did not reach: names only where access shows them.
    ``again``: the id by which it may be tried again.
    """

    title: str
    state: str
    since: datetime
    who: str = ""
    reader: str = ""
    why: str = ""
    failed: bool = False
    again: UUID | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the screen. ``asked``: rows of the user's own schools, newest first, not fetched
    yet; ``shown``: what of a row is shown.

    ``again`` tries one of them again and tells whether it stood still; raises ``Http404`` for what
    the user may not know of. ``name`` stands in an address.
    """

    name: str
    title: Promise
    empty: Promise
    asked: Callable[["User"], QuerySet]
    shown: Callable[[Any], Item]
    again: Callable[["User", UUID], bool] | None = None


@dataclass(frozen=True, slots=True)
class Unsent:
    """What waits to be sent: how much, since when the oldest, and what was given up."""

    waiting: int = 0
    oldest: datetime | None = None
    dead: int = 0


_sections: dict[str, Section] = {}
_messages: dict[str, Callable[[], Unsent]] = {}
_readers: list[Callable[..., None]] = []


def declare_section(section: Section) -> None:
    """Put a section on the screen, in the order of declaring."""
    _sections[section.name] = section


def declare_messages(name: str, ask: Callable[[], Unsent]) -> None:
    """Let messages of a kind be watched: health page, metrics. ``name`` is a word of a label."""
    _messages[name] = ask


def declare_reader(read: Callable[..., None]) -> None:
    """Say how querysets are read together; else each is read when it is shown."""
    _readers[:] = [read]


def shown_to(user: "User") -> list[tuple[Section, list[Item]]]:
    """Return all sections with what the user sees in each."""
    asked = [(section, section.asked(user)) for section in _sections.values()]
    for read in _readers:
        read(*(rows for __, rows in asked))
    return [(section, [section.shown(row) for row in rows]) for section, rows in asked]


def section(name: str) -> Section | None:
    """Return one section."""
    return _sections.get(name)


def unsent() -> dict[str, Unsent]:
    """Ask every room what waits to be sent, by kind."""
    return {name: ask() for name, ask in _messages.items()}
