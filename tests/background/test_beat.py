"""Beat runs once however often it is started, and nothing that is due gets lost."""

from datetime import timedelta

import pytest
from celery import current_app
from django.db import OperationalError
from django.db.models.functions import Now
from django.utils import timezone

from background.limits import JOBS
from background.models import Beat, Due
from background.scheduler import LOOKS_EVERY, OneBeat

pytestmark = pytest.mark.django_db

REGULAR = {job.task for job in JOBS if job.every}


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch):
    """The connection of the test stays: it holds the transaction of the test."""
    monkeypatch.setattr("background.scheduler.close_old_connections", lambda: None)


@pytest.fixture
def sent(monkeypatch):
    """Return the names of the tasks that were put into the queue."""
    names = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **kwargs: names.append(name))
    return names


def beat() -> OneBeat:
    return OneBeat(current_app._get_current_object())


def test_of_two_one_works_and_the_other_waits(sent):
    first, second = beat(), beat()
    assert first.tick() <= LOOKS_EVERY
    assert set(sent) == REGULAR
    assert second.tick() == LOOKS_EVERY
    first.tick()
    assert len(sent) == len(REGULAR)
    assert Beat.objects.get().holder == first.me


@pytest.mark.parametrize("goes", ["in good order", "by a kill"])
def test_the_other_takes_over_and_starts_nothing_twice(sent, goes):
    first, second = beat(), beat()
    first.tick()
    if goes == "in good order":
        first.close()
    else:
        Beat.objects.update(until=Now() - timedelta(seconds=1))
    second.tick()
    assert Beat.objects.get().holder == second.me
    assert len(sent) == len(REGULAR)
    # What was asleep meanwhile finds that it is no longer its turn.
    assert first.tick() == LOOKS_EVERY
    assert len(sent) == len(REGULAR)


def test_one_that_slept_in_the_middle_starts_nothing_that_another_started(sent):
    first, second = beat(), beat()
    first.tick()
    name = sorted(REGULAR)[0]
    old = timezone.now() - timedelta(days=2)
    Due.objects.filter(name=name).update(last_run_at=old)
    entry = second.schedule[name]
    first._put(first.schedule[name], old)
    second._put(entry, old)
    assert sent.count(name) == 2  # the very first, and one of these two


def test_what_is_due_starts_again_and_a_restart_forgets_nothing(sent):
    beat().tick()
    day = "accounts.people.tasks.clear_sessions"
    Due.objects.filter(name=day).update(last_run_at=timezone.now() - timedelta(hours=25))
    Beat.objects.update(holder="", until=None)
    beat().tick()
    assert sent.count(day) == 2
    assert len(sent) == len(REGULAR) + 1


def test_a_clock_that_was_set_back_holds_nothing_up(sent):
    first = beat()
    first.tick()
    Due.objects.update(last_run_at=timezone.now() + timedelta(days=400))
    first.tick()
    assert len(sent) == 2 * len(REGULAR)


def test_what_the_queue_does_not_take_is_tried_again(monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr(current_app, "send_task", refuse)
    first = beat()
    assert first.tick() <= LOOKS_EVERY
    assert set(Due.objects.values_list("last_run_at", flat=True)) == {None}
    names = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **kwargs: names.append(name))
    first.tick()
    assert set(names) == REGULAR


def test_beat_outlives_a_database_that_is_away(sent, monkeypatch):
    first = beat()

    def away(self):
        raise OperationalError

    with monkeypatch.context() as patched:
        patched.setattr(OneBeat, "_take", away)
        patched.setattr("background.scheduler.connection.close", lambda: None)
        assert first.tick() == LOOKS_EVERY
    first.tick()
    assert set(sent) == REGULAR
