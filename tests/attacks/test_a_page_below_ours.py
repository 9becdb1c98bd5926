"""A browser lets pages of names below ours, and of other ports of it, ask for our passkeys."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts import factor_forms
from tests.attacks.passkey import PLACE, Passkey
from tests.attacks.proof import shows
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

BY_PASSKEY = reverse("mfa_login_webauthn")
GIVE = reverse("mfa_authenticate")
AGAIN = reverse("mfa_reauthenticate_webauthn")
ADD = reverse("mfa_add_webauthn")
OURS = f"https://{PLACE}"
OTHERS = {
    "below": {"page": f"https://roosters.{PLACE}"},
    "another port": {"page": f"{OURS}:8443"},
    "below, another port": {"page": f"https://a.b.{PLACE}:8443"},
    "no TLS": {"page": f"http://{PLACE}"},
    "in a frame": {"page": OURS, "framed": True},
}
WHOSE = [
    *({"said": said, "taken": False} for said in OTHERS.values()),
    {"said": {"page": OURS}, "taken": True},
]
by_a_page = pytest.mark.parametrize("whose", WHOSE, ids=[*OTHERS, "ours"])


@pytest.fixture(autouse=True)
def as_in_production(settings):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
    settings.SITE_URL = OURS


def asked(page, options: str) -> str:
    return page.context["js_data"][options]["publicKey"]["challenge"]


@shows("code-9")
@by_a_page
def test_what_another_page_got_signs_nobody_in(whose, teacher):
    key, browser = Passkey(teacher), Client()
    options = browser.get(
        BY_PASSKEY, headers={"X-Requested-With": "XMLHttpRequest"}, secure=True
    ).json()["request_options"]
    answer = key.answer(options["publicKey"]["challenge"], **whose["said"])
    browser.post(BY_PASSKEY, {"credential": answer}, secure=True)
    assert ("_auth_user_id" in browser.session) == whose["taken"]


@shows("code-9")
@by_a_page
def test_what_another_page_got_is_no_second_step(whose, teacher):
    key, browser = Passkey(teacher), Client()
    typed = {"login": teacher.email, "password": PASSWORD}
    browser.post(reverse("account_login"), typed, secure=True)
    challenge = asked(browser.get(GIVE, secure=True), "request_options")
    answer = key.answer(challenge, **whose["said"])
    browser.post(GIVE, {"credential": answer}, secure=True)
    assert ("_auth_user_id" in browser.session) == whose["taken"]


@shows("code-9")
@by_a_page
def test_what_another_page_got_is_no_fresh_factor(whose, administrator, signed_in):
    key = Passkey(administrator)
    browser = signed_in(administrator, second_factor_ago=timedelta(hours=1))
    challenge = asked(browser.get(AGAIN, secure=True), "request_options")
    browser.post(AGAIN, {"credential": key.answer(challenge, **whose["said"])}, secure=True)
    opened = browser.get(reverse("people:invite"), secure=True).status_code == 200
    assert opened == whose["taken"]


@shows("code-9")
@by_a_page
def test_what_another_page_got_is_no_new_passkey(whose, teacher, signed_in):
    key = Passkey(teacher)
    Authenticator.objects.all().delete()
    browser = signed_in(teacher, second_factor_ago=timedelta(minutes=1))
    challenge = asked(browser.get(ADD, secure=True), "creation_options")
    made = {"name": "Sleutel", "credential": key.made(challenge, **whose["said"])}
    browser.post(ADD, made, secure=True)
    assert Authenticator.objects.filter(type="webauthn").exists() == whose["taken"]


@pytest.mark.parametrize("typed", [f"https://{PLACE.title()}", f"{OURS}:443", f"{OURS}/"])
def test_however_our_address_was_typed_it_is_ours(teacher, settings, typed):
    settings.SITE_URL = typed
    key, browser = Passkey(teacher), Client()
    options = browser.get(
        BY_PASSKEY, headers={"X-Requested-With": "XMLHttpRequest"}, secure=True
    ).json()["request_options"]
    answer = key.answer(options["publicKey"]["challenge"], page=OURS)
    browser.post(BY_PASSKEY, {"credential": answer}, secure=True)
    assert "_auth_user_id" in browser.session


@shows("code-9")
def test_nor_when_whoever_hands_it_on_names_that_port_as_ours(teacher):
    key, browser = Passkey(teacher), Client()
    port = {"HTTP_HOST": f"{PLACE}:8443", "secure": True}
    options = browser.get(BY_PASSKEY, headers={"X-Requested-With": "XMLHttpRequest"}, **port)
    challenge = options.json()["request_options"]["publicKey"]["challenge"]
    answer = key.answer(challenge, page=f"{OURS}:8443")
    browser.post(BY_PASSKEY, {"credential": answer}, **port)
    assert "_auth_user_id" not in browser.session


@shows("code-9")
def test_no_origin_is_worked_out_that_no_browser_writes(monkeypatch, teacher):
    """Of a thousand accents Python takes the square, and no other thread of the process runs."""
    looked_at = []
    monkeypatch.setattr(
        factor_forms, "urlsplit", lambda text: looked_at.append(text) or urlsplit(text)
    )
    for page in (OURS, f"https://{PLACE}\u0344\u0316"):
        browser, key = Client(), Passkey(teacher)
        options = browser.get(
            BY_PASSKEY, headers={"X-Requested-With": "XMLHttpRequest"}, secure=True
        ).json()["request_options"]
        answer = key.answer(options["publicKey"]["challenge"], page=page)
        browser.post(BY_PASSKEY, {"credential": answer}, secure=True)
    assert set(looked_at) == {OURS}
