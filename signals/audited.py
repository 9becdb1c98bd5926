"""Which fields of this app's records the audit remembers: states and moments, no narrative."""

from collections.abc import Callable
from operator import attrgetter

from django.db import models

from signals.models import Signal, SignalFinding

# What hangs under a signal (its categories, its marks on the body map) is filed with it and never
# changed: the row of the signal says when. What it says is content.
AUDITED: dict[type[models.Model], list[str]] = {
    Signal: ["severe", "acute", "author", "observed_at", "corrects", "about_staff"],
    SignalFinding: ["signal", "author"],
}

# From each of them to the case or school whose trail it stands in.
ABOUT: dict[type[models.Model], Callable[[models.Model], models.Model | None]] = {
    Signal: attrgetter("case"),
    SignalFinding: attrgetter("case"),
}
