"""Finding one's way: the first cards, the tour, the keyboard; and being gone at once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.roles import Role
from tests.browser.conftest import dutch
from tests.factories import member

pytestmark = pytest.mark.django_db(transaction=True)

ELSEWHERE = "https://www.buienradar.nl/"


@pytest.fixture
def teacher(school, visitor):
    return visitor(member(Role.TEACHER, school))


def shift_three_times(page: Page) -> None:
    for __ in range(3):
        page.keyboard.press("Shift")


def click(page: Page) -> None:
    page.get_by_role("link", name=dutch("Leave")).click()


@pytest.mark.parametrize("size", ["desk"])
def test_whoever_must_be_gone_is_gone_whatever_they_typed(teacher):
    page, press = teacher.page, teacher.page.keyboard.press
    asked, came = [], []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    def come(route):
        came.append(route.request.headers.get("referer"))
        route.fulfill(body="<title>Weer</title>", content_type="text/html")

    def go(leave: Callable[[Page], None]) -> int:
        teacher.open("/tasks/")
        teacher.open("/signals/new/")
        teacher.fill(facts="Hij huilde.")
        before = page.evaluate("history.length")
        leave(page)
        return before

    page.route(f"{ELSEWHERE}**", come)
    for leave in (click, shift_three_times):
        before = go(leave)
        page.wait_for_url(ELSEWHERE)
        assert page.evaluate("history.length") == before
        page.go_back()
        assert page.url.endswith("/tasks/")  # not the page that was left
    assert (asked, came) == ([], [None, None])

    # It is slow: what stands there meanwhile. A capital letter is no Shift; two are not three.
    page.unroute(f"{ELSEWHERE}**")
    page.route(f"{ELSEWHERE}**", lambda route: route.fulfill(status=204))
    go(lambda page: page.keyboard.type("A"))
    press("Shift")
    assert page.get_by_text(dutch("Leave: press Shift two more times")).count() == 1
    page.keyboard.type("A")
    press("Shift")
    press("Shift")
    assert page.get_by_text(dutch("Leave: press Shift once more")).count() == 1
    assert page.title() != dutch("Weather")
    press("Shift")
    expect(page.locator("body > *")).to_have_count(0)
    assert page.title() == dutch("Weather")


def test_one_goes_by_the_keyboard_alone(teacher):
    page, press = teacher.page, teacher.page.keyboard.press
    page.keyboard.type("h")
    page.wait_for_url("**/help/")
    press("n")
    page.wait_for_url("**/signals/new/")
    page.locator("[name=facts]").focus()
    page.keyboard.type("th?")
    assert page.locator("[name=facts]").input_value() == "th?"
    teacher.fill(facts="")  # nothing typed that one is asked about
    page.locator("h1").click()

    press("?")
    dialog = page.get_by_role("dialog", name=dutch("Keyboard shortcuts"))
    assert {"t", "n", "m", "h", "?"} <= set(dialog.locator("kbd").all_inner_texts())
    teacher.look()
    page.get_by_label(dutch("Shortcuts are on")).uncheck()
    press("Escape")
    press("?")
    press("t")
    assert not dialog.is_visible()
    teacher.open("/help/")
    press("t")  # still off on the next page
    page.get_by_role("button", name=dutch("Keyboard shortcuts")).press("Enter")
    page.get_by_label(dutch("Shortcuts are on")).press("Space")
    press("Escape")
    assert page.url.endswith("/help/")
    press("t")
    page.wait_for_url("**/tasks/")

    def follow(words: str) -> None:
        """Go on with Tab until one stands on a link or button, and press Enter."""
        for __ in range(60):
            press("Tab")
            if page.evaluate("document.activeElement.textContent.trim()") == dutch(words):
                press("Enter")
                return
        raise AssertionError(words)

    follow("What happens after that")
    for number in range(1, 5):
        page.wait_for_url(f"**/protocol/tour/{number}/" if number > 1 else "**/protocol/tour/")
        teacher.look()
        follow("Next")
    page.wait_for_url("**/protocol/tour/5/")
    follow("To my tasks")
    page.wait_for_url("**/tasks/")
    follow("Close the introduction")
    page.get_by_text(dutch("The introduction is closed. You find it again under Help.")).wait_for()
    assert not teacher.reads("This is where you begin")


@pytest.mark.parametrize("size", ["phone"])
def test_without_javascript_all_of_it_is_there(teacher, browser, browser_context_args):
    cookies = teacher.page.context.cookies()
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    context.add_cookies(cookies)
    page = context.new_page()

    def press(role: str, words: str) -> None:
        """Press it, and wait for the page that comes: a click alone waits for its address."""
        page.get_by_role(role, name=dutch(words), exact=True).click()
        page.wait_for_load_state()

    page.goto(f"{teacher.address}/help/")
    assert page.locator(".leave-link").get_attribute("href") == ELSEWHERE
    assert page.locator(".leave-link").get_attribute("rel") == "noreferrer noopener"
    assert not page.get_by_role("button", name=dutch("Keyboard shortcuts")).is_visible()
    press("link", "Take the tour")
    press("link", "Next")
    assert page.url.endswith("/protocol/tour/2/")
    page.goto(f"{teacher.address}/tasks/")
    cards = page.locator(".guide-card")
    assert cards.count() == 3
    press("button", "Close the introduction")
    assert cards.count() == 0
    page.goto(f"{teacher.address}/help/")
    press("button", "Show the introduction again")
    assert cards.count() == 3
    press("link", "Accessibility")
    assert page.get_by_role("heading", name=dutch("Accessibility statement")).count() == 1
    context.close()
