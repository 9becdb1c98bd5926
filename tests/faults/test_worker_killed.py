"""A worker is killed with -9 in the middle of what it does."""

import hashlib
import uuid
from datetime import timedelta

from django.db.models import F

from accounts.roles import Role
from cases.dossier.actions import request_export
from cases.models import Case, DossierExport, Reminder
from cases.reminders.sweep import BATCH
from tests.factories import member
from tests.faults.house import PAPERS, SWEEP
from tests.faults.outcome import copies, everything_was_told_once, owed
from tests.faults.servers import PATIENCE, eventually
from tests.faults.world import let_in, many_standing_still, standing_still

State = DossierExport.State


def test_in_the_middle_of_a_sweep(house, letterbox):
    cases = many_standing_still(BATCH + 20)
    # Of one in the second batch somebody else is told: that batch waits for them, at its very end.
    somebody = member(Role.TEACHER, cases[0].school)
    let_in(cases[-1], somebody)
    Case.objects.filter(pk=cases[-1].pk).update(next_due=F("next_due") + timedelta(minutes=1))
    expected, worker = owed(), house.worker()
    with house.held("SELECT 1 FROM accounts_user WHERE id = %s FOR UPDATE", somebody.pk):
        house.ask(SWEEP)
        eventually(house.somebody_waits)
        assert Reminder.objects.values("case").distinct().count() == BATCH
        worker.kill()
    house.worker()
    house.ask(SWEEP)
    eventually(lambda: everything_was_told_once(letterbox, expected))


def test_before_the_mail_server_has_the_letter(house, letterbox):
    standing_still()
    expected, worker = owed(), house.worker()
    letterbox.hold("data")
    house.ask(SWEEP)
    assert letterbox.held.wait(PATIENCE)
    worker.kill()
    letterbox.release()
    assert letterbox.accepted == []
    house.worker()
    house.time_passes(minutes=6)
    house.ask(SWEEP)
    eventually(lambda: everything_was_told_once(letterbox, expected))


def test_after_the_mail_server_has_the_letter_and_before_that_is_written_down(house, letterbox):
    standing_still()
    expected, worker = owed(), house.worker()
    letterbox.hold("accepted")
    house.ask(SWEEP)
    assert letterbox.held.wait(PATIENCE)
    (twice,) = letterbox.accepted
    worker.kill()
    letterbox.release()
    house.worker()
    # Whoever has it in hand may still be at it: nobody else sends it for five minutes.
    house.ask(SWEEP)
    eventually(lambda: len(copies(letterbox)) == 2 + 1)
    assert copies(letterbox)[twice.message_id] == 1
    house.time_passes(minutes=6)
    house.ask(SWEEP)
    eventually(lambda: everything_was_told_once(letterbox, expected))
    # The same letter twice, which mail programs show once; and no other one.
    assert copies(letterbox)[twice.message_id] == 2
    assert copies(letterbox).total() == 4


def test_in_the_middle_of_a_paper(house):
    export = asked_for()
    worker = house.worker()
    with house.held("LOCK TABLE cases_conversation IN ACCESS EXCLUSIVE MODE"):
        house.ask(PAPERS)
        eventually(house.somebody_waits)
        assert standing_of(export) == (State.RUNNING, 1)
        worker.kill()
    house.worker()
    house.time_passes(minutes=21)
    house.ask(PAPERS)
    eventually(lambda: standing_of(export) == (State.READY, 2))
    export.refresh_from_db()
    assert hashlib.sha256(house.file(export.file.name)).hexdigest() == export.sha256


def test_the_hand_alone_that_makes_a_paper_or_gives_reminders(house, letterbox):
    export = asked_for()
    worker = house.worker()
    with house.held("LOCK TABLE cases_conversation IN ACCESS EXCLUSIVE MODE"):
        house.ask(PAPERS)
        eventually(house.somebody_waits)
        worker.kill_child()
    house.time_passes(minutes=21)
    house.ask(PAPERS)
    eventually(lambda: standing_of(export)[0] == State.READY)
    expected = owed()
    letterbox.hold("accepted")
    house.ask(SWEEP)
    assert letterbox.held.wait(PATIENCE)
    worker.kill_child()
    letterbox.release()
    house.time_passes(minutes=6)
    house.ask(SWEEP)
    eventually(lambda: everything_was_told_once(letterbox, expected))
    assert worker.runs()


def asked_for() -> DossierExport:
    """Return a dossier that a coordinator asked for."""
    (case,) = standing_still(1)
    return request_export(case, case.responsible, uuid.uuid4(), "Overdracht.")


def standing_of(export: DossierExport) -> tuple[str, int]:
    """Return how a dossier stands, and how often it was taken up."""
    return DossierExport.objects.values_list("state", "attempts").get(pk=export.pk)
