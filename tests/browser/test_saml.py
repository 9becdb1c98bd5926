"""Signing in through Entree Federatie in a real browser: its page of another site posts to ours."""

import base64
import html
import re
import threading
import zlib
from collections.abc import Iterator

import pytest
import werkzeug.serving
from django.urls import reverse
from lxml import etree
from playwright.sync_api import Page, expect
from werkzeug.wrappers import Request, Response

from accounts.roles import Role
from tests.accounts.saml import NOOR, Asked, hub, saml_provider_of
from tests.accounts.second_factors import code, give_app
from tests.browser.conftest import Visitor
from tests.factories import SchoolFactory, member

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = """<!doctype html><title>Hub</title><form method="post" action="{address}">
<input type="hidden" name="SAMLResponse" value="{answer}"><button>Verder</button></form>"""


@Request.application
def hub_page(request: Request) -> Response:
    """The page of the hub, with a button that brings its answer to us."""
    if request.path != "/sso":
        return Response(status=204)  # the browser asks for an icon
    root = etree.fromstring(
        zlib.decompress(base64.b64decode(request.args["SAMLRequest"]), -zlib.MAX_WBITS)
    )
    asked = Asked(root.get("ID"), root[0].text, root.get("AssertionConsumerServiceURL"))
    answer = base64.b64encode(hub().answer(asked).encode()).decode()
    page = PAGE.format(address=html.escape(asked.address), answer=answer)
    return Response(page, content_type="text/html")


@pytest.fixture
def hub_address() -> Iterator[str]:
    """Where the hub's page is: 127.0.0.1, which is another site than localhost, where we are."""
    server = werkzeug.serving.make_server("127.0.0.1", 0, hub_page, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/sso"
    server.shutdown()


def test_a_teacher_comes_in_by_the_hub(page: Page, live_server, size, request, settings,
                                       hub_address):  # fmt: skip
    settings.SITE_URL = live_server.url
    assert "//localhost" in live_server.url
    school = SchoolFactory(name="Lyceum De Kade")
    saml_provider_of(school, sign_in_url=hub_address)
    secret = give_app(member(Role.TEACHER, school, email=NOOR))
    visitor = Visitor(page, live_server.url, f"{request.node.originalname}-{size}")
    visitor.open(reverse("account_login"))
    visitor.press("Sign in with your school account")
    visitor.fill(email=NOOR)
    visitor.page.locator("main").get_by_role("button").click()
    visitor.page.wait_for_url(re.compile(f"^{re.escape(hub_address)}"))
    sent = []
    page.on("request", lambda told: sent.append((told.method, told.all_headers())))
    visitor.page.get_by_role("button", name="Verder").click()
    visitor.page.wait_for_url(re.compile(re.escape(reverse("mfa_authenticate"))))
    posts = [headers for method, headers in sent if method == "POST"]
    # The reason for the redirect: the form of another site brings no session, the visit after does.
    assert [("cookie" in headers) for headers in posts] == [False]
    visitor.fill(code=code(secret))
    visitor.page.locator("main form").first.get_by_role("button").click()
    expect(visitor.page.locator("body")).to_have_class("signed-in")
    visitor.look()
