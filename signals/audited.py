"""Which fields of this app's records the audit remembers: states and moments, no narrative."""

from django.db import models

from signals.models import Signal

AUDITED: dict[type[models.Model], list[str]] = {
    Signal: ["severe", "acute", "author", "observed_at", "corrects"],
}
