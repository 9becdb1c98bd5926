"""Sessions: planted, stolen, kept (ASVS 3.2, 3.3, 3.4). Their length: tests/accounts."""

import base64
import binascii
import json
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.people import actions
from accounts.roles import Role
from accounts.session_store import Key
from tests.accounts.second_factors import LOGIN, code, give_app, sign_in
from tests.accounts.test_password_reset import choose
from tests.attacks.proof import shows
from tests.factories import PASSWORD, RoleInvitationFactory, member

pytestmark = pytest.mark.django_db

GIVE = reverse("mfa_authenticate")
NEW = "paard stal klok regen"


def with_cookie(key: str) -> Client:
    """Return the browser of a thief, with somebody's cookie and nothing else."""
    thief = Client()
    thief.cookies["session"] = key
    return thief


def is_in(browser: Client) -> bool:
    """Tell whether a browser sees a page of somebody who is signed in."""
    return browser.get(reverse("help")).status_code == 200


@pytest.fixture
def stolen(teacher, signed_in) -> Client:
    """A thief with the cookie of a teacher who is signed in."""
    thief = with_cookie(signed_in(teacher).cookies["session"].value)
    assert is_in(thief)
    return thief


def readable(cookie: str) -> Iterator[str]:
    """Yield what one reads in a cookie without a key: parts in base64, and pressed together."""
    for part in re.split("[.:]", cookie.strip('"')):
        with suppress(binascii.Error):
            raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
            yield raw.decode("latin-1")
            with suppress(zlib.error):
                yield zlib.decompress(raw).decode("latin-1")


# --- Fixation -------------------------------------------------------------------------------------
@shows("session-1")
def test_a_key_that_was_planted_opens_nothing(teacher):
    """The thief's own session, with something in it, in the browser of the teacher."""
    RoleInvitationFactory(secret="geheim")
    thief = Client()
    thief.get("/invitation/geheim/")
    planted = thief.cookies["session"].value
    victim = with_cookie(planted)
    secret = give_app(teacher)
    victim.post(LOGIN, {"login": teacher.email, "password": PASSWORD})
    # Nor half of it: there a passkey that was stolen would be enough.
    assert victim.cookies["session"].value != planted
    assert thief.get(GIVE).url.startswith(LOGIN)
    assert not is_in(thief)
    victim.post(GIVE, {"code": code(secret)})
    assert is_in(victim)
    assert not is_in(thief)
    assert victim.cookies["session"].value != planted
    assert not Session.objects.filter(session_key=Key.of(planted)).exists()


@shows("session-1")
def test_the_key_of_the_half_step_is_not_that_of_the_whole(teacher):
    """Seen between password and code, it is worth nothing afterwards."""
    secret, victim = give_app(teacher), Client()
    victim.post(LOGIN, {"login": teacher.email, "password": PASSWORD})
    half = victim.cookies["session"].value
    victim.post(GIVE, {"code": code(secret)})
    assert victim.cookies["session"].value != half
    assert not is_in(with_cookie(half))


@shows("session-1")
@pytest.mark.parametrize("key", ["a" * 32, "", "'", "../../x", "%00", "a" * 4000])
def test_a_key_of_ones_own_making_is_not_taken_over(key, teacher):
    victim = with_cookie(key)
    sign_in(victim, teacher)
    assert victim.cookies["session"].value != key
    assert is_in(victim)


@shows("session-1")
def test_signing_in_as_another_begins_anew(teacher, coordinator, signed_in):
    browser = signed_in(teacher)
    session = browser.session
    session["left"] = "behind"
    session.save()
    browser.post(reverse("account_logout"))
    sign_in(browser, coordinator)
    assert "left" not in browser.session


# --- A stolen cookie ------------------------------------------------------------------------------
@shows("session-2")
def test_it_is_over_when_its_owner_signs_out(teacher, signed_in):
    browser = signed_in(teacher)
    thief = with_cookie(browser.cookies["session"].value)
    browser.post(reverse("account_logout"))
    assert not is_in(thief)
    assert not Session.objects.exists()


@shows("session-2")
def test_it_is_over_when_the_password_changes(stolen, teacher, signed_in):
    browser = signed_in(teacher)
    words = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert browser.post(reverse("account_change_password"), words).status_code == 302
    assert is_in(browser)
    assert not is_in(stolen)


@shows("session-2")
def test_it_is_over_when_a_new_password_was_chosen_by_mail(stolen, teacher, client):
    client.post(reverse("account_reset_password"), {"email": teacher.email})
    path = next(word for word in mail.outbox[-1].body.split() if "/reset/key/" in word)
    choose(client, path.partition(".example")[2])
    assert not is_in(stolen)
    assert not is_in(client)  # who follows the link must still sign in


@shows("session-2")
def test_it_is_over_when_the_second_factor_is_reset(stolen, teacher):
    school = teacher.memberships.get().school
    actions.reset_second_factor(school, member(Role.ADMINISTRATOR, school), teacher)
    assert not is_in(stolen)


@shows("session-2")
def test_it_is_over_when_a_role_ends(stolen, teacher):
    held = teacher.memberships.get()
    actions.end_role(held, member(Role.ADMINISTRATOR, held.school), held.school)
    assert not is_in(stolen)


@shows("session-2")
def test_it_is_over_when_the_account_is_closed(stolen, teacher):
    User.objects.filter(pk=teacher.pk).update(is_active=False)
    assert not is_in(stolen)


@shows("session-2")
def test_a_role_that_ended_yesterday_opens_nothing_before_it_is_wound_up(stolen, teacher):
    held = teacher.memberships.get()
    held.starts_on -= timedelta(days=9)
    held.ends_on = held.starts_on + timedelta(days=8)
    held.save()
    assert stolen.get(reverse("signals:mine")).status_code == 404


# --- Cookies --------------------------------------------------------------------------------------
ASK = """
import json, django
django.setup()
from django.test import Client
from django.conf import settings
settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
settings.STORAGES = {**settings.STORAGES, "staticfiles": {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
from accounts.session_store import Key
from django.contrib.sessions.backends.cache import SessionStore
SessionStore._get_new_session_key = lambda store: Key.of("of-a-browser")
SessionStore.is_interrupted = SessionStore.is_unknown = False
browser, kept = Client(), SessionStore()
kept["anything"] = "so that there is one"
kept.save()
browser.cookies[settings.SESSION_COOKIE_NAME] = kept.session_key.cookie
page = browser.get("/account/login/", secure=True)
browser.post("/language/", {"language": "en"}, secure=True)
plain = browser.get("/account/login/", HTTP_HOST="localhost")
from django.contrib.messages.storage import default_storage
from django.http import HttpResponse
from django.test import RequestFactory
asked, answer = RequestFactory().get("/"), HttpResponse()
asked.session = kept
told = default_storage(asked)
told.add(20, "Saved.")
told.update(answer)
browser.cookies.update(answer.cookies)
print("ANSWER" + json.dumps({
    "cookies": {name: dict(kept) for name, kept in browser.cookies.items()},
    "headers": dict(page.headers),
    "plain": [plain.status_code, plain["Location"]],
}))
"""


@pytest.fixture(scope="module")
def over_tls() -> dict:
    """What a production site sends over TLS and without: asked in a process of its own."""
    environment = {**os.environ, "TLS": "true", "DEBUG": "false", "DEMO": "false",
                   "DATABASE_URL": "sqlite://:memory:"}  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout.rpartition("ANSWER")[2])


@shows("session-4")
def test_over_tls_cookies_are_for_this_host_alone(over_tls):
    cookies = over_tls["cookies"]
    assert {"__Host-session", "__Host-csrf", "__Host-language", "__Host-messages"} <= set(cookies)
    for name, kept in cookies.items():
        assert name.startswith("__Host-"), name
        assert kept["secure"], name
        assert kept["samesite"] in ("Lax", "Strict"), name
        assert kept["path"] == "/", name
        assert not kept["domain"], name
        assert kept["httponly"], name


@shows("header-3")
def test_over_tls_a_browser_is_told_to_stay_there(over_tls):
    policy = over_tls["headers"]["Strict-Transport-Security"]
    assert policy == "max-age=31536000; includeSubDomains; preload"
    assert over_tls["plain"] == [301, "https://localhost/account/login/"]


@shows("session-4")
def test_no_cookie_holds_a_word_of_somebody(teacher, signed_in):
    browser = signed_in(teacher)
    browser.post(reverse("set_language"), {"language": "en"})
    browser.get(reverse("help"))
    # What the next page tells them, had it come: that they are signed in, and as whom.
    other = Client()
    sign_in(other, teacher)
    left = {**browser.cookies, **other.cookies}
    assert "messages" in left
    for name, kept in left.items():
        for text in (kept.value, *readable(kept.value)):
            assert teacher.email not in text, name
            assert teacher.name not in text, name


# As Python takes away from the ends of a word, and a browser from no name of a cookie.
BLANKS = ["\u2000", "\u00a0", "\u0085", "\u3000", "\u001c", "\u000b"]


@shows("session-4")
@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("where", ["before", "behind"])
def test_no_cookie_of_a_neighbour_is_taken_for_ours(teacher, coordinator, signed_in, blank, where):
    """It is set for the whole domain, by a page that somebody opened once: signed out for good, or
    in as whoever set it.
    """
    called = settings.SESSION_COOKIE_NAME
    own, other = (
        f"{called}={signed_in(one).cookies[called].value}" for one in (teacher, coordinator)
    )
    for planted in (other, f"{called}=x"):
        theirs = f"{blank}{planted.replace('=', f'{blank}=')}"
        sent = f"{theirs}; {own}" if where == "before" else f"{own}; {theirs}"
        page = Client().get(
            "/account/sessions/", headers={"cookie": sent.encode().decode("latin-1")}
        )
        assert page.status_code == 200
        assert page.context["user"] == teacher


@shows("busy-2")
def test_no_backslashes_are_read_out_of_a_cookie(teacher, signed_in):
    """Ours have none; of those in quotes, which Python puts around some, it may take the square."""
    called = settings.SESSION_COOKIE_NAME
    own = signed_in(teacher).cookies[called].value
    for sent, status in ((own, 200), (f"\\{ord(own[0]):03o}{own[1:]}", 302)):
        page = Client().get("/account/sessions/", headers={"cookie": f'{called}="{sent}"'})
        assert page.status_code == status
