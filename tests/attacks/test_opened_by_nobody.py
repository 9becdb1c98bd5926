"""Pages of ours that a page of others opens in its own tab, and stops before anybody sees them.

By how long the answer takes it knew who is signed in; and what a page does as soon as it is opened
was done: a session stayed awake, a second factor half set up was undone, what is shown once was
shown to nobody.
"""

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.http import HttpResponse
from django.test import Client, RequestFactory, TestCase
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import escape_uri_path

from accounts import typed
from accounts.people.actions import invite
from accounts.sessions import BY_ITSELF
from audit.models import LogEntry
from meldcode.middleware.elsewhere import BY_A_FORM, LED_BACK_TO, OpenedByNobodyMiddleware
from tests.accounts.second_factors import LOGIN, app_shown, code, give_app, key_of, sign_in
from tests.attacks.passkey import Passkey
from tests.attacks.proof import shows
from tests.attacks.test_requests_from_elsewhere import (
    BY_TOKEN,
    FROM_ELSEWHERE,
    NEW,
    WORDS,
    leads_over,
    sender,
)
from tests.conftest import SESSION
from tests.factories import PASSWORD
from tests.test_role_matrix import MATRIX, arguments

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SAID = "Je logt in met je schoolaccount"
PRESSED = {**FROM_ELSEWHERE, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
STOPPED = {name: said for name, said in PRESSED.items() if name != "sec-fetch-user"}

# What a page of ours asks for beside itself.
PART = {"sec-fetch-mode": "cors"}


def was_asked(answer) -> bool:
    """Tell whether an answer is the page that is the same for everybody."""
    return "opened_by_nobody.html" in [one.name for one in answer.templates]


@shows("csrf-6")
@pytest.mark.parametrize("name", sorted(set(MATRIX) - BY_TOKEN))
def test_it_is_the_same_page_for_everybody_and_asks_nothing(
    name, browser_of, world, django_assert_num_queries
):
    url = reverse(name, args=arguments(name, world))
    browser, nobody = browser_of(sender(name)), Client()
    with django_assert_num_queries(0):
        answers = [one.get(url, headers=STOPPED) for one in (browser, nobody)]
        answers += [one.head(url, headers=STOPPED) for one in (browser, nobody)]
    assert len({(one.status_code, *sorted(one.headers.items())) for one in answers}) == 1
    assert answers[0].content == answers[1].content
    assert all(was_asked(one) and not one.cookies for one in answers)
    assert f'href="{escape_uri_path(url)}"' in answers[0].content.decode()


@pytest.mark.parametrize("name", sorted(LED_BACK_TO | BY_A_FORM))
def test_but_for_that_to_which_a_provider_leads_back(name, world, ends):
    """Of whom it was asked, from here. That keeps no session awake either, and takes nothing that
    waits to be told.
    """
    url = reverse(name, args=arguments(name, world))
    browser, left = ends
    send = browser.post if name in BY_A_FORM else browser.get
    assert was_asked(send(url, headers=STOPPED)) is (name in LED_BACK_TO)
    browser.cookies[settings.LED_COOKIE_NAME] = "out"
    browser.get(reverse("account_set_password"), headers={BY_ITSELF: "1"})  # leads on, and says why
    for site in ("cross-site", "same-site"):
        answer = send(url, headers={**STOPPED, "sec-fetch-site": site})
        assert not was_asked(answer)
        assert SESSION not in answer.cookies
    assert left() < 31
    assert SAID in browser.get(reverse("help")).content.decode()


@shows("csrf-6")
@pytest.mark.parametrize("name", ["todo", "stay", "signals:new", "account_logout"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("sent", [STOPPED, PRESSED], ids=["stopped", "pressed"])
def test_nor_by_a_form_that_it_sends(ends, name, site, sent, django_assert_num_queries):
    """A neighbour's goes with the cookie of the session; of one that somebody pressed, the refusal
    took what makes the form good that they are filling in here.
    """
    browser, left = ends
    with django_assert_num_queries(0):
        headers = {**sent, "sec-fetch-site": site}
        answer = browser.post(reverse(name), {"a": "b"}, headers=headers)
    assert was_asked(answer)
    assert not answer.cookies
    assert left() < 31


LEADS = {
    "/nowhere/?a=b": "/nowhere/",
    "//evil.example/x": "/%2Fevil.example/x",
    # As they are written in an address, and what that says.
    "/%5Cevil.example/": "/%5Cevil.example/",
    "/%09/evil.example/": "/%09/evil.example/",
    "/cases/%3Fq=Jansen%26stage=": "/cases/%3Fq%3DJansen&amp;stage%3D",
    "/cases/%23x": "/cases/%23x",
}


@pytest.mark.parametrize("asked", LEADS)
def test_it_leads_to_no_other_house_and_asks_nothing(asked, client):
    answer = client.get(f"http://testserver{asked}", headers=STOPPED)
    assert was_asked(answer)
    assert f'href="{LEADS[asked]}"' in answer.content.decode()


@pytest.fixture
def ends(signed_in, coordinator):
    """A browser whose session is over in a moment, and when that is."""
    browser = signed_in(coordinator)
    own = Session.objects.filter(session_key=browser.session.session_key)
    own.update(expire_date=timezone.now() + timedelta(seconds=30))
    return browser, lambda: (own.get().expire_date - timezone.now()).total_seconds()


@shows("csrf-6", "session-3")
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("name", ["help", "home", "todo", "account_reset_password"])
def test_a_page_of_others_keeps_no_session_awake_by_opening_ours(ends, site, name):
    browser, left = ends
    answer = browser.get(reverse(name), headers={**STOPPED, "sec-fetch-site": site})
    assert SESSION not in answer.cookies
    assert left() < 31
    # A link on a school's own pages is pressed by somebody.
    assert browser.get(reverse("help"), headers=PRESSED).status_code == 200
    assert left() > 1700


def test_whom_a_provider_leads_back_is_there(ends):
    """Without a press: the provider's own page sends them on."""
    browser, left = ends
    browser.cookies[settings.LED_COOKIE_NAME] = "in"
    assert not was_asked(browser.get(reverse("help"), headers=STOPPED))
    assert left() > 1700


@shows("csrf-6")
def test_it_undoes_no_app_half_set_up(coordinator, client):
    client.post(LOGIN, {"login": coordinator.email, "password": PASSWORD})
    at = reverse("mfa_activate_totp")
    secret, shown = app_shown(client)
    assert was_asked(client.get(at, headers=STOPPED))
    client.post(at, {**shown, "code": code(secret)})
    assert Authenticator.objects.filter(user=coordinator, type="totp").exists()


@shows("csrf-6")
def test_nor_the_question_to_a_passkey(coordinator, client):
    key, at = Passkey(coordinator), reverse("mfa_authenticate")
    client.post(LOGIN, {"login": coordinator.email, "password": PASSWORD})
    page = client.get(at)
    asked = re.search(r'"challenge": "([^"]+)', html.unescape(page.content.decode()))[1]
    assert was_asked(client.get(at, headers=STOPPED))
    client.post(at, {"credential": key.answer(asked)})
    assert "_auth_user_id" in client.session


@shows("csrf-6")
@pytest.mark.parametrize("headers", [STOPPED, PRESSED])
def test_nor_does_it_use_up_the_questions_of_a_school(client, headers):
    at = reverse("mfa_login_webauthn")
    for __ in range(101):
        answer = client.get(at, headers=headers)
        assert was_asked(answer) or answer.status_code == 403
    ours = {"sec-fetch-site": "same-origin", "x-requested-with": "XMLHttpRequest"}
    assert client.get(at, headers=ours).status_code == 200


@shows("csrf-6")
@pytest.mark.parametrize("name", ["audit:school", "audit:flags"])
def test_nobody_looked_at_a_trail_that_was_not_seen(browser_of, name):
    browser = browser_of("administrator")
    before = LogEntry.objects.count()
    assert was_asked(browser.get(reverse(name), headers=STOPPED))
    assert LogEntry.objects.count() == before
    browser.get(reverse(name), headers=PRESSED)
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
    assert was_asked(browser.get(codes, headers=STOPPED))
    # The library would show them once as a file too.
    assert browser.get(f"{codes}download/").status_code == 404
    assert 'class="recovery-codes"' in browser.get(codes, headers=PRESSED).content.decode()


@shows("csrf-6")
def test_so_does_what_the_next_page_is_to_tell(signed_in, teacher):
    browser, said = signed_in(teacher), SAID
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
    browser = signed_in(coordinator)
    answer = browser.get(link, headers=headers, follow=True)
    assert leads_over(answer) or was_asked(answer)
    assert browser.get(reverse("todo")).status_code == 200
    # For whoever is not signed in, and follows it, it opens as it did.
    assert Client().get(link, headers=PRESSED, follow=True).context["form"]


def invited(school, administrator) -> str:
    """Return the link of an invitation that was mailed."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        invite(
            school, administrator, uuid4(), email="noor@school.example", name="Noor", role="teacher"
        )
    return re.search(r"https?://[^/]+(/invitation/\S+)", mail.outbox[-1].body)[1]


@shows("csrf-6")
def test_of_one_browser_two_pages_are_in_hand_at_once_and_no_more(coordinator):
    """A page of others in a tab of ours went back in it, forty times a second, and stopped."""
    answers = []

    def page_of(cookie, **headers):
        request = RequestFactory().get("/tasks/", headers={"sec-fetch-mode": "navigate", **headers})
        request.COOKIES[settings.SESSION_COOKIE_NAME] = cookie
        return request

    def waits(_request):
        """The first page waits for a second one, and that for what comes meanwhile."""
        if len(answers) == 0:
            answers.append(None)
            answers.append(web(page_of("one")))
        elif len(answers) == 1:
            answers.append(web(page_of("one")))
            pressed = page_of("one", **{"sec-fetch-user": "?1"})
            answers.extend(map(web, [page_of("another"), page_of("one", **PART), pressed]))
        return HttpResponse("ours")

    web = OpenedByNobodyMiddleware(waits)
    assert web(page_of("one")).content == b"ours"
    __, third, *others = answers
    assert "Deze pagina openen?" in third.content.decode()
    assert [one.content for one in others] == [b"ours"] * 4
    assert web(page_of("one")).content == b"ours"
    assert not web._in_hand._busy
