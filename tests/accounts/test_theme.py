"""Light, dark, or like the device: by the server, in a cookie of the browser, without a script."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db

THEME, LOGIN = reverse("set_theme"), reverse("account_login")
# What a page says of its theme: <html>, the meta element, and when dark.css counts.
SAID = {
    "device": (None, "light dark", "screen and (prefers-color-scheme: dark)"),
    "light": ("light", "light", None),
    "dark": ("dark", "dark", "screen"),
}


def choose(client, theme: str, **more):
    return client.post(THEME, {"theme": theme, **more})


def said(client, path: str = LOGIN) -> tuple[str | None, str | None, str | None]:
    page = client.get(path).content.decode()
    media = page.split("css/dark.css", 1)[1].split('media="')[1] if "css/dark.css" in page else None
    named = page.split('data-bs-theme="')[1] if "data-bs-theme" in page else None
    scheme = page.split('name="color-scheme" content="')[1]
    return tuple(text and text.split('"')[0] for text in (named, scheme, media))


def test_the_device_decides_until_somebody_chooses_and_again_when_they_let_it(client):
    assert said(client) == SAID["device"]
    for theme in ("dark", "light", "device"):
        assert choose(client, theme, next=LOGIN)["Location"] == LOGIN
        assert said(client) == SAID[theme]


def test_the_cookie_is_for_no_script_and_no_other_site(client, settings):
    choose(client, "dark")
    cookie = client.cookies[settings.THEME_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    settings.SESSION_COOKIE_SECURE = True
    choose(client, "light")
    assert client.cookies[settings.THEME_COOKIE_NAME]["secure"]


def test_it_stays_when_somebody_signs_in_and_out(signed_in, teacher):
    browser = signed_in(teacher)
    choose(browser, "dark")
    assert said(browser, "/help/") == SAID["dark"]
    assert said(browser, "/nowhere/") == SAID["dark"]
    browser.post(reverse("account_logout"))
    assert said(browser) == SAID["dark"]


@pytest.mark.parametrize("theme", ["", "blue", "dark;", "\x00", "d" * 1000])
def test_a_theme_that_is_not_there_changes_nothing(client, settings, theme):
    assert choose(client, theme).status_code == 302
    assert settings.THEME_COOKIE_NAME not in client.cookies


def test_a_cookie_of_a_strange_theme_is_none(client, settings):
    client.cookies[settings.THEME_COOKIE_NAME] = "blue"
    assert said(client) == SAID["device"]


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example", ""])
def test_the_button_leads_to_no_stranger(client, place):
    assert choose(client, "dark", next=place)["Location"] == "/"
    assert client.get(THEME).status_code == 405
