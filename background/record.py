"""Writes down what becomes of each message to a worker, by Celery's signals.

A record that cannot be written never stands in the way of the work itself.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from types import TracebackType
from typing import Any
from uuid import UUID

from celery import Task, current_task, signals
from celery.exceptions import Ignore
from django.db import DatabaseError, InterfaceError, transaction
from django.db.models import F
from django.utils import timezone

from background.models import Run, Tally

logger = logging.getLogger(__name__)

State = Run.State
# Taken up so often, each time with a worker that died of it: no other worker is sent after them.
TAKEN_UP_AT_MOST = 3
ENDED_WITHOUT = "WorkerLostError"
# What ends up in a row when the code that failed is a library's, called from nowhere of ours.
OURS = ("accounts", "audit", "background", "cases", "consultations", "meldcode", "referrals",
        "signals")  # fmt: skip


def _quietly(write: Callable[..., None]) -> Callable[..., None]:
    """Let a record go that the database does not take; the line in the log says so."""

    @wraps(write)
    def written(*args: Any, **kwargs: Any) -> None:
        try:
            with transaction.atomic():
                write(*args, **kwargs)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("A run could not be written down: %s", type(error).__name__)

    return written


@_quietly
def published(sender: str, headers: dict[str, Any], **kwargs: Any) -> None:
    """A message went into the queue. A worker may have been faster than this row."""
    waiting = Run(
        task_id=headers["id"],
        task=sender,
        regular=bool(headers.get("regular")),
        asked_by_id=headers.get("asked_by"),
        queued_at=timezone.now(),
    )
    Run.objects.bulk_create([waiting], ignore_conflicts=True)


@_quietly
def begins(task_id: str, task: Task, **kwargs: Any) -> None:
    """A worker took a message up, for the first time or after another one died with it."""
    regular = bool(task.request.get("regular"))
    Run.objects.bulk_create(
        [Run(task_id=task_id, task=task.name, regular=regular)], ignore_conflicts=True
    )
    Run.objects.filter(task_id=task_id).update(
        state=State.RUNNING,
        started_at=timezone.now(),
        finished_at=None,
        attempts=F("attempts") + 1,
        worker=task.request.hostname or "",
        error="",
        place="",
    )


@_quietly
def succeeded(task_id: str, task: Task, state: str | None = None, **kwargs: Any) -> None:
    """A task came to its end; what it gave up on the way makes it a failure all the same."""
    if state == "SUCCESS":
        error = task.request.get("gave_up")
        _end(task_id, State.FAILED if error else State.DONE, error)


@_quietly
def failed(task_id: str, exception: BaseException, **kwargs: Any) -> None:
    """A task raised, ran out of time, or its process died."""
    _end(task_id, State.FAILED, (type(exception).__name__, _place(exception.__traceback__)))


@_quietly
def dropped(request: Any, **kwargs: Any) -> None:
    """A message came too late: what it asked for was asked for anew."""
    Run.objects.waiting().filter(task_id=request.id).delete()


def works_on(subject: UUID | str) -> None:
    """Say from within a task which paper it is about to make.

    When its worker dies, whoever looks after papers knows by this that nobody makes it any more.
    """
    if current_task and current_task.request.id:
        Run.objects.filter(task_id=current_task.request.id).update(subject=subject)


def gave_up(error: Exception, subject: UUID | None = None) -> None:
    """Say from within a task that it could not do what it was asked, and why.

    For tasks that must not raise: the row of their paper says that it failed (``subject``), or they
    had more to do than what failed.
    """
    if current_task and current_task.request.id:
        current_task.request.gave_up = (type(error).__name__, _place(error.__traceback__))
        if subject:
            works_on(subject)


def _end(task_id: str, state: str, error: tuple[str, str] | None) -> None:
    run = Run.objects.filter(task_id=task_id).first()
    if run is None or run.state not in (State.RUNNING, State.LOST, State.WAITING):
        return
    run.state, run.finished_at = state, timezone.now()
    run.error, run.place = (error[0][:80], error[1][:120]) if error else ("", "")
    run.save(update_fields=["state", "finished_at", "error", "place"])
    count(run.task, state, run.finished_at - (run.started_at or run.finished_at))


def count(task: str, state: str, took: timedelta = timedelta()) -> None:
    """Add one run to the tallies, which outlive the rows."""
    Tally.objects.bulk_create([Tally(task=task, state=state)], ignore_conflicts=True)
    Tally.objects.filter(task=task, state=state).update(
        count=F("count") + 1, seconds=F("seconds") + took.total_seconds()
    )


def _place(trace: TracebackType | None) -> str:
    """Return where in our own code it went wrong, as ``module:line``; else where at all."""
    place = ours = ""
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "?")
        place = f"{name}:{trace.tb_lineno}"
        if name.partition(".")[0] in OURS:
            ours = place
        trace = trace.tb_next
    return ours or place


def lose(now: datetime) -> int:
    """Note what no worker runs any more, and forget what no queue holds; return how many."""
    lost = list(Run.objects.lost(now))
    for run in lost:
        changed = Run.objects.filter(pk=run.pk, state=State.RUNNING, started_at=run.started_at)
        if changed.update(state=State.LOST, finished_at=now, error=ENDED_WITHOUT):
            count(run.task, State.LOST)
    Run.objects.forgotten(now).delete()
    return len(lost)


def _tried(task_id: str) -> int:
    try:
        run = Run.objects.filter(task_id=task_id).only("attempts").first()
    except (DatabaseError, InterfaceError):
        return 0  # the work itself will say so, or not need one
    return run.attempts if run else 0


class RecordedTask(Task):
    """A task that is not taken up for ever, when each worker that does so dies of it."""

    abstract = True

    def before_start(self, task_id: str, args: tuple, kwargs: dict) -> None:
        """Give up what brought down one worker after the other."""
        if _tried(task_id) > TAKEN_UP_AT_MOST:
            _end(task_id, State.FAILED, (ENDED_WITHOUT, ""))
            logger.error("%s is given up: each worker that took it up died", self.name)
            raise Ignore


def listen() -> None:
    """Follow what Celery tells."""
    for signal, receiver in (
        (signals.after_task_publish, published),
        (signals.task_prerun, begins),
        (signals.task_postrun, succeeded),
        (signals.task_failure, failed),
        (signals.task_revoked, dropped),
    ):
        signal.connect(receiver, weak=False, dispatch_uid=f"background.{receiver.__name__}")
