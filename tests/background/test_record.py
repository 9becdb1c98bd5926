"""What is remembered of a run: that it was, how it ended, and never a word of what it was about."""

import uuid
from datetime import timedelta

import pytest
from celery import current_app
from celery.signals import task_prerun
from django.db import OperationalError
from django.utils import timezone

from background import record
from background.cleaning import KEPT, clean
from background.models import Run, Tally, Worker

pytestmark = pytest.mark.django_db

WORDS = "Roos de Boer slaapt in de auto"
State = Run.State


@pytest.fixture
def task():
    """Return a way to make a task out of a function, for this test."""
    made = []

    def make(body):
        name = f"tests.{body.__name__}"
        made.append(name)
        return current_app.task(name=name, shared=False)(body)

    yield make
    for name in made:
        current_app.tasks.unregister(name)


def columns_of(run: Run) -> str:
    return " ".join(str(getattr(run, field.attname)) for field in run._meta.concrete_fields)


def test_a_run_that_ends_well_is_written_down(task):
    @task
    def works(words):
        assert Run.objects.get().state == State.RUNNING

    works.apply(args=[WORDS])
    run = Run.objects.get()
    assert (run.task, run.state, run.attempts) == ("tests.works", State.DONE, 1)
    assert run.started_at <= run.finished_at
    assert "Roos" not in columns_of(run)
    assert Tally.objects.get().count == 1


def test_a_run_that_fails_says_the_class_and_the_place_and_no_word(task):
    @task
    def fails(words):
        record.lose(words)  # ours is in the frames, the innermost is not

    fails.apply(args=[WORDS])
    run = Run.objects.get()
    assert run.state == State.FAILED
    assert run.error == "TypeError"
    module, __, line = run.place.rpartition(":")
    assert module.startswith("background.")
    assert line.isdigit()
    assert "Roos" not in columns_of(run)


def test_what_a_task_gave_up_on_the_way_counts_as_failed(task):
    paper = uuid.uuid4()

    @task
    def gives_up():
        try:
            raise ValueError(WORDS)
        except ValueError as error:
            record.gave_up(error, paper)

    gives_up.apply()
    run = Run.objects.get()
    assert (run.state, run.error, run.subject) == (State.FAILED, "ValueError", paper)
    assert list(Run.objects.why(paper)) == [{"error": "ValueError"}]


def test_outside_of_a_worker_nothing_is_given_up():
    record.gave_up(ValueError(WORDS), uuid.uuid4())
    assert not Run.objects.exists()


def test_what_brings_down_each_worker_is_given_up(task):
    ran = []

    @task
    def kills():
        ran.append(1)

    for attempts in (1, 2, 3, 4):
        Run.objects.all().delete()
        Run.objects.create(task_id="same", task=kills.name, attempts=attempts - 1)
        kills.apply(task_id="same")
    assert len(ran) == 3
    run = Run.objects.get()
    assert (run.state, run.error) == (State.FAILED, "WorkerLostError")


def test_a_database_that_takes_no_record_does_not_stop_the_work(task, monkeypatch):
    ran = []

    @task
    def works():
        ran.append(1)

    def away(*args, **kwargs):
        raise OperationalError(WORDS)

    monkeypatch.setattr(Run.objects.__class__, "bulk_create", away)
    works.apply()
    assert ran == [1]


def test_publishing_is_written_down_once_however_fast_the_worker_was():
    record.published("tests.slow", {"id": "a", "regular": True, "args": WORDS})
    record.published("tests.slow", {"id": "a", "regular": True})
    run = Run.objects.get()
    assert (run.state, run.regular) == (State.WAITING, True)
    assert "Roos" not in columns_of(run)


def running(**fields) -> Run:
    started = fields.pop("started_at", timezone.now() - timedelta(minutes=2))
    defaults = {"task_id": str(uuid.uuid4()), "task": "audit.tasks.seal", "worker": "one"}
    return Run.objects.create(state=State.RUNNING, started_at=started, **(defaults | fields))


def test_a_run_whose_worker_died_is_lost_and_no_other():
    now = timezone.now()
    hour = timedelta(hours=1)
    Worker.objects.create(name="one", started_at=now - hour, seen_at=now)
    Worker.objects.create(name="gone", started_at=now - hour, seen_at=now - timedelta(minutes=5))
    Worker.objects.create(name="anew", started_at=now, seen_at=now)
    well = running()
    lost = {
        running(worker="gone").pk,
        running(worker="anew").pk,
        running(worker="never seen").pk,
        # The worker is there, and nothing runs for so long.
        running(started_at=now - timedelta(minutes=8)).pk,
    }
    assert set(Run.objects.lost(now).values_list("pk", flat=True)) == lost
    assert record.lose(now) == 4
    assert record.lose(now) == 0
    well.refresh_from_db()
    assert well.state == State.RUNNING
    assert set(Run.objects.filter(state=State.LOST).values_list("pk", flat=True)) == lost
    assert Tally.objects.get(state=State.LOST).count == 4


def test_what_no_queue_holds_any_more_is_forgotten():
    now = timezone.now()
    for minutes in (1, 3):
        Run.objects.create(
            task_id=str(minutes),
            task="audit.tasks.seal",
            queued_at=now - timedelta(minutes=minutes),
        )
    record.lose(now)
    assert [run.task_id for run in Run.objects.all()] == ["1"]


def test_old_runs_go_and_the_newest_and_the_failed_stay():
    now = timezone.now()
    rows = [
        Run(task_id=f"{task} {n}", task=task, regular=True, state=State.DONE, finished_at=now)
        for task in ("a", "b")
        for n in range(KEPT + 5)
    ]
    for n, days in enumerate((1, 20)):
        rows[n].state, rows[n].finished_at = State.FAILED, now - timedelta(days=days)
    rows += [
        Run(task_id=f"case {days}", task="c", state=State.DONE, finished_at=now - timedelta(days))
        for days in (1, 8)
    ]
    Run.objects.bulk_create(rows)
    clean(now)
    left = set(Run.objects.values_list("task_id", flat=True))
    assert "a 0" in left  # failed yesterday
    assert not {"a 1", "a 2", "b 0", "case 8"} & left
    assert {f"b {KEPT + 4}", "case 1"} <= left
    assert len(left) == 2 * KEPT + 2


def test_the_program_listens():
    """The tests above would hold with a signal that is connected to nothing else."""
    assert any("begins" in str(receiver[0]) for receiver in task_prerun.receivers)
