"""The embedded queue is a folder, and the disk that it stands on is full."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from django.db.models import F

from background.models import Due
from cases.models import DossierExport
from tests.faults.house import SWEEP
from tests.faults.outcome import everything_was_told_once, owed
from tests.faults.servers import eventually
from tests.faults.signals import ask_for_dossier, is_saved, log_signal
from tests.faults.world import standing_still


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of its own of 256 kB, where the queue is: room for all that beat sends at once."""
    folder = tmp_path / "broker"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(folder)])
    if made.returncode:
        pytest.skip("no right to make a small disk (mount -t tmpfs)")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Let a disk have no room: what a worker takes away there is taken up at once."""
    ballast, room = folder / "ballast", Event()

    def fill() -> None:
        with suppress(OSError), ballast.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(4096))

    def keep_full() -> None:
        while not room.wait(0.02):
            fill()

    fill()
    keeper = Thread(target=keep_full)
    keeper.start()
    try:
        yield
    finally:
        room.set()
        keeper.join()
        ballast.unlink()


def test_what_was_asked_is_done_when_there_is_room(small_disk, house, letterbox, opened):
    house.environment["REDIS_URL"] = ""
    case, *__ = standing_still(1)
    (small_disk / "queue").mkdir()
    worker, beat, web = house.worker(), house.beat(), house.web()
    eventually(lambda: len(letterbox.accepted) == 3)
    with full(small_disk):
        standing_still()
        expected = owed()
        at_school = opened(case.responsible)
        is_saved(log_signal(at_school, case.pupil))
        ask_for_dossier(at_school, case)
        states = DossierExport.objects.values_list("state", flat=True)
        assert list(states.all()) == [DossierExport.State.WAITING]
        assert "No queue for cases.dossier.tasks.make_dossier" in web.log
        eventually(lambda: f"Beat could not start {SWEEP}" in beat.log)

    Due.objects.update(last_run_at=F("last_run_at") - timedelta(hours=1))  # as an hour later
    house.time_passes(minutes=10)  # letters too, of which so many go in a while
    eventually(lambda: list(states.all()) == [DossierExport.State.READY])
    eventually(lambda: everything_was_told_once(letterbox, expected))
    assert worker.runs()
    assert beat.runs()
