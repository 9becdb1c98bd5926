"""A request of somebody without a case finds its pupil too."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from audit.kinds import Kind
from audit.models import LogEntry
from cases.rights_requests.views import MATCHES_SHOWN
from tests.factories import PupilFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db


def test_who_finds_more_pupils_than_are_shown_is_told_to_type_more(signed_in):
    school = SchoolFactory()
    browser, url = signed_in(member(Role.COORDINATOR, school)), reverse("cases:whose_request")
    more = "Er zijn er meer"
    PupilFactory.create_batch(MATCHES_SHOWN, school=school, family_name="Zilverberg")
    assert more not in browser.post(url, {"pupil_query": "zilverb"}).content.decode()
    PupilFactory(school=school, family_name="Zilverberg")
    page = browser.post(url, {"pupil_query": "zilverb"}).content.decode()
    assert more in page
    assert page.count("/request/") == MATCHES_SHOWN


def test_a_request_begins_at_the_register_for_a_pupil_without_a_case_and_one_who_left(signed_in):
    school = SchoolFactory()
    coordinator = member(Role.COORDINATOR, school)
    here = PupilFactory(school=school, family_name="Zilverberg")
    left = PupilFactory(school=school, family_name="Zilverberg", left_on=date(2026, 7, 1))
    elsewhere = PupilFactory(family_name="Zilverberg")
    browser = signed_in(coordinator)
    url = reverse("cases:whose_request")
    assert url in browser.get(reverse("cases:requests")).content.decode()
    shown = browser.post(url, {"pupil_query": "zilverb"}).content.decode()
    for pupil in (here, left):
        assert reverse("cases:new_request", args=[pupil.public_id]) in shown
    assert str(elsewhere.public_id) not in shown
    # That one searched stands in the trail; for whom does not.
    entry = LogEntry.objects.get(actor=coordinator, kind=Kind.SEARCHED)
    assert "zilverb" not in str(entry.__dict__).lower()
    assert (
        url
        not in signed_in(member(Role.ADMINISTRATOR, school))
        .get(reverse("cases:requests"))
        .content.decode()
    )
