"""Once a session is over, no page of it is left to read: in no tab, touched or not."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.urls import reverse

from accounts.roles import Role
from cases.models import PupilImport
from tests.browser.conftest import dutch, settle
from tests.factories import PASSWORD, CaseFactory, PupilFactory, SignalFactory, member

pytestmark = pytest.mark.django_db(transaction=True)
SEEN = "Had een blauw oog."
# As another tab does, where nobody is signed in any more.
ENDS_ELSEWHERE = """() => window.dispatchEvent(
  new StorageEvent("storage", { key: "meldcode-nobody" }))"""
SAID_OF_THE_LINE = """() => [...document.querySelectorAll("[data-when]")]
  .filter((part) => !part.hidden).map((part) => part.dataset.when)"""


@pytest.fixture
def coordinator(school, visitor):
    return visitor(member(Role.COORDINATOR, school))


@pytest.fixture
def whole(school):
    """The path of a page with all that stands in a case."""
    case = CaseFactory(pupil=PupilFactory(school=school))
    SignalFactory(case=case, facts=SEEN)
    return f"/cases/{case.reference}/whole/"


@pytest.fixture
def writer(visitor, school):
    """Somebody in the middle of a signal, on whose page the time is ours."""
    PupilFactory(school=school)
    teacher = visitor(member(Role.TEACHER, school))
    teacher.page.clock.install()
    teacher.open("/signals/new/")
    teacher.fill(facts="Halverwege een zin")
    return teacher


def rests_too_long(writer):
    """Let their session end, and see that what they typed is kept."""
    Session.objects.all().delete()
    writer.page.clock.fast_forward(timedelta(minutes=31).seconds * 1000)
    writer.page.wait_for_url("**/account/login/**")
    assert writer.reads(
        "You were signed out. Sign in again: what you typed is kept and comes back."
    )


@pytest.mark.parametrize("size", ["desk"])
def test_whoever_signs_out_in_one_tab_leaves_no_other_behind(coordinator, whole):
    other = coordinator.page.context.new_page()
    other.goto(f"{coordinator.address}{whole}")
    assert SEEN in other.content()
    coordinator.page.locator(".user-menu summary").click()
    coordinator.page.get_by_role("button", name=dutch("Sign out"), exact=True).click()
    other.wait_for_url("**/account/login/**")
    assert SEEN not in other.content()


@pytest.mark.parametrize("size", ["phone"])
def test_after_half_an_hour_of_rest_the_page_goes(coordinator, whole):
    page = coordinator.page
    page.clock.install()
    coordinator.open(whole)
    page.clock.fast_forward(timedelta(minutes=29).seconds * 1000)
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    assert SEEN in coordinator.text
    Session.objects.all().delete()
    page.clock.fast_forward(timedelta(minutes=2).seconds * 1000)
    page.wait_for_url("**/account/login/**")
    assert SEEN not in page.content()


@pytest.mark.parametrize("size", ["phone"])
def test_without_a_line_nothing_is_to_be_read_until_there_is_one(coordinator, whole):
    page = coordinator.page
    page.clock.install()
    coordinator.open(whole)
    title = page.title()
    page.context.set_offline(True)
    page.clock.fast_forward(timedelta(minutes=31).seconds * 1000)
    page.get_by_text("Je bent uitgelogd en Meldcode is niet bereikbaar.").wait_for()
    # Nor without the styles of the page, in a file that is made of it, or by the name of the tab.
    assert SEEN not in page.content()
    assert page.title() == "Meldcode"
    page.context.set_offline(False)
    # Somebody works on in another tab: it was not over.
    page.clock.fast_forward(31_000)
    page.locator("main").wait_for()
    coordinator.complaints.clear()
    assert SEEN in coordinator.text
    assert page.title() == title


@pytest.mark.parametrize("size", ["desk"])
def test_nor_where_the_server_said_once_that_it_was_not_over(coordinator, whole):
    """A draft or a download of which this page does not know; hours later the lid is opened."""
    page = coordinator.page
    page.clock.install()
    coordinator.open(whole)
    with page.expect_response("**/account/stay/**") as answer:
        page.clock.fast_forward(timedelta(minutes=31).seconds * 1000)
    assert answer.value.status == 204
    page.locator("main").wait_for()
    page.context.set_offline(True)
    page.clock.fast_forward(31_000)  # a moment without a line takes nothing away
    assert SEEN in coordinator.text
    page.clock.fast_forward(timedelta(hours=2).seconds * 1000)
    page.get_by_text("Je bent uitgelogd en Meldcode is niet bereikbaar.").wait_for()
    assert SEEN not in page.content()
    coordinator.complaints.clear()


@pytest.mark.parametrize("size", ["desk"])
def test_one_that_was_ended_elsewhere_is_over_when_somebody_looks(coordinator, whole):
    page = coordinator.page
    page.clock.install()
    coordinator.open(whole)
    Session.objects.all().delete()
    page.clock.fast_forward(31_000)
    with page.expect_request("**/account/stay/**") as asked:
        page.evaluate("window.dispatchEvent(new Event('focus'))")
    # Its answer takes no cookie away: it may come after the one that keeps what was typed.
    assert "meldcode-by-itself" in asked.value.headers
    page.wait_for_url("**/account/login/**")


@pytest.mark.parametrize("size", ["desk"])
def test_one_that_was_ended_elsewhere_is_over_within_a_minute_or_so(coordinator, whole):
    """The window has the focus, and nobody touches it: it stayed to read for half an hour."""
    page = coordinator.page
    page.clock.install()
    coordinator.open(whole)
    Session.objects.all().delete()
    page.clock.fast_forward(80_000)
    page.wait_for_url("**/account/login/**")


@pytest.mark.parametrize("size", ["phone"])
def test_what_was_typed_is_there_again(writer):
    rests_too_long(writer)


@pytest.mark.parametrize("size", ["desk"])
def test_so_it_is_where_the_page_was_to_be_left_and_stayed(writer):
    """Nothing came of the first try; covered as it is, the page tries once more."""
    page, tries = writer.page, []

    def nothing(route):
        if not route.request.is_navigation_request():  # a draft
            route.continue_()
            return
        tries.append(route)
        route.fulfill(status=204)

    page.route("**/signals/new/", nothing)
    Session.objects.all().delete()
    with page.expect_request(lambda request: request.is_navigation_request()):
        page.clock.fast_forward(timedelta(minutes=31).seconds * 1000)
    assert not page.locator("main").is_visible()
    page.unroute("**/signals/new/")
    page.clock.fast_forward(31_000)
    page.clock.fast_forward(11_000)
    page.wait_for_url("**/account/login/**")
    assert len(tries) == 1
    assert writer.reads(
        "You were signed out. Sign in again: what you typed is kept and comes back."
    )


@pytest.mark.parametrize("size", ["desk"])
def test_a_page_that_was_to_be_left_and_is_shown_again_has_its_own_name(writer):
    """The session was said to be over; by the time that nothing came of it, it was not."""
    page = writer.page
    title = page.title()
    page.route(
        "**/signals/new/",
        lambda route: (
            route.fulfill(status=204)
            if route.request.is_navigation_request()
            else route.continue_()
        ),
    )
    over = {"status": 302, "headers": {"location": "/account/login/"}}
    page.route("**/account/stay/**", lambda route: route.fulfill(**over))
    with page.expect_request(lambda request: request.is_navigation_request()):
        page.clock.fast_forward(timedelta(minutes=31).seconds * 1000)
    page.locator("html.session-over").wait_for(state="attached")
    page.unroute("**/account/stay/**")
    page.clock.fast_forward(31_000)
    page.clock.fast_forward(11_000)
    page.locator("html:not(.session-over)").wait_for(state="attached")
    page.locator("main").wait_for()
    assert page.title() == title


@pytest.mark.parametrize("size", ["desk"])
def test_what_asks_how_far_it_is_goes_on_when_it_is_shown_again(school, visitor):
    """Covered for a second, an import said for ever that it was being applied."""
    administrator = member(Role.ADMINISTRATOR, school)
    job = PupilImport.objects.create(
        school=school, requested_by=administrator, kind="csv", state=PupilImport.State.RUNNING
    )
    path = reverse("cases:pupil_import", args=[job.public_id])
    person = visitor(administrator)
    page, asked = person.page, []
    page.on("request", lambda request: asked.append(1) if request.url.endswith(path) else None)
    page.clock.install()
    person.open(path)
    page.route("**/account/stay/**", lambda route: route.abort())
    page.evaluate(ENDS_ELSEWHERE)
    page.get_by_text("Je bent uitgelogd en Meldcode is niet bereikbaar.").wait_for()
    page.clock.run_for(3_000)
    settle(page)
    before = len(asked)
    page.clock.run_for(3_000)
    settle(page)
    assert len(asked) == before  # nobody sees it
    PupilImport.objects.update(state=PupilImport.State.FAILED)
    page.unroute("**/account/stay/**")
    page.evaluate(ENDS_ELSEWHERE)
    page.locator("main").wait_for()
    page.clock.run_for(1_500)
    page.get_by_role("heading", name=dutch("It could not be applied")).wait_for()
    person.complaints.clear()


@pytest.mark.parametrize("size", ["desk"])
def test_who_left_in_a_hurry_is_gone_whatever_is_answered_then(coordinator, whole):
    """It was asked whether there is a session still; the answer brought the page back."""
    coordinator.open(whole)
    page, asked = coordinator.page, []

    def answer_later(route):
        asked.append(route)

    def stays(route):
        route.fulfill(status=204)

    page.route("**/account/stay/**", answer_later)
    elsewhere = page.locator(".leave-link").get_attribute("href")
    page.route(f"{elsewhere}**", stays)
    with page.expect_request("**/account/stay/**"):
        page.evaluate(ENDS_ELSEWHERE)
    page.locator("html.session-over").wait_for(state="attached")
    for __ in range(3):
        page.keyboard.press("Shift")
    page.locator("html[data-left]").wait_for(state="attached")
    title = page.title()
    with page.expect_response("**/account/stay/**"):
        asked[0].fulfill(status=204)
    settle(page)
    assert SEEN not in page.content()
    assert page.title() == title


@pytest.mark.parametrize("size", ["desk"])
def test_nor_does_an_import_lead_them_on_that_is_done_by_then(school, visitor):
    """A page asks by itself how far it is, and is led to what came of it."""
    administrator = member(Role.ADMINISTRATOR, school)
    job = PupilImport.objects.create(
        school=school, requested_by=administrator, kind="csv", state=PupilImport.State.RUNNING
    )
    person = visitor(administrator)
    page, held, led = person.page, [], []
    person.open(reverse("cases:pupil_import", args=[job.public_id]))
    elsewhere = page.locator(".leave-link").get_attribute("href")
    page.route(f"{elsewhere}**", lambda route: route.fulfill(status=204))
    with page.expect_request(page.url):
        page.route(page.url, lambda route: held.append(route))
    settle(page)
    page.on("request", lambda request: led.append(request.url))
    for __ in range(3):
        page.keyboard.press("Shift")
    page.locator("html[data-left]").wait_for(state="attached")
    held[0].fulfill(status=200, headers={"HX-Redirect": "/help/"})
    settle(page)
    assert not [url for url in led if url.endswith("/help/")]


@pytest.mark.parametrize("size", ["desk"])
def test_so_is_what_came_back_with_a_mistake_and_nobody_touched(writer):
    writer.press("Save the signal")
    assert writer.page.locator(".error-summary").is_visible()
    rests_too_long(writer)


@pytest.mark.parametrize("size", ["desk"])
def test_and_what_was_typed_before_somebody_said_that_they_were_there(writer):
    writer.page.clock.fast_forward(timedelta(minutes=28).seconds * 1000)
    writer.page.get_by_role("dialog").get_by_role("button", name=dutch("Go on"), exact=True).click()
    rests_too_long(writer)


@pytest.mark.parametrize("size", ["desk"])
def test_who_types_where_the_clock_is_ahead_is_not_disturbed(visitor, school):
    """By that clock it is over; the server says that it is not."""
    PupilFactory(school=school)
    teacher = visitor(member(Role.TEACHER, school))
    page = teacher.page
    page.clock.install()
    teacher.open("/signals/new/")
    page.clock.fast_forward(timedelta(hours=13).total_seconds() * 1000)
    page.locator("main").wait_for()
    box = page.locator("[name=facts]")
    box.focus()
    for letter in "stil":
        page.clock.fast_forward(31_000)
        page.keyboard.type(letter)
    assert box.input_value() == "stil"


@pytest.mark.parametrize("size", ["phone"])
def test_who_sets_up_a_second_factor_looks_away_and_finds_the_same_key(newcomer, school):
    """They fetch a telephone: the key on the page is the one that they will scan."""
    person = member(Role.TEACHER, school)
    Authenticator.objects.filter(user=person).delete()
    guest = newcomer()
    guest.page.clock.install()
    guest.open("/account/login/")
    guest.fill(login=person.email, password=PASSWORD)
    guest.press("Sign in")
    guest.press("Set up an app")
    key = guest.page.locator("code.key").inner_text()
    guest.page.clock.fast_forward(31_000)
    with guest.page.expect_response("**/account/stay/**") as answer:
        guest.page.evaluate("window.dispatchEvent(new Event('focus'))")
    assert answer.value.status == 204
    assert guest.page.locator("code.key").inner_text() == key


@pytest.fixture
def refused(coordinator, whole, monkeypatch):
    """Somebody whose words came back, for the database was away when they sent them."""
    page = coordinator.page
    page.clock.install()
    coordinator.open(whole.replace("/whole/", "/statement/"))
    coordinator.fill(text=SEEN)
    with monkeypatch.context() as away:
        away.setattr("accounts.middleware.LanguageMiddleware._language", is_away)
        page.evaluate("document.querySelector('[name=text]').form.submit()")
        page.get_by_role("heading", name="Meldcode is even niet bereikbaar").wait_for()
    coordinator.complaints.clear()
    assert page.locator("textarea").input_value().strip() == SEEN
    return coordinator


def is_away(*args, **kwargs):
    raise OperationalError


@pytest.mark.parametrize("size", ["phone"])
def test_words_that_came_back_go_with_the_session_and_are_kept(refused):
    page = refused.page
    page.clock.fast_forward(timedelta(minutes=20).seconds * 1000)
    assert SEEN in page.content()
    Session.objects.all().delete()
    page.clock.fast_forward(timedelta(minutes=11).seconds * 1000)
    page.wait_for_url("**/account/login/**")
    assert SEEN not in page.content()
    assert refused.reads(
        "You were signed out. Sign in again: what you typed is kept and comes back."
    )


@pytest.mark.parametrize("size", ["desk"])
def test_nor_are_they_left_to_read_while_it_is_away_still(refused):
    page = refused.page
    page.context.set_offline(True)
    page.clock.fast_forward(timedelta(minutes=31).seconds * 1000)
    page.get_by_text("Meldcode is nog niet bereikbaar.").wait_for()
    assert SEEN not in page.content()
    page.context.set_offline(False)
    page.clock.fast_forward(31_000)
    page.locator("textarea").wait_for()
    refused.complaints.clear()
    assert page.locator("textarea").input_value().strip() == SEEN


@pytest.mark.parametrize("size", ["desk"])
def test_a_form_that_is_covered_when_its_answer_comes_can_be_sent_again(writer):
    """Sent without a line; when there is one, nobody knows yet whether the session is over."""
    page, save = writer.page, writer.page.locator(".submit-bar .btn-primary")
    page.route("**/account/stay/**", lambda route: route.abort())
    page.context.set_offline(True)
    save.click()
    page.locator("[data-no-line]").get_by_text(dutch("No connection.")).first.wait_for()
    page.clock.fast_forward(timedelta(minutes=31).seconds * 1000)
    page.get_by_text("Je bent uitgelogd en Meldcode is niet bereikbaar.").wait_for()
    with page.expect_response("**/signals/new/") as answer:
        page.context.set_offline(False)
    assert answer.value.status == 422  # no pupil was chosen
    page.unroute("**/account/stay/**")
    page.clock.fast_forward(31_000)
    page.locator("main").wait_for()
    writer.complaints.clear()
    # It says so: whoever believes that it is tried again closes the page.
    assert page.evaluate(SAID_OF_THE_LINE) == ["unsure"]
    save.click()
    page.locator(".error-summary").wait_for()
    assert page.locator("[name=facts]").input_value() == "Halverwege een zin"
