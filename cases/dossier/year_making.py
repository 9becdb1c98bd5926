"""The dossiers of a school year, made one by one, in turns, into one zip: by the worker alone."""

import hashlib
import tempfile
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.files.base import ContentFile, File
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts import access
from accounts.access import Permission
from audit.kinds import Kind
from audit.log import record_read
from cases import jobs
from cases.actions import lock
from cases.dossier.contents import dossier
from cases.dossier.pdf import make_pdf
from cases.dossier.year import cases_of, clear, closed, stop
from cases.models import Case, DossierExport, YearExport

# A turn ends before the worker's limit (background.limits); then others get theirs.
TURN = timedelta(minutes=5)
CHUNK = 2**16


def work(export: YearExport, clock: Callable[[], datetime] = timezone.now) -> None:
    """Make the dossiers that are not there yet, until the turn is over; the last makes the zip.

    Raises ``PermissionDenied`` as soon as whoever asked may export no year of the school any more:
    each case of it they may still export by itself, and these are asked one by one.
    """
    until = clock() + TURN
    ready = export.dossiers.filter(state=jobs.State.READY)
    made = set(ready.values_list("case_id", flat=True))
    keys = list(cases_of(export).values_list("pk", flat=True))
    for number, key in enumerate(keys, start=1):
        if _is_cancelled(export):
            stop(export)
            return
        _check(export)
        if key in made:
            continue
        if clock() > until:
            jobs.put_back(export)
            return
        _make_one(export, key)
        jobs.show_progress(export, 5 + 90 * number // len(keys))
    _check(export)
    _take_out_what_closed(export)
    _zip(export)
    if _is_cancelled(export):  # with the last dossier in hand, or since
        stop(export)


def _check(export: YearExport) -> None:
    access.check_school(export.requested_by, Permission.EXPORT_YEAR, export.school_id)


def _is_cancelled(export: YearExport) -> bool:
    return YearExport.objects.filter(pk=export.pk, cancelled_at__isnull=False).exists()


def _take_out_what_closed(export: YearExport) -> None:
    """Take out the dossiers of cases that closed to whoever asked since they were made.

    The row of such a one stays by itself: its number was given, and its paper was made.
    """
    for one in closed(export):
        jobs.remove(one)
        one.of_year = None
        one.save(update_fields=["of_year"])


def _make_one(export: YearExport, key: int) -> None:
    """Make the dossier of one case, unless it is closed to whoever asked since."""
    export.requested_by.forget_memberships()
    case = cases_of(export).filter(pk=key).first()
    if case is None:
        return
    one = _begin(export, case)
    paper = make_pdf(dossier(one, timezone.localtime()), lambda percent: None)
    jobs.keep(one, ContentFile(paper), hashlib.sha256(paper).hexdigest())
    try:
        with transaction.atomic():
            one.save(update_fields=["file", "sha256", "state", "progress", "finished_at"])
    except BaseException as error:  # a file that no row names would never be removed
        one.file.delete(save=False)
        # Its case was destroyed while its paper was made: that cancelled the year (``erasing``).
        if not isinstance(error, DatabaseError) or export.dossiers.filter(pk=one.pk).exists():
            raise


@transaction.atomic
def _begin(export: YearExport, case: Case) -> DossierExport:
    """Give the dossier of a case its number, and its row in the trail.

    What a worker that died had in hand has both. Made anew after the year was given up, it has
    another row: it says what the case holds by now.
    """
    lock(case, to_change=False)  # of two at once, each gets a number of its own
    one = export.dossiers.filter(case=case).first()
    if one is not None and one.state == jobs.State.RUNNING:
        return one
    record_read(export.requested_by, case, why=export.reason, kind=Kind.EXPORTED)
    now = timezone.now()
    if one is None:
        return DossierExport.objects.create(
            case=case, requested_by=export.requested_by, reason=export.reason, of_year=export,
            number=DossierExport.objects.free_number(case), state=jobs.State.RUNNING,
            started_at=now,
        )  # fmt: skip
    one.state, one.started_at = jobs.State.RUNNING, now
    one.save(update_fields=["state", "started_at"])
    return one


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
    clear(export)


def _add(archive: zipfile.ZipFile, one: DossierExport) -> None:
    with one.file.open("rb") as paper, archive.open(f"{one.case.reference}.pdf", "w") as place:
        while part := paper.read(CHUNK):
            place.write(part)
