"""A draft that is not taken: the page says so, and does not ask for ever with nobody there. And a
form that had to wait for a line: once it arrived nobody is asked whether they want to leave."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import Draft, Membership
from accounts.roles import Role
from signals.models import Signal
from tests.browser.conftest import dutch, settle
from tests.factories import CaseFactory, PupilFactory, SignalFactory, member

pytestmark = pytest.mark.django_db(transaction=True)
BY_ITSELF = "meldcode-by-itself"
A_WHILE = timedelta(minutes=5).seconds * 1000
REFUSED = (
    "Not kept as a draft. What you typed is still here. Look in a new tab whether this page"
    " still opens for you."
)
GOES_OUT_OF_SIGHT = """() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
LAST = "localStorage.getItem('meldcode-last-request')"


@pytest.fixture
def writer(visitor, school):
    """Somebody who records a talk, on a page whose time is ours."""
    case = CaseFactory(pupil=PupilFactory(school=school))
    SignalFactory(case=case)
    coordinator = visitor(member(Role.COORDINATOR, school))
    coordinator.page.clock.install()
    coordinator.open(f"/cases/{case.reference}/conversation/")
    return coordinator


@pytest.fixture
def tries(writer):
    """The drafts that the page sends, as they come: whether each says that nobody need be there."""
    sent = []

    def note(request):
        if request.method == "POST":
            sent.append(BY_ITSELF in request.headers)

    writer.page.on("request", note)
    return sent


@pytest.mark.parametrize("size", ["desk"])
def test_one_that_is_refused_waits_until_somebody_types_again(writer, tries):
    page, box = writer.page, writer.page.locator("[name=reactions]")
    Membership.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    said = page.get_by_text(dutch(REFUSED))
    for count in (1, 2):
        with page.expect_response("**/conversation/") as answer:
            box.press_sequentially("x")
            page.clock.run_for(3_000)
        assert answer.value.status == 404
        said.wait_for()
        page.evaluate(GOES_OUT_OF_SIGHT)
        page.clock.run_for(A_WHILE)
        assert tries == [False] * count
    assert box.input_value() == "xx"
    writer.complaints.clear()  # that it is refused is what the browser complains of


@pytest.mark.parametrize("size", ["desk"])
def test_one_that_goes_again_by_itself_keeps_no_session_awake(writer, tries):
    page = writer.page
    page.context.set_offline(True)
    page.locator("[name=reactions]").press_sequentially("x")
    page.clock.run_for(3_000)
    lost = "No connection. What you typed is still here, and not kept as a draft yet."
    page.get_by_text(dutch(lost)).wait_for()
    soon = timezone.now() + timedelta(minutes=1)
    Session.objects.update(expire_date=soon)
    before = page.evaluate(LAST)
    page.context.set_offline(False)
    with page.expect_response("**/conversation/") as answer:
        page.clock.run_for(15_000)
    assert answer.value.status == 200
    page.locator(".draft-state", has_text="Bewaard als concept").wait_for()
    assert tries[0] is False
    assert set(tries[1:]) == {True}
    assert Draft.objects.get().fields()["reactions"] == "x"
    assert Session.objects.get().expire_date == soon
    assert page.evaluate(LAST) == before
    writer.complaints.clear()


@pytest.fixture
def waiting(visitor, school):
    """Somebody whose signal waits for a line; and what the browser asked them."""
    PupilFactory(school=school, given_name="Roos", family_name="Jansen")
    teacher = visitor(member(Role.TEACHER, school))
    teacher.open("/signals/new/")
    page, asked = teacher.page, []

    def note(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    # Unheard, a question of the browser is answered by Playwright itself.
    page.on("dialog", note)
    page.locator("[name=pupil_query]").first.press_sequentially("Roos")
    page.locator(".pupil-option").first.click()
    page.locator("[name=facts]").press_sequentially("Een blauw oog")
    page.context.set_offline(True)
    page.locator(".submit-bar .btn-primary").click()
    page.locator("[data-no-line]").get_by_text(dutch("No connection.")).first.wait_for()
    yield teacher, asked
    teacher.complaints.clear()  # that there was no line


@pytest.mark.parametrize("size", ["desk"])
def test_a_form_that_arrived_after_all_leads_on_and_asks_nothing(waiting):
    """Who answered that they stay sat on a form that was on its way for ever."""
    teacher, asked = waiting
    teacher.page.context.set_offline(False)
    teacher.page.wait_for_url(lambda url: not url.endswith("/signals/new/"))
    assert asked == []
    assert Signal.objects.get().facts == "Een blauw oog"


@pytest.mark.parametrize("size", ["desk"])
def test_one_that_waits_still_is_not_left_unasked(waiting):
    teacher, asked = waiting
    page = teacher.page
    leave = "() => { location.href = '/account/'; }"
    with page.expect_event("dialog"):
        page.evaluate(leave)
    assert page.locator("[name=facts]").input_value() == "Een blauw oog"
    # Nor while it is tried once more, and nobody answered yet.
    held = []
    page.route("**/signals/new/", lambda route: held.append(route))
    with page.expect_request("**/signals/new/"):
        page.context.set_offline(False)
    with page.expect_event("dialog"):
        page.evaluate(leave)
    assert page.locator("[name=facts]").input_value() == "Een blauw oog"
    assert asked == ["beforeunload"] * 2


@pytest.mark.parametrize("size", ["desk"])
def test_who_left_in_a_hurry_is_not_led_to_what_was_on_its_way(writer):
    """The answer came before the other site's, and opened the record with everything in it."""
    page, held, led = writer.page, [], []
    writer.fill(reactions="Zij schrok.")
    page.route("**/conversation/", lambda route: held.append(route))
    elsewhere = page.locator(".leave-link").get_attribute("href")
    page.route(f"{elsewhere}**", lambda route: route.fulfill(status=204))
    page.on("request", lambda request: led.append(request.url))
    with page.expect_request("**/conversation/"):
        page.locator("form[data-drafts]").evaluate("form => form.requestSubmit()")
    for __ in range(3):
        page.keyboard.press("Shift")
    page.locator("html[data-left]").wait_for(state="attached")
    held[0].fulfill(status=204, headers={"HX-Redirect": "/help/"})
    settle(page)
    assert not [url for url in led if url.endswith("/help/")]
