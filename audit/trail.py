"""One page of a trail: the filter that stands in the address, and what comes after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from cryptography.fernet import InvalidToken

from accounts.crypto import cipher
from audit.kinds import GROUP_NAMES, GROUPS
from audit.models import LogEntry
from audit.querysets import LogQuerySet

PER_PAGE = 50
# Nothing is older than the program; no database counts a day beyond the last of all.
YEARS = range(2000, 2200)
SALT = "audit.trail"


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which rows one looks at. What an address says that does not exist is left aside."""

    person: UUID | None = None
    kind: str = ""
    first: date | None = None
    last: date | None = None
    before: int | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "TrailFilter":
        """Return the filter that an address asks for."""
        kind = query.get("kind", "")
        return cls(
            person=_person(query.get("person", "")),
            kind=kind if kind in GROUPS else "",
            first=_day(query.get("first", "")),
            last=_day(query.get("last", "")),
            before=_row(query.get("before", "")),
        )

    @property
    def as_query(self) -> str:
        """Return the filter as a query string, for the link to what is older."""
        chosen = {"person": self.person, "kind": self.kind, "first": self.first, "last": self.last}
        return urlencode({name: value for name, value in chosen.items() if value})

    def apply(self, rows: LogQuerySet) -> LogQuerySet:
        """Return the rows of this filter, newest first."""
        if self.person:
            rows = rows.filter(actor__public_id=self.person)
        if self.kind:
            rows = rows.filter(kind__in=GROUPS[self.kind])
        rows = rows.between(self.first, self.last)
        return (rows.after(self.before) if self.before else rows).newest_first()


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Some rows, and where the older ones begin. How many there are in all is not counted."""

    rows: list[LogEntry]
    older: str
    chosen: TrailFilter
    kinds: Mapping[str, str]

    @property
    def references(self) -> set[str]:
        """Return the references of the cases on this page."""
        return {row.case_reference for row in self.rows} - {""}


def page_of(rows: LogQuerySet, query: Mapping[str, str]) -> TrailPage:
    """Return the page of a trail that an address asks for."""
    chosen = TrailFilter.from_query(query)
    found = list(chosen.apply(rows).select_related("actor", "typed")[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    older = _mark(shown[-1]) if len(found) > PER_PAGE else ""
    return TrailPage(shown, older, chosen, GROUP_NAMES)


def _mark(row: LogEntry) -> str:
    """Return what an address says of a row from which one reads on.

    Not its number: a gap between two would tell that there are rows one may not see, and by numbers
    of others one could ask when those were written.
    """
    return cipher(SALT).encrypt(str(row.pk).encode()).decode()


def _row(mark: str) -> int | None:
    try:
        return int(cipher(SALT).decrypt(mark.encode()))
    except (InvalidToken, UnicodeEncodeError):
        return None


def _person(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    """Return a day that a calendar of ours can count on from."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None
