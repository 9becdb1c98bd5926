"""The life of a paper that the worker makes. The row is the job's state; the queue only wakes a
worker, so that nothing is lost when the queue is."""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import TypeVar
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.kinds import Kind
from audit.log import record_read
from background.models import Run
from background.record import works_on
from cases.errors import ActionError
from cases.models import Case, PaperJob
from cases.notifications.telling import notify
from cases.waking import wake

Job = TypeVar("Job", bound=PaperJob)
State = PaperJob.State
# A worker that has not finished by now is gone (background.limits: 12 minutes). Where its end was
# noted, nobody waits so long.
STALE_AFTER = timedelta(minutes=20)
ATTEMPTS = 3
# Of one person, so many wait at once, and one is made: the mails of all schools wait for the same
# workers, and a paper can take minutes.
AT_ONCE = 5
# So many of a kind in 24 hours: a school asks for some in a week, and each stays for days, takes a
# number of its case, and the room of all schools.
A_DAY = 100
KEPT_FOR = PaperJob.kept_for


@transaction.atomic
def record_taken(by: User, paper: PaperJob, case_id: int) -> None:
    """Write down that somebody takes a paper of a case along, and why.

    The case is held: whoever destroys it takes this reason along too, or nobody gets the paper any
    more. Raises ``Http404`` then.
    """
    held = Case.objects.select_for_update(of=("self",), no_key=True).filter(pk=case_id)
    if not list(held.values_list("pk")):
        raise Http404
    record_read(by, paper, why=paper.reason, kind=Kind.EXPORTED)


def check_there(paper: PaperJob) -> None:
    """Raise ``Http404`` unless a paper is ready, and its time not over: whether it was removed yet
    or not.
    """
    over = paper.finished_at and paper.finished_at < timezone.now() - paper.kept_for
    if paper.state != State.READY or over or not paper.file.storage.exists(paper.file.name):
        raise Http404


def make_room(papers: QuerySet[PaperJob], by: User) -> None:
    """Raise ``ActionError`` when somebody has as many of these papers waiting as one may, or asked
    for as many in 24 hours.

    Behind a check that holds their memberships: two requests at once would not count one another.
    """
    own = papers.filter(requested_by=by)
    if own.filter(state__in=(State.WAITING, State.RUNNING)).count() >= AT_ONCE:
        raise ActionError(_("Wait until the documents that you asked for are made."))
    if own.filter(requested_at__gt=timezone.now() - timedelta(days=1)).count() >= A_DAY:
        message = _("You asked for %(most)s of these within a day. Ask for this one tomorrow.")
        raise ActionError(message % {"most": A_DAY})


def queue(job: PaperJob) -> None:
    """Wake a worker. Without a queue the job waits until ``look_after`` finds it."""
    wake(job.task, str(job.public_id))


def claim(model: type[Job], public_id: UUID | str) -> Job | None:
    """Take a job up, once: None when another worker has it or it is finished; or when something is
    made for the same person already, at whose end this one is asked for again.
    """
    waiting = model.objects.filter(public_id=public_id, state=State.WAITING)
    with transaction.atomic():
        person = waiting.values_list("requested_by", flat=True).first()
        if person is None:
            return None
        User.objects.select_for_update(no_key=True).get(pk=person)  # of two at once, one
        if any(_of(person, State.RUNNING)):
            return None
        taken = waiting.update(
            state=State.RUNNING, started_at=timezone.now(), progress=5, attempts=F("attempts") + 1
        )
        if taken:
            # With it: taken and not said, it would pass for what the last worker held. And said by
            # who did not take it, it would pass for let go while another makes it.
            works_on(public_id)
    if not taken:
        return None
    return model.objects.select_related("requested_by").get(public_id=public_id)


def _of(person: int, state: State) -> Iterator[PaperJob]:
    """Yield of each kind the paper in a state that somebody asked for first."""
    for model in PaperJob.__subclasses__():
        asked = model.objects.filter(requested_by=person, state=state, **model.by_itself)
        # Not what else stands in it: a list of pupils is in its row.
        if first := asked.only("public_id", "requested_at").order_by("requested_at", "pk").first():
            yield first


def wake_next(done: PaperJob) -> None:
    """Ask for what waits longest of whoever asked for something that is out of hand now."""
    waiting = [one for one in _of(done.requested_by_id, State.WAITING) if one != done]
    if waiting:
        queue(min(waiting, key=attrgetter("requested_at")))


def show_progress(job: PaperJob, percent: int) -> None:
    """Write down how far a job is."""
    type(job).objects.filter(pk=job.pk).update(progress=percent)


def finish(job: PaperJob, paper: bytes, extension: str = "pdf") -> None:
    """Store a paper, and with it the proof of what it was."""
    store(job, ContentFile(paper), hashlib.sha256(paper).hexdigest(), extension)


def store(job: PaperJob, file: File, sha256: str, extension: str = "pdf") -> None:
    """Store the file, and tell whoever asked for it."""
    keep(job, file, sha256, extension)
    for name in job.forgotten:
        setattr(job, name, "")
    try:
        with transaction.atomic():
            job.save(
                update_fields=["file", "sha256", "state", "progress", "finished_at", *job.forgotten]
            )
            _tell(job, job.told_ready)
    except BaseException:  # a file that no row names would never be removed
        job.file.delete(save=False)
        raise
    transaction.on_commit(partial(wake_next, job))


def keep(job: PaperJob, file: File, sha256: str, extension: str = "pdf") -> None:
    """Store the file under a name that says nothing; the row is saved by whoever calls it."""
    job.file.save(f"{secrets.token_hex(24)}.{extension}", file, save=False)
    job.sha256 = sha256
    job.state, job.progress, job.finished_at = State.READY, 100, timezone.now()


def retry(job: PaperJob) -> bool:
    """Make a job that was given up wait anew; False when it did not stand still.

    It is made for who asked for it, and only if they may still have it.
    """
    if not job.can_retry:
        return False
    waits_again = type(job).objects.filter(pk=job.pk, state=State.FAILED)
    if not waits_again.update(state=State.WAITING, progress=0, attempts=0, finished_at=None):
        return False
    transaction.on_commit(partial(queue, job))
    return True


def fail(job: PaperJob) -> None:
    """Give a job up; whoever asked for it sees so, and can ask again."""
    job.state, job.finished_at = State.FAILED, timezone.now()
    for name in job.secret:
        setattr(job, name, "")
    with transaction.atomic():
        job.save(update_fields=["state", "finished_at", *job.secret])
        _tell(job, job.told_failed)
    transaction.on_commit(partial(wake_next, job))


def broke_off(job: PaperJob, error: Exception) -> bool:
    """Let a job wait for beat's next round where the database was away; give it up for all else.

    ``ATTEMPTS`` times at most. Return whether it waits.
    """
    waits_again = isinstance(error, OperationalError | InterfaceError) and job.attempts < ATTEMPTS
    if not waits_again:
        fail(job)
        return False
    running = type(job).objects.filter(pk=job.pk, state=State.RUNNING)
    running.update(state=State.WAITING, progress=0)
    return True


def _tell(job: PaperJob, kind: str) -> None:
    """Tell whoever asked for it, and nobody else."""
    public_id = str(job.public_id)
    notify(kind, [job.requested_by_id], public_id, case=job.in_case, about=public_id)


def look_after(jobs: QuerySet, now: datetime) -> None:
    """Queue what waits, take back what a dead worker held, remove files that are old."""
    wake_and_take_back(jobs, now)
    for job in jobs.filter(state=State.READY, finished_at__lt=now - jobs.model.kept_for):
        remove(job)
    _remove_unnamed(jobs.model, now)


def wake_and_take_back(jobs: QuerySet, now: datetime) -> None:
    """Queue what waits; what a dead worker held waits again, or is given up."""
    broken_off = Q(run__in=Run.objects.broken_off(now).values("pk"))
    held = jobs.alias(run=Subquery(Run.objects.newest_for(OuterRef("public_id"))))
    for job in held.filter(Q(started_at__lt=now - STALE_AFTER) | broken_off, state=State.RUNNING):
        if job.attempts >= ATTEMPTS:
            fail(job)
        else:
            jobs.filter(pk=job.pk, state=State.RUNNING).update(state=State.WAITING, progress=0)
    for job in jobs.filter(state=State.WAITING):
        queue(job)


def remove(job: PaperJob) -> None:
    """Remove the file of a job; its row stays, with the proof of what it was."""
    if job.file:
        job.file.delete(save=False)
    job.file, job.state = "", State.EXPIRED
    job.save(update_fields=["file", "state"])


def _remove_unnamed(model: type[PaperJob], now: datetime) -> None:
    """Remove old files that no row names: a worker was killed once it had written one."""
    field = model._meta.get_field("file")
    if not field.storage.exists(field.upload_to):
        return
    names = {f"{field.upload_to}/{name}" for name in field.storage.listdir(field.upload_to)[1]}
    old = {name for name in names if field.storage.get_modified_time(name) < now - model.kept_for}
    known = set(model.objects.filter(file__in=old).values_list("file", flat=True)) if old else ()
    for name in old.difference(known):
        field.storage.delete(name)


def put_back(job: PaperJob) -> None:
    """Let a job that is not done wait for its next turn: other work comes between."""
    waits_again = type(job).objects.filter(pk=job.pk, state=State.RUNNING)
    if waits_again.update(state=State.WAITING, attempts=0):
        wake_next(job)
        queue(job)
