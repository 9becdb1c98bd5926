"""How long a dossier is kept (R44; docs/protocol.md, "Records, privacy, rights") [L][P]."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from audit.kinds import Kind
from audit.log import record_many
from cases.errors import ActionError
from cases.models import Case, DueItem, Hold, Pupil, SchoolRetention
from cases.protocol import keeping
from cases.protocol.periods import RETENTION_YEARS

BATCH = 500


@dataclass(frozen=True, slots=True)
class Retention:
    """How long one dossier is kept: years after leaving, and the last day once that is known."""

    years: int
    until: date | None
    reason: str = ""

    @property
    def by_rule(self) -> bool:
        """Tell whether it is kept as long as the rule says, and no longer."""
        return self.years == RETENTION_YEARS


def years_after(left_on: date, years: int) -> date:
    """Return the last day on which a dossier is kept, of a pupil who left on a day."""
    leaps = (left_on.month, left_on.day) == (2, 29)
    return left_on.replace(year=left_on.year + years, day=28 if leaps else left_on.day)


def years_before(today: date, years: int) -> date:
    """Return the day so many years ago."""
    leaps = (today.month, today.day) == (2, 29)
    return today.replace(year=today.year - years, day=28 if leaps else today.day)


def kept_until(pupil: Pupil, years: int = RETENTION_YEARS) -> date | None:
    """Return the last day on which the pupil's dossiers are kept; None while still at school."""
    return None if pupil.left_on is None else years_after(pupil.left_on, years)


def retention(case: Case) -> Retention:
    """Return how long a case is kept: as set on closing, else as it would be by the rule."""
    if case.retention_years is None:
        return Retention(RETENTION_YEARS, kept_until(case.pupil))
    return Retention(case.retention_years, case.kept_until, case.retention_reason)


def held_back(case: Case) -> Hold | None:
    """Return what keeps a closed case from destruction, whatever its period says."""
    if case.is_open:
        return None
    return Hold.objects.standing().filter(case=case).select_related("set_by").first()


def school_rule(school_id: int) -> Retention:
    """Return how long a school keeps the dossier of a case, and why where it is longer."""
    own = SchoolRetention.objects.filter(school_id=school_id, kind=keeping.CASE).first()
    if own is None:
        return Retention(RETENTION_YEARS, None)
    return Retention(keeping.years_at({own.kind: own.years}, own.kind), None, own.reason)


def set_retention(case: Case, years: int | None, reason: str) -> None:
    """Set on a locked case that is being closed how long it is kept, without saving.

    ``years`` None: as the school does. Raises ``ActionError`` when it is kept longer than that and
    nobody says why.
    """
    rule = school_rule(case.school_id)
    years = rule.years if years is None else years
    if years > max(RETENTION_YEARS, rule.years) and not reason:
        raise ActionError(_("Write down why it is kept longer."), field="retention_reason")
    reason = reason or rule.reason
    case.pupil.refresh_from_db(fields=["left_on"])  # may have left while we waited for the lock
    case.retention_years = years
    case.retention_reason = reason if years > RETENTION_YEARS else ""
    case.kept_until = kept_until(case.pupil, years)


def pupils_left(pupils: Sequence[Pupil], left_on: date | None, by: User | None) -> None:
    """Write down that pupils left, in the trail too: that day, or None of who came back.

    Whoever imports or edits pupils calls this, and holds them (``Pupil.objects.hold``); ``reckon``
    follows. ``by`` None: as for ``record_many``. In the trail stand the pupils alone: a row of each
    case would tell whose it is to whoever sends a list from which one pupil is missing, and sees
    cases by their reference.

    All at once: of thousands, one by one took the web more time than any request has.
    """
    changes = {one.pk: {"left_on": [str(one.left_on), str(left_on)]} for one in pupils}
    for pupil in pupils:
        pupil.left_on = left_on
    Pupil.objects.bulk_update(pupils, ["left_on"], batch_size=BATCH)
    record_many(by, pupils, Kind.CHANGED, changes)


def reckon(pupils: Sequence[Pupil]) -> None:
    """Reckon until when each closed dossier is kept of pupils who left, or came back.

    Last of all: cases are held from here on, and by which of them a form waits one would know whose
    it is, while thousands of pupils are written. Closed ones alone: open ones are held by others
    for a while (new vacations), and by how long a list takes one would know whether there is one.
    Who closes a case holds the pupil: that waits, or we do. Nothing is due of a pupil who is here.
    """
    closed = Case.objects.filter(pupil__in=pupils, retention_years__isnull=False)
    cases = list(closed.select_for_update(of=("self",)).select_related(None).order_by("pk"))
    # In the trail it would say that the others had no case.
    here = [pupil for pupil in pupils if pupil.left_on is None]
    DueItem.objects.waiting().filter(pupil__in=here).take_off()
    whose = {pupil.pk: pupil for pupil in pupils}
    for case in cases:
        until = kept_until(whose[case.pupil_id], case.retention_years)
        Case.objects.filter(pk=case.pk).update(kept_until=until)
