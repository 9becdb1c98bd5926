"""The facts of one cycle, of many cases at once, and as the author of a signal knows them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.facts import facts_as_author_knows, facts_for, facts_for_many
from cases.models import Case
from cases.protocol import Attention, guide
from tests.cases.records import NOW, ago, assessment, consultation, decision, feedback, signal
from tests.factories import CaseFactory, ConversationFactory, PupilFactory, UserFactory

pytestmark = pytest.mark.django_db


def whole_walk(case, cycle=1):
    """File a record of each kind in a case."""
    signal(case, "tired", cycle=cycle, recorded_at=ago(days=29))
    signal(case, "injury", cycle=cycle, recorded_at=ago(days=28), severe=True)
    consultation(
        case, cycle=cycle, kind="veilig_thuis", recorded_at=ago(days=27), closed_at=ago(days=26)
    )
    ConversationFactory(case=case, cycle=cycle, recorded_at=ago(days=25), help_wanted="no")
    assessment(case, ago(days=24), cycle=cycle, unsafety="doubt")
    decision(case, ago(days=23), cycle=cycle, report=True, to={"veilig_thuis": None})
    feedback(case, ago(days=22), cycle=cycle)


# Cycles


def test_a_new_cycle_begins_without_the_steps_of_the_one_before():
    case = CaseFactory(opened_at=ago(days=30), cycle=2)
    whole_walk(case, cycle=1)
    facts = facts_for(case, NOW)
    assert (facts.consultations_asked, facts.outcome_at, facts.kinds_asked) == (
        0, None, frozenset(),
    )  # fmt: skip
    assert (facts.talked_at, facts.help_refused_at) == (None, None)
    assert (facts.assessed_at, dict(facts.answers)) == (None, {})
    assert (facts.decided_at, facts.report_decided, facts.feedback_at) == (None, False, None)
    # What was decided and not sent still waits, whatever walk it is of.
    assert facts.report_unsent


def test_a_cycle_knows_its_own_steps_only():
    case = CaseFactory(opened_at=ago(days=30), cycle=2)
    whole_walk(case, cycle=1)
    consultation(case, cycle=2, kind="care_team", recorded_at=ago(days=3))
    facts = facts_for(case, NOW)
    assert (facts.first_asked_at, facts.kinds_asked) == (ago(days=3), {"care_team"})


def test_signals_of_the_cycle_before_count_for_a_year():
    case = CaseFactory(opened_at=ago(days=500), cycle=2)
    signal(case, cycle=1, recorded_at=ago(days=366))
    signal(case, cycle=1, recorded_at=ago(days=364))
    signal(case, cycle=2, recorded_at=ago(days=400))
    assert facts_for(case, NOW).signals == 2


# Many cases


def test_many_cases_have_each_their_own_facts():
    quiet, walked = (CaseFactory(opened_at=ago(days=30)) for _case in range(2))
    signal(quiet, "food")
    whole_walk(walked)
    both = facts_for_many([quiet, walked], NOW)
    assert set(both) == {quiet.pk, walked.pk}
    assert both[quiet.pk] == facts_for(quiet, NOW)
    assert both[walked.pk] == facts_for(walked, NOW)
    assert both[quiet.pk].signals == 1
    assert both[walked.pk].report_decided


def test_no_cases_have_no_facts():
    assert facts_for_many([], NOW) == {}


@pytest.mark.parametrize("number", [5, 50])
def test_many_cases_take_as_many_queries_as_one(number):
    for _case in range(number):
        whole_walk(CaseFactory(opened_at=ago(days=30)))
    cases = list(Case.objects.select_related("pupil"))
    with CaptureQueriesContext(connection) as for_one:
        facts_for_many(cases[:1], NOW)
    with CaptureQueriesContext(connection) as for_all:
        assert len(facts_for_many(cases, NOW)) == number
    assert len(for_all) == len(for_one)


# As the author of a signal knows it (docs/protocol.md, Scenarios 2)


def test_an_author_learns_nothing_of_what_others_logged():
    author, case = UserFactory(), CaseFactory(opened_at=ago(days=30))
    signal(case, "tired", author=author, recorded_at=ago(days=9))
    alone = facts_as_author_knows(case, author.pk, NOW)
    whole_walk(case)
    signal(case, "fear_home", severe=True, acute=True, recorded_at=ago(hours=1))
    assert facts_as_author_knows(case, author.pk, NOW) == alone
    assert alone.attention is Attention.WATCHFUL
    assert [task.rule.code for task in guide(alone).tasks] == ["R1"]


def test_an_author_knows_nothing_of_when_others_opened_the_case():
    author, case = UserFactory(), CaseFactory(opened_at=ago(days=30))
    signal(case, "harsh", recorded_at=ago(days=30))
    signal(case, "tired", author=author, recorded_at=ago(days=9))
    assert facts_as_author_knows(case, author.pk, NOW).opened_at == ago(days=9)


def test_two_authors_of_one_concern_are_each_told_to_stay_watchful():
    case = CaseFactory(opened_at=ago(days=30))
    authors = [signal(case, "tired").author, signal(case, "marks").author]
    assert facts_for(case, NOW).attention is Attention.CONCERN
    for author in authors:
        known = facts_as_author_knows(case, author.pk, NOW)
        assert (known.signals, known.attention) == (1, Attention.WATCHFUL)


def test_an_author_knows_their_own_signals_also_of_an_earlier_case():
    author, pupil = UserFactory(), PupilFactory()
    before = CaseFactory(
        pupil=pupil, closed_at=ago(days=200), outcome="cleared", closing_grounds="Opgehelderd."
    )
    case = CaseFactory(pupil=pupil, opened_at=ago(days=9))
    signal(before, "tired", author=author, recorded_at=ago(days=250))
    signal(case, "injury", author=author, recorded_at=ago(days=9), severe=True)
    known = facts_as_author_knows(case, author.pk, NOW)
    assert (known.signals, known.severe_signals, known.categories) == (2, 1, {"injury"})
    assert known.attention is Attention.SEVERE


def test_who_logged_nothing_knows_of_no_signal():
    case = CaseFactory(opened_at=ago(days=30))
    signal(case, "injury", severe=True)
    known = facts_as_author_knows(case, UserFactory().pk, NOW)
    assert (known.signals, known.severe_signals, known.categories) == (0, 0, frozenset())
    assert known.last_signal_at is None
