"""A form without drafts, sent while the web is away: its words stay where they were typed."""

import pytest
from django.db import OperationalError
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from consultations.models import Meeting
from tests.browser.conftest import dutch
from tests.factories import SchoolFactory, member

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = "Kamer 12, naast de aula"
NOT_SENT = (
    "Not sent: Meldcode cannot be reached now. What you typed is still here. Try again in a minute."
)
ASKED = "**/health/web/"
# Whatever followed from an answer was done by then.
HEARD = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"


@pytest.fixture
def planner(visitor):
    """Somebody who filled in a form of a few fields."""
    coordinator = visitor(member(Role.COORDINATOR, SchoolFactory()))
    coordinator.open("/meetings/new/")
    day = timezone.localdate() + timezone.timedelta(days=3)
    coordinator.fill(starts_at=f"{day}T09:00", place=PLACE)
    yield coordinator
    coordinator.complaints.clear()  # that nobody answered is what the browser complains of


@pytest.fixture
def posts(planner):
    """What is sent to the page of the form, as it is."""
    sent = []

    def note(request):
        if request.method == "POST":
            sent.append(request.post_data)

    planner.page.on("request", note)
    return sent


def button(planner):
    return planner.page.locator(".submit-bar .btn-primary")


def away(route):
    route.fulfill(status=502, body="<title>Zo terug</title>", content_type="text/html")


def no_line(route):
    route.abort()


@pytest.mark.parametrize("answer", [away, no_line])
def test_its_words_stay_and_it_arrives_once_when_the_web_is_there_again(planner, posts, answer):
    page, said = planner.page, planner.page.get_by_text(dutch(NOT_SENT))
    button(planner).evaluate("one => { one.name = 'pressed'; one.value = 'yes'; }")
    page.route(ASKED, answer)
    for __ in range(2):
        button(planner).click()
        expect(said).to_be_in_viewport()
        assert page.locator("form[aria-busy]").count() == 0
    assert page.locator("[name=place]").input_value() == PLACE
    assert posts == []
    planner.complaints.clear()
    planner.look()

    page.unroute(ASKED)
    button(planner).click()
    planner.look()
    assert not page.url.endswith("/meetings/new/")
    assert Meeting.objects.get().place == PLACE
    assert len(posts) == 1
    assert "pressed=yes" in posts[0]


@pytest.mark.parametrize("size", ["desk"])
def test_however_often_it_is_tapped_it_goes_once_and_nobody_is_asked_for(planner, posts):
    page, held = planner.page, []
    page.route(ASKED, lambda route: held.append(route))
    with page.expect_request(ASKED):
        button(planner).dblclick()
    button(planner).click()
    assert "cookie" not in held[0].request.all_headers()  # no session begins its rest anew
    assert len(held) == 1
    held[0].continue_()
    page.wait_for_url(lambda url: not url.endswith("/meetings/new/"))
    assert Meeting.objects.count() == len(posts) == 1


@pytest.mark.parametrize("size", ["desk"])
def test_what_waits_is_not_left_unasked(planner, posts):
    page, asked = planner.page, []

    def note(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", note)
    page.locator("[name=place]").press_sequentially(".")
    page.route(ASKED, away)
    button(planner).click()
    page.get_by_text(dutch(NOT_SENT)).wait_for()
    with page.expect_event("dialog"):
        page.evaluate("() => { location.href = '/account/'; }")
    assert page.locator("[name=place]").input_value() == f"{PLACE}."
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("size", ["desk"])
@pytest.mark.parametrize("status", [200, 502])
def test_who_left_in_a_hurry_sends_nothing_and_is_told_nothing(planner, posts, status):
    page, held = planner.page, []
    elsewhere = page.locator(".leave-link").get_attribute("href")
    page.route(f"{elsewhere}**", lambda route: route.fulfill(status=204))
    page.route(ASKED, lambda route: held.append(route))
    with page.expect_request(ASKED):
        button(planner).click()
    for __ in range(3):
        page.keyboard.press("Shift")
    page.locator("html[data-left]").wait_for(state="attached")
    held[0].fulfill(status=status)
    page.evaluate(HEARD)
    expect(page.locator("body > *")).to_have_count(0)
    assert posts == []


@pytest.mark.parametrize("size", ["desk"])
def test_a_page_that_is_covered_meanwhile_sends_nothing_by_itself(planner, posts):
    """Nobody knows whether there is a session: session.js sends what was typed, or shows it."""
    page, held = planner.page, []
    page.route(ASKED, lambda route: held.append(route))
    page.route("**/account/stay/**", no_line)
    with page.expect_request(ASKED):
        button(planner).click()
    page.evaluate("dispatchEvent(new StorageEvent('storage', { key: 'meldcode-nobody' }))")
    expect(page.locator("html")).to_have_class("js session-over")
    held[0].fulfill(status=200)
    page.evaluate(HEARD)
    assert posts == []
    page.unroute("**/account/stay/**")
    page.evaluate("dispatchEvent(new StorageEvent('storage', { key: 'meldcode-nobody' }))")
    expect(page.locator("[name=place]")).to_have_value(PLACE)
    page.unroute(ASKED)
    button(planner).click()
    page.wait_for_url(lambda url: not url.endswith("/meetings/new/"))
    assert Meeting.objects.get().place == PLACE


@pytest.mark.parametrize("size", ["desk"])
def test_what_came_back_of_a_database_that_is_away_waits_too(planner, posts, monkeypatch):
    page = planner.page
    page.route(ASKED, lambda route: route.fulfill(status=200))

    def fails(*args):
        raise OperationalError("away")

    with monkeypatch.context() as broken:
        broken.setattr("accounts.middleware.LanguageMiddleware._language", fails)
        button(planner).click()
        again = page.get_by_role("button", name="Opnieuw versturen")
        again.wait_for()
        page.wait_for_load_state()  # its scripts come last
        page.unroute(ASKED)
        again.click()
        expect(page.locator("#not-sent")).to_be_in_viewport()
    assert len(posts) == 1
    again.click()
    page.wait_for_url("**/meetings/**/")
    planner.complaints.clear()
    planner.look()
    assert Meeting.objects.get().place == PLACE


@pytest.mark.parametrize("size", ["desk"])
def test_a_file_that_is_too_large_is_not_sent_at_all(planner, posts):
    """The proxy would refuse it, and what stands beside it stay with its page."""
    planner.open("/signals/receive/")
    page = planner.page
    planner.fill(password="geheim")
    file = {"name": "dossier.zip", "mimeType": "application/zip", "buffer": bytes(21_000_000)}
    page.locator("[type=file]").set_input_files(file)
    button(planner).click()
    page.evaluate(HEARD)
    expect(page.locator("#too-large")).to_be_in_viewport()
    expect(page.locator("[name=password]")).to_have_value("geheim")
    assert posts == []
