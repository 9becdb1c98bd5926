"""A meeting as a calendar file (RFC 5545), without anything about anybody.

It leaves Meldcode for a calendar that others may see: it holds that there is a consultation, when,
its reference and its address. No name, no school, no place.
"""

from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from consultations.models import Consultation

CONTENT_TYPE = "text/calendar; charset=utf-8"


def calendar_file(consultation: Consultation, now: datetime) -> bytes:
    """Return the file of a consultation for which a time was agreed."""
    reference = consultation.reference
    address = settings.SITE_URL + reverse("consultations:detail", args=[reference])
    host = settings.SITE_URL.rpartition("//")[2].partition(":")[0].partition("/")[0]
    calendar, event = Calendar(), Event()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Meldcode//Meldcode//NL")
    calendar.add("method", "PUBLISH")
    # The same for a meeting that moved: the calendar then moves it too.
    event.add("uid", f"{reference}@{host}")
    # What is taken out later is the newer, and a calendar moves to nothing else. In minutes, for
    # many keep it in 31 bits.
    event.add("sequence", int(now.timestamp()) // 60)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", consultation.planned_at.astimezone(UTC))
    event.add("dtend", consultation.ends_at.astimezone(UTC))
    event.add("summary", _("Meldcode: consultation"))
    event.add("description", f"{reference}\n{address}")
    event.add("url", address)
    event.add("class", "PRIVATE")
    calendar.add_component(event)
    return calendar.to_ical()
