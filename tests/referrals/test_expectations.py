"""The clock of Veilig Thuis at the referral: by when a word is expected, and then asked for."""

from datetime import timedelta

import pytest
from django.utils import timezone

from referrals.expectations import expectation
from tests.cases.records import decision, feedback
from tests.factories import CaseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(school):
    return CaseFactory(pupil__school=school)


def report(case, **ago):
    sent = timezone.now() - timedelta(**ago)
    return decision(case, sent, to={"veilig_thuis": sent}, report=True).referrals.get()


def expected(referral):
    return expectation(referral, referral.decision.case.feedbacks.all())


def test_five_working_days_then_it_is_asked_for(case, coordinator, signed_in):
    assert not expected(report(case, hours=1)).overdue
    late = report(case, days=20)
    assert expected(late).overdue
    page = signed_in(coordinator).get(f"/referrals/{late.public_id}/").content.decode()
    assert "verwacht vóór" in page
    assert "Er kwam geen bericht: vraag het aan Veilig Thuis" in page


def test_ten_weeks_from_the_word_that_it_investigates_and_nothing_after_the_outcome(case):
    sent = report(case, days=20)
    begun = timezone.now() - timedelta(days=10)
    feedback(case, begun, heard_from="veilig_thuis", investigation="begun", effect="unknown")
    due = expected(sent).due
    assert (timezone.localdate(due) - timezone.localdate(begun)).days == 70
    feedback(case, timezone.now(), heard_from="veilig_thuis", investigation="done")
    assert expected(sent) is None


def test_nothing_is_expected_of_others_nor_of_what_was_not_sent(case):
    now = timezone.now()
    made = decision(case, now, to={"buurtteam": now, "veilig_thuis": None}, report=True)
    assert [expected(referral) for referral in made.referrals.all()] == [None, None]
