"""Which fields of this app's records the audit remembers: states and moments, no narrative."""

from django.db import models

from consultations.models import Advice, Consultation, Invitation

AUDITED: dict[type[models.Model], list[str]] = {
    Consultation: ["kind", "named", "closed_at", "closed_by", "author"],
    Invitation: ["user", "accepted_at", "withdrawn_at"],
    Advice: ["author", "written_at"],
}
