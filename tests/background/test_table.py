"""The table of what runs: nothing is missing from it, and it is what the program runs by."""

import pytest
from celery import current_app
from django.conf import settings

from background.limits import BY_TASK, JOBS, LONGEST
from cases.jobs import STALE_AFTER

OF_THE_LIBRARY = "celery."


def our_tasks() -> set[str]:
    """Return the names of all tasks that there are."""
    current_app.loader.import_default_modules()
    return {name for name in current_app.tasks if not name.startswith((OF_THE_LIBRARY, "tests."))}


def test_every_task_stands_in_the_table_and_nothing_else_does():
    assert our_tasks() == set(BY_TASK)
    assert len(BY_TASK) == len(JOBS)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.task)
def test_a_task_is_told_to_stop_before_it_is_stopped(job):
    current_app.loader.import_default_modules()
    task = current_app.tasks[job.task]
    assert (task.soft_time_limit, task.time_limit) == (job.soft, job.hard)
    assert job.soft < job.hard
    assert task.acks_late
    assert task.reject_on_worker_lost


def test_beat_starts_what_the_table_says_and_only_regular_work_is_started_by_hand():
    started = {row["task"]: row["schedule"] for row in settings.CELERY_BEAT_SCHEDULE.values()}
    assert started == {job.task: job.every for job in JOBS if job.every}
    assert all(job.every for job in JOBS if job.by_hand)


def test_no_worker_is_taken_for_dead_while_it_may_still_work():
    papers = [job for job in JOBS if job.task.endswith(("make_dossier", "make_report_pdf"))]
    assert len(papers) == 2
    assert all(job.hard < STALE_AFTER.total_seconds() for job in papers)
    # What a worker that vanished held comes back later than any limit.
    assert LONGEST.total_seconds() < 3600
