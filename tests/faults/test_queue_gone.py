"""Redis stops, forgets everything, answers nobody or is full: work is only woken by it."""

import pytest

from cases.models import DossierExport
from signals.models import Signal
from tests.factories import PASSWORD
from tests.faults.house import PAPERS, SWEEP
from tests.faults.outcome import everything_was_told_once, owed
from tests.faults.servers import eventually
from tests.faults.signals import ask_for_dossier, is_saved, log_signal
from tests.faults.world import standing_still

State = DossierExport.State


def exports() -> list[str]:
    return list(DossierExport.objects.values_list("state", flat=True))


@pytest.mark.parametrize("fault", ["gone", "silent", "full"])
def test_what_was_asked_is_done_when_it_is_back(house, redis, letterbox, opened, fault):
    case, *__ = standing_still()
    expected = owed()
    worker, web = house.worker(), house.web()
    coordinator = case.responsible
    at_school = opened(coordinator)
    house.ask(PAPERS)
    eventually(lambda: "look_after_exports" in worker.log and "succeeded" in worker.log)

    {"gone": redis.crash, "silent": redis.halt, "full": redis.fill}[fault]()
    is_saved(log_signal(at_school, case.pupil))
    ask_for_dossier(at_school, case)
    assert exports() == [State.WAITING]
    assert "No queue for cases.dossier.tasks.make_dossier" in web.log
    at_home = house.visitor()
    answer = at_home.send(
        "/account/login/",
        at_home.hidden("/account/login/") | {"login": coordinator.email, "password": PASSWORD},
    )
    assert answer.status_code == 302, answer.text

    {"gone": redis.start, "silent": redis.go_on, "full": redis.empty}[fault]()
    house.ask(SWEEP)
    house.ask(PAPERS)
    eventually(lambda: exports() == [State.READY])
    eventually(lambda: everything_was_told_once(letterbox, expected))
    assert worker.runs()
    # What woke nobody then, wakes a worker by itself now.
    ask_for_dossier(at_school, case)
    eventually(lambda: exports() == [State.READY] * 2)
    assert Signal.objects.filter(author=coordinator).count() == 1


def test_a_minute_in_which_all_go_on_without_it(house, redis, letterbox, opened):
    case, *__ = standing_still(1)
    worker, beat, web = house.worker(), house.beat(), house.web()
    eventually(lambda: len(letterbox.accepted) == 3)
    redis.crash()
    standing_still()
    expected = owed()
    is_saved(log_signal(opened(case.responsible), case.pupil))
    # It waits two seconds longer each time: by then a minute is past.
    for seconds in (8, 14):
        eventually(lambda pause=seconds: f"Trying again in {pause}.00 seconds" in worker.log)

    redis.start()
    eventually(lambda: everything_was_told_once(letterbox, expected))
    assert all(process.runs() for process in (worker, beat, web))


@pytest.mark.parametrize("fault", ["silent", "full"])
def test_a_worker_that_could_not_say_that_it_is_done_takes_up_the_next(
    house, redis, letterbox, fault
):
    standing_still()
    expected, worker = owed(), house.worker()
    with house.held("LOCK TABLE cases_dossierexport IN ACCESS EXCLUSIVE MODE"):
        house.ask(PAPERS)
        eventually(house.somebody_waits)
        house.ask(PAPERS)  # is there to be taken up next, and cannot be written down as in hand
        {"silent": redis.halt, "full": redis.fill}[fault]()
    eventually(lambda: "Couldn't ack" in worker.log)

    {"silent": redis.go_on, "full": redis.empty}[fault]()
    house.ask(SWEEP)
    eventually(lambda: everything_was_told_once(letterbox, expected))
    assert worker.runs()
