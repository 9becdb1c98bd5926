"""Help that does not work begins the steps again; the walk before it stays, and counts (R33)."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from cases import actions
from cases.cycles import cycles
from cases.errors import ActionError
from cases.facts import facts_for
from cases.models import Case
from cases.protocol import guide
from cases.protocol.rules import BY_CODE
from tests.cases.records import ago, assessment, consultation, decision, feedback, signal
from tests.factories import CaseFactory, ConversationFactory, PupilFactory

pytestmark = pytest.mark.django_db

GROUNDS = "De afspraken hielden geen twee weken."


@pytest.fixture
def case(school):
    """A case in which own help was decided on, and does not work."""
    case = CaseFactory(pupil=PupilFactory(school=school), opened_at=ago(days=60))
    signal(case, "tired", recorded_at=ago(days=60))
    signal(case, "marks", recorded_at=ago(days=58))
    consultation(
        case, kind="veilig_thuis", recorded_at=ago(days=55), closed_at=ago(days=54),
        next_talk="De mentor.",
    )  # fmt: skip
    ConversationFactory(case=case, recorded_at=ago(days=50), facts_brought="Wat wij zagen.")
    assessment(case, ago(days=48), suspicion="yes", unsafety="structural")
    decision(case, ago(days=45), help="own")
    feedback(case, ago(days=2), effect="fails")
    actions.refresh(case, None)
    return case


def begin(case, by, grounds=GROUNDS):
    return actions.begin_cycle(case, by, grounds=grounds)


def test_the_steps_begin_again_with_the_consultation(case, coordinator):
    begun = begin(case, coordinator)
    assert (begun.cycle, begun.step) == (2, 2)
    assert begun.cycle_since is not None
    guidance = guide(facts_for(begun, timezone.now()))
    assert [state.state for state in guidance.steps] == ["done", "current", "open", "open", "open"]
    assert "R2" in [task.rule.code for task in guidance.tasks]
    assert {deadline.since for deadline in guidance.deadlines} == {begun.cycle_since}


def test_what_counted_before_counts_where_the_rules_say_so(case, coordinator):
    facts = facts_for(begin(case, coordinator), timezone.now())
    assert facts.history_of_unsafety
    assert facts.outside_outcome_at == ago(days=54)
    assert (facts.consultations_asked, facts.talked_at, facts.decided_at) == (0, None, None)


def test_an_old_single_signal_is_a_concern_in_a_second_walk(school, coordinator):
    case = CaseFactory(pupil=PupilFactory(school=school), opened_at=ago(days=500))
    signal(case, recorded_at=ago(days=500))
    decision(case, ago(days=490), help="own")
    begun = begin(case, coordinator)
    assert begun.attention == Case.Attention.CONCERN


def test_the_reason_and_the_walk_before_stay_readable(case, coordinator, signed_in):
    begin(case, coordinator)
    newest, first = cycles(Case.objects.with_records().get(pk=case.pk))
    assert (newest.number, newest.why, first.number) == (2, GROUNDS, 1)
    assert not any(newest.records.values())
    assert len(first.records["signals"]) == 2
    page = signed_in(coordinator).get(reverse("cases:whole", args=[case.reference]))
    assert GROUNDS in page.content.decode()
    assert "Wat wij zagen." in page.content.decode()


def test_sent_twice_it_begins_once(case, coordinator):
    begin(case, coordinator)
    assert begin(case, coordinator).cycle == 2


def test_before_a_decision_there_is_nothing_to_walk_again(case, coordinator):
    begin(case, coordinator)
    with pytest.raises(ActionError):
        begin(case, coordinator, "Nog een keer.")


def test_a_report_that_was_not_sent_is_not_walked_away_from(case, coordinator):
    decision(case, ago(days=1), report=True, to={"veilig_thuis": None})
    with pytest.raises(ActionError):
        begin(case, coordinator)
    actions.explain(
        case, coordinator, uuid.uuid4(), rule=BY_CODE["R37"], grounds="Met Veilig Thuis besproken."
    )
    assert begin(case, coordinator).cycle == 2


def test_the_same_words_begin_a_third_walk_after_the_second(case, coordinator):
    begun = begin(case, coordinator)
    decision(case, timezone.now(), cycle=2, help="own")
    assert begin(begun, coordinator).cycle == 3


def test_a_new_walk_buys_no_time_for_a_severe_signal(case, coordinator):
    signal(case, "injury", severe=True, recorded_at=ago(hours=5))
    facts = facts_for(begin(case, coordinator), timezone.now())
    assert facts.severe_unanswered
    assert guide(facts).deadline.since == ago(hours=5)


def test_who_does_not_move_the_case_begins_nothing(case, teacher):
    with pytest.raises(PermissionDenied):
        begin(case, teacher)


def test_a_second_walk_is_closed_by_its_own_decision_only(case, coordinator):
    begun = begin(case, coordinator)
    with pytest.raises(ActionError):
        actions.close_case(
            begun, coordinator, outcome="help_works", grounds="Zomaar.", agreements="Geen."
        )
