"""Back to a page that a link of another site opened; and the browsers of some years ago."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

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


@pytest.fixture
def strangers():
    """A server of somebody else: what it answers whoever asks for ``/``, in turns; its address."""
    answers = []

    class Stranger(BaseHTTPRequestHandler):
        def do_GET(self):
            page = answers.pop(0) if self.path == "/" and answers else "<h1>Kantine</h1>"
            self.send_response(302 if page.startswith("http") else 200)
            self.send_header("Location", page)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *said):
            """Keep silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    Thread(target=server.serve_forever, daemon=True).start()
    yield answers, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


AGAIN = {
    "reload": "setTimeout(() => location.reload(), 200)",
    "back": "setTimeout(() => { location = '/on' }, 200)",
}


@pytest.mark.parametrize("how", AGAIN)
def test_a_page_of_others_that_asks_for_itself_and_is_led_on_opens_none_of_ours(
    visitor, school, strangers, how
):
    """It is its own page that the browser comes back to."""
    person = visitor(member(Role.COORDINATOR, school))
    answers, theirs = strangers
    answers += [f"<script>{AGAIN[how]}</script>", f"{person.address}{reverse('todo')}"]
    page = person.page.context.new_page()
    page.route("**/begin", lambda route: route.fulfill(
        content_type="text/html", body="<script>location = '/'</script>",
    ))  # fmt: skip
    page.route("**/on", lambda route: route.fulfill(
        content_type="text/html", body="<script>setTimeout(() => history.back(), 200)</script>",
    ))  # fmt: skip
    page.goto(f"{theirs}/begin")
    page.wait_for_url(f"{person.address}/**")
    expect(page.locator("h1")).to_have_text("Deze pagina openen?")
    page.close()


def test_a_browser_of_years_ago_sends_what_one_types(page, live_server):
    """It knows no time after which a question ends, and was told that the web is away."""
    page.add_init_script("delete AbortSignal.timeout")
    page.goto(live_server.url + reverse("account_login"))
    page.fill("[name=login]", "iemand@school.example")
    page.fill("[name=password]", "vier ganzen zwemmen langs Zwolle")
    page.locator("main button[type=submit]").first.click()
    expect(page.locator(".error-summary, .alert").first).to_be_visible()
    assert not page.locator("#not-sent").is_visible()
