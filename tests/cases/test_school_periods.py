"""The periods of a school: set by its coordinator, within bounds, followed at once."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import Membership
from accounts.roles import Role
from cases import actions
from cases.facts import facts_for
from cases.models import Case, SchoolPeriod
from cases.protocol import PERIODS, guide
from cases.school_periods import own_days, set_periods
from tests.cases.records import NOW, ago, signal
from tests.factories import CaseFactory, PupilFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db


def watchful(school):
    """Return a case with one signal."""
    case = CaseFactory(pupil=PupilFactory(school=school), opened_at=ago(days=2))
    signal(case, "tired", recorded_at=ago(days=2))
    actions.refresh(case, None)
    return case


def test_open_cases_of_the_school_follow_at_once_and_no_others(school, coordinator):
    here, elsewhere = watchful(school), watchful(SchoolFactory())
    set_periods(school, coordinator, {"watchful": 40})
    assert Case.objects.get(pk=here.pk).deadline > here.deadline
    assert Case.objects.get(pk=elsewhere.pk).deadline == elsewhere.deadline
    set_periods(school, coordinator, {"watchful": 3})
    assert Case.objects.get(pk=here.pk).deadline < here.deadline


def test_the_usual_period_needs_no_row(school, coordinator):
    set_periods(school, coordinator, {"watchful": 30, "talk": 10})
    assert own_days(school) == {"watchful": 30}
    set_periods(school, coordinator, {"watchful": 20})
    assert own_days(school) == {}


def test_never_more_than_the_bound_whatever_stands_in_the_database(school, coordinator):
    case = watchful(school)
    SchoolPeriod.objects.create(school=school, code="watchful", days=365, set_by=coordinator)
    assert guide(facts_for(case, NOW)).deadline.days == PERIODS["watchful"].bound


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_LEADER, Role.ADMINISTRATOR])
def test_only_the_care_team_sets_them(school, role):
    with pytest.raises(PermissionDenied):
        set_periods(school, member(role, school), {"watchful": 30})


def test_nobody_sets_those_of_another_school(school, coordinator):
    with pytest.raises(PermissionDenied):
        set_periods(SchoolFactory(), coordinator, {"watchful": 30})


def test_the_form_offers_what_may_be_set_with_its_bound(school, coordinator, signed_in):
    form = signed_in(coordinator).get(reverse("cases:periods")).context["form"]
    offered = {name: field.max_value for name, field in form.fields.items() if name in PERIODS}
    assert offered == {p.code: p.bound for p in PERIODS.values() if p.adjustable}
    assert not {"triage", "investigation", "board"} & set(offered)


def test_a_coordinator_of_two_schools_chooses_and_gets_no_third(school, coordinator, signed_in):
    second, third = SchoolFactory(), SchoolFactory()
    Membership.objects.create(user=coordinator, role=Role.COORDINATOR, school=second)
    browser, url = signed_in(coordinator), reverse("cases:periods")
    assert browser.get(f"{url}?school={second.pk}").context["school"] == second
    for number in (third.pk, "x", ""):
        assert browser.get(f"{url}?school={number}").context["school"] in (school, second)
