"""Logging a signal on a phone: how many taps it takes, and what becomes of it on a broken line."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Draft
from accounts.roles import Role
from signals.models import Signal
from tests.browser.conftest import Thumb, dutch
from tests.factories import PupilFactory, SignalFactory, member

pytestmark = pytest.mark.django_db(transaction=True)

AT_MOST, A_MINUTE = 10, 60
WORDS = "Zat de hele pauze alleen op de trap."
# Everything that a browser keeps of a page by itself.
STORED = """async () => JSON.stringify([
  {...localStorage}, {...sessionStorage}, (await indexedDB.databases()).length,
])"""


@pytest.fixture
def size():
    """A phone alone: the walks go over the form at a desk too."""
    return "phone"


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def script(request):
    """Whether the browser runs scripts."""
    return request.param


@pytest.fixture
def teacher(school):
    """A teacher who logged a signal before: its pupil stands there at once."""
    author = member(Role.TEACHER, school)
    SignalFactory(author=author, case__pupil=PupilFactory(school=school))
    return author


@pytest.fixture
def plain_page(browser, browser_context_args, signed_in, teacher, live_server, script, settings):
    """A page of a browser with or without scripts, signed in."""
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": script})
    session = signed_in(teacher).cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"{live_server.url}/")
    yield page
    context.close()


def test_a_usual_signal_takes_ten_taps_at_most(plain_page, teacher, script, capsys):
    thumb, page = Thumb(plain_page), plain_page
    thumb.tap("main a[href='/signals/new/']")
    thumb.tap(".pupil-option")
    thumb.tap("[name=facts]")
    thumb.types(WORDS)
    assert page.locator("[value=now]").is_checked()
    thumb.tap(".categories .fold:has([value=withdrawn]) > summary")
    thumb.tap(".category-choice:has([value=withdrawn])")
    thumb.tap(".submit-bar .btn-primary")
    page.wait_for_url("**/signals/S-*/")
    thumb.tell(capsys, f"A usual signal, {'with' if script else 'without'} a script")
    assert thumb.taps <= AT_MOST
    assert thumb.seconds < A_MINUTE
    signal = Signal.objects.get(facts=WORDS)
    assert signal.case.pupil == Signal.objects.exclude(pk=signal.pk).get().case.pupil
    assert abs((timezone.now() - signal.observed_at).total_seconds()) < 120
    assert [category.code for category in signal.categories.all()] == ["withdrawn"]


@pytest.mark.parametrize("script", [True])
def test_a_usual_signal_by_the_keyboard_alone(plain_page, script):
    page, press = plain_page, plain_page.keyboard.press
    page.goto(page.url.replace("/tasks/", "/signals/new/"))

    def go_on_to(where: str) -> None:
        """Press Tab until one stands there."""
        for __ in range(60):
            press("Tab")
            if page.evaluate("where => document.activeElement.matches(where)", where):
                return
        raise AssertionError(where)

    go_on_to("[name=pupil]")
    press("Space")
    go_on_to("[name=facts]")
    page.keyboard.type(WORDS)
    go_on_to("[name=observed_at_when]")
    go_on_to(".categories summary")
    press("Enter")
    go_on_to("[name=categories]")
    press("Space")
    go_on_to(".submit-bar .btn-primary")
    press("Enter")
    page.wait_for_url("**/signals/S-*/")
    assert Signal.objects.get(facts=WORDS).categories.count() == 1


def test_tapped_twice_it_is_sent_once_and_what_a_choice_asks_for_comes_with_it(
    plain_page, live_server
):
    page = plain_page
    page.goto(f"{live_server.url}/signals/new/")
    time, moment = page.locator("[name=observed_at_time]"), page.locator("[name=observed_at]")
    assert not time.is_visible()
    for choice, seen in (("other", (False, True)), ("yesterday", (True, False))):
        page.locator(f".when-choice:has([value={choice}])").click()
        assert (time.is_visible(), moment.is_visible()) == seen
    time.fill("10:15")
    page.locator(".pupil-option").click()
    page.locator("[name=facts]").fill(WORDS)
    page.locator(".submit-bar .btn-primary").dblclick()
    # Not by waiting for the way there: without scripts the second tap breaks the first one's off.
    expect(page).to_have_url(re.compile(r"/signals/S-\w+/$"), timeout=30_000)
    observed = timezone.localtime(Signal.objects.get(facts=WORDS).observed_at)
    yesterday = timezone.localdate() - timezone.timedelta(days=1)
    assert (observed.date(), f"{observed:%H:%M}") == (yesterday, "10:15")


def fill_in(person):
    """Fill in a usual signal."""
    person.open("/signals/new/")
    person.page.locator(".pupil-option").first.click()
    person.fill(facts=WORDS)
    return person.page


def test_on_a_broken_line_it_stays_says_so_and_is_filed_once(visitor, teacher):
    author = visitor(teacher)
    page, told = fill_in(author), author.page.locator("[data-no-line]")
    page.context.set_offline(True)
    author.page.locator(".submit-bar .btn-primary").click()
    said = told.get_by_text(dutch("No connection.")).first
    said.wait_for()
    expect(said).to_be_in_viewport()
    assert page.locator("[name=facts]").input_value() == WORDS
    assert not Signal.objects.filter(facts=WORDS).exists()
    stored = page.evaluate(STORED)
    assert WORDS[:8] not in stored
    assert stored.endswith(",0]")
    author.complaints.clear()  # that there is no line is what the browser complains of
    author.look()
    page.context.set_offline(False)
    page.wait_for_url("**/signals/S-*/")
    assert Signal.objects.filter(facts=WORDS).count() == 1

    # It arrives, and the answer does not: tried once more, it is the same signal.
    lost = []

    def lose(route):
        if route.request.method != "POST" or "draft" in route.request.post_data or lost:
            route.continue_()
            return
        lost.append(route.fetch(max_redirects=0).status)
        route.abort()

    fill_in(author)
    page.context.set_offline(True)
    page.locator("[name=facts]").fill("Nog iets anders.")
    unsaved = page.get_by_text(
        dutch("No connection. What you typed is still here, and not kept as a draft yet.")
    )
    unsaved.wait_for()
    expect(unsaved).to_be_in_viewport()
    page.context.set_offline(False)
    page.route("**/signals/new/", lose)
    page.locator(".submit-bar .btn-primary").click()
    told.locator("[data-again]").click()
    page.wait_for_url("**/signals/S-*/")
    assert lost == [204]
    assert Signal.objects.filter(facts="Nog iets anders.").count() == 1
    author.complaints.clear()


def test_a_correction_waits_for_the_line_and_is_kept_meanwhile(visitor, teacher):
    author, signal = visitor(teacher), Signal.objects.get()
    author.open(f"/signals/{signal.reference}/correct/")
    author.fill(reason="De naam klopte niet.", facts=WORDS)
    author.page.locator(".draft-state", has_text="Bewaard als concept").wait_for()
    assert Draft.objects.get().fields()["facts"] == WORDS
    author.page.context.set_offline(True)
    author.page.locator(".submit-bar .btn-primary").click()
    author.page.locator("[data-no-line]").get_by_text(dutch("No connection.")).first.wait_for()
    author.complaints.clear()  # that there is no line is what the browser complains of
    author.page.context.set_offline(False)
    author.page.wait_for_url("**/signals/S-*/")
    assert Signal.objects.get(facts=WORDS).corrects == signal
    assert Draft.objects.get().sealed == ""


def test_a_draft_is_kept_while_one_types_and_goes_on_elsewhere(visitor, teacher):
    author = visitor(teacher)
    page = fill_in(author)
    author.fill(facts="Hij is lui en komt te laat.", child_words="Ik mag niet slapen.")
    author.tick("categories", "tired", "substances")
    page.locator(".category:has([value=tired]) .category-help summary").click()
    page.locator(".draft-state", has_text="Bewaard als concept").wait_for()
    hint = page.get_by_text(
        dutch("Write what you saw, such as: “handed in no homework this week”.")
    )
    hint.wait_for()
    author.look()
    assert Draft.objects.get().fields()["child_words"] == "Ik mag niet slapen."

    elsewhere = visitor(teacher)
    elsewhere.open("/signals/new/")  # with what waits shown beside an empty form
    assert elsewhere.page.locator("[name=facts]").input_value() == ""
    elsewhere.press("Go on with your draft")
    assert elsewhere.page.locator("[name=child_words]").is_visible()
    assert elsewhere.page.locator("[name=facts]").input_value() == "Hij is lui en komt te laat."
    elsewhere.press("Save as a draft")
    assert "Je hebt een concept van" in elsewhere.text
    elsewhere.open("/tasks/")
    elsewhere.page.locator(".draft-away summary").click()
    elsewhere.press("Yes, throw my draft away")
    assert "Je hebt een concept van" not in elsewhere.text
    assert Draft.objects.get().sealed == ""
