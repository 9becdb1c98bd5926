"""Which fields of this app's records the audit remembers: states and moments, no narrative."""

from collections.abc import Callable
from operator import attrgetter

from django.db import models

from consultations.models import (
    Advice,
    AgendaItem,
    Consultation,
    Invitation,
    Meeting,
    Mention,
    ProposedTime,
    ReadMark,
    SharedPiece,
    TimeAnswer,
)

AUDITED: dict[type[models.Model], list[str]] = {
    Consultation: [
        "kind", "contact", "named", "planned_at", "minutes", "place", "closed_at", "closed_by",
        "author",
    ],
    Invitation: [
        "user", "accepted_at", "withdrawn_at", "declined_at", "handed_over_at", "in_place_of",
    ],
    Advice: ["author", "written_at"],
    # That a piece of the case went along; which words is in the case.
    SharedPiece: ["consultation", "position"],
    Mention: ["advice", "user"],
    # Written in one statement, which the log does not see: each reading stands in it by itself.
    ReadMark: ["user", "read_at"],
    ProposedTime: ["starts_at", "proposed_by"],
    TimeAnswer: ["user", "can", "answered_at"],
    Meeting: ["starts_at", "closed_at", "closed_by"],
    AgendaItem: ["asked_by", "taken_off_at", "taken_off_by", "meeting"],
}  # fmt: skip

# Of these that they changed, and no word of before or after.
UNSAID: dict[type[models.Model], list[str]] = {Consultation: ["place"]}

# From each of them to the case or school whose trail it stands in.
ABOUT: dict[type[models.Model], Callable[[models.Model], models.Model | None]] = {
    Consultation: attrgetter("case"),
    Invitation: attrgetter("consultation.case"),
    Advice: attrgetter("consultation.case"),
    SharedPiece: attrgetter("consultation.case"),
    Mention: attrgetter("advice.consultation.case"),
    ReadMark: attrgetter("consultation.case"),
    ProposedTime: attrgetter("consultation.case"),
    TimeAnswer: attrgetter("time.consultation.case"),
    Meeting: attrgetter("school"),
    AgendaItem: attrgetter("case"),
}
