"""What a package says, for another program to read: the lines of the paper, and whom it is about.

What stands here went through the same table as the PDF beside it (``cases.dossier.variants``). It
comes from another house: nothing of it is believed before it is looked at.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from accounts.forms import storable
from accounts.tables import one_line

FORMAT, VERSION = "meldcode-dossier", 1
# Bytes: three hundred records of some pages each; a dossier of ten years has less. Of nothing but
# quotation marks a page of it is six times as large, and must fit into what the proxy takes.
LARGEST = 4 * 1024 * 1024
# Of each, in all: what is beyond was not made by this program.
MOST_ENTRIES, MOST_LINES = 5_000, 50_000
LONGEST = 100_000
# In which one can have been made: at the ends of time no calendar tells the hour of here.
YEARS = range(2020, 2200)
# How a line is shown: as on paper (``templates/pdf``). An unknown tone is shown as a plain line.
TONES = frozenset(
    {"", "fact", "words", "hearsay", "interpretation", "note", "digest", "omitted"}
)  # fmt: skip


class NotAPackage(Exception):
    """What was read is no contents of a package of ours."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A line of a record: its label, its text, and what it is (fact, words, interpretation)."""

    label: str
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A record: its title, who noted it when, how severe it is in words, and its lines."""

    title: str
    meta: str
    severe: str
    lines: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A step with its records."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Handed:
    """A dossier as it is handed over. ``sender``: the school; ``number``: of the paper there."""

    sender: str
    number: str
    made_at: datetime
    reason: str
    given_name: str
    family_name: str
    birth_date: date | None
    chapters: tuple[Chapter, ...]

    @property
    def records(self) -> int:
        """Return how many records there are."""
        return sum(len(chapter.parts) for chapter in self.chapters)

    @property
    def name(self) -> str:
        """Return the name of the pupil as one says it."""
        return f"{self.given_name} {self.family_name}"


def as_json(handed: Handed) -> bytes:
    """Return the contents as they are sealed."""
    said = asdict(handed)
    said["made_at"] = handed.made_at.isoformat()
    said["birth_date"] = handed.birth_date.isoformat() if handed.birth_date else None
    return json.dumps({"format": FORMAT, "version": VERSION, **said}, ensure_ascii=False).encode()


def as_kept(chapters: tuple[Chapter, ...]) -> list[dict[str, Any]]:
    """Return the records as they are kept: what ``chapters_of`` reads."""
    return [asdict(chapter) for chapter in chapters]


def read(data: bytes) -> Handed:
    """Return what stands in the contents of a package. Raises ``NotAPackage``."""
    try:
        said = json.loads(data)
        if (said["format"], said["version"]) != (FORMAT, VERSION):
            raise NotAPackage
        handed = Handed(
            # It stands among our own words: as one line, and between quotation marks.
            sender=one_line(_text(said, "sender", 200)),
            number=_text(said, "number", 40),
            made_at=datetime.fromisoformat(said["made_at"]),
            reason=_text(said, "reason"),
            given_name=_text(said, "given_name", 200),
            family_name=_text(said, "family_name", 200),
            birth_date=date.fromisoformat(said["birth_date"]) if said["birth_date"] else None,
            chapters=chapters_of(said["chapters"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotAPackage from error
    if (
        not handed.sender
        or handed.made_at.tzinfo is None
        or handed.made_at.year not in YEARS
        or not handed.records
    ):
        raise NotAPackage
    # By the clock of Greenwich: PostgreSQL takes no zone beyond sixteen hours.
    return replace(handed, made_at=handed.made_at.astimezone(UTC))


def chapters_of(said: Any) -> tuple[Chapter, ...]:
    """Return the records as they were kept. Raises ``ValueError`` and the like for the rest."""
    chapters = tuple(
        Chapter(_text(chapter, "title", 200), tuple(map(_part, _list(chapter, "parts"))))
        for chapter in said
    )
    parts = [part for chapter in chapters for part in chapter.parts]
    if len(parts) > MOST_ENTRIES or sum(len(part.lines) for part in parts) > MOST_LINES:
        raise ValueError
    return chapters


def _part(said: Mapping[str, Any]) -> Part:
    lines = tuple(
        Passage(_text(line, "label"), _text(line, "text"), _tone(line))
        for line in _list(said, "lines")
    )
    return Part(_text(said, "title"), _text(said, "meta"), _text(said, "severe", 200), lines)


def _tone(line: Mapping[str, Any]) -> str:
    tone = _text(line, "tone", 40)
    return tone if tone in TONES else ""


def _list(said: Mapping[str, Any], name: str) -> list[Any]:
    if not isinstance(said[name], list):
        raise TypeError
    return said[name]


def _text(said: Mapping[str, Any], name: str, longest: int = LONGEST) -> str:
    text = said[name]
    if not isinstance(text, str) or len(text) > longest or not storable(text):
        raise ValueError
    return text
