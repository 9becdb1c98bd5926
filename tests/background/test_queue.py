"""A queue that is away, full or broken costs no page anything, and leaves nothing broken behind."""

import json
import resource
import signal
from pathlib import Path
from queue import Empty

import pytest
from celery import Celery
from django.conf import settings

from background import queue
from background.folder import Transport, write_whole
from cases.waking import wake


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An application with an embedded queue of its own."""
    options = {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "control_folder": str(tmp_path / "control"),
        "store_processed": False,
    }
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    app = Celery("tests", set_as_current=False, broker="filesystem://")
    app.conf.update(
        broker_transport=Transport, broker_transport_options=options, task_publish_retry=False
    )
    monkeypatch.setattr(queue, "current_app", app)
    monkeypatch.setattr(settings, "REDIS_URL", "")
    monkeypatch.setattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", options, raising=False)
    yield tmp_path / "queue"
    app.close()


@pytest.fixture
def full_disk():
    """No file can grow: what a disk does that is full (Python hears of it as an ``OSError``)."""
    was = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, was[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, was)
    signal.signal(signal.SIGXFSZ, heard)


@pytest.mark.django_db
def test_a_message_goes_in_whole_and_comes_out(folder):
    assert queue.put("tests.nothing", "a")
    (message,) = folder.glob("*.msg")
    assert json.loads(message.read_text())["headers"]["task"] == "tests.nothing"
    assert queue.state() == queue.QueueState(well=True, length=1)
    with queue.current_app.connection() as connection:
        assert connection.default_channel._get("celery")["headers"]["task"] == "tests.nothing"
        with pytest.raises(Empty):
            connection.default_channel._get("celery")


def test_a_full_disk_is_no_page_that_fails_and_leaves_no_half_message(folder, full_disk):
    wake("tests.nothing", "a")
    assert not queue.state().well
    assert [path for path in folder.parent.rglob("*") if path.is_file()] == []


@pytest.mark.django_db
@pytest.mark.parametrize("broken", ["queue", "control"])
def test_a_folder_that_is_none_is_no_page_that_fails(folder, broken):
    (folder.parent / broken).rmdir()
    (folder.parent / broken).write_text("")
    wake("tests.nothing", "a")
    # Who takes what is noted once a process; what is put in needs room each time.
    assert broken == "control" or not queue.put("tests.nothing", "a")
    assert queue.state().well == (broken == "control")


def test_half_a_message_of_before_ends_no_worker(folder):
    (folder / "1_a.celery.msg").write_text('{"body": ')
    with queue.current_app.connection() as connection, pytest.raises(Empty):
        connection.default_channel._get("celery")
    assert list(folder.iterdir()) == []


@pytest.mark.django_db
def test_half_a_table_of_before_is_made_anew(folder):
    (folder.parent / "control" / "celery.exchange").write_text("")
    assert queue.put("tests.nothing")
    assert queue.state().length == 1


def test_a_file_is_written_whole_or_not_at_all(tmp_path, full_disk):
    target = Path(tmp_path) / "table"
    with pytest.raises(OSError, match=r"large|part"):
        write_whole(target, "x" * 100)
    assert list(tmp_path.iterdir()) == []


def test_a_redis_that_is_not_there_costs_no_waiting_and_no_error(monkeypatch):
    """Six seconds it cost each page: kombu asks for longer than a page may wait."""
    tried = []
    app = Celery("tests", set_as_current=False, broker="redis://127.0.0.1:1/0")
    app.conf.update(
        broker_transport_options={"max_retries": 0, "socket_connect_timeout": 2},
        task_publish_retry=False,
    )
    monkeypatch.setattr(queue, "current_app", app)
    monkeypatch.setattr("kombu.utils.functional.sleep", tried.append)
    wake("tests.nothing", "a")
    assert tried == []
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    assert queue.state() == queue.QueueState(well=False, wrong="ConnectionError")
    app.close()


@pytest.mark.skipif(not settings.REDIS_URL, reason="about Redis")
def test_the_settings_ask_a_redis_once():
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    assert options["max_retries"] == 0
    assert options["socket_connect_timeout"] <= 2
    assert queue.state().well
