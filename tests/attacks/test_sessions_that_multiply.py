"""One session stays one, in the list of its owner, whatever finds it at the same moment."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings as house
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from accounts import sessions
from accounts.roles import Role
from accounts.session_store import SessionStore
from tests.accounts.second_factors import LOGIN, give_app, sign_in
from tests.attacks.proof import shows
from tests.attacks.test_insider_races import in_between
from tests.factories import PASSWORD, member

pytestmark = pytest.mark.django_db(transaction=True)

OWN = reverse("sessions")


@pytest.fixture
def browser():
    """Somebody's browser, signed in under a SECRET_KEY that is renewed by now."""
    teacher, browser = member(Role.TEACHER), Client()
    give_app(teacher)
    sign_in(browser, teacher)
    return browser


@pytest.fixture
def renewed(browser, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = settings.SECRET_KEY[::-1]
    return browser


def another(browser: Client) -> Client:
    """Return what sends the same cookie: a second request of a page, or a thief."""
    other = Client()
    other.cookies[house.SESSION_COOKIE_NAME] = browser.cookies[house.SESSION_COOKIE_NAME].value
    return other


def get(browser: Client) -> tuple[int, bool]:
    """Return how a page is answered, and whether the cookie is touched by it."""
    answer = browser.get(OWN)
    return answer.status_code, house.SESSION_COOKIE_NAME in answer.cookies


@shows("session-2")
def test_two_requests_at_once_make_no_two_of_one(renewed, monkeypatch):
    """Of a stolen cookie four were made, three of them in no list: ending all others left those."""
    first, second = another(renewed), renewed
    said = in_between(
        monkeypatch, SessionStore, "load", lambda: get(first), lambda: second.get(OWN)
    )
    assert said == (302, False)  # to the same page, by the cookie of the other
    assert Session.objects.count() == UserSession.objects.count() == 1
    # Whoever sent the second goes on, by the cookie that it brought.
    assert second.get(OWN).status_code == 200
    assert first.get(OWN).status_code == 302


def test_where_the_other_is_led_back_to_is_of_this_house(renewed, monkeypatch):
    first = another(renewed)

    def ask() -> str:
        return first.get("/", PATH_INFO="//elders.example/")["Location"]

    said = in_between(monkeypatch, SessionStore, "load", ask, lambda: renewed.get(OWN))
    assert said == "/%2Felders.example/"


@shows("session-2")
def test_nor_does_one_come_back_that_is_ended_at_that_moment(renewed, monkeypatch):
    first = another(renewed)
    ended = UserSession.objects.get()
    assert in_between(monkeypatch, SessionStore, "load", lambda: get(first), ended.end) == (
        302, False,
    )  # fmt: skip
    assert not Session.objects.exists()


@shows("session-2")
def test_what_stands_in_no_list_is_no_session(browser):
    assert browser.get(OWN).status_code == 200
    UserSession.objects.all().delete()
    assert browser.get(OWN).status_code == 302


@shows("session-2")
def test_nor_is_one_that_stands_in_the_list_of_another(browser):
    UserSession.objects.update(user=member(Role.TEACHER))
    assert browser.get(OWN).status_code == 302


def test_a_look_at_the_list_leaves_those_alone_that_nobody_came_by_since(renewed):
    """One that is read for the list was given a key that its browser never heard of."""
    teacher = UserSession.objects.get().user
    Authenticator.objects.all().delete()
    give_app(teacher)
    laptop = Client()
    sign_in(laptop, teacher)
    for __ in range(2):
        assert len(laptop.get(OWN).context["sessions"]) == 2
    assert renewed.get(OWN).status_code == 200


def test_one_that_goes_on_under_another_key_while_the_list_is_read_stays_in_it(
    browser, monkeypatch
):
    """It was taken out, by a row that had its new key by then: signed out, while at work."""
    teacher = UserSession.objects.get().user

    def goes_on() -> None:
        browser.post(reverse("end_other_sessions"))  # by the next cookie

    in_between(monkeypatch, QuerySet, "_fetch_all", lambda: sessions.standing(teacher), goes_on)
    assert browser.get(OWN).status_code == 200


def test_who_presses_twice_is_signed_in(browser, monkeypatch):
    """Behind a page that keeps something for them: what they typed when their session was over."""
    teacher = UserSession.objects.get().user
    Authenticator.objects.all().delete()
    page = Client()
    page.session.save()
    fields = {"login": teacher.email, "password": PASSWORD}
    said = in_between(
        monkeypatch,
        SessionStore,
        "load",
        lambda: another(page).post(LOGIN, fields).status_code,
        lambda: page.post(LOGIN, fields),
    )
    assert said == 302
    assert page.get(reverse("mfa_index")).status_code == 200


def test_a_look_at_ones_sessions_leaves_one_alone_that_begins_at_that_moment(monkeypatch):
    """What was not written yet was taken for nobody's: from the list, and ended by nobody."""
    teacher, phone = member(Role.TEACHER), Client()
    give_app(teacher)

    def look() -> None:
        UserSession.objects.purge_and_list(teacher)

    manager = type(UserSession.objects)
    in_between(monkeypatch, manager, "create_from_request", lambda: sign_in(phone, teacher), look)
    assert phone.get(OWN).status_code == 200
