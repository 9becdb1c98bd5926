"""One-time codes, passkeys, a fresh second factor: again, guessed, gone around (ASVS 2.7, 2.8)."""

import json
import struct
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from fido2 import cbor
from fido2.utils import websafe_encode
from fido2.webauthn import CollectedClientData

from tests.accounts.every_form import written
from tests.accounts.page import Page
from tests.accounts.second_factors import LOGIN, app_shown, code, give_app, sign_in, wrong_code
from tests.accounts.test_second_factor import ASK_AGAIN
from tests.attacks.passkey import PLACE, Passkey
from tests.attacks.proof import shows
from tests.factories import PASSWORD
from tests.test_role_matrix import MATRIX, arguments
from tests.world import World

pytestmark = pytest.mark.django_db

GIVE = reverse("mfa_authenticate")
AGAIN = reverse("mfa_reauthenticate")
BY_PASSKEY = reverse("mfa_login_webauthn")
AT_HALF = 15


@pytest.fixture
def clock(monkeypatch):
    """A clock that one puts forward; it begins in the middle of a half minute."""
    begun = time.time() // 30 * 30 + AT_HALF
    ahead = [0]
    monkeypatch.setattr(time, "time", lambda: begun + ahead[0])

    def forward(seconds: int) -> None:
        ahead[0] += seconds

    return forward


def by_password(user) -> Client:
    """Return a browser in which somebody gave their password."""
    browser = Client()
    browser.post(LOGIN, {"login": user.email, "password": PASSWORD})
    return browser


def signs_in(user, given: str) -> bool:
    """Tell whether password and code open the door."""
    browser = by_password(user)
    browser.post(GIVE, {"code": given})
    return "_auth_user_id" in browser.session


@shows("code-1")
@pytest.mark.parametrize("ahead", [-1, 0, 1])
def test_a_code_works_once_for_as_long_as_it_is_valid(ahead, teacher, clock):
    used = code(give_app(teacher), ahead)
    assert signs_in(teacher, used)
    for _moment in range(9):
        for written_so in (used, f"{used[:3]} {used[3:]}", f"-{used}."):
            assert not signs_in(teacher, written_so)
        cache.delete_many(list_of_limits(teacher))
        clock(10)


def list_of_limits(user) -> list[str]:
    """Return where the mistakes of somebody's second factor are counted: not what is tried here."""
    import hashlib

    key = hashlib.sha256(f"mfa-auth-user-{user.pk}".encode()).hexdigest()
    rates = ("5/300.0/key", "50/86400/key", "50/86400.0/key")
    return [f"allauth:rl:allauth.account:login_failed:{rate}:{key}" for rate in rates]


@shows("code-1")
def test_a_code_that_was_given_again_signs_nobody_in(teacher, signed_in, clock):
    used = code(give_app(teacher))
    browser = signed_in(teacher, second_factor_ago=timedelta(hours=1))
    assert browser.post(AGAIN, {"code": used}).status_code == 302
    clock(20)
    assert not signs_in(teacher, used)
    assert browser.post(AGAIN, {"code": used}).status_code == 200


@shows("code-1")
def test_the_code_with_which_an_app_is_set_up_signs_nobody_in(teacher, clock):
    browser = by_password(teacher)
    url = reverse("mfa_activate_totp")
    secret, shown = app_shown(browser)
    used = code(secret)
    assert browser.post(url, {**shown, "code": used}).status_code == 302
    assert not signs_in(teacher, used)
    assert signs_in(teacher, code(secret, 1))


@shows("code-1")
def test_an_old_code_and_one_of_later_are_wrong(teacher, clock):
    secret = give_app(teacher)
    assert not signs_in(teacher, code(secret, -2))
    assert not signs_in(teacher, code(secret, 2))
    assert signs_in(teacher, code(secret, 1))


@shows("code-2")
def test_a_recovery_code_works_once_and_for_its_owner(teacher, coordinator):
    for user in (teacher, coordinator):
        give_app(user)
    mine, theirs = (
        RecoveryCodes.activate(user).generate_codes() for user in (teacher, coordinator)
    )
    assert not signs_in(teacher, theirs[0])
    assert signs_in(teacher, mine[0])
    cache.clear()  # long after, too
    assert not signs_in(teacher, mine[0])
    assert signs_in(teacher, mine[1])


@shows("code-2")
def test_the_code_of_somebody_else_is_wrong(teacher, coordinator):
    give_app(teacher)
    assert not signs_in(teacher, code(give_app(coordinator)))


@shows("code-2")
@pytest.mark.parametrize("given", ["", " ", "000000\x00", "٠٠٠٠٠٠", "9" * 3000, "1e5", "null"])
def test_what_is_no_code_is_wrong(given, teacher):
    give_app(teacher)
    assert not signs_in(teacher, given)


@shows("code-3")
@pytest.mark.parametrize("kind", ["app", "recovery code"])
@pytest.mark.parametrize("place", ["signing in", "asked again"])
def test_codes_are_not_guessed(kind, place, teacher, signed_in):
    secret = give_app(teacher)
    right = RecoveryCodes.activate(teacher).generate_codes()[0] if kind != "app" else code(secret)
    wrong = wrong_code(secret) if kind == "app" else "00000000"
    url = GIVE if place == "signing in" else AGAIN

    def browser() -> Client:
        if url == GIVE:
            return by_password(teacher)  # a new session for each try: it does not help
        return signed_in(teacher, second_factor_ago=timedelta(hours=1))

    for _guess in range(5):
        assert browser().post(url, {"code": wrong}).status_code == 200
    answer = browser().post(url, {"code": right})
    assert answer.status_code == 200
    assert "Te vaak fout" in Page(answer).at("code")
    cache.clear()  # that while later
    assert browser().post(url, {"code": right}).status_code == 302


@shows("code-3")
def test_a_code_that_was_used_counts_as_a_mistake(teacher):
    secret = give_app(teacher)
    used = code(secret)
    assert signs_in(teacher, used)
    for _guess in range(5):
        signs_in(teacher, used)
    assert not signs_in(teacher, code(secret, 1))


# --- Passkeys -------------------------------------------------------------------------------------
def challenge(browser: Client) -> str:
    """Return a challenge for a passkey alone."""
    asked = browser.get(BY_PASSKEY, headers={"x-requested-with": "XMLHttpRequest"})
    return asked.json()["request_options"]["publicKey"]["challenge"]


def answers(browser: Client, credential: str) -> bool:
    """Send an answer; tell whether it signed somebody in."""
    assert browser.post(BY_PASSKEY, {"credential": credential}).status_code == 302
    return "_auth_user_id" in browser.session


@shows("code-4")
def test_an_answer_of_a_passkey_works_once(teacher):
    key, browser, thief = Passkey(teacher), Client(), Client()
    answer = key.answer(challenge(browser))
    assert not answers(thief, answer)  # without a challenge
    challenge(thief)
    assert not answers(thief, answer)  # to that of another session
    assert answers(browser, answer)
    browser.logout()
    assert not answers(browser, answer)
    challenge(browser)
    assert not answers(browser, answer)


@shows("code-4")
def test_an_answer_for_another_site_or_person_is_refused(teacher, coordinator):
    key, other, browser = Passkey(teacher), Passkey(coordinator), Client()
    assert not answers(browser, key.answer(challenge(browser), "evil.example"))
    stolen = json.loads(key.answer(challenge(browser)))
    stolen["response"]["userHandle"] = json.loads(other.answer(""))["response"]["userHandle"]
    assert not answers(browser, json.dumps(stolen))


@shows("code-4")
@pytest.mark.parametrize(
    "broken",
    ["", "{}", "[]", "null", "1", '"x"', "{", '{"id": "x"}', '{"id": 1, "response": []}',
     '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}',
     '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"userHandle": "/w"}}',
     '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "e30",'
     ' "authenticatorData": "AA", "signature": "AA", "userHandle": "MQ"}}'],
)  # fmt: skip
def test_what_is_no_answer_is_refused_without_an_error(broken, teacher, signed_in):
    Passkey(teacher)
    browser = Client()
    challenge(browser)
    assert not answers(browser, broken)
    second = by_password(teacher)
    assert second.post(GIVE, {"credential": broken}).status_code == 200
    again = signed_in(teacher, second_factor_ago=timedelta(hours=1))
    url = reverse("mfa_reauthenticate_webauthn")
    again.get(url)
    assert again.post(url, {"credential": broken}).status_code in (200, 302)
    assert again.get(reverse("people:people")).status_code == 404


@shows("code-6")
def test_a_stolen_key_alone_does_not_sign_in(teacher, coordinator):
    stolen, browser = Passkey(teacher), Client()
    assert not answers(browser, stolen.answer(challenge(browser), known=False))
    # An insider's own second step asks less of a key. Its challenge outlives the step itself.
    Passkey(coordinator)
    insider = by_password(coordinator)
    page = insider.get(GIVE)
    asked = page.context["js_data"]["request_options"]["publicKey"]["challenge"]
    session = insider.session
    session["account_login"]["initiated_at"] -= 16 * 60
    session.save()
    assert not answers(insider, stolen.answer(asked, known=False))
    assert answers(insider, stolen.answer(challenge(insider)))


@shows("code-6")
def test_a_key_that_was_not_meant_to_sign_in_alone_does_not(teacher):
    key, browser = Passkey(teacher, alone=False), Client()
    answered = {"credential": key.answer(challenge(browser))}
    page = browser.post(reverse("mfa_login_webauthn"), answered, follow=True)
    assert "_auth_user_id" not in browser.session
    # Its owner would believe that it is broken; to who did not unlock it nothing is said.
    assert "Met deze passkey alleen log je niet in." in page.content.decode()
    unlocked_by_nobody = {"credential": key.answer(challenge(browser), known=False)}
    page = browser.post(reverse("mfa_login_webauthn"), unlocked_by_nobody, follow=True)
    assert "Deze passkey is niet aangenomen." in page.content.decode()
    second = by_password(teacher)
    asked = second.get(GIVE).context["js_data"]["request_options"]["publicKey"]["challenge"]
    second.post(GIVE, {"credential": key.answer(asked)})
    assert "_auth_user_id" in second.session


@shows("code-6")
@pytest.mark.parametrize("alone", [True, False])
def test_whether_a_key_signs_in_alone_is_what_its_owner_said(alone, teacher, signed_in):
    key = Passkey(teacher)
    Authenticator.objects.all().delete()
    owner = signed_in(teacher, second_factor_ago=timedelta(minutes=1))
    adding = reverse("mfa_add_webauthn")
    asked = owner.get(adding).context["js_data"]["creation_options"]["publicKey"]["challenge"]
    ticked = {"passwordless": "on"} if alone else {}
    owner.post(adding, {"name": "Sleutel", "credential": key.made(asked), **ticked})
    assert Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).count() == 1
    browser = Client()
    assert answers(browser, key.answer(challenge(browser))) == alone


def credential_of(what: bytes) -> str:
    """Return an answer of nobody's key, with something behind what an authenticator says."""
    seen = b"\0" * 32 + b"\x80" + b"\0" * 4 + what
    client = CollectedClientData.create("webauthn.get", b"0" * 32, f"https://{PLACE}")
    response = {
        "clientDataJSON": websafe_encode(client), "signature": "AA", "userHandle": "MQ",
        "authenticatorData": websafe_encode(seen),
        "attestationObject": websafe_encode(what),
    }  # fmt: skip
    return json.dumps(
        {"id": "eA", "rawId": "eA", "type": "public-key", "response": response,
         "clientExtensionResults": {}}
    )  # fmt: skip


LONG = 40_000
BITES = {
    # Each is cut off what follows: four million of them take minutes.
    "a list of nothings": credential_of(b"\x9a" + struct.pack(">I", LONG) + b"\0" * LONG),
    "lists in lists": credential_of(b"\x81" * 5000 + b"\0"),
    "words in words": "[" * 5000 + "]" * 5000,
}


@shows("code-7")
@pytest.mark.parametrize("bite", BITES.values(), ids=BITES)
def test_nobody_works_on_what_is_longer_or_deeper_than_an_answer(
    bite, teacher, signed_in, monkeypatch
):
    """Before it is known whose key it is: a stranger could send eight megabytes of it."""
    read, longest = cbor.decode_from, []

    def measured(data):
        longest.append(len(data))
        return read(data)

    monkeypatch.setattr(cbor, "decode_from", measured)
    Passkey(teacher)
    stranger, second = Client(), by_password(teacher)
    challenge(stranger)
    assert not answers(stranger, bite)
    assert second.post(GIVE, {"credential": bite}).status_code == 200
    assert max(longest) < LONG
    again = signed_in(teacher, second_factor_ago=timedelta(minutes=1))
    for name in ("mfa_reauthenticate_webauthn", "mfa_add_webauthn"):
        again.get(reverse(name))
        assert again.post(reverse(name), {"credential": bite, "name": "x"}).status_code < 500
    assert max(longest) < LONG
    assert Authenticator.objects.count() == 1


# --- A fresh one ----------------------------------------------------------------------------------
@shows("code-5")
@pytest.mark.parametrize("name", sorted(ASK_AGAIN))
def test_no_way_leads_around_a_fresh_second_factor(name, signed_in):
    world = World()
    who = MATRIX[name][0] if MATRIX[name] else "administrator"
    give_app(world.people[who])
    browser = signed_in(world.people[who], second_factor_ago=timedelta(minutes=16))
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    url, before = reverse(name, args=arguments(name, world)), written()
    answers = (
        browser.get(url),
        browser.head(url),
        browser.post(url, {"reason": "Een reden die lang genoeg is."}),
        browser.get(url, headers={"HX-Request": "true"}),
        browser.post(url, headers={"HX-Request": "true"}),
        browser.get(url, {"next": "/", "code": "000000"}),
    )
    assert {answer.status_code for answer in answers} == {302}
    assert all(answer["Location"].startswith(AGAIN) for answer in answers)
    assert written() == before


@shows("code-5")
def test_one_half_step_opens_no_page(teacher):
    """The password was given, the code was not: nothing is there but the question for it."""
    give_app(teacher)
    browser = by_password(teacher)
    for name in ("home", "signals:mine", "mfa_index", "mfa_activate_totp", "account_reauthenticate",
                 "account_change_password", "sessions", "mfa_generate_recovery_codes"):  # fmt: skip
        for ask in (browser.get, browser.post):
            assert ask(reverse(name))["Location"].startswith(LOGIN), name


@shows("code-5")
def test_a_session_without_the_factor_adds_none(teacher, signed_in):
    """Of before the owner set one up: whoever holds it makes no key of their own."""
    browser = signed_in(teacher, second_factor_ago=None)
    give_app(teacher)
    kept = set(Authenticator.objects.values_list("pk", flat=True))
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes",
                 "mfa_deactivate_totp"):  # fmt: skip
        for ask in (browser.get, browser.post):
            assert ask(reverse(name)).status_code == 302, name
    assert set(Authenticator.objects.values_list("pk", flat=True)) == kept


def test_so_it_is_for_who_has_a_code(teacher):
    """What is refused above is opened by the right code: the tests say something."""
    assert sign_in(Client(), teacher).status_code == 302
