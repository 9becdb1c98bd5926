"""A coordinator's whole walk by the keyboard alone: from signing in until a case is closed.

At every stop on the way one sees where one is, and nothing lies over it (WCAG 2.4.7, 2.4.11); the
stops come in the order of the page (2.4.3); and what a button replaced leaves one where one was.
"""

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from accounts.roles import Role
from cases import actions
from cases.models import Case
from consultations.models import AgendaItem
from tests.accounts.second_factors import code, key_of
from tests.browser.conftest import dutch
from tests.cases.records import consultation
from tests.factories import PASSWORD, CaseFactory, PupilFactory, SignalFactory, member

pytestmark = pytest.mark.django_db(transaction=True)

# What is wrong with where one stands: one question a stop.
STOP = """before => {
  const at = document.activeElement;
  if (at === document.body || !at) return {where: "the page itself", wrong: []};
  const said = at.getAttribute("name") || at.id || at.textContent.trim().slice(0, 40);
  const wrong = [];
  // A box that is drawn by its label shows the focus there.
  const shown = [at, at.closest("label"), ...(at.labels ?? []), at.parentElement];
  const seen = shown.some((one) => {
    if (!one) return false;
    const look = getComputedStyle(one);
    return (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0)
      || look.boxShadow !== "none";
  });
  if (!seen) wrong.push("no focus to be seen");
  const box = (at.labels?.[0] && at.matches("[type=radio], [type=checkbox]") ? at.labels[0] : at)
    .getBoundingClientRect();
  const x = box.left + Math.min(box.width / 2, 20), y = box.top + Math.min(box.height / 2, 20);
  const over = document.elementFromPoint(x, y);
  const inside = over && (at.contains(over) || over.contains(at)
    || [...(at.labels ?? [])].some((label) => label.contains(over)));
  if (!inside) wrong.push(`under ${over ? over.className || over.tagName : "the edge"}`);
  const last = window.lastStop;
  const follows = Node.DOCUMENT_POSITION_FOLLOWING;
  if (last?.isConnected && last !== at && !(last.compareDocumentPosition(at) & follows)) {
    wrong.push("before the stop before it");
  }
  window.lastStop = at;
  return {where: said, wrong};
}"""
FURTHEST = 90


class Keys:
    """Somebody with a keyboard and no mouse."""

    def __init__(self, page: Page) -> None:
        self.page, self.press, self.stops = page, page.keyboard.press, 0
        self.wrong: list[str] = []

    def on_to(self, where: str) -> None:
        """Press Tab until one stands on what a selector names, and judge each stop."""
        passed = []
        for __ in range(FURTHEST):
            self.press("Tab")
            stop = self.page.evaluate(STOP)
            self.stops += 1
            passed.append(stop["where"])
            self.wrong += [f"{self.page.url} {stop['where']}: {one}" for one in stop["wrong"]]
            if self.page.evaluate("where => document.activeElement.matches(where)", where):
                return
        raise AssertionError(f"{self.page.url} has no {where} after {passed}")

    def words(self, name: str, *, more: str = "") -> None:
        """Go on to a button or link of the page by its words, and press Enter."""
        said = f"{dutch(name)}{more}"
        place = self.page.locator("main").get_by_role("link", name=said, exact=True)
        place = place.or_(self.page.locator("main").get_by_role("button", name=said, exact=True))
        place.first.evaluate("one => { one.dataset.aim = 'yes'; }")
        self.on_to("[data-aim]")
        self.enter()

    def enter(self) -> None:
        """Press Enter, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            self.press("Enter")

    def types(self, **texts: str) -> None:
        """Go on to fields, in the order of the page, and fill them in."""
        for field, text in texts.items():
            self.on_to(f"[name={field}]")
            self.page.keyboard.type(text)

    def chooses(self, **values: str) -> None:
        """Go on to radio buttons, and with the arrow to the one that is meant."""
        for field, value in values.items():
            self.on_to(f"[name={field}]")
            self.press("Space")
            for __ in range(12):
                if self.page.evaluate("document.activeElement.value") == value:
                    break
                self.press("ArrowDown")
            assert self.page.locator(f"[name={field}][value={value}]").is_checked(), field

    def stands_on(self, where: str) -> bool:
        """Tell whether one stands there."""
        return self.page.evaluate("where => document.activeElement.matches(where)", where)


@pytest.fixture
def size():
    """A desk: phones have no Tab."""
    return "desk"


def test_a_coordinator_walks_a_case_by_the_keyboard_alone(newcomer, school):
    pupil = PupilFactory(school=school, given_name="Tess", family_name="van der Zwaan")
    case = CaseFactory(pupil=pupil)
    SignalFactory.create_batch(2, case=case, author=member(Role.TEACHER, school))
    actions.refresh(case, None)
    somebody = member(Role.COORDINATOR, school)
    secret = key_of(somebody)

    person = newcomer()
    page, keys = person.page, Keys(person.page)
    page.goto(f"{person.address}/")
    page.locator("body").evaluate("body => { document.activeElement.blur(); }")
    keys.types(login=somebody.email, password=PASSWORD)
    keys.enter()
    page.locator("[name=code]").wait_for()
    if not keys.stands_on("[name=code]"):
        keys.on_to("[name=code]")
    page.keyboard.type(code(secret, 0))
    keys.enter()
    page.wait_for_url("**/tasks/")

    # What stands before the page can be passed by.
    keys.press("Tab")
    assert keys.stands_on(".skip-link")
    keys.press("Enter")
    keys.words("Divide the cases")
    keys.on_to("main a.case-name, main .case-name a")
    keys.enter()
    keys.words("Take this case on")
    page.goto(f"{person.address}/cases/")
    keys.words("List")
    keys.on_to(".case-action button")
    keys.press("Enter")
    page.locator(".state-mark", has_text="agenda").wait_for()
    assert AgendaItem.objects.get().case == case
    assert "layout=list" in page.url  # in the list that one pressed the button in

    now = timezone.now()
    consultation(
        case, recorded_at=now, closed_at=now, next_talk="De mentor.", kind="family_worker"
    )  # fmt: skip
    actions.refresh(case, None)
    page.goto(f"{person.address}/cases/{case.reference}/conversation/")
    keys.chooses(kind="parents")
    keys.types(attendees="Moeder, mentor", facts_brought="De plek.", reactions="Een val.")
    keys.chooses(concern="gone", help_wanted="unsure")
    keys.words("Save the talk")
    assert person.reads("The talk is recorded."), person.text

    # A dialog takes one in, and gives one back.
    keys.on_to("#keys-open")
    keys.press("Enter")
    assert page.evaluate("document.querySelector('#keys').contains(document.activeElement)")
    keys.press("Escape")
    assert keys.stands_on("#keys-open")

    page.goto(f"{person.address}/cases/{case.reference}/close/")
    keys.words("Close the case")
    assert keys.stands_on(".error-summary")
    keys.on_to(".error-summary a")
    keys.press("Enter")
    assert keys.stands_on("[name=outcome]")
    keys.press("Space")
    keys.types(
        grounds="Een val.", agreements="De mentor let op.", told="De mentor, aan moeder en dochter."
    )
    keys.words("Close the case")
    assert not Case.objects.get().is_open
    assert keys.wrong == []
    assert keys.stops > 0
