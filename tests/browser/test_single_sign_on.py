"""Signing in by one's school in a real browser: to the provider's page and back."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.roles import Role
from tests.accounts.oidc import DOMAIN, address, person, provider_of
from tests.accounts.second_factors import code, give_app
from tests.browser.conftest import Visitor, dutch
from tests.factories import SchoolFactory, member

pytestmark = pytest.mark.django_db(transaction=True)

NOOR = f"noor@{DOMAIN}"


@pytest.fixture
def school(db):
    return SchoolFactory(name="Lyceum De Kade")


@pytest.fixture
def somebody(page: Page, live_server, size, request) -> Visitor:
    """Somebody with a browser who is not signed in."""
    # The provider's page takes its looks from elsewhere; nothing leaves this machine.
    page.route(re.compile("^https://"), lambda route: route.fulfill(body=""))
    return Visitor(page, live_server.url, f"{request.node.originalname}-{size}")


def to_provider(visitor: Visitor) -> None:
    """Go from the sign-in page to the provider's, by the page between that goes on by itself."""
    visitor.open(reverse("account_login"))
    visitor.press("Sign in with your school account")
    visitor.fill(email=NOOR)
    visitor.page.locator("main").get_by_role("button").click()
    visitor.page.wait_for_url(re.compile(f"^{re.escape(address())}/oauth2/authorize"))
    assert visitor.complaints == []  # no form-action, nor another rule, stood in the way


def at_provider(visitor: Visitor, sub: str) -> None:
    """Sign in at the provider, that sends the browser back."""
    visitor.page.locator("[name=sub]").first.fill(sub)
    visitor.page.get_by_role("button", name="Authorize").click()
    visitor.page.wait_for_url(re.compile(f"^{re.escape(visitor.address)}"))
    visitor.look()


def test_a_teacher_comes_in_by_the_school_and_the_second_factor(somebody, school):
    provider_of(school)
    secret = give_app(member(Role.TEACHER, school, email=NOOR))
    to_provider(somebody)
    at_provider(somebody, person("s1", email=NOOR))
    assert reverse("mfa_authenticate") in somebody.page.url
    somebody.fill(code=code(secret))
    somebody.page.locator("main form").first.get_by_role("button").click()
    expect(somebody.page.locator("body")).to_have_class("signed-in")
    somebody.look()


def test_whoever_nobody_invited_reads_why(somebody, school):
    provider_of(school)
    to_provider(somebody)
    at_provider(somebody, person("s2", email=NOOR))
    assert somebody.page.url == f"{somebody.address}{reverse('sso:refused')}"
    assert somebody.reads("You are signed in at your school, but nobody invited you to Meldcode.")


def test_the_page_between_can_be_read_and_pressed(somebody, school):
    """Where a browser does not go on by itself: the page is one of ours, with one link."""
    provider_of(school)
    there = re.compile(f"^{re.escape(address())}")
    # No content: the browser stays where it is.
    somebody.page.route(there, lambda route: route.fulfill(status=204))
    somebody.open(reverse("sso:start"))
    somebody.fill(email=NOOR)
    somebody.press("Go on")
    assert somebody.reads("On to your school")
    link = somebody.page.locator("main").get_by_role("link", name=dutch("Go on"))
    with somebody.page.expect_request(there):
        link.click()


def test_an_administrator_adds_a_provider(somebody, school):
    administrator = member(Role.ADMINISTRATOR, school, email=f"beheer@{DOMAIN}")
    somebody.sign_in(administrator)
    expect(somebody.page.locator("body")).to_have_class("signed-in")
    somebody.open(reverse("people:people"))
    somebody.press("Sign-in")
    somebody.press("Add a provider")
    somebody.choose(kind="other")
    somebody.fill(
        name="Schoolaccount", location="https://10.0.0.1", client_id="meldcode",
        client_secret="geheim", domains=DOMAIN,
    )  # fmt: skip
    somebody.press("Save")
    assert somebody.reads("This address does not answer as an OpenID Connect provider.")
    somebody.fill(location=address())
    somebody.press("Save")
    assert somebody.reads("Saved. Enter the redirect address below at the provider.")
    somebody.open(reverse("sso:providers"))
    somebody.press_words("Uitzetten Schoolaccount")
