"""The same call several times at the same moment: nothing twice, and no error of ours."""

from functools import partial
from threading import Event
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from api.actions import revoke_token
from api.v1 import pupils, tokens
from audit.kinds import Kind
from audit.models import LogEntry
from background.hands import InHand
from cases.models import Notification, Pupil
from signals.models import Signal
from tests.api.conftest import PUPIL, System
from tests.attacks.proof import shows
from tests.attacks.test_insider_races import in_between
from tests.factories import PupilFactory
from tests.test_concurrency import AT_ONCE, at_once, hold_as_a_list, save

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def each_in_a_web_process_of_its_own(monkeypatch):
    for hands in ("_of_school", "_of_all", "_of_all_long"):
        monkeypatch.setattr(tokens, hands, InHand(AT_ONCE))


def test_a_signal_that_is_sent_again_before_the_answer_came_is_there_once(system, author, pupil):
    send = partial(system.send_signal, uuid4(), observed_at=timezone.now().isoformat())
    answers = at_once(*[send] * AT_ONCE)
    assert sorted(answer.status_code for answer in answers) == [200] * (AT_ONCE - 1) + [201]
    assert len({answer.content for answer in answers}) == 1
    assert Signal.objects.count() == 1
    assert Notification.objects.filter(kind="signal_came_in").count() == 1


def test_two_systems_send_the_same_list(system, school):
    systems = [system, System(school)]
    answers = at_once(*[partial(one.send_pupils, PUPIL) for one in systems])
    assert sorted(answer.json()["counts"]["new"] for answer in answers) == [0, 1]
    assert Pupil.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a lock of PostgreSQL")
def test_who_revokes_a_token_waits_for_no_list(system, administrator, monkeypatch):
    """One list after another kept a colleague from it: each holds what it writes to its end."""
    write, revoked = pupils.write, []

    def revoke():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")  # and no test that hangs
        revoke_token(system.token, administrator)
        revoked.append(True)

    def meanwhile(*args):
        write(*args)
        at_once(revoke)

    monkeypatch.setattr(pupils, "write", meanwhile)
    assert system.send_pupils(PUPIL).status_code == 401
    assert revoked
    assert not Pupil.objects.exists()


def test_a_signal_by_the_token_of_a_list_that_is_being_written(system, author, pupil, monkeypatch):
    """It held the token and waited for the pupil; the list held all pupils and waited for it."""
    answers, send = [], partial(system.send_signal, observed_at=timezone.now().isoformat())
    of_list = in_between(
        monkeypatch,
        pupils,
        "write",
        partial(system.send_pupils, {**PUPIL, "class_name": "8B"}),
        lambda: answers.append(send()),
    )
    assert (of_list.status_code, answers[0].status_code) == (200, 201)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a lock of PostgreSQL")
def test_an_author_can_save_while_a_list_holds_the_pupil(system, author, pupil):
    """A signal in their name held their roles, and waited for the pupil behind them."""
    held, saved = Event(), Event()

    def send():
        held.wait(30)
        return system.send_signal(observed_at=timezone.now().isoformat()).status_code

    write_a_list = partial(hold_as_a_list, pupil.pk, held, saved)
    assert at_once(write_a_list, send, lambda: save(author, held, saved))[1:] == [201, "saved"]


@shows("api-8")
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a lock of PostgreSQL")
@pytest.mark.parametrize(
    ("content", "sent_before", "answer"),
    [({"author": "niemand@nergens.example"}, False, 422), ({}, False, 503), ({}, True, 409)],
)
def test_no_number_is_tried_in_silence_while_a_list_holds_its_pupil(
    system, school, author, pupil, content, sent_before, answer
):
    """By how long it took, one saw which are pupils: a signal of nobody's waited for them too, and
    one under the key of another signal.
    """
    held, asked, key = Event(), Event(), uuid4()
    system.client.raise_request_exception = False
    if sent_before:
        other = PupilFactory(school=school, administration_key="another")
        assert system.send_signal(key, pupil=other.administration_key).status_code == 201

    def send():
        held.wait(30)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        try:
            return system.send_signal(key, **content).status_code
        finally:
            asked.set()

    write_a_list = partial(hold_as_a_list, pupil.pk, held, asked)
    assert at_once(write_a_list, send)[1] == answer
    assert Signal.objects.count() == sent_before
    assert LogEntry.objects.filter(kind=Kind.SIGNAL_REFUSED, school=system.token.school).exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a lock of PostgreSQL")
def test_a_list_does_not_stand_behind_the_revocation_of_its_token(
    system, administrator, monkeypatch
):
    """Who revoked it at that moment read a school without the list, which stood then."""
    seen = []

    def by_a_page():
        revoke_token(system.token, administrator)
        seen.append(Pupil.objects.exists())

    send = partial(system.send_pupils, PUPIL)
    answer = in_between(monkeypatch, tokens, "_hold_at_the_end", send, by_a_page)
    assert (answer.status_code, seen) == (200, [True])
