"""What a browser makes of a theme: dark by choice is dark by device, paper is light, no script."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Page

BOOTSTRAP = settings.NODE_MODULES / "bootstrap" / "dist" / "css" / "bootstrap.css"
TOKENS = Path(settings.BASE_DIR) / "static" / "css" / "tokens.css"
# Colours of parts that no page of ours has: Bootstrap's two other greys.
UNUSED = re.compile(r"--bs-(secondary|light|dark)-(text-emphasis|bg-subtle|border-subtle)$|.*-rgb$")
VALUES = """(names) => { const root = getComputedStyle(document.documentElement);
  return Object.fromEntries(names.map((name) => [name, root.getPropertyValue(name).trim()])); }"""
GROUND = "getComputedStyle(document.body).backgroundColor"
INK = "getComputedStyle(document.body).color"
LIGHT, DARK, DARK_INK = "rgb(247, 244, 238)", "rgb(22, 27, 27)", "rgb(34, 48, 47)"


def variables() -> list[str]:
    """Return our tokens, and what Bootstrap reads in the dark."""
    bootstraps = BOOTSTRAP.read_text().split("[data-bs-theme=dark] {", 1)[1].split("}", 1)[0]
    named = set(re.findall(r"^\s*(--[a-z0-9-]+):", bootstraps + TOKENS.read_text(), flags=re.M))
    return sorted(name for name in named if not UNUSED.match(name) and "-btn-" not in name)


@pytest.fixture
def on(browser: Browser, live_server) -> Iterator[object]:
    """Return what opens the page of signing in on a device of some theme, without script."""
    opened = []

    def open_on(device: str) -> Page:
        context = browser.new_context(
            base_url=live_server.url, color_scheme=device, java_script_enabled=False
        )
        opened.append(context)
        page = context.new_page()
        page.goto(reverse("account_login"))
        return page

    yield open_on
    for context in opened:
        context.close()


def choose(page: Page, theme: str) -> None:
    """Choose a theme in its menu, as somebody without JavaScript does."""
    page.locator(".theme-menu summary").click()
    page.locator(f"button[name=theme][value={theme}]").click()


@pytest.mark.any_database
def test_the_device_decides_and_a_choice_wins_from_it(on):
    by_device, chosen = on("dark"), on("light")
    assert chosen.evaluate(GROUND) == LIGHT
    choose(chosen, "dark")
    assert (by_device.evaluate(GROUND), chosen.evaluate(GROUND)) == (DARK, DARK)
    names = variables()
    assert len(names) > 80
    assert by_device.evaluate(VALUES, names) == chosen.evaluate(VALUES, names)
    for page in (by_device, chosen):
        page.emulate_media(media="print")
        assert page.evaluate(INK) == DARK_INK
        page.emulate_media(media="screen")
    choose(by_device, "light")
    assert by_device.evaluate(GROUND) == LIGHT
    choose(by_device, "device")
    assert by_device.evaluate(GROUND) == DARK
