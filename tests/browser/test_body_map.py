"""The drawn figures: a tap fills in a row of the list, and the list is what is sent."""

import pytest

from accounts.roles import Role
from signals.models import Signal
from tests.browser.conftest import dutch
from tests.factories import PupilFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_tap_on_the_figure_fills_in_the_list(visitor):
    school = SchoolFactory()
    PupilFactory(school=school, given_name="Tess", family_name="van der Zwaan")
    teacher = visitor(member(Role.TEACHER, school))
    teacher.open("/signals/new/")
    page, figure = teacher.page, teacher.page.locator(".body-map")

    def tap(view, region):
        if figure.locator("[data-view]").first.is_visible():
            figure.locator(f"[data-view={view}]").click()
        figure.locator(f"[data-figure={view}] [data-region={region}]").click()

    teacher.fill(pupil_query="zwaan", facts="Trok zijn mouw omlaag.")
    page.get_by_text("Tess van der Zwaan").click()
    figure.locator("summary").click()
    # Three taps, the last on a place that has its row: one is led to it, and there is no other.
    for view, region in (("front", "hand_left"), ("back", "elbow_right"), ("front", "hand_left")):
        tap(view, region)
    assert page.evaluate("document.activeElement.name") == "marks-0-kind"
    assert figure.locator("[data-mark]").count() == 2
    figure.get_by_role("button", name=dutch("Take this mark away")).first.click()
    assert page.locator("[name=marks-0-region]").input_value() == "elbow_right"
    page.locator("[name=marks-0-kind]").select_option("scratch")
    page.locator("[name=marks-0-size]").select_option("pea")
    teacher.look()
    teacher.press("Save the signal")
    assert dutch("Injury that was seen") in teacher.text
    (mark,) = Signal.objects.get().marks.all()
    assert (mark.region, mark.kind, mark.size) == ("elbow_right", "scratch", "pea")
