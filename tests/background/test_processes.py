"""The real thing: two beats and a worker as processes of their own, on the database of the test.

Nothing here waits for a set time: each step waits for what must become true, and gives up when it
does not.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.db.models.functions import Now
from django.utils import timezone

from background import health
from background.limits import JOBS
from background.models import Beat, Due, Run, Worker

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60  # seconds, of a machine that is busy with other things
REGULAR = [job for job in JOBS if job.every]
State = Run.State


def address_of_database() -> str:
    """Return where the database of this test is, as another process is told."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    password = f":{found['PASSWORD']}" if found["PASSWORD"] else ""
    place = f"{found['HOST']}:{found['PORT'] or 5432}"
    return f"postgres://{found['USER']}{password}@{place}/{found['NAME']}"


@pytest.fixture
def start(tmp_path) -> Iterator[Callable[..., subprocess.Popen]]:
    """Start a process of Celery, in a group of its own; all of them end with the test."""
    running = []
    # A queue of this test alone: in Redis by another number than that of any other.
    number = 10 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 6
    redis = f"{settings.REDIS_URL.rpartition('/')[0]}/{number}" if settings.REDIS_URL else ""
    environment = os.environ | {
        "DATABASE_URL": address_of_database(), "REDIS_URL": redis, "VAR_DIR": str(tmp_path),
    }  # fmt: skip

    def begin(*words: str) -> subprocess.Popen:
        log = (tmp_path / f"{len(running)}.log").open("w")
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "meldcode", *words, "--loglevel", "WARNING"],
            cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        running.append(process)
        return process

    yield begin
    for process in running:
        kill(process)


def kill(process: subprocess.Popen) -> None:
    """End a process and all that it started, as the kernel does that is out of memory."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def until(holds: Callable[[], object], what: str) -> None:
    """Wait until something holds, and fail when it does not in time."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"not in time: {what}"
        time.sleep(0.05)


def holder() -> str:
    return Beat.objects.values_list("holder", flat=True).first() or ""


def process_id(of: str) -> int:
    return int(of.split(":")[1])


def all_started() -> bool:
    return Due.objects.filter(last_run_at__isnull=False).count() == len(REGULAR)


def started_twice() -> list[str]:
    runs = Run.objects.values("task").annotate(times=Count("pk"))
    return [row["task"] for row in runs if row["times"] > 1]


def test_two_beats_start_everything_once_and_one_takes_over_from_the_other(start):
    beats = {process.pid: process for process in (start("beat", "--pidfile=") for __ in "ab")}
    until(all_started, "the first round")
    Run.objects.all().delete()
    # Everything is due once more, and both are there to see it.
    first = process_id(holder())
    Due.objects.update(last_run_at=timezone.now() - timedelta(days=2))
    until(lambda: Run.objects.count() == len(REGULAR), "the second round")
    kill(beats[first])
    assert process_id(holder()) == first
    Beat.objects.update(until=Now() - timedelta(seconds=1))  # as half a minute later
    until(lambda: process_id(holder()) != first, "taking over")
    (left,) = set(beats) - {first}
    assert process_id(holder()) == left
    assert started_twice() == []

    day = "accounts.people.tasks.clear_sessions"
    Due.objects.filter(name=day).update(last_run_at=timezone.now() - timedelta(days=2))
    until(lambda: Run.objects.filter(task=day).count() == 2, "the next day")
    # One that is asked to go makes room at once.
    beats[left].terminate()
    beats[left].wait(PATIENCE)
    assert holder() == ""


def test_a_worker_says_that_it_is_there_and_what_it_held_when_killed_is_lost(start):
    start("beat", "--pidfile=")
    worker = start("worker", "--concurrency", "1", "--pool", "prefork")
    until(lambda: Worker.objects.exists(), "the worker")
    task = "audit.tasks.seal"
    until(lambda: Run.objects.filter(task=task, state=State.DONE).exists(), "a run")
    run = Run.objects.filter(task=task, state=State.DONE).earliest("pk")
    assert (run.regular, run.attempts, run.worker) == (True, 1, Worker.objects.get().name)
    until(lambda: health.beat(timezone.now()).well, "beat")
    assert health.worker(timezone.now()).well

    kill(worker)
    Run.objects.filter(pk=run.pk).update(state=State.RUNNING, finished_at=None)
    later = timezone.now() + timedelta(minutes=2)
    assert not health.worker(later).well
    assert run.pk in Run.objects.lost(later).values_list("pk", flat=True)
