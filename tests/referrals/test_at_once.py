"""Two coordinators move one referral at the same moment: one holds, the other is told so."""

import uuid

import pytest
from django.utils import timezone

from accounts.roles import Role
from cases.errors import ActionError
from cases.facts import facts_for
from cases.models import Case
from referrals.actions import add_goal, decide, move, pass_on, prepare, withdraw
from referrals.chain import State
from referrals.models import HelpPlan, Referral
from tests.cases.records import send
from tests.factories import CaseFactory, PupilFactory, member
from tests.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


@pytest.fixture
def two(school):
    return member(Role.COORDINATOR, school), member(Role.COORDINATOR, school)


def decided(case, by, **fields):
    return decide(
        case, by, uuid.uuid4(), decided_at=timezone.now(), report=False, report_grounds="Veilig.",
        help_grounds="Hulp.", report_fields={}, motivation="Haast.", **fields,
    )  # fmt: skip


@pytest.fixture
def referral(case, two):
    return decided(case, two[0], help="buurtteam").referrals.get()


def refusals(results):
    return [result for result in results if isinstance(result, ActionError)]


def test_passed_on_to_two_at_once_it_goes_to_one(case, two, referral):
    send(referral, two[0])
    results = at_once(
        lambda: pass_on(referral, two[0], to="save", consent="given", consent_of="Moeder"),
        lambda: pass_on(
            referral, two[1], to="veilig_thuis", consent="refused", consent_ground="Onveilig."
        ),
    )
    (refused,) = refusals(results)
    kept = Referral.objects.get(passed_on_from=referral)
    # The message names who was first, so that one can ask.
    assert Referral.objects.get(pk=referral.pk).passed_on_by.name in refused.message
    assert kept.sent_by == Referral.objects.get(pk=referral.pk).passed_on_by


def test_taken_on_and_ended_at_once_both_are_recorded_or_one_is_told(case, two, referral):
    send(referral, two[0])
    results = at_once(
        lambda: move(referral, two[0], state=State.ACCEPTED, taken_on_by="Noor"),
        lambda: move(referral, two[1], state=State.CLOSED, closed_why="Niet nodig."),
    )
    after = Referral.objects.get()
    assert after.closed_why == "Niet nodig."
    assert after.state is State.CLOSED
    # Taken on before it ended; or, ended first, whoever wrote it was taken on is told.
    assert (after.accepted_at is None) == (len(refusals(results)) == 1)
    assert facts_for(case, timezone.now()).in_charge == "school"


def test_the_same_at_once_is_recorded_once_and_the_other_is_told(case, two, referral):
    send(referral, two[0])
    results = at_once(*(lambda by=by: move(referral, by, state=State.ACCEPTED) for by in two))
    (refused,) = refusals(results)
    assert Referral.objects.get().accepted_by.name in refused.message


def test_sent_and_withdrawn_at_once_it_is_one_of_both(case, two, referral):
    results = at_once(
        lambda: send(referral, two[0]), lambda: withdraw(referral, two[1], reason="Verhuisd.")
    )
    assert len(refusals(results)) == 1
    after = Referral.objects.get()
    assert (after.sent_at is None) != (after.withdrawn_at is None)


def test_what_two_hand_over_at_once_is_not_overwritten(case, two, referral):
    results = at_once(*(
        lambda by=by: prepare(
            referral, by, version=1, consent="given", consent_of="Moeder", handed_over=by.name
        )
        for by in two
    ))  # fmt: skip
    assert len(refusals(results)) == 1
    assert Referral.objects.get().version == 2


def test_goals_of_two_at_once_both_stand_in_the_plan(case, two):
    decided(case, two[0], help="own", plan="Rust.")
    plan = HelpPlan.objects.get()
    at_once(*(
        lambda by=by: add_goal(plan, by, what=by.name, who="Mentor", by_day=None, seen_by="Zo.")
        for by in two
    ))  # fmt: skip
    assert list(plan.goals.values_list("number", flat=True)) == [1, 2, 3]


def test_one_decides_anew_while_another_sends(case, two, referral):
    at_once(lambda: decided(case, two[1], help="buurtteam"), lambda: send(referral, two[0]))
    first = Referral.objects.get(pk=referral.pk)
    # Sent before the new decision, or overtaken by it: never both, and nothing is lost.
    assert (first.sent_at is None) != (first.withdrawn_at is None)
    assert Case.objects.get().decisions.count() == 2
