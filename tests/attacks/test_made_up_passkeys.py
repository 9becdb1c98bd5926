"""What a stranger's made-up answer of a passkey has the server do, and tells by it."""

import json
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import int_to_base36
from fido2.utils import websafe_encode

from accounts.factor_forms import LONGEST_NAME, MOST_PASSKEYS
from tests.accounts.page import Page
from tests.attacks.passkey import Passkey
from tests.attacks.proof import shows

pytestmark = pytest.mark.django_db

BY_PASSKEY, ADD = reverse("mfa_login_webauthn"), reverse("mfa_add_webauthn")


def challenge(browser: Client) -> str:
    asked = browser.get(BY_PASSKEY, headers={"x-requested-with": "XMLHttpRequest"})
    return asked.json()["request_options"]["publicKey"]["challenge"]


def answered_as(number: int, key: Passkey, browser: Client) -> str:
    """Return the answer of a key that says to be that of an account of such a number."""
    said = json.loads(key.answer(challenge(browser)))
    said["response"]["userHandle"] = websafe_encode(int_to_base36(number).encode())
    return json.dumps(said)


@pytest.fixture
def strange(coordinator):
    """A key that nobody here has."""
    key = Passkey(coordinator)
    Authenticator.objects.all().delete()
    return key


@shows("code-11")
def test_whatever_number_it_names_the_same_is_asked(teacher, coordinator, strange):
    """By the time that it took one counted the accounts, and who of them has a passkey."""
    Passkey(teacher)
    asked = []
    for number in (teacher.pk, coordinator.pk, 100_000):
        browser = Client()
        answer = answered_as(number, strange, browser)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            browser.post(BY_PASSKEY, {"credential": answer})
        assert "_auth_user_id" not in browser.session
        asked.append(len(captured))
    assert len(set(asked)) == 1


@pytest.mark.parametrize("said", ["\x00", "\ud800", "", "?", None, 1, [], {}])
def test_an_id_that_is_none_is_wrong_and_no_error(teacher, strange, said):
    browser = Client()
    answer = json.loads(answered_as(teacher.pk, strange, browser))
    for name in ("rawId", "id"):
        broken = browser.post(BY_PASSKEY, {"credential": json.dumps({**answer, name: said})})
        assert broken.status_code == 302
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("rest", [b"\x19\x01", b"\x1a\x01", b"\x1b\x01", b"\xa1\x60", b""])
def test_what_breaks_off_is_wrong_and_no_error(teacher, strange, rest):
    """Behind what a key says of itself stands more, of which the beginning of a number came."""
    browser = Client()
    answer = json.loads(answered_as(teacher.pk, strange, browser))
    said = b"\0" * 32 + b"\x85" + b"\0\0\0\1" + rest
    answer["response"]["authenticatorData"] = websafe_encode(said)
    assert browser.post(BY_PASSKEY, {"credential": json.dumps(answer)}).status_code == 302
    assert "_auth_user_id" not in browser.session


def test_a_passkey_of_before_that_keeps_a_number_signs_in(teacher):
    key, browser = Passkey(teacher), Client()
    browser.post(BY_PASSKEY, {"credential": answered_as(teacher.pk, key, browser)})
    assert browser.session["_auth_user_id"] == str(teacher.pk)


@shows("code-11")
def test_nor_can_one_say_to_be_somebody_else_by_one_s_own_key(teacher, coordinator):
    key, browser = Passkey(coordinator), Client()
    Passkey(teacher)
    asked = []
    for number in (teacher.pk, 100_000):
        answer = answered_as(number, key, browser)
        with CaptureQueriesContext(connection) as captured:
            browser.post(BY_PASSKEY, {"credential": answer})
        assert "_auth_user_id" not in browser.session
        asked.append(len(captured))
    assert len(set(asked)) == 1


@shows("code-11")
def test_nobody_has_more_passkeys_than_are_read_in_a_moment(teacher, signed_in, monkeypatch):
    """Each answer that names their owner has all of them read, without any session."""
    for __ in range(MOST_PASSKEYS - 1):
        Passkey(teacher)
    owner = signed_in(teacher, second_factor_ago=timedelta(minutes=1))
    for is_taken in (True, False):
        key = Passkey(teacher)
        Authenticator.objects.order_by("pk").last().delete()
        page = owner.get(ADD)
        asked = page.context["js_data"]["creation_options"]["publicKey"]["challenge"]
        answer = owner.post(ADD, {"name": "Telefoon", "credential": key.made(asked)})
        assert (answer.status_code == 302) is is_taken
    assert "Je hebt al 10 passkeys" in Page(answer).text
    assert len(auth.get_credentials(teacher)) == MOST_PASSKEYS


@shows("code-11")
def test_the_name_of_a_passkey_is_a_name(teacher, signed_in):
    Passkey(teacher)
    owner = signed_in(teacher, second_factor_ago=timedelta(minutes=1))
    for url in (ADD, _edit(owner)):
        page = Page(owner.post(url, {"name": "x" * (LONGEST_NAME + 1), "credential": "{}"}))
        assert "niet meer dan 100 tekens" in page.at("name")
    assert Authenticator.objects.get().wrap().name == "Sleutel"


def _edit(owner: Client) -> str:
    page = owner.get(reverse("mfa_list_webauthn")).content.decode()
    return next(part.split('"')[0] for part in page.split('href="')[1:] if "/edit/" in part)
