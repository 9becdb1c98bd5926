"""Which fields of this app's records the audit remembers: states and moments, no narrative."""

from django.db import models

from cases.models import Assessment, Case, Conversation, DossierExport, Pupil

AUDITED: dict[type[models.Model], list[str]] = {
    Case: ["step", "attention", "cycle", "responsible", "closed_at", "outcome"],
    Pupil: ["class_name", "left_on"],
    Conversation: ["kind", "held_at", "author", "cycle"],
    Assessment: ["assessed_at", "author", "cycle"],
    DossierExport: ["state", "requested_by", "sha256"],
}
