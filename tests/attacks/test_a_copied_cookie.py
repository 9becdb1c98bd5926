"""Whoever holds a copy of a cookie that works still is no fresher by what its owner shows."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import second_factor
from tests.accounts.second_factors import app_shown, code, key_of, sign_in
from tests.attacks.proof import shows
from tests.attacks.test_insider_races import in_between
from tests.attacks.test_while_sessions_end import ADD, SET_UP, by_password, is_in, set_up
from tests.canary import CacheSpy

pytestmark = pytest.mark.django_db(transaction=True)
NAME = settings.SESSION_COOKIE_NAME
AGAIN, CODES = reverse("mfa_reauthenticate"), reverse("mfa_view_recovery_codes")


def copy_of(browser: Client) -> Client:
    """Return who sends the same cookie: out of a backup, a log, a minute at the machine."""
    other = Client()
    other.cookies[NAME] = browser.cookies[NAME].value
    return other


@pytest.fixture
def owner(teacher):
    """Somebody who signed in a while ago, and works on."""
    owner, now = Client(), timezone.now()
    with time_machine.travel(now - timedelta(minutes=20)):
        sign_in(owner, teacher)
    with time_machine.travel(now - timedelta(minutes=1)):
        owner.get(reverse("help"))
    return owner


@shows("session-7")
def test_a_copy_is_out_where_its_owner_gives_a_code_again(owner, teacher):
    thief = copy_of(owner)
    assert thief.get(ADD).status_code == 302
    assert owner.post(AGAIN, {"code": code(key_of(teacher))}).status_code == 302
    assert thief.get(ADD).status_code == 302
    assert not is_in(thief)
    assert owner.get(ADD).status_code == 200


@shows("session-7")
def test_a_copy_is_out_where_its_owner_ends_all_others(owner):
    thief = copy_of(owner)
    owner.post(reverse("end_other_sessions"))
    assert not is_in(thief)
    assert is_in(owner)
    assert len(owner.get(reverse("sessions")).context["sessions"]) == 1


@shows("session-7")
def test_a_copy_is_out_where_its_owner_sets_up_a_first_factor(teacher):
    owner = by_password(teacher)
    thief = copy_of(owner)
    set_up(owner)
    assert is_in(owner)
    assert not is_in(thief)


@shows("session-7")
def test_an_answer_to_the_cookie_of_before_takes_the_new_one_from_nobody(owner, teacher):
    """Another tab asked for a page at that moment: its answer can come last."""
    tab = copy_of(owner)
    owner.post(AGAIN, {"code": code(key_of(teacher))})
    assert NAME not in tab.get(reverse("help")).cookies


@shows("code-1")
def test_what_the_cache_holds_of_a_used_code_says_neither_whose_nor_which(teacher, monkeypatch):
    """Whoever read Redis knew it, and gave it again once they had taken the mark away."""
    spy = CacheSpy(monkeypatch, type(cache._connections[cache._alias]))
    given = code(key_of(teacher))
    sign_in(Client(), teacher)
    mark = second_factor.used_keys(teacher.pk, given)[0]
    assert {f"{mark} True", f"allauth.{mark} 'y'"} <= set(spy.written)  # ours, and allauth's own
    assert given not in spy.text


@shows("session-7")
def test_the_key_of_an_app_that_is_being_set_up_is_shown_to_no_copy(teacher):
    """A form that is refused shows it once more: also to whoever holds a copy of the cookie."""
    owner, other = by_password(teacher), by_password(teacher)
    secret, shown = app_shown(owner)
    copy = copy_of(owner)
    for guessed in ({}, {"app": ""}, {"app": "x"}, app_shown(copy)[1], app_shown(other)[1]):
        answer = copy.post(SET_UP, {**guessed, "code": ""})
        assert answer.status_code == 200
        assert secret not in answer.content.decode()
    assert other.post(SET_UP, {**shown, "code": code(secret)}).status_code == 200  # of a session
    assert owner.post(SET_UP, {**shown, "code": code(secret)}).status_code == 302
    assert is_in(owner)


@shows("code-1")
def test_a_code_that_was_used_before_the_key_was_renewed_is_used(teacher, settings):
    given = code(key_of(teacher))
    sign_in(Client(), teacher)
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [old]
    for __ in range(2):
        browser = by_password(teacher)
        browser.post(reverse("mfa_authenticate"), {"code": given})
        assert not is_in(browser)
        # And the other way round: a process that has not got the new key yet.
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = old, ["n" * 50]


@shows("code-1")
def test_a_recovery_code_that_is_used_while_they_are_looked_at_is_used(teacher, monkeypatch):
    owner, thief = by_password(teacher), by_password(teacher)
    set_up(owner)
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    other = by_password(teacher)
    seen = in_between(
        monkeypatch,
        Authenticator,
        "wrap",
        lambda: owner.get(CODES),
        lambda: other.post(reverse("mfa_authenticate"), {"code": codes[0]}),
    )
    assert seen.status_code == 200
    assert (
        codes[0] not in Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    )
    assert not is_in(thief)
