"""Asking for a dossier, and the life of its file. The row is the job's state; the queue only wakes
a worker, so that nothing is lost when the queue is."""

import hashlib
import logging
import secrets
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from celery import current_app
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from accounts.access import Permission
from accounts.models import User
from audit.kinds import Kind
from audit.log import record_read
from cases.actions import check, lock
from cases.errors import KEY_USED, ActionError
from cases.models import Case, DossierExport

logger = logging.getLogger(__name__)

State = DossierExport.State
# By its name: the web processes need not load what makes a PDF.
TASK = "cases.dossier.tasks.make_dossier"
# A worker that has not finished by now is gone (settings.CELERY_TASK_TIME_LIMIT is 15 minutes).
STALE_AFTER = timedelta(minutes=20)
ATTEMPTS = 3
# Of one person, at once. Reminders wait for the same workers: nobody keeps them busy for hours.
AT_ONCE = 5
# The file is a copy of the most delicate text that a school has: it does not linger.
KEPT_FOR = timedelta(days=7)


@transaction.atomic
def request_export(case: Case, by: User, key: UUID, reason: str) -> DossierExport:
    """Ask for the dossier of a case; the reason stays in the case and in the audit."""
    check(by, Permission.EXPORT_DOSSIER, case)
    case = lock(case, to_change=False)  # of two clicks at once, the second finds the first
    asked = DossierExport.objects.filter(idempotency_key=key).first()
    if asked is not None:
        if (asked.requested_by_id, asked.case_id) != (by.pk, case.pk):
            raise ActionError(KEY_USED)
        return asked
    waiting = DossierExport.objects.filter(
        requested_by=by, state__in=(State.WAITING, State.RUNNING)
    )
    if waiting.count() >= AT_ONCE:
        raise ActionError(_("Wait until the dossiers that you asked for are made."))
    export = DossierExport.objects.create(
        case=case, requested_by=by, idempotency_key=key, reason=reason
    )
    record_read(by, case, why=reason, kind=Kind.EXPORTED)
    transaction.on_commit(partial(queue, export))
    return export


def queue(export: DossierExport) -> None:
    """Wake a worker. Without a queue the export waits until ``look_after`` finds it."""
    try:
        current_app.send_task(TASK, args=[str(export.public_id)])
    except (OperationalError, OSError) as error:
        logger.warning("No queue for export %s: %s", export.public_id, type(error).__name__)


def claim(public_id: UUID | str) -> DossierExport | None:
    """Take an export up, once: None when another worker has it or it is finished."""
    waiting = DossierExport.objects.filter(public_id=public_id, state=State.WAITING)
    taken = waiting.update(
        state=State.RUNNING, started_at=timezone.now(), progress=5, attempts=F("attempts") + 1
    )
    if not taken:
        return None
    return DossierExport.objects.select_related("requested_by", "case").get(public_id=public_id)


def show_progress(export: DossierExport, percent: int) -> None:
    """Write down how far an export is."""
    DossierExport.objects.filter(pk=export.pk).update(progress=percent)


def finish(export: DossierExport, pdf: bytes) -> None:
    """Store the file, under a name that says nothing, and with it the proof of what it was."""
    export.file.save(f"{secrets.token_hex(24)}.pdf", ContentFile(pdf), save=False)
    export.sha256 = hashlib.sha256(pdf).hexdigest()
    export.state, export.progress, export.finished_at = State.READY, 100, timezone.now()
    export.save(update_fields=["file", "sha256", "state", "progress", "finished_at"])


def fail(export: DossierExport) -> None:
    """Give an export up; whoever asked for it sees so, and can ask again."""
    export.state, export.finished_at = State.FAILED, timezone.now()
    export.save(update_fields=["state", "finished_at"])


def look_after(now: datetime) -> None:
    """Queue what waits, take back what a dead worker held, remove files that are old."""
    for export in DossierExport.objects.filter(
        state=State.RUNNING, started_at__lt=now - STALE_AFTER
    ):
        if export.attempts >= ATTEMPTS:
            fail(export)
        else:
            DossierExport.objects.filter(pk=export.pk, state=State.RUNNING).update(
                state=State.WAITING, progress=0
            )
    for export in DossierExport.objects.filter(state=State.WAITING):
        queue(export)
    for export in DossierExport.objects.filter(state=State.READY, finished_at__lt=now - KEPT_FOR):
        export.file.delete(save=False)
        export.file, export.state = "", State.EXPIRED
        export.save(update_fields=["file", "state"])
