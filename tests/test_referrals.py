"""Referrals: sent, received, overtaken by a later decision, or withdrawn with why."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from cases.errors import ActionError
from cases.facts import facts_for
from cases.models import Deviation
from cases.protocol import guide
from referrals.actions import confirm_received, decide, mark_sent, withdraw
from referrals.models import Referral
from tests.factories import CaseFactory, PupilFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


def report(case, by, **changes):
    fields = {
        "decided_at": timezone.now(), "report": True, "report_grounds": "Gronden.",
        "help": "none", "help_grounds": "Gronden.", "report_fields": {"family_told": True},
        "motivation": "Haast.", **changes,
    }  # fmt: skip
    decided = decide(case, by, uuid.uuid4(), **fields)
    return decided.referrals.get()


def asked(case):
    return [task.rule.code for task in guide(facts_for(case, timezone.now())).tasks]


def test_decided_on_anew_it_is_sent_once(case, coordinator):
    first, second = report(case, coordinator), report(case, coordinator)
    first.refresh_from_db()
    assert first.withdrawn_at is not None
    assert second.withdrawn_at is None
    mark_sent(second, coordinator)
    confirm_received(second, coordinator)
    assert "R37" not in asked(case)
    with pytest.raises(ActionError):
        mark_sent(first, coordinator)


def test_a_decision_for_something_else_undoes_no_report(case, coordinator):
    first = report(case, coordinator)
    decide(
        case, coordinator, uuid.uuid4(), decided_at=timezone.now(), report=False,
        report_grounds="Toch niet.", help="own", help_grounds="Zelf.", report_fields={},
    )  # fmt: skip
    first.refresh_from_db()
    assert first.withdrawn_at is None
    assert "R37" in asked(case)


def test_withdrawn_with_why_it_is_asked_no_more_and_the_reason_stays(case, coordinator):
    referral = report(case, coordinator)
    for __ in range(2):
        withdraw(referral, coordinator, reason="Veilig Thuis weet het al.")
    assert "R37" not in asked(case)
    assert Deviation.objects.get(rule="R37").grounds == "Veilig Thuis weet het al."


def test_what_was_sent_is_not_withdrawn_and_what_was_not_is_not_received(case, coordinator):
    referral = report(case, coordinator)
    with pytest.raises(ActionError):
        confirm_received(referral, coordinator)
    mark_sent(referral, coordinator)
    with pytest.raises(ActionError):
        withdraw(referral, coordinator, reason="Te laat.")
    assert Referral.objects.get().withdrawn_at is None


def test_who_does_not_move_the_case_withdraws_nothing(case, coordinator, teacher, signed_in):
    referral = report(case, coordinator)
    with pytest.raises(PermissionDenied):
        withdraw(referral, teacher, reason="Zomaar.")
    url = reverse("referrals:withdraw", args=[referral.public_id])
    assert signed_in(teacher).get(url).status_code == 404
