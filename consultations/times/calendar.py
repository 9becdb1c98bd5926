"""A meeting as a calendar file (RFC 5545), without anything about anybody.

It leaves Meldcode for a calendar that others may see: it holds that there is a consultation, when,
its reference and its address. No name, no school, no place.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.models import Consultation

CONTENT_TYPE = "text/calendar; charset=utf-8"
# Octets in a line before it is folded, without the line break (RFC 5545, 3.1).
WIDTH = 75


def calendar_file(consultation: Consultation, now: datetime) -> bytes:
    """Return the file of a consultation for which a time was agreed."""
    lines = (line for name, value in _lines(consultation, now) for line in fold(f"{name}:{value}"))
    return b"".join(line + b"\r\n" for line in lines)


def _lines(consultation: Consultation, now: datetime) -> Iterator[tuple[str, str]]:
    reference = consultation.reference
    address = settings.SITE_URL + reverse("consultations:detail", args=[reference])
    host = settings.SITE_URL.rpartition("//")[2].partition(":")[0].partition("/")[0]
    yield "BEGIN", "VCALENDAR"
    yield "VERSION", "2.0"
    yield "PRODID", "-//Meldcode//Meldcode//NL"
    yield "METHOD", "PUBLISH"
    yield "BEGIN", "VEVENT"
    # The same for a meeting that moved: the calendar then moves it too.
    yield "UID", f"{reference}@{host}"
    yield "DTSTAMP", _utc(now)
    yield "DTSTART", _utc(consultation.planned_at)
    yield "DTEND", _utc(consultation.ends_at)
    yield "SUMMARY", escape(_("Meldcode: consultation"))
    yield "DESCRIPTION", escape(f"{reference}\n{address}")
    yield "URL", address
    yield "CLASS", "PRIVATE"
    yield "END", "VEVENT"
    yield "END", "VCALENDAR"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escape(text: str) -> str:
    """Return a text as it stands in a value (RFC 5545, 3.3.11)."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def fold(line: str) -> Iterator[bytes]:
    """Yield a line in pieces of at most ``WIDTH`` octets, no character cut in two."""
    piece, indent = b"", b""
    for sign in line:
        octets = sign.encode()
        if len(indent + piece + octets) > WIDTH:
            yield indent + piece
            piece, indent = b"", b" "
        piece += octets
    yield indent + piece
