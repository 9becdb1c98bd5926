"""Which fields of this app's records the audit remembers: states and moments, no narrative."""

from collections.abc import Callable
from operator import attrgetter

from django.db import models

from consultations.models import Advice, AgendaItem, Consultation, Invitation, Meeting

AUDITED: dict[type[models.Model], list[str]] = {
    Consultation: ["kind", "named", "closed_at", "closed_by", "author"],
    Invitation: ["user", "accepted_at", "withdrawn_at"],
    Advice: ["author", "written_at"],
    Meeting: ["starts_at", "closed_at", "closed_by"],
    AgendaItem: ["asked_by", "taken_off_at", "taken_off_by", "meeting"],
}

# From each of them to the case or school whose trail it stands in.
ABOUT: dict[type[models.Model], Callable[[models.Model], models.Model | None]] = {
    Consultation: attrgetter("case"),
    Invitation: attrgetter("consultation.case"),
    Advice: attrgetter("consultation.case"),
    Meeting: attrgetter("school"),
    AgendaItem: attrgetter("case"),
}
