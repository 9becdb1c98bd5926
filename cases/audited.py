"""Which fields of this app's records the audit remembers: states and moments, no narrative."""

from django.db import models

from cases.models import (
    Assessment,
    Attachment,
    Case,
    Conversation,
    Deviation,
    DossierExport,
    EmergencyAccess,
    LookBack,
    Pupil,
    SchoolPeriod,
    ShutOut,
)

AUDITED: dict[type[models.Model], list[str]] = {
    Case: ["step", "attention", "cycle", "responsible", "closed_at", "outcome", "restricted"],
    Pupil: ["class_name", "left_on"],
    Conversation: ["kind", "held_at", "author", "cycle"],
    Assessment: ["assessed_at", "author", "cycle"],
    Attachment: ["kind", "author", "cycle", "withdrawn_at", "withdrawn_by"],
    Deviation: ["kind", "step", "rule", "author", "cycle"],
    LookBack: ["result", "author", "cycle"],
    SchoolPeriod: ["code", "days", "set_by"],
    ShutOut: ["pupil", "user", "ground", "set_by", "ended_at", "ended_by"],
    EmergencyAccess: ["case", "user", "ends_at", "ended_by"],
    DossierExport: ["state", "requested_by", "sha256"],
}
