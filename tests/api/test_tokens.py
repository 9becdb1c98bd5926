"""Who comes in with a token, to what, and no longer than it works."""

import re
import time
from contextlib import ExitStack
from datetime import timedelta
from unittest import mock

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from api import secrets
from api.actions import MOST, make_token, revoke_token
from api.models import ApiToken
from api.scopes import CASES_COUNT, PUPILS_WRITE, SCOPES, SIGNALS_WRITE
from api.v1 import pupils, tokens
from audit.models import LogEntry
from background.hands import CALLS_OF_ALL, WAITS_FOR, InTurn, NoneFree
from cases.models import Pupil
from signals.models import Signal
from tests.api.conftest import AT, PUPIL, System
from tests.attacks.proof import shows
from tests.conftest import sign_in
from tests.factories import SchoolFactory

pytestmark = pytest.mark.django_db

CALLS = {
    PUPILS_WRITE: lambda system: system.send_pupils(PUPIL),
    SIGNALS_WRITE: lambda system: system.send_signal(),
    CASES_COUNT: lambda system: system.count(),
}
SESSION = settings.SESSION_COOKIE_NAME


def test_each_scope_opens_its_own_call_and_no_other(school, author, pupil, subtests):
    assert set(CALLS) == set(SCOPES)
    for scope in SCOPES:
        system = System(school, scope)
        for call, ask in CALLS.items():
            with subtests.test(scope=scope, call=call):
                answer = ask(system)
                assert answer.status_code == (
                    {SIGNALS_WRITE: 201}.get(call, 200) if call == scope else 403
                )
                assert call == scope or answer.json()["code"] == "scope"


@shows("api-1")
def test_whoever_brings_no_token_that_works_gets_the_same_answer(school, author, pupil, subtests):
    good, today = System(school), timezone.localdate()
    by = {"revoked_at": timezone.now(), "revoked_by": good.token.made_by}
    brought = {
        "nothing": "",
        "another scheme": f"Basic {good.secret}",
        "no scheme": good.secret,
        "two spaces": f"Bearer  {good.secret}",
        "something more": f"Bearer {good.secret} {good.secret}",
        "never made": f"Bearer {secrets.new()}",
        "a sign off": f"Bearer {good.secret[:-1]}",
        "in capitals": f"Bearer {good.secret.upper()}",
        "its hash": f"Bearer {good.token.secret_hash}",
        "no letters": "Bearer \N{LATIN SMALL LETTER E WITH ACUTE}",
        "revoked": f"Bearer {System(school, **by).secret}",
        "over": f"Bearer {System(school, expires_on=today - timedelta(days=1)).secret}",
    }
    answers = {}
    for name, header in brought.items():
        cache.clear()  # nobody counts how often
        with subtests.test(name):
            answers[name] = [
                good.ask("PUT", "/pupils", {"pupils": [PUPIL]}, Authorization=header),
                good.ask("POST", "/signals", {}, Authorization=header),
                good.ask("GET", "/cases/counts", Authorization=header),
            ]
            for answer in answers[name]:
                assert answer.status_code == 401
                assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert len({answer.content for three in answers.values() for answer in three}) == 1
    assert not Pupil.objects.exclude(pk=pupil.pk).exists()
    assert good.count().status_code == 200


def test_a_token_works_through_its_last_day(school):
    system = System(school)
    last = system.token.expires_on
    with time_machine.travel(f"{last}T23:50:00+01:00", tick=False):
        assert system.count().status_code == 200
    with time_machine.travel(f"{last + timedelta(days=1)}T00:10:00+01:00", tick=False):
        assert system.count().status_code == 401


def test_revoked_it_ends_at_once(school, administrator):
    system = System(school)
    assert system.count().status_code == 200
    revoke_token(system.token, administrator)
    assert system.count().status_code == 401


def test_revoked_while_a_call_waits_nothing_is_written(school, administrator, monkeypatch):
    """It was looked at, and is looked at again where something is about to be written."""
    system, looked = System(school), tokens.SchoolToken.authenticate

    def and_then_revoked(self, request, text):
        found = looked(self, request, text)
        revoke_token(found, administrator)
        return found

    monkeypatch.setattr(tokens.SchoolToken, "authenticate", and_then_revoked)
    assert system.send_pupils(PUPIL).status_code == 401
    assert not Pupil.objects.exists()


def test_revoked_while_a_list_is_written_nothing_of_it_stands(school, administrator, monkeypatch):
    """Who revokes it does not wait until the list is written: that takes as long as they wait."""
    system, write = System(school), pupils.write

    def and_then_revoked(*args):
        write(*args)
        assert Pupil.objects.exists()
        revoke_token(system.token, administrator)

    monkeypatch.setattr(pupils, "write", and_then_revoked)
    assert system.send_pupils(PUPIL).status_code == 401
    assert not Pupil.objects.exists()


@shows("busy-13")
def test_of_one_school_s_systems_one_call_is_in_hand_at_once(school, monkeypatch):
    """Many that wait for one that writes a long list keep all others out."""
    first, second, other = System(school), System(school), System(SchoolFactory())
    meanwhile, write = [], pupils.write

    def asked_meanwhile(*args):
        if not meanwhile:
            # The others of the school; and of another one what writes for long.
            meanwhile[:] = [second.send_pupils(PUPIL), first.count(), other.send_pupils(PUPIL)]
            meanwhile.append(other.count())
        write(*args)

    monkeypatch.setattr(pupils, "write", asked_meanwhile)
    assert first.send_pupils(PUPIL).status_code == 200
    assert [answer.status_code for answer in meanwhile] == [429, 429, 429, 200]
    assert meanwhile[0].headers["Retry-After"] == "5"
    assert meanwhile[0].json()["code"] == "too_often"
    # And once it is done, or failed, the next one has its turn.
    with pytest.raises(ZeroDivisionError), tokens.a_hand_free(first.token):
        1 / 0  # noqa: B018
    assert other.send_pupils(PUPIL).status_code == 200
    assert second.send_pupils(PUPIL).status_code == 200


@shows("busy-13")
def test_systems_of_many_schools_leave_hands_for_people():
    """Four schools' lists at one moment were all hands of a process."""
    systems = [System(SchoolFactory()) for __ in range(CALLS_OF_ALL + 1)]
    with ExitStack() as calls:
        for system in systems[:-1]:
            calls.enter_context(tokens.a_hand_free(system.token))
        assert systems[-1].count().status_code == 429
    assert systems[-1].count().status_code == 200


@shows("busy-13")
def test_a_school_that_sends_long_lists_on_and_on_keeps_no_other_waiting(monkeypatch):
    """Who asks without end was first each time that the other asked after five seconds."""
    busy, other = System(SchoolFactory()), System(SchoolFactory())
    write, said = pupils.write, []

    def asked_meanwhile(*args):
        if not said:
            said.append(other.send_pupils(PUPIL).status_code)
        write(*args)

    monkeypatch.setattr(pupils, "write", asked_meanwhile)
    assert busy.send_pupils(PUPIL).status_code == 200
    assert said == [429]
    assert busy.send_pupils(PUPIL).status_code == 429  # somebody else waits
    assert other.send_pupils(PUPIL).status_code == 200
    assert busy.send_pupils(PUPIL).status_code == 200


@shows("busy-13")
def test_two_schools_of_one_administrator_keep_no_third_waiting():
    """Both hands of all were theirs each time, for signals too: nobody stepped back there."""
    first, second, third = (System(SchoolFactory()) for __ in range(3))

    def ask_at_once(*systems):
        with ExitStack() as calls:
            for system in systems:
                calls.enter_context(tokens.a_hand_free(system.token))
            return third.send_pupils(PUPIL).status_code

    assert ask_at_once(first, second) == 429
    assert (first.count().status_code, second.count().status_code) == (429, 429)
    assert third.send_pupils(PUPIL).status_code == 200
    # Who had it longest ago goes first; who had it since stands in nobody's way.
    assert (third.count().status_code, first.count().status_code) == (429, 429)
    assert [one.count().status_code for one in (second, first, third)] == [200] * 3


@shows("busy-13")
def test_who_waits_for_one_hand_keeps_their_turn_at_the_other():
    both = InTurn(2)

    def refused_elsewhere():
        with both.take("three") as is_taken:
            assert is_taken
            raise NoneFree

    with both.take("one"), both.take("two"), both.take("three") as is_taken:
        assert not is_taken
    with pytest.raises(NoneFree):
        refused_elsewhere()
    with both.take("one") as is_taken:
        assert not is_taken
    with both.take("three") as is_taken:
        assert is_taken
    with both.take("one") as is_taken:
        assert is_taken


@shows("busy-13")
def test_who_was_refused_and_asks_no_more_keeps_nobody_waiting():
    hands, now = InTurn(1), time.monotonic()
    with hands.take("one"), hands.take("two") as is_taken:
        assert not is_taken
    with hands.take("one") as is_taken:
        assert not is_taken
    with hands.take("three") as is_taken:  # who had it not waits for nobody
        assert is_taken
    later = mock.patch("background.hands.time.monotonic", return_value=now + WAITS_FOR + 1)
    with later, hands.take("one") as is_taken:
        assert is_taken


@shows("busy-13")
def test_what_is_refused_for_want_of_a_hand_uses_up_no_rate(school, monkeypatch):
    """Who asks again after five seconds, as told, was refused for an hour after a hundred times."""
    system, read = System(school), []
    monkeypatch.setattr(pupils, "_read", read.append)
    with tokens.a_hand_free(system.token):
        for __ in range(12):
            answer = system.send_pupils(PUPIL)
            assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
    assert read == []  # nor is it looked at: of a long list that took the web's whole time
    monkeypatch.undo()
    assert system.send_pupils(PUPIL).status_code == 200


def test_it_is_written_down_on_which_day_it_was_used_last(system):
    assert system.token.last_used_on is None
    system.count()
    system.token.refresh_from_db()
    assert system.token.last_used_on == timezone.localdate()


def test_only_a_hash_is_kept(school, administrator, django_assert_num_queries):
    key = administrator.public_id
    values = {"name": "A", "scopes": [CASES_COUNT], "expires_on": timezone.localdate()}
    token, secret = make_token(school, administrator, key, **values)
    row = ApiToken.objects.filter(pk=token.pk).values().get()
    assert secret not in repr(row)
    assert row["secret_hash"] == secrets.hashed(secret)
    assert re.fullmatch(r"meldcode_[0-9A-Za-z]{49}", secret)
    with django_assert_num_queries(0):  # told by its own checksum
        assert not secrets.is_one(secret.replace(secret[20], "?"))


def test_two_are_never_alike():
    made = {secrets.new() for _ in range(500)}
    assert len(made) == 500
    assert all(map(secrets.is_one, made))


@shows("api-2")
def test_a_session_opens_nothing(school, administrator, coordinator):
    for person in (administrator, coordinator):
        browser = sign_in(person)
        for method, path in (("PUT", "/pupils"), ("POST", "/signals"), ("GET", "/cases/counts")):
            answer = browser.generic(method, f"{AT}{path}", "{}", content_type="application/json")
            assert answer.status_code == 401
            assert not answer.cookies


@shows("api-2")
def test_a_session_beside_a_token_is_not_read(school, coordinator):
    """Nor is what is done laid to whoever is signed in on that browser."""
    system = System(school)
    system.client = sign_in(coordinator)
    before = system.client.cookies[SESSION].value
    assert system.send_pupils(PUPIL).status_code == 200
    assert system.client.cookies[SESSION].value == before
    made = Pupil.objects.get()
    (row,) = LogEntry.objects.filter(object_repr=f"pupil {made.public_id}")
    assert (row.actor, row.system) == (None, system.token.name)


@shows("api-3")
def test_a_token_of_another_school_reaches_nothing_of_this_one(school, author, pupil):
    other = System(SchoolFactory())
    assert other.send_pupils({**PUPIL, "given_name": "Anders"}).json()["counts"]["new"] == 1
    pupil.refresh_from_db()
    assert pupil.given_name != "Anders"
    refused = other.send_signal()
    assert refused.status_code == 422
    assert refused.json()["code"] == "unknown"
    assert not Signal.objects.exists()


@shows("api-4")
def test_too_often_is_told_when_to_come_back(system):
    answers = [system.count() for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert answers[-1].json()["code"] == "too_often"
    # Each scope counts apart, and each token.
    assert system.send_pupils(PUPIL).status_code == 200
    assert System(system.token.school).count().status_code == 200


@shows("api-4")
def test_wrong_tokens_are_counted_by_address_and_keep_no_right_one_waiting(system):
    wrong = f"Bearer {secrets.new()}"
    answers = [system.ask("GET", "/cases/counts", Authorization=wrong) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [401] * 30 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert system.count().status_code == 200


def test_no_token_stands_in_a_log(school, log):
    system = System(school)
    system.count()
    system.ask("PUT", "/pupils", "[", Authorization=f"Bearer {system.secret}")
    system.ask("GET", "/nothing")
    assert system.secret not in log.getvalue()


def test_a_school_has_so_many_tokens_and_no_more(school, administrator):
    for _ in range(MOST):
        System(school, made_by=administrator)
    browser = sign_in(administrator)
    sent = {"name": "Een te veel", "scopes": [CASES_COUNT],
            "expires_on": (timezone.localdate() + timedelta(days=9)).isoformat()}  # fmt: skip
    assert browser.post("/systems/new/", sent).status_code == 422
    assert ApiToken.objects.count() == MOST
