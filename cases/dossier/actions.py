"""Asking for a dossier; the worker makes it (``cases.jobs``)."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from accounts.access import Permission
from accounts.models import User
from audit.kinds import Kind
from audit.log import record_read
from cases import jobs
from cases.actions import check, lock
from cases.errors import KEY_USED, ActionError
from cases.models import Case, DossierExport


@transaction.atomic
def request_export(case: Case, by: User, key: UUID, reason: str) -> DossierExport:
    """Ask for the dossier of a case; the reason stays in the case and in the audit."""
    by.hold_memberships()  # before the case; of two at once the second counts the first
    check(by, Permission.EXPORT_DOSSIER, case)
    case = lock(case, to_change=False)  # of two clicks at once, the second finds the first
    asked = DossierExport.objects.filter(idempotency_key=key).first()
    if asked is not None:
        if (asked.requested_by_id, asked.case_id) != (by.pk, case.pk):
            raise ActionError(KEY_USED)
        return asked
    jobs.make_room(DossierExport, by)
    export = DossierExport.objects.create(
        case=case, requested_by=by, idempotency_key=key, reason=reason
    )
    record_read(by, case, why=reason, kind=Kind.EXPORTED)
    transaction.on_commit(partial(jobs.queue, export))
    return export


def claim(public_id: UUID | str) -> DossierExport | None:
    """Take an export up, once: None when another worker has it or it is finished."""
    return jobs.claim(DossierExport, public_id)


def look_after(now: datetime) -> None:
    """Queue the exports that wait, take back what hangs, remove files that are old."""
    jobs.look_after(DossierExport, now)
