"""Forms that another site sends in somebody's name (ASVS 4.2.2, 14.5.3)."""

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import typed
from accounts.reset_tokens import ResetTokens
from accounts.roles import Role
from audit.kinds import Kind
from audit.models import LogEntry
from cases.models import Notification
from meldcode.middleware.elsewhere import (
    DONE_BY_ONE_PRESS,
    ELSEWHERE,
    ICONS,
    OPENED_FROM_ELSEWHERE,
    SIGNS_OUT,
)
from tests.accounts.every_form import FORMS, Sheet, written
from tests.accounts.page import Page
from tests.accounts.second_factors import LOGIN, code, give_app, sign_in
from tests.attacks.proof import shows
from tests.conftest import SESSION
from tests.conftest import sign_in as signed_in_as
from tests.factories import PASSWORD, CaseFactory, PupilFactory, member
from tests.test_role_matrix import MATRIX, PUBLIC, READ_ONLY, arguments

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

EVIL = {"origin": "https://evil.example"}
REFERER = {"referer": "https://evil.example/page"}
# A link that somebody presses.
FROM_ELSEWHERE = {"sec-fetch-site": "cross-site", "sec-fetch-user": "?1"}
# Who sends what nobody in the table of roles may send to the world's own objects.
ANYBODY = "coordinator"
# What only a GET is for.
NOT_SENT = {
    "health", "health_web", "metrics",
    "account_reset_password_done", "account_reset_password_from_key_done",
}  # fmt: skip
# What the hub of Entree Federatie sends from its own site; what holds there instead is in
# tests/accounts/test_saml_attacks.py.
FROM_THE_HUB = {"sso:saml_callback"}
# No cookie opens them, so there is nothing that another site could use (tests/api/test_tokens.py).
BY_TOKEN = {name for name in MATRIX if name.startswith("api:")}
SENT = sorted(set(MATRIX) - READ_ONLY - NOT_SENT - FROM_THE_HUB - BY_TOKEN)


def sender(name: str) -> str:
    """Return somebody who may use the page."""
    allowed = MATRIX[name]
    return ANYBODY if allowed is PUBLIC or not allowed else allowed[0]


def strict(browser: Client) -> Client:
    """Return the same browser before a server that asks for the token."""
    same = Client(enforce_csrf_checks=True)
    same.cookies = browser.cookies
    return same


def token(browser: Client) -> str:
    """Return a token that is right for this browser."""
    browser.get(reverse("help"))
    return browser.cookies["csrf"].value


@pytest.fixture(scope="module")
def token_of_another(_standing_world, _standing_sessions, django_db_blocker) -> str:
    """A token that is right for the browser of a colleague."""
    browser = Client(enforce_csrf_checks=True)
    browser.cookies[SESSION] = _standing_sessions["other_teacher"]
    with django_db_blocker.unblock():
        return token(browser)


@shows("csrf-1")
@pytest.mark.parametrize("name", SENT)
def test_no_form_is_taken_from_elsewhere(name, browser_of, world):
    """What else is refused is asked below of one of them: a page that asks asks all of it."""
    browser = strict(browser_of(sender(name)))
    url, right = reverse(name, args=arguments(name, world)), token(browser)
    before = written()
    without = browser.post(url)
    elsewhere = browser.post(url, {"csrfmiddlewaretoken": right}, headers=EVIL)
    assert (without.status_code, elsewhere.status_code) == (403, 403)
    assert written() == before


@shows("csrf-1", "csrf-2")
@pytest.mark.parametrize("name", ["account_login", "cases:close", "people:invite", "signals:new"])
def test_nor_with_any_other_token(name, browser_of, world, token_of_another):
    browser = strict(browser_of(sender(name)))
    url, right = reverse(name, args=arguments(name, world)), token(browser)
    before = written()
    answers = {
        "no token": browser.post(url),
        "a token of somebody else": browser.post(url, {"csrfmiddlewaretoken": token_of_another}),
        "made up": browser.post(url, {"csrfmiddlewaretoken": "a" * 64}),
        "another origin": browser.post(url, {"csrfmiddlewaretoken": right}, headers=EVIL),
        "origin null": browser.post(
            url, {"csrfmiddlewaretoken": right}, headers={"origin": "null"}
        ),
        "another page, over TLS": browser.post(
            url, {"csrfmiddlewaretoken": right}, headers=REFERER, secure=True
        ),
        "no page, over TLS": browser.post(url, {"csrfmiddlewaretoken": right}, secure=True),
    }
    codes = {what: answer.status_code for what, answer in answers.items()}
    assert codes == dict.fromkeys(answers, 403)
    assert written() == before


@shows("csrf-2")
@pytest.mark.parametrize("row", FORMS, ids=lambda row: row.name)
def test_a_full_form_with_the_persons_own_tokens_is_refused_from_another_origin(
    row, signed_in, world
):
    sheet = Sheet(row, signed_in, world)
    browser = strict(sheet.client)
    own = {"csrfmiddlewaretoken": token(browser), "typed_by": typed.token_for(sheet.user.pk)}
    before = written()
    for headers in (EVIL, {"origin": "null"}):
        data = {**sheet.full, **own, "idempotency_key": sheet.key}
        assert browser.post(sheet.url, data, headers=headers).status_code == 403
    assert typed.SESSION_KEY not in browser.session
    assert written() == before


# --- What keeps typed text ------------------------------------------------------------------------
WORDS = "Geplant door een vreemde."
NEW = reverse("signals:new")


@pytest.fixture
def insider() -> dict[str, str]:
    """The form of somebody with an account here, who puts it on a page of their own."""
    return {"typed_by": typed.token_for(member(Role.TEACHER).pk), "facts": WORDS}


@shows("csrf-3")
@pytest.mark.parametrize("headers", [EVIL, {"origin": "null"}, {}])
def test_a_stranger_plants_nothing_in_the_form_of_who_is_signed_in(
    insider, teacher, signed_in, headers
):
    browser = strict(signed_in(teacher))
    key = browser.session.session_key
    assert browser.post(NEW, insider, headers=headers).status_code == 403
    assert browser.session.session_key == key
    assert typed.SESSION_KEY not in browser.session
    assert WORDS not in browser.get(NEW).content.decode()


@shows("csrf-3")
def test_a_stranger_signs_nobody_out(insider, teacher):
    """From another site a browser sends no cookie; the answer must not bring it a new one."""
    without_cookies = Client(enforce_csrf_checks=True)
    answer = without_cookies.post(NEW, insider, headers=EVIL)
    assert answer.status_code == 403
    assert "session" not in answer.cookies


@shows("csrf-3")
def test_what_was_kept_for_somebody_else_is_not_shown(insider, teacher):
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(NEW, insider).status_code == 302  # as a browser would whose session ended
    browser.handler.enforce_csrf_checks = False
    assert sign_in(browser, teacher).status_code == 302
    assert WORDS not in browser.get(NEW).content.decode()


@shows("csrf-3")
def test_nobody_is_signed_in_as_a_stranger(teacher):
    """Signing somebody in under one's own name, to read what they write there."""
    browser = Client(enforce_csrf_checks=True)
    mine = {"login": teacher.email, "password": PASSWORD}
    for headers in (EVIL, {}):
        assert browser.post(LOGIN, mine, headers=headers).status_code == 403
    assert "_auth_user_id" not in browser.session


# --- By a link ------------------------------------------------------------------------------------
@shows("csrf-4")
@pytest.mark.parametrize("name", sorted(MATRIX))
def test_a_link_changes_nothing(name, browser_of, world):
    browser = browser_of(sender(name))
    url = reverse(name, args=arguments(name, world))
    # Whoever opens a page has read what they were told of it: that is no change of theirs.
    Notification.objects.update(read_at=timezone.now())
    before = written()
    for ask in (browser.get, browser.head):
        ask(
            url, {"facts": "x", "language": "en", "action": "delete", "reason": "Zomaar een reden."}
        )
    assert written() == before
    assert browser.get(reverse("help")).status_code == 200  # signed in as before


@shows("csrf-5")
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/cases/", "class_name=3A&category=sexual"),
        ("/cases/", "q=Roos"),
        ("//evil.example/", "q=Roos"),
    ],
)
def test_a_link_from_elsewhere_opens_a_page_and_asks_it_nothing(
    signed_in, coordinator, site, path, query
):
    browser = signed_in(coordinator)
    answer = browser.get(
        f"http://testserver{path}?{query}", headers={**FROM_ELSEWHERE, "sec-fetch-site": site}
    )
    here = path.replace("//", "/%2F")
    assert (answer.status_code, answer.headers["location"]) == (302, here)
    assert answer.content == b""
    # One's own pages, one's own hand, and a browser that says nothing of it.
    for own in ({"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {}):
        assert browser.get("/cases/?class_name=3A", headers=own).status_code == 200


@shows("csrf-5")
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("name", ["pupil", "new_request", "add_sibling", "assessment", "detail"])
def test_a_link_from_elsewhere_opens_no_page_of_somebody_whom_others_can_name(
    signed_in, coordinator, school, site, name
):
    """By its length it says whether that pupil has a case, or in which step one is."""
    case, without = CaseFactory(pupil__school=school), PupilFactory(school=school)
    with_case = case.pupil
    keys = [with_case.public_id, without.public_id]
    if name in ("assessment", "detail"):
        keys = [case.reference, "M-AAAAAA"]
    urls = [reverse(f"cases:{name}", args=[key]) for key in keys]
    browser = signed_in(coordinator)
    answers = [browser.get(url, headers={**FROM_ELSEWHERE, "sec-fetch-site": site}) for url in urls]
    assert {one.status_code for one in answers} == {200}
    for url, answer, pupil in zip(urls, answers, (with_case, without), strict=True):
        page = answer.content.decode()
        assert pupil.family_name not in page
        assert f'<a class="btn btn-primary" href="{url}">' in page
    assert len({len(one.content) for one in answers}) == 1
    assert not LogEntry.objects.filter(kind=Kind.READ).exists()
    # From there, by one's own hand.
    opened = browser.get(urls[0], headers={"sec-fetch-site": "same-origin"})
    assert with_case.family_name in opened.content.decode()


def leads_over(answer) -> bool:
    """Tell whether an answer is the page from which one goes on by one's own hand."""
    return "from_elsewhere.html" in [one.name for one in answer.templates]


@shows("csrf-5")
@pytest.mark.parametrize("name", sorted(MATRIX))
def test_no_address_that_names_anything_is_opened_by_a_link_from_elsewhere(name, browser_of, world):
    """A report, a meeting, a request: who knew of it once has its address still."""
    names = arguments(name, world)
    browser = browser_of(sender(name))
    answer = browser.get(reverse(name, args=names), headers=FROM_ELSEWHERE)
    asked = name in DONE_BY_ONE_PRESS or (bool(names) and name not in OPENED_FROM_ELSEWHERE)
    asked = asked or name == SIGNS_OUT
    assert leads_over(answer) == asked


@pytest.mark.parametrize("name", sorted(OPENED_FROM_ELSEWHERE))
def test_but_for_what_names_nobody_or_is_to_be_followed_from_there(name, browser_of, world):
    """The tour has a page without a number too."""
    names = arguments(name, world) or [1]
    # Whoever is signed in is asked whether they want another password: the link signs them out.
    is_out = name == SIGNS_OUT
    browser = Client() if is_out else browser_of(sender(name))
    assert not leads_over(browser.get(reverse(name, args=names), headers=FROM_ELSEWHERE))


@shows("csrf-5")
def test_signing_in_is_led_to_from_elsewhere_and_leads_to_a_page(client):
    answer = client.get(f"{LOGIN}?next=/cases/", headers=FROM_ELSEWHERE)
    assert answer.status_code == 200
    assert 'value="/cases/"' in answer.content.decode()
    asked = client.get(f"{LOGIN}?a=b&next=/cases/%3Fclass_name=3A", headers=FROM_ELSEWHERE)
    assert asked.headers["location"] == f"{LOGIN}?a=b&next=%2Fcases%2F"


HOST = "http://testserver"


@shows("csrf-5")
@pytest.mark.parametrize("way", [LOGIN, reverse("mfa_reauthenticate")])
@pytest.mark.parametrize("written", ["{}", HOST + "{}", "{}?class_name=3A", "{}#x", "{}?a#x?b"])
def test_nor_by_way_of_signing_in_or_of_a_code_once_more(
    client, signed_in, coordinator, school, way, written
):
    """That step comes from a page of ours, and led on to what the link had named."""
    pupil = CaseFactory(pupil__school=school).pupil
    there = reverse("cases:pupil", args=[pupil.public_id])
    url = f"{way}?{urlencode({'next': written.format(there)})}"
    browser = client if way == LOGIN else signed_in(coordinator)
    hop = browser.get(url, headers=FROM_ELSEWHERE)
    # The browser says of each step of that way that it came from there.
    step = browser.get(hop.url, headers=FROM_ELSEWHERE)
    assert ELSEWHERE in step.headers.get("location", hop.url)
    leads = parse_qs(urlsplit(hop.url).query)["next"][0]
    answer = signed_in(coordinator).get(leads, headers={"sec-fetch-site": "same-origin"})
    assert leads_over(answer)
    assert pupil.family_name not in answer.content.decode()
    assert f'<a class="btn btn-primary" href="{there}">' in answer.content.decode()


@shows("csrf-5")
@pytest.mark.parametrize("leads", ["", "/tasks/", "/help/", "//[", "/%2e%2e/", "/nowhere/"])
def test_signing_in_leads_on_as_before_to_what_names_nothing(client, leads):
    url = f"{LOGIN}?{urlencode({'next': leads})}"
    answer = client.get(url, headers=FROM_ELSEWHERE, follow=True)
    assert answer.status_code == 200
    assert len(answer.redirect_chain) <= 1
    if leads in ("/tasks/", "/help/"):
        assert not answer.redirect_chain


def test_whoever_came_in_just_now_comes_back_to_what_they_asked(signed_in, coordinator):
    """Where a provider leads back, a browser takes each step for one from elsewhere."""
    browser = signed_in(coordinator)
    # By a password nobody comes from elsewhere.
    assert browser.get("/cases/?class_name=3A", headers=FROM_ELSEWHERE).status_code == 302
    browser.cookies[settings.LED_COOKIE_NAME] = "in"
    asked = browser.get("/cases/?class_name=3A", headers=FROM_ELSEWHERE)
    assert asked.status_code == 200
    del browser.cookies[settings.LED_COOKIE_NAME]
    assert browser.get("/cases/?class_name=3A", headers=FROM_ELSEWHERE).status_code == 302


@shows("csrf-4")
def test_the_page_that_signs_out_asks_first(signed_in, teacher):
    page = Page(signed_in(teacher).get(reverse("account_logout")))
    assert "<form" in page.html


@shows("csrf-3")
@pytest.mark.parametrize("site", ["none", "cross-site", "same-site"])
def test_a_working_link_of_somebody_else_s_signs_nobody_out_before_they_say_so(
    signed_in, coordinator, teacher, site
):
    """A tab that goes back in its history comes from nowhere, and is led on to where its site says.

    In Firefox it could stop before anything was seen.
    """
    browser = signed_in(coordinator)

    def link_of(user):
        key = ResetTokens().make_token(user)
        return reverse("account_reset_password_from_key", args=[user.public_id.hex, key])

    answer = browser.get(
        link_of(teacher), headers={**FROM_ELSEWHERE, "sec-fetch-site": site}, follow=True
    )
    assert leads_over(answer)
    assert browser.get("/tasks/").status_code == 200
    goes_on = answer.context["leads_to"]
    pressed = browser.get(goes_on, headers={"sec-fetch-site": "same-origin"}, follow=True)
    assert not leads_over(pressed)
    assert browser.get("/tasks/").url.startswith(LOGIN)
    # Their own link signs nobody out: out of a mail program it opens at once.
    again = signed_in(coordinator)
    theirs = again.get(
        link_of(coordinator), headers={**FROM_ELSEWHERE, "sec-fetch-site": site}, follow=True
    )
    assert leads_over(theirs) == (site != "none")
    assert again.get("/tasks/").status_code == 200


@shows("csrf-5")
@pytest.mark.parametrize("way", [LOGIN, reverse("mfa_reauthenticate")])
@pytest.mark.parametrize(
    "written",
    ["{0}", "{0}?a=1", "http://testserver{0}", "/help/..{0}", "/help/%2e%2E{0}", "/.{0}", "{1}",
     "../{2}"],
)  # fmt: skip
def test_nor_does_signing_in_lead_on_to_one(coordinator, teacher, way, written):
    """Whoever just signed in was shown the form of another account, and took it for theirs."""
    key = ResetTokens().make_token(teacher)
    link = reverse("account_reset_password_from_key", args=[teacher.public_id.hex, key])
    browser, secret = Client(), give_app(coordinator)
    leads = written.format(link, link.removesuffix("/"), link.removeprefix("/account/"))
    at = f"{way}?{urlencode({'next': leads})}"
    if way != LOGIN:
        browser = signed_in_as(coordinator, second_factor_ago=timedelta(hours=1))
        led = browser.post(at, {"code": code(secret)})
    else:
        browser.post(at, {"login": coordinator.email, "password": PASSWORD})
        half = f"{reverse('mfa_authenticate')}?{urlsplit(at).query}"
        led = browser.post(half, {"code": code(secret)})
    assert led.status_code == 302
    assert "/password/" not in led.url
    assert browser.get("/tasks/").status_code == 200


# --- As part of a page of others ------------------------------------------------------------------
PART_OF_IT = [
    {"sec-fetch-dest": "image"}, {"sec-fetch-dest": "iframe"}, {"sec-fetch-dest": "empty"},
    {"sec-fetch-dest": "script"},
]  # fmt: skip
# Of a socket that a script opens, Chromium says nothing of where it stands but this.
SOCKET = {"upgrade": "websocket", "connection": "Upgrade", "sec-websocket-version": "13",
          "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
ORIGINS = ["https://kantine.school.example", "http://testserver:8000", ""]


@shows("csrf-6")
@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
@pytest.mark.parametrize("as_what", PART_OF_IT, ids=lambda one: "-".join(one.values()))
def test_no_page_is_a_picture_or_a_frame_of_another_site(signed_in, coordinator, site, as_what):
    """A neighbour's picture kept a session awake all day, and undid a second factor half set up."""
    browser = signed_in(coordinator)
    browser.get(reverse("help"))
    ends = browser.cookies[SESSION]["expires"]
    for name in ("help", "mfa_activate_totp", "account_login"):
        before = dict(browser.session.items())
        answer = browser.get(reverse(name), headers={"sec-fetch-site": site, **as_what})
        assert (answer.status_code, answer.content, answer.cookies) == (403, b"", {})
        assert dict(browser.session.items()) == before
    # And the icon that a browser looks for by itself, as of a page of ours.
    for icon in ICONS:
        answer = browser.get(icon, headers={"sec-fetch-site": "same-origin", **as_what})
        assert (answer.status_code, answer.cookies) == (404, {})
    assert browser.cookies[SESSION]["expires"] == ends
    # By a link, as part of our own pages, and where a page of ours says that it asks.
    for own in (
        {"origin": "http://testserver"},
        {"origin": "null"},
        {**FROM_ELSEWHERE, "sec-fetch-site": site, "sec-fetch-dest": "document"},
        {"sec-fetch-site": "same-origin", **as_what},
    ):
        assert browser.get(reverse("help"), headers=own).status_code == 200


@shows("csrf-6")
@pytest.mark.parametrize(
    "said",
    [SOCKET, *({name: value} for name, value in SOCKET.items() if name != "connection"),
     *({"origin": origin} for origin in ORIGINS),
     # By rules of a neighbour's page ("speculationrules"), as if one had typed the address.
     {"sec-purpose": "prefetch;prerender", "sec-fetch-site": "none", "sec-fetch-dest": "document"},
     {"purpose": "prefetch"}],
    ids=lambda one: "-".join(one) + next(iter(one.values())),
)  # fmt: skip
def test_no_page_is_read_by_a_socket_in_advance_or_for_another_site(signed_in, coordinator, said):
    """The cookie goes along with a neighbour's socket: it kept a session awake, and told by its
    time who is signed in; one tab with a new one each moment kept the web from all.
    """
    browser = signed_in(coordinator)
    browser.get(reverse("help"))
    ends = browser.cookies[SESSION]["expires"]
    for name in ("help", "mfa_activate_totp", "account_login"):
        before = dict(browser.session.items())
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get(reverse(name), headers=said)
        assert (answer.status_code, answer.content, answer.cookies) == (403, b"", {})
        assert len(asked) == 0
        assert dict(browser.session.items()) == before
    assert browser.cookies[SESSION]["expires"] == ends
