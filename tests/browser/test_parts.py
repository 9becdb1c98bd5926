"""The parts that move: messages that one closes, a menu that Escape closes, a list on its way."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Page

from accounts.models import User
from accounts.roles import Role
from tests.conftest import sign_in
from tests.factories import CaseFactory, PupilFactory, member

pytestmark = pytest.mark.any_database


@pytest.fixture
def at(browser: Browser, live_server) -> Iterator[object]:
    """Return what opens a page as somebody, with or without script."""
    opened = []

    def open_at(user: User, name: str, *, script: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.url, java_script_enabled=script, reduced_motion="reduce"
        )
        opened.append(context)
        key = sign_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(reverse(name))
        return page

    yield open_at
    for context in opened:
        context.close()


def test_messages_stand_until_they_are_closed_and_a_menu_closes_with_escape(at, school):
    somebody = member(Role.ADMINISTRATOR, school)
    page = at(somebody, "design", script=False)
    messages = page.locator(".toast-card[role=status]")
    assert messages.count() == 4
    assert not page.locator(".toast-close").first.is_visible()

    page = at(somebody, "design")
    messages = page.locator(".toast-card[role=status]")
    page.locator(".toast-close").first.click()
    assert messages.count() == 3
    assert page.evaluate("document.activeElement.id") == "content"

    page.locator(".user-menu > summary").click()
    assert page.get_attribute(".user-menu", "open") is not None
    page.keyboard.press("Escape")
    assert page.get_attribute(".user-menu", "open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_a_list_that_is_on_its_way_is_blank_and_says_that_it_is_busy(at, school):
    CaseFactory(pupil=PupilFactory(school=school))
    page = at(member(Role.COORDINATOR, school), "cases:dashboard")
    waiting = []
    page.route("**/cases/?*", lambda route: waiting.append(route))
    page.locator("#tab-mine").click()
    page.wait_for_selector("#dashboard[aria-busy=true] .case-card")
    shade = "getComputedStyle(document.querySelector('.case-card'), '::after')"
    page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
    assert page.evaluate(f"{shade}.opacity") == "1"
    assert page.evaluate(f"{shade}.animationName") == "wait"  # it stands still for who asks that
    for route in waiting:
        route.continue_()
    page.wait_for_selector("#dashboard:not([aria-busy=true])")


@pytest.mark.parametrize("script", [True, False])
def test_what_is_searched_stands_in_no_address(at, school, script):
    """Neither in the browser's history, nor in the log of a machine between."""
    case = CaseFactory(pupil=PupilFactory(school=school, family_name="Zwaantjes"))
    page = at(member(Role.COORDINATOR, school), "cases:dashboard", script=script)
    asked = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.fill("#q", "zwaantj")
    page.press("#q", "Enter")
    page.wait_for_url("**/cases/?q=*")
    assert page.locator("#dashboard").get_by_text(case.reference).first.is_visible()
    assert page.input_value("#q") == "zwaantj"
    page.reload()
    assert page.input_value("#q") == "zwaantj"
    page.goto(reverse("signals:new"))
    page.fill("#id_pupil_query", "zwaantj")
    if not script:
        page.press("#id_pupil_query", "Enter")
    page.wait_for_selector(".pupil-option")
    assert [url for url in asked if "zwaantj" in url.lower()] == []
    assert any("q=" in url for url in asked)
