"""Vacations out of a text or a file: "name; first day; last day" on a line, or a calendar (.ics).

A file becomes such lines first, so that one sees and changes what was read before it is kept.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from icalendar.parser import Contentlines

from cases.protocol.vacations import DAY, Vacation

LARGEST = 256 * 1024
MOST_LINES = 200
# No vacation is longer; a year mistyped is.
LONGEST = timedelta(days=70)
FURTHEST = timedelta(days=5 * 366)
EARLIEST = date(2020, 1, 1)
NAME_LENGTH = 80
DATES = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")
DELIMITERS = (";", "\t", ",")
# What is raised at a calendar that is none: no day comes before the first of all.
BROKEN = (ValueError, IndexError, KeyError, OverflowError)
EVENT = "VEVENT"


class Unreadable(Exception):
    """A file that holds no lines and no calendar; its message is for the user."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was read: a vacation, or what is wrong with it."""

    number: int
    vacation: Vacation | None
    wrong: str = ""


def lines_of(content: bytes) -> tuple[str, int]:
    """Return the lines of a file, and how many events of a calendar were left out: those with an
    hour. Raises ``Unreadable``."""
    if len(content) > LARGEST:
        raise Unreadable(_("This file is too large. Up to %(kb)s kB.") % {"kb": LARGEST // 1024})
    if b"BEGIN:VCALENDAR" in content[:1024]:
        return _from_calendar(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise Unreadable(_("This is no calendar file and no list of lines."))
    return text, 0


def _from_calendar(content: bytes) -> tuple[str, int]:
    try:
        events = list(_events(content))
    except BROKEN as error:
        raise Unreadable(_("This calendar file cannot be read.")) from error
    found = [line for line in map(_event, events) if line]
    return "\n".join(sorted(found, key=lambda line: line.split("; ")[1])), len(events) - len(found)


def _events(content: bytes) -> Iterator[dict[str, str]]:
    """Yield what each event of a calendar says, by the names of its lines.

    Lines are all that is made of it: of every time zone in it the library works out the rules, and
    keeps them for as long as the process lives. Those of one file can fill a gigabyte.
    """
    within: list[str] = []
    said: dict[str, str] = {}
    for line in filter(None, Contentlines.from_ical(content)):
        try:
            name, __, value = line.parts()
        except ValueError:
            if EVENT not in within:
                raise
            continue
        if (name := name.upper()) == "BEGIN":
            within.append(value.upper())
            said = {} if within[-1] == EVENT else said
        elif name == "END":
            if within.pop() == EVENT:
                yield said
        elif within[-1] == EVENT:  # and not what reminds of it
            said.setdefault(name, value)
    if within:
        raise ValueError("no end")


def _event(said: dict[str, str]) -> str:
    """Return a whole-day event as a line; empty for one that has an hour, or no day at all."""
    try:
        first = _day_of_event(said["DTSTART"])
        last = _day_of_event(said["DTEND"]) - DAY if "DTEND" in said else first
    except BROKEN:
        return ""
    name = " ".join(said.get("SUMMARY", "").replace(";", ",").split())
    return f"{name or _('Vacation')}; {first.isoformat()}; {last.isoformat()}"


def _day_of_event(said: str) -> date:
    """Return a day as a calendar writes it. Raises ``ValueError`` for what has an hour."""
    if len(said) != len("20261017"):
        raise ValueError(said)
    return datetime.strptime(said, "%Y%m%d").date()  # noqa: DTZ007 - a day has no time zone


def read(text: str, today: date) -> list[Line]:
    """Return what stands on each line that is not empty; a heading is passed over."""
    found: list[Line] = []
    for number, cells in _rows(text):
        if not found and not any(sign.isdigit() for cell in cells[1:] for sign in cell):
            continue
        try:
            vacation = _vacation(cells, today)
            _apart(vacation, found)
        except ValueError as error:
            found.append(Line(number, None, str(error)))
        else:
            found.append(Line(number, vacation))
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        delimiter = next((sign for sign in DELIMITERS if sign in line), DELIMITERS[0])
        cells = next(csv.reader([line], delimiter=delimiter, strict=False), [])
        yield number, [cell.strip() for cell in cells]


def _vacation(cells: list[str], today: date) -> Vacation:
    """Return the vacation of a line. Raises ``ValueError`` with what is wrong."""
    name, *days = [*cells[:3], *[""] * (3 - len(cells))]
    if not name or len(name) > NAME_LENGTH:
        raise ValueError(_("a name of at most %(most)s signs is missing") % {"most": NAME_LENGTH})
    first = _day(days[0])
    last = _day(days[1]) if days[1] else first
    if wrong := wrong_days(first, last, today):
        raise ValueError(wrong)
    return Vacation(name, first, last)


def _day(text: str) -> date:
    for form in DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    raise ValueError(_("“%(text)s” is no date, as 17-10-2026") % {"text": text[:20]})


def wrong_days(first: date, last: date, today: date) -> str:
    """Return what is wrong with the days of a vacation; empty: nothing."""
    if last < first:
        return _("The last day is before the first.")
    if last - first > LONGEST:
        return _("No vacation takes longer than ten weeks. Look at the year.")
    if first < EARLIEST or last > today + FURTHEST:
        return _("Choose days from 2020 on, and within five years.")
    return ""


def _apart(vacation: Vacation, before: list[Line]) -> None:
    """Raise ``ValueError`` when a vacation runs into one of the lines before it."""
    for line in before:
        other = line.vacation
        if other and other.first <= vacation.last and vacation.first <= other.last:
            raise ValueError(_("runs into line %(number)s") % {"number": line.number})
