"""Whatever is done to log or chain behind our back, ``audit_verify`` tells the first place."""

import logging
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit import chain, tasks
from audit.log import record_read
from audit.models import LogEntry, Seal
from tests.append_only import unprotected
from tests.attacks.proof import shows
from tests.factories import CaseFactory, UserFactory
from tests.test_concurrency import at_once

ROWS = 6


@pytest.fixture
def rows(db):
    """Some rows, sealed in two batches."""
    case, user = CaseFactory(), UserFactory()
    for number in range(ROWS):
        record_read(user, case, why=f"Reden {number}, met een é.")
        if number == 2:
            chain.seal_waiting()
    chain.seal_waiting()
    return list(Seal.objects.order_by("number"))


def verify(*arguments: str) -> str:
    """Return what the command says; it ends with 1 when the chain is broken."""
    try:
        call_command("audit_verify", *arguments)
    except CommandError as error:
        return f"{error} Ends with {error.returncode}."
    return "whole"


def entry(seal: Seal):
    return LogEntry.objects.filter(pk=seal.entry_id)


def test_an_untouched_chain_is_whole(rows, capsys):
    call_command("audit_verify")
    assert str(chain.head()) in capsys.readouterr().out
    assert rows[-1].number == len(rows) == LogEntry.objects.count()


def test_an_empty_one_is_whole_too(db):
    assert verify() == "whole"
    assert chain.head() == chain.BEGINNING


CHANGES = {
    "actor_id": 10**6, "kind": "made", "case_reference": "M-AAAAAA", "remote_addr": "192.0.2.1",
    "timestamp": timezone.now(), "additional_data": {"reason": "anders"}, "object_pk": "7",
    "changes": {"step": ["1", "2"]}, "school_id": None, "for_board": True, "actor_email": "x",
}  # fmt: skip


@pytest.mark.parametrize("column", CHANGES)
@shows("audit-2")
def test_a_changed_row(rows, column):
    with unprotected():
        entry(rows[2]).update(**{column: CHANGES[column]})
    said = verify()
    assert f"seal 3, row {rows[2].entry_id}: changed" in said
    assert said.endswith("Ends with 1.")


@pytest.mark.parametrize("column", ["hash", "sealed_at", "entry_id"])
def test_a_changed_seal(rows, column):
    value = {"hash": "f" * 64, "sealed_at": timezone.now(), "entry_id": 10**9}[column]
    with unprotected():
        Seal.objects.filter(pk=3).update(**{column: value})
    assert "seal 3, row" in verify()


@shows("audit-2")
def test_a_removed_row(rows):
    with unprotected():
        entry(rows[3]).delete()
    assert f"seal 4, row {rows[3].entry_id}: missing: the row" in verify()


def test_a_row_removed_with_its_seal(rows):
    with unprotected():
        entry(rows[3]).delete()
        rows[3].delete()
    assert "seal 5" in verify()
    assert "missing: the seals from 4 on" in verify()


@shows("audit-2")
def test_a_row_removed_and_the_numbers_closed_up(rows):
    with unprotected():
        entry(rows[3]).delete()
        rows[3].delete()
        for seal in rows[4:]:
            Seal.objects.filter(pk=seal.pk).update(number=seal.number - 1)
    assert "seal 4" in verify()
    assert "out of order" in verify()


@shows("audit-2")
def test_two_rows_that_changed_places(rows):
    one, other = rows[1].entry_id, rows[4].entry_id
    with unprotected():
        for number, to in ((2, 10**9), (5, one), (2, other)):
            Seal.objects.filter(pk=number).update(entry_id=to)
    assert "seal 2" in verify()


@shows("audit-2")
def test_a_chain_made_anew_without_the_key(rows, settings):
    """Whoever has the database and our code, but not the key, seals what they like: it shows."""
    noted = rows[-1]
    settings.AUDIT_KEY, right = "a guess", settings.AUDIT_KEY
    with unprotected():
        entry(rows[0]).update(kind="made")
        Seal.objects.all().delete()
    chain.seal_waiting()
    assert verify() == "whole"  # under the wrong key
    assert "made anew" in verify("--head", f"{noted.number}:{noted.hash}")
    settings.AUDIT_KEY = right
    assert "seal 1" in verify()


def test_a_row_that_nobody_sealed(rows):
    record_read(None, CaseFactory())
    assert verify() == "whole"  # a moment ago: beat comes within a minute
    late = LogEntry.objects.latest("pk")
    with unprotected():
        LogEntry.objects.filter(pk=late.pk).update(timestamp=timezone.now() - timedelta(hours=1))
    assert f"row {late.pk}: not sealed" in verify()


@shows("audit-2")
def test_a_cut_off_end_shows_to_whoever_noted_the_head(rows):
    noted = str(chain.head())
    with unprotected():
        for seal in rows[4:]:
            entry(seal).delete()
            seal.delete()
    assert verify() == "whole"
    assert "cut off" in verify("--head", noted)
    assert verify("--head", str(chain.head())) == "whole"
    # As a copy of a school's trail ends: without a number.
    assert "cut off" in verify("--head", noted.partition(":")[2])
    assert verify("--head", chain.head().hash) == "whole"


def test_a_beginning_removed_by_law_is_told_to_the_command(rows):
    last = f"{rows[1].number}:{rows[1].hash}"
    with unprotected():
        for seal in rows[:2]:
            entry(seal).delete()
            seal.delete()
    assert "missing: the seals from 1 on" in verify()
    assert verify("--from", last) == "whole"
    with pytest.raises(CommandError):
        call_command("audit_verify", "--from", rows[1].hash)


@pytest.mark.parametrize("text", ["7", "7:abc", "x:" + "0" * 64])
def test_a_head_that_is_none(db, text):
    with pytest.raises(CommandError, match="NUMBER:HASH"):
        call_command("audit_verify", "--head", text)


def test_a_row_that_comes_in_after_later_ones_is_sealed_too(rows):
    """Of two transactions the first to begin may be the last to end."""
    late = LogEntry.objects.latest("pk")
    late.pk, late.additional_data = None, None
    late.save()
    early, late.pk = late.pk, late.pk + 5
    LogEntry.objects.bulk_create([late])
    with unprotected():
        entry_early = LogEntry.objects.get(pk=early)
        LogEntry.objects.filter(pk=early).delete()
    chain.seal_waiting()
    LogEntry.objects.bulk_create([entry_early])
    tasks.seal()
    assert verify() == "whole"
    assert Seal.objects.latest("number").entry_id == early


def test_the_command_finds_what_the_minute_does_not(rows):
    """Beat looks at what came in lately; by hand, all of the log is looked through."""
    with unprotected():
        Seal.objects.update(sealed_at=timezone.now() - timedelta(hours=2))
        Seal.objects.filter(number__gt=4).delete()
        Seal.objects.filter(pk=2).delete()
    chain.seal_waiting()
    assert not Seal.objects.filter(entry_id=rows[1].entry_id).exists()
    call_command("audit_seal")
    assert Seal.objects.filter(entry_id=rows[1].entry_id).exists()


def test_in_more_than_one_batch(rows, monkeypatch):
    monkeypatch.setattr(chain, "BATCH", 2)
    case = CaseFactory()
    for __ in range(5):
        record_read(None, case)
    waiting = LogEntry.objects.unsealed().count()
    assert chain.seal_waiting() == waiting > 5
    assert verify() == "whole"


def test_no_fork_is_possible(rows):
    last = rows[-1]
    fork = Seal(
        number=99, entry_id=99, previous=last.previous, hash="a" * 64, sealed_at=timezone.now()
    )
    with pytest.raises(Exception, match=r"(?i)unique|append-only") as refused, transaction.atomic():
        fork.save(force_insert=True)
    assert isinstance(refused.value, IntegrityError)


def test_the_head_is_noted_outside_of_the_database(rows, caplog):
    with caplog.at_level(logging.INFO, "audit.tasks"):
        tasks.note_head()
    assert str(chain.head()) in caplog.text


@pytest.mark.django_db(transaction=True)
def test_sealers_at_once_make_one_chain(monkeypatch):
    monkeypatch.setattr(chain, "BATCH", 2)  # so that they meet many times
    case = CaseFactory()
    for __ in range(60):
        record_read(None, case)
    sealed = at_once(*[chain.seal_waiting] * 4)
    assert sum(sealed) == LogEntry.objects.count() == Seal.objects.count()
    assert verify() == "whole"


def test_a_column_that_is_added_later_leaves_old_seals_whole():
    assert chain.canonical({"id": 1, "new": None}) == chain.canonical({"id": 1})
