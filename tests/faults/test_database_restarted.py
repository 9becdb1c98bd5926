"""PostgreSQL is stopped in the middle of things, and started again."""

from cases.models import Envelope
from signals.models import Signal
from tests.faults.house import SWEEP, hidden_fields
from tests.faults.outcome import copies, everything_was_told_once, owed
from tests.faults.servers import PATIENCE, eventually
from tests.faults.signals import (
    NEW,
    WORDS,
    filled_in,
    is_not_saved_and_kept,
    is_saved,
    log_signal,
)
from tests.faults.together import meanwhile
from tests.faults.world import standing_still


def test_while_a_letter_is_sent(house, letterbox):
    standing_still()
    expected = owed()
    worker = house.worker()
    letterbox.hold("accepted")
    house.ask(SWEEP)
    assert letterbox.held.wait(PATIENCE)
    house.restart_postgres()
    letterbox.release()
    eventually(lambda: "raised unexpected" in worker.log)
    house.time_passes(minutes=6)
    house.ask(SWEEP)
    eventually(lambda: everything_was_told_once(letterbox, expected))
    assert copies(letterbox).total() == 4  # one of them twice, as one letter
    assert worker.runs()


def test_while_reminders_are_written(house, letterbox):
    standing_still()
    expected = owed()
    worker = house.worker()
    with house.held("LOCK TABLE cases_notification IN SHARE MODE"):
        house.ask(SWEEP)
        eventually(house.somebody_waits)
        house.restart_postgres()
    eventually(lambda: "raised unexpected" in worker.log)
    assert not Envelope.objects.exists()
    house.ask(SWEEP)
    eventually(lambda: everything_was_told_once(letterbox, expected))
    assert worker.runs()


def test_while_somebody_logs_a_signal(house, postgres, opened):
    case, *__ = standing_still(1)
    house.web()
    at_school = opened(case.responsible)
    form = filled_in(at_school.hidden(NEW), case.pupil)

    with house.held("LOCK TABLE signals_signal IN SHARE MODE"):
        sending = meanwhile(lambda: at_school.send(NEW, form))
        eventually(house.somebody_waits)
        postgres.crash()
    answer = sending()
    is_not_saved_and_kept(answer)
    is_not_saved_and_kept(at_school.send(NEW, form))  # and once more, while it is away
    assert at_school.get(NEW).status_code == 503
    postgres.start()
    assert not Signal.objects.filter(facts=WORDS).exists()

    # What the page of the fault holds is the form itself: sent from there, it is saved.
    answer = at_school.send(NEW, hidden_fields(answer.text) | {"facts": WORDS})
    is_saved(answer)
    # Who sends the first one again meanwhile has it once.
    assert at_school.send(NEW, form).headers["Location"] == answer.headers["Location"]
    assert Signal.objects.filter(facts=WORDS).count() == 1
    is_saved(log_signal(at_school, case.pupil))
