"""Which fields of this app's records the audit remembers: states and moments, no narrative."""

from collections.abc import Callable
from operator import attrgetter

from django.db import models

from cases.models import (
    Assessment,
    Attachment,
    Case,
    CaseUserObjectPermission,
    Contact,
    Conversation,
    Deviation,
    DossierExport,
    EmergencyAccess,
    HelpItem,
    LookBack,
    Pupil,
    PupilImport,
    SavedView,
    SchoolPeriod,
    SchoolVacation,
    ShutOut,
    SiblingTie,
    Snooze,
    YearExport,
    YearPaper,
    YearText,
)

AUDITED: dict[type[models.Model], list[str]] = {
    Case: [
        "step",
        "attention",
        "cycle",
        "responsible",
        "closed_at",
        "outcome",
        "restricted",
        "retention_years",
        "kept_until",
    ],
    CaseUserObjectPermission: ["user", "permission"],
    Pupil: ["class_name", "left_on"],
    PupilImport: ["state", "requested_by", "full_list", "counts"],
    Conversation: [
        "kind",
        "held_at",
        "author",
        "cycle",
        "consent_parents",
        "consent_pupil",
        "buurtteam_consent",
        "handed_over_on_grounds",
    ],
    Assessment: ["assessed_at", "author", "cycle"],
    Attachment: ["kind", "author", "cycle", "withdrawn_at", "withdrawn_by"],
    Deviation: ["kind", "step", "rule", "author", "cycle"],
    LookBack: ["result", "author", "cycle"],
    Contact: ["organisation", "telephone", "at_night", "checked_on", "removed_at"],
    HelpItem: ["section", "position", "url"],
    SavedView: ["user", "changed_at"],
    SchoolPeriod: ["code", "days", "set_by"],
    SchoolVacation: ["first_day", "last_day", "set_by"],
    Snooze: ["until", "author", "cycle", "ended_at", "ended_by", "ended_how"],
    ShutOut: ["pupil", "user", "ground", "set_by", "ended_at", "ended_by"],
    SiblingTie: ["first", "second", "tied_by", "ended_at", "ended_by"],
    EmergencyAccess: ["case", "user", "ends_at", "ended_by"],
    DossierExport: ["state", "requested_by", "sha256", "variant"],
    YearPaper: ["year", "state", "requested_by", "sha256"],
    YearText: ["year", "version", "saved_by"],
    YearExport: ["state", "requested_by", "year", "sha256", "cancelled_at"],
}

# From each of them to the case or school whose trail it stands in.
ABOUT: dict[type[models.Model], Callable[[models.Model], models.Model | None]] = {
    Case: lambda case: case,
    CaseUserObjectPermission: attrgetter("content_object"),
    Pupil: attrgetter("school"),
    PupilImport: attrgetter("school"),
    Conversation: attrgetter("case"),
    Assessment: attrgetter("case"),
    Attachment: attrgetter("case"),
    Deviation: attrgetter("case"),
    LookBack: attrgetter("case"),
    Contact: attrgetter("school"),
    HelpItem: attrgetter("school"),
    # Somebody's own, in the trail of no school.
    SavedView: lambda view: None,
    SchoolPeriod: attrgetter("school"),
    SchoolVacation: attrgetter("school"),
    Snooze: attrgetter("case"),
    # Where it was set; of older ones that is not known: any case of the pupil.
    ShutOut: lambda shut_out: shut_out.case or shut_out.pupil.cases.order_by("-pk").first(),
    # About no case: it stands in the trail of the school.
    SiblingTie: attrgetter("first.school"),
    EmergencyAccess: attrgetter("case"),
    DossierExport: attrgetter("case"),
    YearPaper: attrgetter("school"),
    YearText: attrgetter("school"),
    YearExport: attrgetter("school"),
}
