"""Facts that hang on what came before or after: answers, advice, reports, explanations, clocks."""

from datetime import timedelta

import pytest

from cases.facts import facts_for
from cases.models import Deviation, SchoolPeriod
from cases.protocol import Attention, guide
from signals.models import SignalFinding
from tests.cases.records import (
    NOW,
    ago,
    assessment,
    consultation,
    decision,
    earlier,
    feedback,
    signal,
)
from tests.factories import CaseFactory, ConversationFactory, InvitationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db):
    """A case that was opened ten days ago."""
    return CaseFactory(opened_at=ago(days=10))


def test_an_unfounded_signal_does_not_count(case):
    severe = signal(case, "injury", severe=True)
    signal(case, "tired")
    SignalFinding.objects.create(
        case=case, author=UserFactory(), signal=severe, grounds="Een val, door drie gezien."
    )
    facts = facts_for(case, NOW)
    assert (facts.signals, facts.severe_signals, facts.categories) == (1, 0, {"tired"})


def test_what_others_told_without_a_name_of_who_is_counted(case):
    signal(case, "told_others")
    signal(case, "told_others", hearsay_from="Een buurvrouw")
    signal(case, "tired")
    assert facts_for(case, NOW).unsourced_signals == 1


@pytest.mark.parametrize(
    ("unsafety", "report", "history"),
    [("structural", False, True), ("no", True, True), ("no", False, False)],
)
def test_a_history_of_unsafety_is_known_from_an_earlier_case(case, unsafety, report, history):
    before = earlier(case)
    assessment(before, ago(days=250), suspicion="yes", unsafety=unsafety)
    decision(before, ago(days=249), report=report, help="own")
    assert facts_for(case, NOW).history_of_unsafety == history


def test_the_case_itself_is_no_history(case):
    assessment(case, ago(days=3), suspicion="yes", unsafety="acute")
    decision(case, ago(days=2), report=True)
    assert not facts_for(case, NOW).history_of_unsafety


def test_who_outside_was_asked_and_heard(case):
    consultation(case, kind="care_team", recorded_at=ago(days=6), closed_at=ago(days=5))
    facts = facts_for(case, NOW)
    assert (facts.outside_asked_at, facts.outside_outcome_at, facts.danger_told_at) == (
        None, None, None,
    )  # fmt: skip
    consultation(case, kind="emergency", recorded_at=ago(days=4), closed_at=ago(days=4))
    facts = facts_for(case, NOW)
    assert (facts.outside_outcome_at, facts.danger_told_at) == (None, ago(days=4))
    # A call to 112 saves somebody; it is not a consultation (R11).
    assert (facts.consultations_asked, facts.kinds_held) == (1, {"care_team"})
    consultation(case, kind="veilig_thuis", recorded_at=ago(days=3), closed_at=ago(days=2))
    facts = facts_for(case, NOW)
    assert (facts.outside_asked_at, facts.veilig_thuis_asked_at) == (ago(days=3), ago(days=3))
    assert (facts.outside_outcome_at, facts.danger_told_at) == (ago(days=2), ago(days=2))


def test_an_invitation_that_nobody_answered_waits(case, school):
    room = consultation(case, kind="family_worker")
    InvitationFactory(consultation=room, invited_at=ago(days=3))
    answered = InvitationFactory(consultation=room, invited_at=ago(days=4), accepted_at=NOW)
    assert facts_for(case, NOW).invited_at == ago(days=3)
    room.invitations.exclude(pk=answered.pk).update(withdrawn_at=NOW)
    assert facts_for(case, NOW).invited_at is None


def test_whether_somebody_said_who_holds_the_talk(case):
    consultation(case, closed_at=ago(days=2))
    assert not facts_for(case, NOW).talk_arranged
    consultation(case, closed_at=ago(days=1), next_talk="De mentor, donderdag.")
    assert facts_for(case, NOW).talk_arranged


def test_a_refusal_holds_until_they_say_otherwise_in_a_talk_or_afterwards(case):
    ConversationFactory(case=case, recorded_at=ago(days=6), help_wanted="no")
    feedback(case, ago(days=5), willing="unsure")
    assert facts_for(case, NOW).help_refused_at == ago(days=6)
    feedback(case, ago(days=4), willing="yes")
    assert facts_for(case, NOW).help_refused_at is None
    feedback(case, ago(days=3), willing="no")
    assert facts_for(case, NOW).help_refused_at == ago(days=3)


@pytest.mark.parametrize(("talk", "waits"), [("now", False), ("pupil", True), ("wait", True)])
def test_the_newest_word_says_whether_the_talk_waits(case, talk, waits):
    consultation(case, closed_at=ago(days=4), talk="wait" if talk == "now" else "now")
    consultation(case, closed_at=ago(days=2), talk=talk)
    assert facts_for(case, NOW).talk_waits == waits


def test_what_outside_advised_is_lifted_from_outside_and_by_a_newer_explanation(case):
    consultation(case, kind="veilig_thuis", closed_at=ago(days=4), talk="wait")
    consultation(case, kind="colleague", closed_at=ago(days=3), talk="now")
    assert facts_for(case, NOW).talk_waits_since == ago(days=4)
    for at, waits in ((ago(days=5), True), (ago(days=2), False)):
        Deviation.objects.create(
            case=case, author=UserFactory(), kind="not_done", step=2, rule="R15", grounds="Samen.",
            recorded_at=at,
        )  # fmt: skip
        assert facts_for(case, NOW).talk_waits == waits


def test_a_second_severe_signal_buys_the_first_no_time(case):
    consultation(case, kind="veilig_thuis", recorded_at=ago(days=6), closed_at=ago(days=5))
    signal(case, "injury", severe=True, recorded_at=ago(hours=5))
    signal(case, "injury", severe=True, recorded_at=ago(hours=1))
    facts = facts_for(case, NOW)
    assert facts.severe_since_answer == ago(hours=5)
    assert guide(facts).deadline.since == ago(hours=5)


def test_weighed_acute_twice_is_severe_since_the_first(case):
    signal(case, "tired")
    for hours in (20, 1):
        assessment(case, ago(hours=hours), danger="yes")
    assert facts_for(case, NOW).severe_at == ago(hours=20)


def test_a_report_runs_on_in_the_next_cycle(case):
    decision(case, ago(days=30), report=True, to={"veilig_thuis": ago(days=29)})
    feedback(case, ago(days=25), heard_from="veilig_thuis", investigation="begun")
    case.cycle, case.cycle_since = 2, ago(days=3)
    facts = facts_for(case, NOW)
    assert (facts.report_sent_at, facts.investigated_since) == (ago(days=29), ago(days=25))
    assert facts.decided_at is None
    assert "investigation" in [d.period.code for d in guide(facts).deadlines]


def test_what_a_signal_was_answered_with_holds_in_the_next_cycle(case):
    signal(case, "fear_home", severe=True, acute=True, recorded_at=ago(days=60))
    consultation(case, kind="veilig_thuis", recorded_at=ago(days=59), closed_at=ago(days=59))
    case.cycle, case.cycle_since = 2, ago(days=3)
    asked = {task.rule.code for task in guide(facts_for(case, NOW)).tasks}
    assert not {"R3", "R4", "R13", "R19"} & asked


def test_what_was_withdrawn_does_not_wait(case):
    made = decision(case, ago(days=3), report=True, to={"veilig_thuis": None})
    assert facts_for(case, NOW).report_unsent
    made.referrals.update(withdrawn_at=NOW, withdrawn_reason="Verhuisd.")
    facts = facts_for(case, NOW)
    assert (facts.report_unsent, facts.referral_unsent_since) == (False, None)


def test_a_newer_signal_has_the_attention_that_a_closed_case_waited_for(case):
    before = earlier(case)
    assert guide(facts_for(before, NOW)).deadlines
    signal(case, recorded_at=ago(days=2))
    assert not guide(facts_for(before, NOW)).deadlines


def test_each_category_has_the_moment_of_its_newest_signal(case):
    signal(case, "coercion", "tired", recorded_at=ago(days=6))
    signal(case, "tired", recorded_at=ago(days=3))
    assert facts_for(case, NOW).signalled_at == {"coercion": ago(days=6), "tired": ago(days=3)}


def test_danger_found_when_weighing_is_severe_from_then_on(case):
    signal(case, "tired")
    assessment(case, ago(days=3), danger="no", suspicion="yes", unsafety="no")
    assert facts_for(case, NOW).severe_at is None
    assessment(case, ago(days=1), danger="yes")
    facts = facts_for(case, NOW)
    assert (facts.attention, facts.severe_at) == (Attention.SEVERE, ago(days=1))
    assert (facts.assessed_at, facts.weighed_at) == (ago(days=3), ago(days=1))


def test_what_an_earlier_decision_left_unsent_still_waits_after_a_later_one(case):
    decision(case, ago(days=9), report=True, to={"veilig_thuis": None})
    decision(case, ago(days=2), help="own")
    facts = facts_for(case, NOW)
    assert (facts.report_unsent, facts.referral_unsent_since) == (True, ago(days=9))


def test_who_decided_against_the_weighing_explained_nothing_away(case):
    Deviation.objects.create(
        case=case, author=UserFactory(), kind="overridden", step=5, rule="R31", grounds="Samen."
    )
    assert not facts_for(case, NOW).explained


def test_a_signal_after_the_talk_is_not_cleared_by_it(case):
    signal(case, recorded_at=ago(days=5))
    ConversationFactory(case=case, recorded_at=ago(days=4), concern="gone")
    assert facts_for(case, NOW).concern_cleared
    signal(case, recorded_at=ago(days=3))
    assert not facts_for(case, NOW).concern_cleared


def test_a_referral_waits_to_be_confirmed(case):
    made = decision(case, ago(days=3), help="buurtteam", to={"buurtteam": ago(days=2)})
    facts = facts_for(case, NOW)
    assert (facts.unconfirmed_since, facts.buurtteam_waits) == (ago(days=2), True)
    made.referrals.update(confirmed_at=ago(days=1))
    facts = facts_for(case, NOW)
    assert (facts.unconfirmed_since, facts.buurtteam_waits) == (None, False)


def test_the_newest_feedback_says_what_the_help_does_and_whose_it_is(case):
    decision(case, ago(days=9), help="buurtteam")
    feedback(case, ago(days=5), effect="fails", helped_by="buurtteam")
    facts = facts_for(case, NOW)
    assert (facts.effect, facts.effect_of) == ("fails", "buurtteam")
    feedback(case, ago(days=4), effect="unknown", helped_by="save")
    facts = facts_for(case, NOW)
    assert (facts.effect, facts.effect_of) == ("unknown", "save")
    decision(case, ago(days=3), report=True)
    assert facts_for(case, NOW).effect == ""


def test_veilig_thuis_is_late_after_five_working_days_without_a_word(case):
    decision(case, ago(days=30), report=True, to={"veilig_thuis": ago(days=6)})
    facts = facts_for(case, NOW)  # from a Thursday to the Wednesday after: four working days
    assert (facts.report_heard_at, facts.report_overdue) == (None, False)
    assert facts_for(case, NOW + timedelta(days=2)).report_overdue
    feedback(case, ago(days=1), heard_from="buurtteam")
    assert facts_for(case, NOW + timedelta(days=2)).report_overdue
    feedback(case, ago(hours=2), heard_from="veilig_thuis")
    facts = facts_for(case, NOW + timedelta(days=2))
    assert (facts.report_heard_at, facts.report_overdue) == (ago(hours=2), False)


def test_an_investigation_is_late_after_ten_weeks(case):
    decision(case, ago(days=90), report=True, to={"veilig_thuis": ago(days=89)})
    feedback(case, ago(days=80), heard_from="veilig_thuis", investigation="begun")
    facts = facts_for(case, NOW)
    assert (facts.investigated_since, facts.report_overdue) == (ago(days=80), True)
    assert not facts_for(case, ago(days=15)).report_overdue
    # A word in between, without an end, puts nothing off.
    feedback(case, ago(days=2), heard_from="veilig_thuis")
    assert facts_for(case, NOW).report_overdue
    feedback(case, ago(days=1), heard_from="veilig_thuis", investigation="done")
    facts = facts_for(case, NOW)
    assert (facts.investigated_since, facts.report_overdue) == (None, False)


def test_what_the_school_set_and_somebody_explained(case):
    SchoolPeriod.objects.create(school=case.school, code="talk", days=12, set_by=UserFactory())
    for at in (ago(days=4), ago(days=2)):
        Deviation.objects.create(
            case=case, author=UserFactory(), kind="not_done", step=2, rule="R12", grounds="Ziek.",
            recorded_at=at,
        )  # fmt: skip
    facts = facts_for(case, NOW)
    assert facts.days == {"talk": 12}
    assert facts.explained == {"R12": ago(days=2)}
