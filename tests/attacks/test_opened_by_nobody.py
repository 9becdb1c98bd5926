"""Pages of ours that a page of others opens in its own tab, and stops before anybody sees them."""

import html
import re
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from accounts import typed
from accounts.people.actions import invite
from accounts.sessions import LED_IN_AT
from audit.models import LogEntry
from meldcode.middleware import LEAVES_A_ROW
from tests.accounts.second_factors import LOGIN, code, give_app, key_of, sign_in
from tests.attacks.passkey import Passkey
from tests.attacks.proof import shows
from tests.attacks.test_requests_from_elsewhere import (
    FROM_ELSEWHERE,
    NEW,
    WORDS,
    leads_over,
    since_a_while,
)
from tests.conftest import SESSION
from tests.factories import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

STOPPED = {**FROM_ELSEWHERE, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
PRESSED = {**STOPPED, "sec-fetch-user": "?1"}


@pytest.fixture
def ends(signed_in, coordinator):
    """A browser whose session is over in a moment, and when that is."""
    browser = since_a_while(signed_in(coordinator))
    own = Session.objects.filter(session_key=browser.session.session_key)
    own.update(expire_date=timezone.now() + timedelta(seconds=30))
    return browser, lambda: (own.get().expire_date - timezone.now()).total_seconds()


@shows("csrf-6", "session-3")
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("name", ["help", "home", "todo", "account_reset_password"])
def test_a_page_of_others_keeps_no_session_awake_by_opening_ours(ends, site, name):
    browser, left = ends
    answer = browser.get(reverse(name), headers={**STOPPED, "sec-fetch-site": site})
    assert answer.status_code in (200, 302)  # a browser that does not say who pressed
    assert SESSION not in answer.cookies
    assert left() < 31
    # A link on a school's own pages is pressed by somebody.
    assert browser.get(reverse("help"), headers=PRESSED).status_code == 200
    assert left() > 1700


@shows("csrf-6", "session-3")
def test_nor_by_what_it_puts_into_the_session(ends, school, administrator):
    """An invitation of the page's owner is noted there, and opens what it says."""
    browser, left = ends
    with_secret = invited(school, administrator)
    answer = browser.get(with_secret, headers=STOPPED)
    assert browser.get(answer.url, headers=STOPPED).context["invitation"]
    assert left() < 31


def test_whom_a_provider_leads_back_is_there(ends):
    """Without a press: the provider's own page sends them on."""
    browser, left = ends
    session = browser.session
    session[LED_IN_AT] = time.time()
    session.save()
    assert browser.get(reverse("help"), headers=STOPPED).status_code == 200
    assert left() > 1700


@shows("csrf-6")
def test_it_undoes_no_app_half_set_up(coordinator, client):
    client.post(LOGIN, {"login": coordinator.email, "password": PASSWORD})
    at = reverse("mfa_activate_totp")
    client.get(at)
    secret = client.session[SECRET_SESSION_KEY]
    assert leads_over(client.get(at, headers=STOPPED))
    client.post(at, {"code": code(secret)})
    assert Authenticator.objects.filter(user=coordinator, type="totp").exists()


@shows("csrf-6")
def test_nor_the_question_to_a_passkey(coordinator, client):
    key, at = Passkey(coordinator), reverse("mfa_authenticate")
    client.post(LOGIN, {"login": coordinator.email, "password": PASSWORD})
    # Whom a provider leads here was asked nothing yet, and comes from there.
    page = client.get(at, headers=STOPPED)
    assert not leads_over(page)
    asked = re.search(r'"challenge": "([^"]+)', html.unescape(page.content.decode()))[1]
    assert leads_over(client.get(at, headers=STOPPED))
    client.post(at, {"credential": key.answer(asked)})
    assert "_auth_user_id" in client.session


@shows("csrf-6")
@pytest.mark.parametrize("headers", [STOPPED, PRESSED])
def test_nor_does_it_use_up_the_questions_of_a_school(client, headers):
    at = reverse("mfa_login_webauthn")
    for __ in range(101):
        assert client.get(at, headers=headers).status_code == 403
    ours = {"sec-fetch-site": "same-origin", "x-requested-with": "XMLHttpRequest"}
    assert client.get(at, headers=ours).status_code == 200


@shows("csrf-6")
@pytest.mark.parametrize("name", sorted(LEAVES_A_ROW))
def test_nobody_looked_at_a_trail_that_was_not_seen(browser_of, name):
    browser = since_a_while(browser_of("administrator"))
    before = LogEntry.objects.count()
    assert leads_over(browser.get(reverse(name), headers=STOPPED))
    assert LogEntry.objects.count() == before
    assert not leads_over(browser.get(reverse(name), headers=PRESSED))
    assert LogEntry.objects.count() > before


@shows("csrf-6")
def test_what_was_typed_waits_for_somebody_who_sees_it(signed_in, teacher):
    secret, browser = key_of(teacher), Client()
    browser.post(NEW, {"typed_by": typed.token_for(teacher.pk), "facts": WORDS})
    sign_in(browser, teacher)
    browser.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert WORDS not in browser.get(NEW, headers=STOPPED).content.decode()
    assert WORDS in browser.get(NEW, headers=PRESSED).content.decode()


@shows("csrf-6")
def test_codes_that_are_shown_once_wait_for_somebody_who_sees_them(signed_in, teacher):
    give_app(teacher)
    browser, codes = signed_in(teacher), reverse("mfa_view_recovery_codes")
    browser.post(reverse("mfa_generate_recovery_codes"), {"meant": "on"})
    assert leads_over(browser.get(codes, headers=STOPPED))
    assert 'class="recovery-codes"' in browser.get(codes, headers=PRESSED).content.decode()


@shows("csrf-6")
def test_so_does_what_the_next_page_is_to_tell(signed_in, teacher):
    browser, said = signed_in(teacher), "Je logt in met je schoolaccount"
    browser.get(reverse("account_set_password"))  # which leads on to a page that says so
    browser.get(reverse("help"), headers=STOPPED)
    assert said in browser.get(reverse("help")).content.decode()
    assert said not in browser.get(reverse("help")).content.decode()


@shows("csrf-6")
def test_a_link_that_opens_nothing_keeps_nobody_from_an_invitation(client, school, administrator):
    client.get(invited(school, administrator))
    at = reverse("people:open_invitation", args=["x"])
    client.get(at, headers=STOPPED)
    assert client.get(reverse("people:invitation")).context["invitation"]
    client.get(at, headers=PRESSED)
    assert "invitation" not in (client.get(reverse("people:invitation")).context or {})


@shows("csrf-6")
@pytest.mark.parametrize("headers", [STOPPED, PRESSED])
def test_a_link_to_somebody_else_s_new_password_signs_nobody_out(
    signed_in, coordinator, teacher, headers
):
    Client().post(reverse("account_reset_password"), {"email": teacher.email})
    link = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", mail.outbox[-1].body)[1]
    browser = since_a_while(signed_in(coordinator))
    assert leads_over(browser.get(link, headers=headers, follow=True))
    assert browser.get(reverse("todo")).status_code == 200
    # For whoever is not signed in it opens as it did.
    assert Client().get(link, headers=headers, follow=True).context["form"]


def invited(school, administrator) -> str:
    """Return the link of an invitation that was mailed."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        invite(
            school, administrator, uuid4(), email="noor@school.example", name="Noor", role="teacher"
        )
    return re.search(r"https?://[^/]+(/invitation/\S+)", mail.outbox[-1].body)[1]
