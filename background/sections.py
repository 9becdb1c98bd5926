"""What other rooms add to the administrator's screen, and to what is watched. Each says it of its
own, in its ``apps.py``: this room stands below them and knows none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.functional import Promise

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a section, as whoever looks may see it: no case, no pupil, no file.

    ``who`` is a name only where access shows it. ``again``: the id by which it may be tried again.
    """

    title: str
    state: str
    since: datetime
    who: str = ""
    why: str = ""
    failed: bool = False
    again: UUID | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the screen. ``items`` returns those of the user's own schools, newest first.

    ``again`` tries one of them again and tells whether it stood still; raises ``Http404`` for what
    the user may not know of. ``name`` stands in an address.
    """

    name: str
    title: Promise
    empty: Promise
    items: Callable[["User"], Sequence[Item]]
    again: Callable[["User", UUID], bool] | None = None


@dataclass(frozen=True, slots=True)
class Unsent:
    """What waits to be sent: how much, since when the oldest, and what was given up."""

    waiting: int = 0
    oldest: datetime | None = None
    dead: int = 0


_sections: dict[str, Section] = {}
_messages: dict[str, Callable[[], Unsent]] = {}


def declare_section(section: Section) -> None:
    """Put a section on the screen, in the order of declaring."""
    _sections[section.name] = section


def declare_messages(name: str, ask: Callable[[], Unsent]) -> None:
    """Let messages of a kind be watched: health page, metrics. ``name`` is a word of a label."""
    _messages[name] = ask


def sections() -> list[Section]:
    """Return all sections."""
    return list(_sections.values())


def section(name: str) -> Section | None:
    """Return one section."""
    return _sections.get(name)


def unsent() -> dict[str, Unsent]:
    """Ask every room what waits to be sent, by kind."""
    return {name: ask() for name, ask in _messages.items()}
