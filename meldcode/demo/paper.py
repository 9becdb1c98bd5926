"""A dossier that could not be made: something to try again on the screen of background work."""

import uuid
from datetime import datetime, timedelta

from accounts.access import Permission, Scope, roles_at
from accounts.models import Membership, School
from background.models import Run
from cases.models import Case, DossierExport

ASKED_AGO, TRIED_FOR = timedelta(hours=3), timedelta(minutes=2)
WHY = "De ouders vroegen om inzage in het dossier."


def plant_failed_paper(school: School, now: datetime) -> None:
    """Let somebody have asked for the dossier of the oldest case, in vain. In a transaction."""
    case = Case.objects.filter(school=school, restricted=False).earliest("opened_at")
    may = roles_at(Permission.EXPORT_DOSSIER, Scope.SCHOOL)
    asker = Membership.objects.filter(school=school, role__in=may).order_by("pk")[0].user
    asked = max(now - ASKED_AGO, case.opened_at)
    paper = DossierExport.objects.create(
        case=case,
        requested_by=asker,
        requested_at=asked,
        started_at=asked,
        finished_at=asked + TRIED_FOR,
        reason=WHY,
        state=DossierExport.State.FAILED,
        attempts=1,
    )
    Run.objects.create(
        task_id=str(uuid.uuid4()),
        task=DossierExport.task,
        subject=paper.public_id,
        state=Run.State.FAILED,
        error="MemoryError",
        started_at=asked,
        finished_at=asked + TRIED_FOR,
        attempts=1,
    )
