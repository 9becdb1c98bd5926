"""Back to a page that a link of another site opened; and the browsers of some years ago."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.roles import Role
from tests.browser.conftest import dutch
from tests.factories import CaseFactory, PupilFactory, member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.parametrize("size", ["desk"])]
WEBMAIL = "http://webmail.example/"


def comes_by_a_link(person, path):
    """Let somebody press a link in their webmail."""
    page, address = person.page, f"{person.address}{path}"
    page.route(WEBMAIL, lambda route: route.fulfill(
        content_type="text/html", body=f"<a href='{address}'>Open</a>",
    ))  # fmt: skip
    page.goto(WEBMAIL)
    page.get_by_role("link", name="Open").click()
    page.wait_for_url(f"{address}*")


def test_who_goes_back_to_a_page_that_a_link_in_webmail_opened_sees_that_page(visitor, school):
    person = visitor(member(Role.COORDINATOR, school))
    comes_by_a_link(person, reverse("todo"))
    heading = person.page.locator("h1").inner_text()
    person.open(reverse("help"))
    person.page.go_back()
    expect(person.page.locator("h1")).to_have_text(heading)
    person.page.go_back()
    expect(person.page.get_by_role("link", name="Open")).to_be_visible()


def test_what_names_somebody_is_asked_for_by_a_press_all_the_same(visitor, school):
    """By a page in front of it another site has a browser go forward, with nobody there."""
    person = visitor(member(Role.COORDINATOR, school))
    case = CaseFactory(pupil=PupilFactory(school=school, family_name="Zwaan"))
    page = person.page
    page.route(WEBMAIL, lambda route: route.fulfill(
        content_type="text/html",
        body=f"<script>location = '{person.address}/cases/{case.reference}/'</script>",
    ))  # fmt: skip
    page.goto(WEBMAIL)
    expect(page.locator("h1")).to_have_text("Deze pagina openen?")
    person.open(reverse("help"))
    page.go_back()
    page.wait_for_url("**/cases/*/?elsewhere=1")
    expect(page.locator("h1")).to_have_text(dutch("Open this page?"))
    assert "Zwaan" not in page.content()


def test_a_browser_of_years_ago_sends_what_one_types(page, live_server):
    """It knows no time after which a question ends, and was told that the web is away."""
    page.add_init_script("delete AbortSignal.timeout")
    page.goto(live_server.url + reverse("account_login"))
    page.fill("[name=login]", "iemand@school.example")
    page.fill("[name=password]", "vier ganzen zwemmen langs Zwolle")
    page.locator("main button[type=submit]").first.click()
    expect(page.locator(".error-summary, .alert").first).to_be_visible()
    assert not page.locator("#not-sent").is_visible()
