"""The job that destroys what two people approved: row by row of the list, each in a transaction.

Killed anywhere, it goes on where it was: what is gone is gone with its row of the list, and the
names of files whose rows are gone stand in the job until they are removed.
"""

import hashlib
import json
import logging
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from audit.kinds import Kind
from audit.log import record_read
from cases.destruction import due, tombstones
from cases.destruction.approving import DESTROY, take_back
from cases.destruction.erasing import Erased, erase_case, erase_pupil, told_with
from cases.models import Case, Destruction, DueItem, Pupil, ShutOut
from cases.notifications.kinds import DESTROYED
from cases.notifications.telling import notify
from cases.waking import wake

logger = logging.getLogger(__name__)

State = Destruction.State
# A turn ends before the worker's limit (background.limits); then others get theirs.
TURN = timedelta(minutes=5)
STALE_AFTER = timedelta(minutes=20)
ATTEMPTS = 5


def claim(public_id: UUID | str, now: datetime) -> Destruction | None:
    """Take a run up, once, when its time has come."""
    waiting = Destruction.objects.filter(
        public_id=public_id, state=State.WAITING, not_before__lte=now
    )
    taken = waiting.update(state=State.RUNNING, started_at=now, attempts=F("attempts") + 1)
    return Destruction.objects.get(public_id=public_id) if taken else None


def work(run: Destruction, clock: Any = timezone.now) -> None:
    """Destroy what is left of a run, until the turn is over; the last makes the certificate."""
    until = clock() + TURN
    _remove_files(run)
    for key in [item.pk for item in run.items.in_order()]:
        if clock() > until:
            Destruction.objects.filter(pk=run.pk).update(state=State.WAITING, attempts=0)
            wake(DESTROY, str(run.public_id))
            return
        _one(run, key)
        _remove_files(run)
    _end(run)


@transaction.atomic
def _one(run: Destruction, key: int) -> None:
    """Destroy one row of the list; or put it back where something keeps it by now."""
    item = DueItem.objects.filter(pk=key, destruction=run).select_related("of_list__school").first()
    if item is None:
        return
    # The pupil first, then the case: as everybody does who needs both.
    pupil = Pupil.objects.hold(item.pupil_id or Case.objects.get(pk=item.case_id).pupil_id)
    case = item.case_id and Case.objects.select_for_update(of=("self",)).get(pk=item.case_id)
    item = DueItem.objects.select_for_update(of=("self",)).get(pk=key)
    if item.destruction_id != run.pk:
        return
    if item.pupil_id and pupil.left_on is None:
        _off_the_list(item)
        return
    if not due.still_due(item, timezone.localdate()) or _of_kept_out(item, pupil):
        take_back(item)
        return
    if case:
        _note(run, erase_case(case, run.number, run.second_by), cases=1, through=1)
        with told_with(case):
            _pupil_after(run, item, pupil)
    else:
        _note(run, erase_pupil(pupil, run.number, run.second_by), pupils=1, through=1)


def _off_the_list(item: DueItem) -> None:
    """Take a row off the list whose pupil came back since it was approved.

    It would stay there for good: nobody can approve it.
    """
    DueItem.objects.filter(pk=item.pk).take_off()


def _of_kept_out(item: DueItem, pupil: Pupil) -> bool:
    """Tell whether somebody approved a row who is kept out of the pupil by now.

    What they approved was taken back then, but for what they sent at that very moment.
    """
    approved = (item.first_by_id, item.second_by_id)
    return ShutOut.objects.standing().filter(pupil=pupil, user__in=approved).exists()


def _pupil_after(run: Destruction, item: DueItem, pupil: Pupil) -> None:
    """Let the pupil go with their last case, when they left long enough ago, or asked for it."""
    school, today = item.of_list.school, timezone.localdate()
    gone = due.pupils_over(school, today).filter(pk=pupil.pk).exists()
    asked = item.ground == DueItem.Ground.REQUEST and pupil.left_on and not pupil.cases.exists()
    if gone or asked:
        _note(run, erase_pupil(pupil, run.number, run.second_by), pupils=1)


def _note(run: Destruction, erased: Erased, **more: int) -> None:
    """Add to the run what went, in the transaction in which it goes."""
    run = Destruction.objects.select_for_update().get(pk=run.pk)
    rows = Counter(run.counts.get("rows", {})) + Counter(erased.rows)
    run.counts = {
        **run.counts,
        "rows": dict(rows),
        "files": run.counts.get("files", 0) + erased.counted_files,
        **{name: run.counts.get(name, 0) + number for name, number in more.items()},
    }
    run.files_left = [*run.files_left, *erased.files]
    run.save(update_fields=["counts", "files_left"])


def _remove_files(run: Destruction) -> None:
    """Remove the files whose rows are gone."""
    run.refresh_from_db(fields=["files_left"])
    if run.files_left:
        tombstones.remove_files(run.files_left)
        Destruction.objects.filter(pk=run.pk).update(files_left=[])


@transaction.atomic
def _end(run: Destruction) -> None:
    """Certify what went; a run of which nothing did ends without a word.

    All its rows were held back or kept: they stand on the list again, for who may know of them. A
    certificate of nothing would tell everybody else that there is something of which they may not.
    """
    run.refresh_from_db(fields=["counts"])
    if run.counts.get("through"):
        _finish(run)
    else:
        Destruction.objects.filter(pk=run.pk).update(state=State.FAILED, finished_at=timezone.now())


def _finish(run: Destruction) -> None:
    run = Destruction.objects.select_for_update(of=("self",)).get(pk=run.pk)
    run.finished_at, run.state = timezone.now(), State.DONE
    run.certificate = _says(run)
    run.sha256 = hashlib.sha256(canonical(run.certificate)).hexdigest()
    run.save(update_fields=["finished_at", "state", "certificate", "sha256"])
    # In the sealed trail: a certificate that was changed later does not fit it.
    record_read(run.second_by, run, note=f"SHA-256 {run.sha256}", kind=Kind.DESTROYED)
    people = [run.first_by_id, run.second_by_id]
    notify(DESTROYED, people, str(run.public_id), about=str(run.public_id))
    transaction.on_commit(tombstones.write_out)


def _says(run: Destruction) -> dict[str, Any]:
    """Return what the certificate says: how much, when, by whom; nothing of anybody's child."""
    counts = run.counts
    return {
        "number": run.number,
        "school": run.school.name,
        "first": run.first_by.name if run.first_by else "",
        "second": run.second_by.name if run.second_by else "",
        "approved_at": run.approved_at.isoformat(),
        "began_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat(),
        "cases": counts.get("cases", 0),
        "pupils": counts.get("pupils", 0),
        "files": counts.get("files", 0),
        "rows": counts.get("rows", {}),
    }


def canonical(says: dict[str, Any]) -> bytes:
    """Return a certificate as the bytes of which the SHA-256 is taken."""
    return json.dumps(says, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def give_up(run: Destruction) -> None:
    """Stop a run: its rows that are left are approved anew."""
    with transaction.atomic():
        # Whoever comes back at this moment waits, or we do: ``reckon`` looks for what waits.
        pupils = Pupil.objects.filter(due__destruction=run).order_by("pk")
        list(pupils.select_for_update(of=("self",), no_key=True).values_list("pk"))
        # In an order that tells of no two whether they are one pupil's: it stands in the trail.
        items = run.items.in_order().select_for_update(of=("self",)).select_related("pupil")
        for item in items:
            if item.pupil and item.pupil.left_on is None:
                _off_the_list(item)
            else:
                take_back(item)
        if run.started_at is None:
            run.started_at = timezone.now()
            run.save(update_fields=["started_at"])
        _end(run)


def look_after(now: datetime) -> None:
    """Start what waits and whose time has come, take back what hangs, keep the file whole."""
    stale = Q(state=State.RUNNING, started_at__lt=now - STALE_AFTER)
    for run in Destruction.objects.filter(stale):
        if run.attempts >= ATTEMPTS:
            give_up(run)
        else:
            Destruction.objects.filter(pk=run.pk, state=State.RUNNING).update(state=State.WAITING)
    for run in Destruction.objects.filter(state=State.WAITING, not_before__lte=now):
        wake(DESTROY, str(run.public_id))
    for run in Destruction.objects.exclude(files_left=[]).exclude(state=State.RUNNING):
        _remove_files(run)
    if Destruction.objects.filter(finished_at__gte=now - timedelta(days=1)).exists():
        tombstones.write_out()
