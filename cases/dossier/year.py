"""All dossiers of a school year, for an administrator: made one by one, in turns, into one zip.

Each is an export of its own (its number in the case, its row in the trail, its SHA-256), of a case
that whoever asked may export when it is made, when the zip is, and when they fetch that: not one
for the board (R9), nor one that they are kept out of. What a worker that died had made stays; the
next goes on after it.
"""

import hashlib
import tempfile
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission, Scope, roles_at
from accounts.models import Membership, School, User
from audit.kinds import Kind
from audit.log import record_read
from cases import jobs
from cases.actions import lock
from cases.dossier.contents import dossier
from cases.dossier.pdf import make_pdf
from cases.errors import KEY_USED, ActionError
from cases.models import Case, DossierExport, YearExport
from cases.notifications.kinds import YEAR_ASKED
from cases.notifications.telling import notify
from cases.querysets import CaseQuerySet

# A turn ends before the worker's limit (background.limits); then others get theirs.
TURN = timedelta(minutes=5)
# When a school year begins.
FIRST_DAY = (8, 1)
CHUNK = 2**16


def school_year(day: date) -> int:
    """Return the first calendar year of the school year of a day."""
    return day.year if (day.month, day.day) >= FIRST_DAY else day.year - 1


def cases_of(export: YearExport) -> CaseQuerySet:
    """Return the cases of the year that whoever asked may export now."""
    zone = timezone.get_current_timezone()
    since, until = (datetime(export.year + n, *FIRST_DAY, tzinfo=zone) for n in (0, 1))
    may = Case.objects.permitted(export.requested_by, Permission.EXPORT_DOSSIER)
    of_year = may.filter(school=export.school_id, restricted=False)
    of_year = of_year.filter(opened_at__gte=since, opened_at__lt=until)
    return of_year.order_by("opened_at", "pk")


@transaction.atomic
def request_year(school: School, by: User, key: UUID, year: int, reason: str) -> YearExport:
    """Ask for the dossiers of a school year; the school leader is told of it.

    Raises ``ActionError`` when there is none, or when one is being made already.
    """
    by.hold_memberships()
    if school.pk not in access.school_ids(by, Permission.EXPORT_YEAR):
        raise PermissionDenied
    asked = YearExport.objects.filter(idempotency_key=key).first()
    if asked is not None:
        if asked.requested_by_id != by.pk:
            raise ActionError(KEY_USED)
        return asked
    at_work = (jobs.State.WAITING, jobs.State.RUNNING)
    busy = YearExport.objects.filter(requested_by=by, state__in=at_work)
    if busy.exists():
        raise ActionError(_("Wait until the year that you asked for is made, or cancel it."))
    export = YearExport(
        school=school, requested_by=by, idempotency_key=key, year=year, reason=reason
    )
    if not cases_of(export).exists():
        raise ActionError(_("In this school year no case was opened."), field="year")
    export.save()
    record_read(by, export, why=reason, kind=Kind.EXPORTED)
    leaders = Membership.objects.filter(
        school=school, role__in=roles_at(Permission.SEE_BOARD_CASE, Scope.SCHOOL)
    )
    people = [member.user_id for member in leaders.current()]
    notify(YEAR_ASKED, people, str(export.public_id), by=by, about=str(school.pk))
    transaction.on_commit(partial(jobs.queue, export))
    return export


@transaction.atomic
def cancel_year(export: YearExport) -> None:
    """Cancel an export: nothing more is made, and what was made is removed."""
    now = timezone.now()
    YearExport.objects.filter(pk=export.pk, cancelled_at=None).update(cancelled_at=now)
    export = YearExport.objects.select_for_update().get(pk=export.pk)
    if export.state != jobs.State.RUNNING:  # its worker sees so after the dossier in hand
        _stop(export)


@transaction.atomic
def take_back(export: YearExport) -> None:
    """Remove a zip that holds what closed to whoever asked: they can ask for one without."""
    export = YearExport.objects.select_for_update().get(pk=export.pk)
    if export.state == jobs.State.READY:
        _stop(export)


def work(export: YearExport, clock: Callable[[], datetime] = timezone.now) -> None:
    """Make the dossiers that are not there yet, until the turn is over; the last makes the zip."""
    until = clock() + TURN
    ready = export.dossiers.filter(state=jobs.State.READY)
    made = set(ready.values_list("case_id", flat=True))
    keys = list(cases_of(export).values_list("pk", flat=True))
    for number, key in enumerate(keys, start=1):
        if _is_cancelled(export):
            _stop(export)
            return
        if key in made:
            continue
        if clock() > until:
            jobs.put_back(export)
            return
        _make_one(export, key)
        jobs.show_progress(export, 5 + 90 * number // len(keys))
    _take_out_what_closed(export)
    _zip(export)
    if _is_cancelled(export):  # with the last dossier in hand, or since
        _stop(export)


def holds_what_closed(export: YearExport) -> bool:
    """Tell whether a zip holds the dossier of a case that whoever asked may not export now."""
    return _closed(export).exclude(sha256="").exists()


def _is_cancelled(export: YearExport) -> bool:
    return YearExport.objects.filter(pk=export.pk, cancelled_at__isnull=False).exists()


def _closed(export: YearExport) -> QuerySet[DossierExport]:
    export.requested_by.forget_memberships()
    return export.dossiers.exclude(case__in=cases_of(export).order_by().values("pk"))


def _take_out_what_closed(export: YearExport) -> None:
    """Take out the dossiers of cases that closed to whoever asked since they were made.

    The row of such a one stays by itself: its number was given, and its paper was made.
    """
    for one in _closed(export):
        jobs.remove(one)
        one.of_year = None
        one.save(update_fields=["of_year"])


def _make_one(export: YearExport, key: int) -> None:
    """Make the dossier of one case, unless it is closed to whoever asked since."""
    export.requested_by.forget_memberships()
    case = cases_of(export).filter(pk=key).first()
    if case is None:
        return
    one = export.dossiers.filter(case=case).first() or _begin(export, case)
    paper = make_pdf(dossier(one, timezone.localtime()), lambda percent: None)
    jobs.keep(one, ContentFile(paper), hashlib.sha256(paper).hexdigest())
    one.save(update_fields=["file", "sha256", "state", "progress", "finished_at"])


@transaction.atomic
def _begin(export: YearExport, case: Case) -> DossierExport:
    """Give the dossier of a case its number, and its row in the trail."""
    lock(case, to_change=False)  # of two at once, each gets its number
    record_read(export.requested_by, case, why=export.reason, kind=Kind.EXPORTED)
    return DossierExport.objects.create(
        case=case, requested_by=export.requested_by, reason=export.reason, of_year=export,
        number=DossierExport.objects.next_number(case), state=jobs.State.RUNNING,
        started_at=timezone.now(),
    )  # fmt: skip


def _zip(export: YearExport) -> None:
    """Put the dossiers into one file, by the reference of their case alone; and remove them."""
    dossiers = export.dossiers.filter(state=jobs.State.READY).select_related("case").order_by("pk")
    with tempfile.TemporaryFile() as whole:
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
            for one in dossiers.iterator(chunk_size=50):
                _add(archive, one)
        digest = hashlib.sha256()
        whole.seek(0)
        while part := whole.read(CHUNK):
            digest.update(part)
        whole.seek(0)
        jobs.store(export, File(whole), digest.hexdigest(), "zip")
    _clear(export)


def _add(archive: zipfile.ZipFile, one: DossierExport) -> None:
    with one.file.open("rb") as paper, archive.open(f"{one.case.reference}.pdf", "w") as place:
        while part := paper.read(CHUNK):
            place.write(part)


def tidy() -> None:
    """Remove the dossiers by themselves of years that were given up, or that are gone."""
    over = (jobs.State.FAILED, jobs.State.EXPIRED)
    for one in DossierExport.objects.filter(state=jobs.State.READY, of_year__state__in=over):
        jobs.remove(one)


def _stop(export: YearExport) -> None:
    jobs.remove(export)
    _clear(export)


def _clear(export: YearExport) -> None:
    """Remove the dossiers by themselves; their rows stay, and by their SHA-256 they are known."""
    for one in export.dossiers.exclude(state=jobs.State.EXPIRED):
        jobs.remove(one)
