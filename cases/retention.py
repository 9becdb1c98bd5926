"""How long a dossier is kept (R44; docs/protocol.md, "Records, privacy, rights") [L][P]."""

from datetime import date

from cases.models import Pupil
from cases.protocol.periods import RETENTION_YEARS


def kept_until(pupil: Pupil) -> date | None:
    """Return the last day on which the pupil's dossiers are kept; None while still at school."""
    if pupil.left_on is None:
        return None
    year = pupil.left_on.year + RETENTION_YEARS
    last_of_month = 28 if (pupil.left_on.month, pupil.left_on.day) == (2, 29) else None
    return pupil.left_on.replace(year=year, day=last_of_month or pupil.left_on.day)
