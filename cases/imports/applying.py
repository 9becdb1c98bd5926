"""Writing down what a plan says, and nothing else: called in one transaction, by the worker."""

from accounts.models import School, User
from audit.kinds import Kind
from audit.log import record_many
from cases.audited import AUDITED
from cases.imports.plan import Change, Known, Plan, plan
from cases.imports.read import Read
from cases.imports.rows import COLUMNS
from cases.models import Pupil, PupilImport
from cases.retention import pupils_left, reckon

BATCH = 500


def plan_of(job: PupilImport, read: Read, decided: dict[int, int]) -> Plan:
    """Return what an import would change at its school now."""
    known = known_at(job.school_id)
    return plan(read, known, decided, full_list=job.full_list, left_on=job.left_on)


def known_at(school_id: int) -> list[Known]:
    """Return the pupils of a school, as a list is held against them."""
    fields = ("pk", *COLUMNS.values(), "left_on")
    pupils = Pupil.objects.filter(school=school_id).order_by("pk")
    return [Known(*values) for values in pupils.values_list(*fields)]


def write(made: Plan, school: School, by: User | None) -> None:
    """Write a plan down. Nobody is removed, and nobody's cases are touched but by who left.

    ``by`` None: another system of the school does it (``audit.about.by_system``).
    """
    _make([change for change in made.changes if change.pupil is None], school, by)
    changed = [change for change in made.changes if change.pupil]
    pupils = _held([change.pupil.pk for change in changed] + [one.pk for one in made.left])
    _change([change for change in changed if change.values], pupils, by)
    here = [pupils[one.pupil.pk] for one in changed if one.returns]
    gone = [pupils[one.pk] for one in made.left]
    pupils_left(here, None, by)
    pupils_left(gone, made.left_on, by)
    reckon([*here, *gone])


def _held(keys: list[int]) -> dict[int, Pupil]:
    """Return pupils by key, held in one order: nobody waits for somebody who waits for us."""
    held = Pupil.objects.filter(pk__in=keys).select_for_update(no_key=True).order_by("pk")
    return {pupil.pk: pupil for pupil in held.select_related(None)}


def _make(changes: list[Change], school: School, by: User | None) -> None:
    new = [Pupil(school=school, **_columns(change)) for change in changes]
    for pupil in Pupil.objects.bulk_create(new, batch_size=BATCH):
        pupil.school = school
    record_many(by, new, Kind.MADE)


def _change(changes: list[Change], pupils: dict[int, Pupil], by: User | None) -> None:
    """Change values at once; the audit hears of each, with the fields that it may remember."""
    remembered: dict[int, dict[str, list[str]]] = {}
    touched = []
    for change in changes:
        pupil, columns = pupils[change.pupil.pk], _columns(change)
        remembered[pupil.pk] = {
            name: [str(getattr(pupil, name)), str(value)]
            for name, value in columns.items()
            if name in AUDITED[Pupil]
        }
        for name, value in columns.items():
            setattr(pupil, name, value)
        touched.append(pupil)
    Pupil.objects.bulk_update(touched, list(COLUMNS.values()), batch_size=BATCH)
    record_many(by, touched, Kind.CHANGED, remembered)


def _columns(change: Change) -> dict[str, object]:
    return {COLUMNS[name]: value for name, value in change.values.items()}
