"""From the rows of a case to the facts that the rules look at."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from cases.facts import facts_for
from cases.protocol import Attention
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
from tests.factories import (
    CaseFactory,
    ConversationFactory,
    PupilFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def case():
    """A case that was opened ten days ago."""
    return CaseFactory(opened_at=ago(days=10))


def five_in_the_afternoon(day):
    return datetime.combine(day, time(17), tzinfo=AMSTERDAM)


# The case itself


def test_a_case_without_records_has_only_its_opening(case):
    facts = facts_for(case, NOW)
    assert (facts.now, facts.opened_at, facts.closed) == (NOW, case.opened_at, False)
    assert (facts.signals, facts.consultations_asked, facts.last_signal_at) == (0, 0, None)
    assert (facts.talked_at, facts.assessed_at, facts.decided_at) == (None, None, None)
    assert facts.attention is Attention.WATCHFUL


def test_a_closed_case_is_known_as_closed(case):
    assert facts_for(earlier(case), NOW).closed


def test_whether_somebody_is_responsible(case):
    assert not facts_for(case, NOW).responsible
    case.responsible = UserFactory()
    assert facts_for(case, NOW).responsible


@pytest.mark.parametrize(
    ("birth_date", "age"),
    [(date(2014, 3, 11), 12), (date(2014, 3, 12), 11), (None, None)],
)
def test_the_age_in_whole_years(birth_date, age):
    case = CaseFactory(pupil=PupilFactory(birth_date=birth_date))
    assert facts_for(case, NOW).pupil_age == age


def test_the_birthday_begins_at_midnight_in_the_netherlands():
    case = CaseFactory(pupil=PupilFactory(birth_date=date(2014, 3, 12)))
    assert facts_for(case, datetime(2026, 3, 11, 23, 30, tzinfo=UTC)).pupil_age == 12


# Signals


def test_what_the_signals_of_the_case_tell(case):
    signal(case, "tired", recorded_at=ago(days=9))
    signal(case, "injury", "harsh", recorded_at=ago(days=8), severe=True)
    signal(case, "tired", recorded_at=ago(days=7))
    signal(case, "fear_home", recorded_at=ago(days=6), severe=True, acute=True)
    facts = facts_for(case, NOW)
    assert (facts.signals, facts.severe_signals, facts.acute_signals) == (4, 2, 1)
    assert facts.categories == {"tired", "injury", "harsh", "fear_home"}
    assert (facts.concern_at, facts.last_signal_at) == (ago(days=8), ago(days=6))
    assert (facts.severe_at, facts.last_severe_at) == (ago(days=8), ago(days=6))
    assert facts.attention is Attention.SEVERE


def test_one_signal_is_not_yet_a_concern(case):
    filed = signal(case)
    facts = facts_for(case, NOW)
    assert (facts.signals, facts.concern_at) == (1, None)
    assert facts.last_signal_at == filed.recorded_at


def test_signals_of_the_year_before_count_from_a_closed_case(case):
    signal(earlier(case), recorded_at=ago(days=364))
    signal(case)
    facts = facts_for(case, NOW)
    assert facts.signals == 2
    assert facts.attention is Attention.CONCERN


def test_signals_of_the_open_case_end_looking_back_on_a_closed_one_and_count_in_it_no_more(case):
    before = earlier(case)
    signal(before, recorded_at=ago(days=250))
    assert not facts_for(before, NOW).looked_back_quiet
    signal(case)
    facts = facts_for(before, NOW)
    assert (facts.signals, facts.looked_back_quiet) == (1, True)
    assert not facts_for(before, NOW, newer=False).looked_back_quiet


def test_an_unfounded_one_does_not(case):
    before = earlier(case)
    signal(before, recorded_at=ago(days=250))
    SignalFinding.objects.create(
        case=case, author=UserFactory(), signal=signal(case), grounds="Een val."
    )
    assert not facts_for(before, NOW).looked_back_quiet


def test_older_signals_of_another_case_do_not_count(case):
    signal(earlier(case), recorded_at=ago(days=366))
    signal(case)
    facts = facts_for(case, NOW)
    assert facts.signals == 1
    assert facts.attention is Attention.WATCHFUL


def test_signals_of_this_case_count_however_old(case):
    signal(case, recorded_at=ago(days=500))
    signal(case, recorded_at=ago(days=400))
    assert facts_for(case, NOW).signals == 2


def test_a_concern_by_earlier_signals_begins_when_the_case_opens(case):
    before = earlier(case)
    signal(before, recorded_at=ago(days=250))
    signal(before, recorded_at=ago(days=240))
    signal(case)
    assert facts_for(case, NOW).concern_at == case.opened_at


def test_an_earlier_case_lends_its_number_not_its_severity(case):
    signal(earlier(case), "injury", recorded_at=ago(days=250), severe=True, acute=True)
    signal(case, "tired")
    facts = facts_for(case, NOW)
    assert (facts.signals, facts.severe_signals, facts.acute_signals) == (2, 0, 0)
    assert (facts.severe_at, facts.last_severe_at) == (None, None)
    assert facts.categories == {"tired"}


def test_signals_about_others_do_not_count(case):
    namesake = PupilFactory(
        given_name=case.pupil.given_name, family_name=case.pupil.family_name,
        birth_date=case.pupil.birth_date,
    )  # fmt: skip
    signal(CaseFactory(pupil=namesake), severe=True)
    signal(CaseFactory(pupil=PupilFactory(school=case.school)), severe=True)
    signal(case)
    facts = facts_for(case, NOW)
    assert (facts.signals, facts.severe_signals) == (1, 0)


def test_a_corrected_signal_counts_once_and_as_corrected(case):
    first = signal(case, "injury", severe=True)
    second = signal(case, "tired", corrects=first, correction_reason="Verkeerde leerling.")
    facts = facts_for(case, NOW)
    assert (facts.signals, facts.severe_signals) == (1, 0)
    assert facts.categories == {"tired"}
    signal(case, "food", corrects=second, correction_reason="Toch niet moe.")
    facts = facts_for(case, NOW)
    assert facts.signals == 1
    assert facts.categories == {"food"}


# Consultations


def test_consultations_asked_and_held(case):
    consultation(case, recorded_at=ago(days=6), kind="care_team", closed_at=ago(days=2))
    consultation(case, recorded_at=ago(days=5), kind="veilig_thuis", closed_at=ago(days=4))
    consultation(case, recorded_at=ago(days=3), kind="family_worker")
    facts = facts_for(case, NOW)
    assert (facts.consultations_asked, facts.consultations_open) == (3, 1)
    assert facts.first_asked_at == ago(days=6)
    # The first outcome leads on to step 3; the last one answers a severe signal.
    assert facts.outcome_at == ago(days=4)
    assert facts.kinds_asked == {"care_team", "veilig_thuis", "family_worker"}
    assert facts.kinds_held == {"care_team", "veilig_thuis"}


def test_an_open_consultation_has_no_outcome(case):
    consultation(case)
    facts = facts_for(case, NOW)
    assert (facts.consultations_open, facts.outcome_at, facts.kinds_held) == (1, None, frozenset())


# Conversations


def test_a_talk_settles_the_step_when_it_was_recorded(case):
    ConversationFactory(case=case, recorded_at=ago(days=1))
    facts = facts_for(case, NOW)
    assert (facts.talked_at, facts.talk_skipped_at) == (ago(days=1), None)


def test_a_skipped_talk_says_nothing_of_them(case):
    ConversationFactory(
        case=case, kind="skipped", skip_reason="Vader dreigt.", help_wanted="no", concern="gone",
        recorded_at=ago(days=1),
    )  # fmt: skip
    facts = facts_for(case, NOW)
    assert (facts.talked_at, facts.talk_skipped_at) == (None, ago(days=1))
    assert facts.help_refused_at is None
    assert not facts.concern_cleared


def test_the_last_conversation_tells_how_they_stand(case):
    ConversationFactory(
        case=case, recorded_at=ago(days=4), help_wanted="no", concern="stays",
        buurtteam_consent=True,
    )  # fmt: skip
    facts = facts_for(case, NOW)
    assert (facts.help_refused_at, facts.concern_cleared) == (ago(days=4), False)
    ConversationFactory(case=case, recorded_at=ago(days=3), help_wanted="yes", concern="gone")
    facts = facts_for(case, NOW)
    assert (facts.help_refused_at, facts.concern_cleared) == (None, True)
    assert facts.talked_at == ago(days=4)
    assert facts.buurtteam_consented


# Assessment, decision, and what follows


def test_the_last_assessment_answers_and_the_first_settles_the_step(case):
    assessment(case, ago(days=3), unsafety="no", suspicion="yes")
    assessment(case, ago(days=2), suspicion="doubt", unsafety="doubt")
    facts = facts_for(case, NOW)
    assert facts.assessed_at == ago(days=3)
    assert facts.answers == {"suspicion": "doubt", "unsafety": "doubt"}


def test_an_answer_beside_the_way_does_not_count(case):
    assessment(case, ago(days=3), suspicion="no", unsafety="acute", possible="no")
    assert facts_for(case, NOW).answers == {"suspicion": "no"}


def test_a_decision_without_referral(case):
    decision(case, ago(days=2), help="own", follow_up_on=date(2026, 4, 20))
    facts = facts_for(case, NOW)
    assert (facts.decided_at, facts.report_decided) == (ago(days=2), False)
    assert (facts.referral_unsent_since, facts.report_sent_at) == (None, None)
    assert facts.follow_up_at == five_in_the_afternoon(date(2026, 4, 20))


def test_a_decision_for_no_help(case):
    decision(case, ago(days=2))
    facts = facts_for(case, NOW)
    assert facts.follow_up_at is None


def test_a_referral_waits_until_all_are_sent(case):
    made = decision(
        case, ago(days=2), report=True, help="buurtteam",
        to={"veilig_thuis": ago(days=1), "buurtteam": None},
    )  # fmt: skip
    facts = facts_for(case, NOW)
    assert (facts.report_decided, facts.referral_unsent_since) == (True, ago(days=2))
    assert facts.report_sent_at == ago(days=1)
    made.referrals.update(sent_at=ago(days=1))
    assert facts_for(case, NOW).referral_unsent_since is None


def test_the_last_decision_holds_and_the_first_settles_the_step(case):
    decision(case, ago(days=9), help="own", follow_up_on=date(2026, 4, 20))
    decision(case, ago(days=2), report=True, to={"veilig_thuis": None})
    facts = facts_for(case, NOW)
    assert (facts.decided_at, facts.referral_unsent_since) == (ago(days=9), ago(days=2))
    assert (facts.report_decided, facts.follow_up_at) == (True, None)
    assert facts.last_decided_at == ago(days=2)


def test_feedback_sets_the_next_review(case):
    decision(case, ago(days=9), help="own", follow_up_on=date(2026, 3, 9))
    feedback(case, ago(days=2), next_review_on=date(2026, 4, 9))
    facts = facts_for(case, NOW)
    assert facts.feedback_at == ago(days=2)
    assert facts.follow_up_at == five_in_the_afternoon(date(2026, 4, 9))
    feedback(case, ago(days=1))
    facts = facts_for(case, NOW)
    assert (facts.feedback_at, facts.follow_up_at) == (ago(days=1), None)


def test_feedback_from_before_the_last_decision_says_nothing_of_it(case):
    decision(case, ago(days=9), help="own", follow_up_on=date(2026, 3, 9))
    feedback(case, ago(days=4), next_review_on=date(2026, 4, 9))
    decision(case, ago(days=2), help="own", follow_up_on=date(2026, 5, 1))
    facts = facts_for(case, NOW)
    assert facts.feedback_at is None
    assert facts.follow_up_at == five_in_the_afternoon(date(2026, 5, 1))
