"""Which fields of this app's records the audit remembers: states and moments, no narrative."""

from django.db import models

from signals.models import Signal, SignalFinding

AUDITED: dict[type[models.Model], list[str]] = {
    Signal: ["severe", "acute", "author", "observed_at", "corrects", "about_staff"],
    SignalFinding: ["signal", "author"],
}
