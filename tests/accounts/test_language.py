"""The language button: Dutch unless one chose English, and what was chosen stays."""

import pytest
from django.conf import settings
from django.urls import reverse

from tests.accounts.page import Page
from tests.accounts.second_factors import sign_in

pytestmark = pytest.mark.django_db

LANGUAGE = reverse("set_language")
LOGIN = reverse("account_login")


def choose(client, language: str, **more):
    return client.post(LANGUAGE, {"language": language, **more})


def test_before_signing_in_the_browser_remembers(client):
    assert Page(client.get(LOGIN)).language == "nl"
    assert choose(client, "en", next=LOGIN)["Location"] == LOGIN
    assert Page(client.get(LOGIN)).language == "en"
    cookie = client.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_the_choice_goes_with_the_person_to_another_browser(signed_in, teacher, client):
    browser = signed_in(teacher)
    choose(browser, "en", next="/help/")
    assert Page(browser.get("/help/")).language == "en"
    teacher.refresh_from_db()
    assert teacher.language == "en"
    sign_in(client, teacher)
    assert Page(client.get("/help/")).language == "en"


def test_a_persons_own_choice_wins_from_the_browsers(client, teacher):
    choose(client, "en")
    sign_in(client, teacher)
    assert Page(client.get("/help/")).language == "nl"


def test_after_signing_out_the_page_stays_in_the_language_that_was_chosen(signed_in, teacher):
    browser = signed_in(teacher)
    choose(browser, "en")
    browser.post(reverse("account_logout"))
    assert Page(browser.get(LOGIN)).language == "en"


@pytest.mark.parametrize("language", ["", "de", "xx", "../../etc", "\x00", "e" * 1000])
def test_a_language_that_is_not_there_changes_nothing(signed_in, teacher, language):
    browser = signed_in(teacher)
    assert choose(browser, language).status_code == 302
    teacher.refresh_from_db()
    assert teacher.language == "nl"
    assert settings.LANGUAGE_COOKIE_NAME not in browser.cookies


@pytest.mark.parametrize(
    "place",
    ["https://evil.example/", "//evil.example", r"\\evil.example", "javascript:alert(1)",
     "https:///evil.example", "https:evil.example", ""],
)  # fmt: skip
def test_the_button_leads_to_no_stranger(client, place):
    response = choose(client, "en", next=place)
    assert response["Location"] == "/"


def test_the_button_writes_no_header(client):
    response = choose(client, "en", next="/\r\nX-Evil: yes")
    assert "X-Evil" not in response
    assert response["Location"] == "/%0D%0AX-Evil:%20yes"


def test_an_address_with_the_cookie_of_a_strange_language_is_dutch(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "tlh"
    assert Page(client.get(LOGIN)).language == "nl"


def test_the_button_is_pressed_and_not_followed(client):
    assert client.get(LANGUAGE).status_code == 405
