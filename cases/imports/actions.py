"""Sending a file, saying what its columns mean, agreeing on the preview, and applying it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from auditlog.context import set_actor
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission
from accounts.models import School, User
from accounts.tables import Table
from cases import jobs
from cases.errors import KEY_USED, ActionError
from cases.imports import sealed
from cases.imports.applying import plan_of, write
from cases.imports.plan import Plan
from cases.imports.read import Read, read_columns
from cases.models import PupilImport
from cases.notifications.telling import notify

State, Kind = PupilImport.State, PupilImport.Kind
OPEN = (State.COLUMNS, State.PREVIEW)
OVERTAKEN = "import_overtaken"
# Of these, who was meant, is decided on one page.
MOST_DECIDED = 100


@dataclass(frozen=True, slots=True)
class FileRead:
    """What a form read of a file: pupils of EDEXML, or a table, and which columns were left out."""

    read: Read | None = None
    table: Table | None = None
    bsn: tuple[str, ...] = ()


@transaction.atomic
def begin(
    school: School, by: User, key: UUID, found: FileRead, *, full_list: bool, left_on: date | None
) -> PupilImport:
    """Keep what was read of a file, sealed. What somebody did not go on with makes room for it."""
    _check(by, school)
    sent = PupilImport.objects.filter(idempotency_key=key).first()
    if sent is not None:
        if (sent.requested_by_id, sent.school_id) != (by.pk, school.pk):
            raise ActionError(KEY_USED)
        return sent
    for other in PupilImport.objects.filter(school=school, requested_by=by, state__in=OPEN):
        _forget(other)
    jobs.make_room(PupilImport.objects.all(), by)
    job = PupilImport(
        school=school,
        requested_by=by,
        idempotency_key=key,
        kind=Kind.EDEXML if found.read else Kind.CSV,
        state=State.PREVIEW if found.read else State.COLUMNS,
        full_list=full_list,
        left_on=left_on if full_list else None,
    )
    if found.read:
        sealed.seal_read(job, found.read)
    else:
        sealed.seal_table(job, found.table, found.bsn)
    job.save()
    return job


@transaction.atomic
def name_columns(job: PupilImport, by: User, columns: Mapping[str, int]) -> None:
    """Say which column holds which field. Only these are kept; the school's next file has them."""
    job = _held(job, by, State.COLUMNS)
    table, bsn = sealed.open_table(job) or _gone()
    sealed.seal_read(job, read_columns(table, columns, bsn, timezone.localdate()))
    headings = {code: table.headings[place] for code, place in columns.items()}
    job.sealed_columns = sealed.seal_columns(job.school, headings)
    job.state = State.PREVIEW
    job.save()


@transaction.atomic
def decide(job: PupilImport, by: User, decided: Mapping[int, int]) -> None:
    """Keep who is meant on lines where that is not certain (``plan.NEW``: somebody new)."""
    job = _held(job, by, State.PREVIEW)
    read, before = sealed.open_read(job) or _gone()
    sealed.seal_read(job, read, {**before, **decided})
    job.save(update_fields=["sealed"])


def preview(job: PupilImport) -> tuple[Plan, Read] | None:
    """Return what an import would do now, and what was read; None when it cannot be read."""
    opened = sealed.open_read(job)
    return (plan_of(job, *opened), opened[0]) if opened else None


@transaction.atomic
def agree(job: PupilImport, by: User, digest: str, *, many: bool = False) -> None:
    """Let what was shown be applied. Raises ``ActionError`` when the school changed meanwhile.

    ``many``: whoever agrees says that so many really left.
    """
    job = _held(job, by, State.PREVIEW)
    jobs.make_room(PupilImport.objects.exclude(pk=job.pk), by)  # it was counted when it came
    shown = preview(job) or _gone()
    if shown[0].digest() != digest:
        raise ActionError(_("Your school changed since this was shown. Look at it once more."))
    if not shown[0].does_something:
        raise ActionError(_("Nothing would change."))
    if shown[0].many_leave and not many:
        raise ActionError(
            _("More than a quarter of your pupils would leave. Say that this is right."), "many"
        )
    job.sha256, job.state, job.overtaken, job.attempts = digest, State.WAITING, False, 0
    job.save()
    transaction.on_commit(partial(jobs.queue, job))


def apply(job: PupilImport) -> None:
    """Apply what was agreed on, all of it or nothing (by a worker that claimed it)."""
    with set_actor(job.requested_by), transaction.atomic():
        _check(job.requested_by, job.school)
        # Of two imports at a school the second sees what the first did.
        School.objects.select_for_update(no_key=True).get(pk=job.school_id)
        read, decided = sealed.open_read(job) or _gone()
        made = plan_of(job, read, decided)
        if made.digest() != job.sha256:
            _show_anew(job)
            return
        write(made, job.school, job.requested_by)
        job.counts, job.state, job.sealed = made.counts(), State.READY, ""
        job.progress, job.finished_at = 100, timezone.now()
        job.save()
        _tell(job, job.told_ready)


def _show_anew(job: PupilImport) -> None:
    job.state, job.sha256, job.overtaken, job.progress = State.PREVIEW, "", True, 0
    job.save()
    _tell(job, OVERTAKEN)


def _tell(job: PupilImport, kind: str) -> None:
    about = str(job.public_id)
    # Overtaken twice, it is told twice.
    key = f"{about}:{job.attempts}:{job.started_at:%H%M%S%f}" if kind == OVERTAKEN else about
    notify(kind, [job.requested_by_id], key, about=about)


@transaction.atomic
def discard(job: PupilImport, by: User) -> None:
    """Throw away what was read; nothing changes at the school."""
    _check(by, job.school)
    discard_old(job)


def look_after(now: datetime) -> None:
    """Wake workers for what waits, take back what hangs, forget what nobody agreed on (by beat)."""
    imports = PupilImport.objects.all()
    for job in imports.filter(state__in=OPEN, requested_at__lt=now - PupilImport.kept_for):
        discard_old(job)
    jobs.wake_and_take_back(imports, now)


@transaction.atomic
def discard_old(job: PupilImport) -> None:
    """Throw away what nobody went on with, unless somebody does at this moment."""
    found = PupilImport.objects.select_for_update().filter(pk=job.pk, state__in=OPEN).first()
    if found is not None:
        _forget(found)


def _forget(job: PupilImport) -> None:
    job.state, job.sealed = State.EXPIRED, ""
    job.save(update_fields=["state", "sealed"])


def _held(job: PupilImport, by: User, state: str) -> PupilImport:
    """Return an import of somebody's own, held, as long as it stands where it did."""
    _check(by, job.school)
    found = PupilImport.objects.select_for_update(of=("self",)).select_related("school")
    held = found.filter(pk=job.pk, requested_by=by, state=state).first()
    if held is None:
        raise ActionError(_("This import stands elsewhere by now. Open it anew."))
    return held


def _gone() -> None:
    raise ActionError(_("What was read of this file is no longer there. Send the file anew."))


def _check(by: User, school: School) -> None:
    access.check_school(by, Permission.IMPORT_PUPILS, school.pk)
