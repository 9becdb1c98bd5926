"""One page of a trail: the filter that stands in the address, and what comes after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from audit.kinds import GROUP_NAMES, GROUPS
from audit.models import LogEntry
from audit.querysets import LogQuerySet

PER_PAGE = 50
# Nothing is older than the program; no database counts a day beyond the last of all.
YEARS = range(2000, 2200)


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
        kind, before = query.get("kind", ""), query.get("before", "")
        return cls(
            person=_person(query.get("person", "")),
            kind=kind if kind in GROUPS else "",
            first=_day(query.get("first", "")),
            last=_day(query.get("last", "")),
            before=int(before) if before.isdecimal() and len(before) < 19 else None,
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
    older: int | None
    chosen: TrailFilter
    kinds: Mapping[str, str]

    @property
    def references(self) -> set[str]:
        """Return the references of the cases on this page."""
        return {row.case_reference for row in self.rows} - {""}


def page_of(rows: LogQuerySet, query: Mapping[str, str]) -> TrailPage:
    """Return the page of a trail that an address asks for."""
    chosen = TrailFilter.from_query(query)
    found = list(chosen.apply(rows)[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    older = shown[-1].pk if len(found) > PER_PAGE else None
    return TrailPage(shown, older, chosen, GROUP_NAMES)


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
