"""The rules of the Meldcode, a test for each row of the table, and the protocol's scenarios.

Each test of a rule holds the facts that it is for against the nearest facts that it is not for.
"""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.protocol import QUESTIONS, RULES, Attention, Facts, guide

NOW = datetime(2026, 3, 11, 10, tzinfo=ZoneInfo("Europe/Amsterdam"))  # a Wednesday


def ago(**span):
    return NOW - timedelta(**span)


# What is known at each stage; stages are joined with ``|``.
MILD = {"signals": 1, "last_signal_at": ago(days=9), "categories": frozenset({"tired"})}
CONCERN = MILD | {"signals": 2, "last_signal_at": ago(days=8), "concern_at": ago(days=8)}
SEVERE = MILD | {
    "severe_signals": 1, "severe_at": ago(hours=1), "last_severe_at": ago(hours=1),
    "last_signal_at": ago(hours=1),
}  # fmt: skip
ACUTE = SEVERE | {"acute_signals": 1}
SKIPPED = {"talk_skipped_at": ago(minutes=20)}
TALKED = {"talked_at": ago(minutes=20), "parents_spoken": True}
DECIDED = {"decided_at": ago(minutes=5)}
UNSENT = DECIDED | {"help_decided": True, "referral_unsent_since": ago(minutes=5)}
REVIEW = DECIDED | {"help_decided": True, "follow_up_at": NOW + timedelta(days=42)}


def asked(*kinds):
    """Return what is known while consultations wait for their outcome."""
    return {
        "consultations_asked": len(kinds), "consultations_open": len(kinds),
        "kinds_asked": frozenset(kinds),
        "first_asked_at": ago(minutes=50), "last_asked_at": ago(minutes=50),
    }  # fmt: skip


def held(*kinds):
    """Return what is known once consultations have their outcome."""
    return asked(*kinds) | {
        "consultations_open": 0, "kinds_held": frozenset(kinds),
        "outcome_at": ago(minutes=30), "last_outcome_at": ago(minutes=30),
    }  # fmt: skip


def weighed(**answers):
    """Return what is known after an assessment without unsafety, unless the answers say so."""
    given = {q.code: "no" for q in QUESTIONS} | {"suspicion": "yes"} | answers
    return {"assessed_at": ago(minutes=10), "answers": given}


def facts(**changes):
    """Return the facts of a case of ten days old in which nothing happened but the changes."""
    return Facts(**{"now": NOW, "opened_at": ago(days=10), **changes})


def tasks(*stages, **changes):
    """Return the codes of the rules that ask something, in the order of the card."""
    known = {key: value for stage in stages for key, value in stage.items()} | changes
    return [task.rule.code for task in guide(facts(**known)).tasks]


HEARD = CONCERN | held("care_team")
UNDECIDED = HEARD | TALKED | weighed()


def test_r1_one_signal_asks_to_stay_watchful():
    assert "R1" in tasks(MILD)
    assert "R1" not in tasks(CONCERN)
    assert "R1" not in tasks(SEVERE)
    assert "R1" not in tasks(MILD, asked("care_team"))
    assert "R1" not in tasks(MILD, DECIDED)


def test_r2_a_second_signal_asks_for_a_consultation():
    assert "R2" in tasks(CONCERN)
    assert "R2" not in tasks(MILD)
    assert "R2" not in tasks(SEVERE)
    assert "R2" not in tasks(CONCERN, asked("care_team"))
    assert "R2" not in tasks(CONCERN, DECIDED)


def test_r3_a_severe_signal_asks_for_consultation_at_once():
    assert "R3" in tasks(SEVERE)
    assert "R3" not in tasks(CONCERN)
    assert "R3" not in tasks(SEVERE, held("veilig_thuis"))
    # Asking is not hearing; and what was heard before it does not answer a newer one.
    assert "R3" in tasks(SEVERE, asked("veilig_thuis"))
    newer = {"last_severe_at": ago(minutes=3)}
    assert "R3" in tasks(SEVERE, held("veilig_thuis"), newer)
    assert "R3" in tasks(SEVERE, held("veilig_thuis"), DECIDED, newer)


def test_r4_danger_now_asks_to_call_before_all_else():
    assert tasks(ACUTE)[0] == "R4"
    assert "R4" not in tasks(SEVERE)
    assert "R4" not in tasks(ACUTE, held("veilig_thuis"))


@pytest.mark.parametrize("category", ["injury", "sexual"])
def test_r5_injury_or_sexual_violence_asks_for_veilig_thuis(category):
    harm = SEVERE | {"categories": frozenset({"tired", category})}
    assert "R5" in tasks(harm)
    assert "R5" in tasks(harm, held("family_worker"))
    assert "R5" not in tasks(SEVERE, categories=frozenset({"weapon", "coercion"}))
    assert "R5" not in tasks(harm, asked("family_worker", "veilig_thuis"))
    assert "R5" not in tasks(harm, DECIDED)


def test_r8_coercion_asks_for_veilig_thuis_before_any_talk():
    coercion = SEVERE | {"categories": frozenset({"coercion"})}
    assert "R8" in tasks(coercion)
    # Asking is not yet advice, and nobody else's advice will do.
    assert "R8" in tasks(coercion, asked("veilig_thuis"))
    assert "R8" in tasks(coercion, held("family_worker"))
    assert "R8" not in tasks(coercion, held("veilig_thuis"))
    assert "R8" not in tasks(SEVERE, categories=frozenset({"injury", "fear_home"}))
    assert "R8" not in tasks(coercion, DECIDED)


def test_r11_an_open_consultation_asks_for_its_outcome():
    assert "R11" in tasks(CONCERN, asked("care_team"))
    assert "R11" not in tasks(CONCERN)
    assert "R11" not in tasks(HEARD)
    assert "R11" not in tasks(HEARD, consultations_asked=2, consultations_open=1)
    assert "R11" not in tasks(CONCERN, asked("care_team"), DECIDED)


def test_r12_the_family_worker_is_advised_from_concern_on_until_the_talk():
    assert "R12" in tasks(CONCERN)
    assert "R12" in tasks(SEVERE)
    assert "R12" in tasks(CONCERN, held("care_team", "veilig_thuis"))
    assert "R12" not in tasks(MILD)
    assert "R12" not in tasks(CONCERN, asked("family_worker"))
    assert "R12" not in tasks(HEARD, TALKED)
    assert "R12" not in tasks(HEARD, SKIPPED)
    assert "R12" not in tasks(CONCERN, DECIDED)


TALKS = {"R16", "R17", "R18"}


@pytest.mark.parametrize(
    ("not_ready", "changes"),
    [
        (CONCERN, {}),
        (CONCERN | asked("care_team"), {}),
        (HEARD | TALKED, {}),
        (HEARD | SKIPPED, {}),
        (HEARD | DECIDED, {}),
        (SEVERE | held("veilig_thuis"), {"last_severe_at": ago(minutes=3)}),
        (SEVERE | held("family_worker"), {"categories": frozenset({"coercion"})}),
    ],
)
@pytest.mark.parametrize("age", [None, 11, 12])
def test_no_talk_is_asked_before_advice_after_the_talk_or_after_the_decision(
    not_ready, changes, age
):
    assert not TALKS & set(tasks(not_ready, **changes, pupil_age=age))


def test_r16_without_a_birth_date_the_talk_is_with_pupil_and_parents():
    assert TALKS & set(tasks(HEARD, pupil_age=None)) == {"R16"}
    assert "R16" not in tasks(HEARD, pupil_age=0)
    assert "R16" not in tasks(HEARD, pupil_age=12)


def test_r17_from_twelve_years_on_the_pupil_comes_first():
    assert TALKS & set(tasks(HEARD, pupil_age=12)) == {"R17"}
    assert "R17" in tasks(SEVERE, held("veilig_thuis"), pupil_age=17)
    assert "R17" not in tasks(HEARD, pupil_age=11)


def test_r18_under_twelve_the_parents_are_told_concretely():
    assert TALKS & set(tasks(HEARD, pupil_age=11)) == {"R18"}
    assert "R18" in tasks(SEVERE, held("veilig_thuis"), pupil_age=4)
    assert "R18" not in tasks(HEARD, pupil_age=12)


def test_r19_who_cannot_talk_safely_asks_an_expert_outside():
    assert "R19" in tasks(HEARD, SKIPPED)
    assert "R19" not in tasks(HEARD)
    assert "R19" not in tasks(HEARD, TALKED)
    assert "R19" not in tasks(CONCERN, held("family_worker"), SKIPPED)
    assert "R19" not in tasks(CONCERN, asked("veilig_thuis"), SKIPPED)
    assert "R19" not in tasks(HEARD, SKIPPED, DECIDED)


def test_r23_severity_is_weighed_after_consultation_and_talk():
    assert "R23" in tasks(HEARD, TALKED)
    assert "R23" in tasks(HEARD, SKIPPED)
    assert "R23" not in tasks(HEARD)
    assert "R23" not in tasks(CONCERN, asked("care_team"), TALKED)
    assert "R23" not in tasks(UNDECIDED)
    assert "R23" not in tasks(HEARD, TALKED, DECIDED)


def test_r24_weighing_together_with_an_outside_expert_is_advised():
    assert "R24" in tasks(HEARD, TALKED)
    assert "R24" in tasks(HEARD, TALKED, kinds_asked=frozenset({"care_team", "veilig_thuis"}))
    assert "R24" not in tasks(CONCERN, held("family_worker"), TALKED)
    assert "R24" not in tasks(CONCERN, held("veilig_thuis"), TALKED)
    assert "R24" not in tasks(HEARD)
    assert "R24" not in tasks(UNDECIDED)


def test_r25_without_suspicion_the_case_may_end_with_that_ground():
    none_left = HEARD | TALKED | weighed(suspicion="no")
    assert "R25" in tasks(none_left)
    assert "R25" not in tasks(HEARD, TALKED, weighed(suspicion="doubt"))
    assert "R25" not in tasks(HEARD, TALKED, weighed(suspicion="no", unsafety="doubt"))
    assert "R25" not in tasks(none_left, DECIDED)


@pytest.mark.parametrize("unsafety", ["acute", "structural", "doubt"])
def test_r26_unsafety_or_doubt_about_it_asks_for_a_report(unsafety):
    unsafe = HEARD | TALKED | weighed(unsafety=unsafety)
    assert tasks(unsafe)[0] == "R26"
    assert "R26" not in tasks(UNDECIDED)
    assert "R26" not in tasks(HEARD, TALKED, weighed(danger="yes", risks="yes"))
    assert "R26" not in tasks(unsafe, DECIDED)


def test_r28_after_weighing_two_decisions_are_asked():
    assert "R28" in tasks(UNDECIDED)
    assert "R28" not in tasks(HEARD, TALKED)
    assert "R28" not in tasks(UNDECIDED, DECIDED)


def test_r34_the_buurtteam_is_the_first_to_ask_for_help():
    assert "R34" in tasks(UNDECIDED)
    assert "R34" not in tasks(UNDECIDED, help_refused=True)
    assert "R34" not in tasks(HEARD, TALKED, weighed(unsafety="structural"))
    assert "R34" not in tasks(HEARD, TALKED, weighed(suspicion="no"))
    assert "R34" not in tasks(HEARD, TALKED)
    assert "R34" not in tasks(UNDECIDED, DECIDED)


def test_r35_refused_help_while_the_concern_stays_asks_for_a_report():
    assert "R35" in tasks(UNDECIDED, help_refused=True)
    assert "R35" not in tasks(UNDECIDED)
    assert "R35" not in tasks(UNDECIDED, help_refused=True, concern_cleared=True)
    assert "R35" not in tasks(HEARD, TALKED, help_refused=True)
    assert "R35" not in tasks(UNDECIDED, DECIDED, help_refused=True)


def test_r36_a_report_is_told_beforehand():
    assert "R36" in tasks(UNDECIDED, UNSENT, report_decided=True)
    assert "R36" not in tasks(UNDECIDED, UNSENT)
    assert "R36" not in tasks(UNDECIDED, DECIDED, report_decided=True, report_sent_at=NOW)


def test_r38_what_was_decided_is_handed_over():
    assert "R38" in tasks(UNDECIDED, UNSENT)
    assert "R38" not in tasks(UNDECIDED)
    assert "R38" not in tasks(UNDECIDED, DECIDED, help_decided=True)


def test_r42_the_school_watches_on_until_the_review():
    assert "R42" in tasks(UNDECIDED, REVIEW)
    assert "R42" not in tasks(UNDECIDED, REVIEW, UNSENT)
    assert "R42" not in tasks(UNDECIDED, DECIDED)
    assert "R42" not in tasks(UNDECIDED, follow_up_at=NOW)


def test_r43_a_case_is_closed_only_when_nothing_waits_any_more():
    assert "R43" in tasks(UNDECIDED, DECIDED)
    assert "R43" in tasks(UNDECIDED, REVIEW, feedback_at=NOW)
    assert "R43" not in tasks(UNDECIDED)
    assert "R43" not in tasks(UNDECIDED, REVIEW)
    assert "R43" not in tasks(UNDECIDED, UNSENT)
    assert not guide(facts(**UNDECIDED)).may_close
    assert guide(facts(**UNDECIDED | DECIDED)).may_close


def test_every_rule_has_its_test():
    tested = {m[1].upper() for name in globals() if (m := re.match(r"test_(r\d+)_", name))}
    assert tested == {rule.code for rule in RULES}


# The protocol's scenarios, as far as this table tells them


def test_scenario_1_one_mild_signal_is_watched():
    guidance = guide(facts(**MILD, pupil_age=8))
    assert guidance.attention is Attention.WATCHFUL
    assert tasks(MILD, pupil_age=8) == ["R1"]
    deadline = guidance.deadline
    assert (guidance.step, deadline.period.code, deadline.days) == (1, "watchful", 20)


def test_scenario_2_two_mild_signals_are_a_concern():
    guidance = guide(facts(**CONCERN))
    assert guidance.attention is Attention.CONCERN
    assert tasks(CONCERN)[0] == "R2"
    assert (guidance.step, guidance.deadline.period.code, guidance.deadline.days) == (2, "ask", 5)
    assert guidance.deadline.since == CONCERN["concern_at"]


def test_scenario_3_bruises_are_consulted_on_within_two_hours():
    bruises = SEVERE | {"categories": frozenset({"injury"}), "pupil_age": 6}
    guidance = guide(facts(**bruises))
    assert guidance.attention is Attention.SEVERE
    assert tasks(bruises)[:2] == ["R3", "R5"]
    assert (guidance.deadline.since, guidance.deadline.hours) == (bruises["severe_at"], 2)
    assert not TALKS & set(tasks(bruises, asked("veilig_thuis")))
    assert "R18" in tasks(bruises, held("veilig_thuis"))


def test_scenario_4_blows_and_fear_of_home_are_called_about_now():
    blows = ACUTE | {"categories": frozenset({"disclosure", "fear_home"}), "pupil_age": 15}
    assert tasks(blows)[:2] == ["R4", "R3"]
    assert guide(facts(**blows)).deadline.hours == 2
    assert not TALKS & set(tasks(blows, asked("veilig_thuis")))
    # On that advice nobody talks with the parents: the severity is weighed at once.
    guidance = guide(facts(**blows | held("veilig_thuis") | SKIPPED))
    assert (guidance.step, guidance.deadline.hours) == (4, 8)
    assert "R19" not in tasks(blows, held("veilig_thuis"), SKIPPED)


def test_scenario_5_the_founding_story_from_marks_to_closing():
    known = CONCERN | {"pupil_age": 14}
    walk = [
        (held("family_worker"), 3, "R17"),
        (TALKED | {"buurtteam_consented": True}, 4, "R23"),
        (weighed(), 5, "R34"),
        (UNSENT, 5, "R38"),
        ({"referral_unsent_since": None, "follow_up_at": NOW + timedelta(days=42)}, 5, "R42"),
        ({"follow_up_at": None, "feedback_at": NOW}, 5, "R43"),
    ]
    for stage, step, asks in walk:
        known |= stage
        guidance = guide(facts(**known))
        assert guidance.step == step
        assert asks in tasks(known)
    assert guidance.may_close
    assert not guide(facts(**known, closed=True)).tasks


def test_scenario_6_parents_who_refuse_all_help_lead_to_a_report():
    refused = UNDECIDED | {"help_refused": True}
    assert tasks(refused) == ["R35", "R28"]
    assert tasks(refused, UNSENT, report_decided=True) == ["R36", "R38"]


def test_scenario_7_own_help_is_reviewed_on_the_agreed_day():
    assert tasks(UNDECIDED, REVIEW) == ["R42"]
    deadline = guide(facts(**UNDECIDED | REVIEW)).deadline
    assert (deadline.since, deadline.days, deadline.hours) == (REVIEW["follow_up_at"], None, None)


def test_scenario_8_signs_of_forced_marriage_go_to_veilig_thuis_first():
    signs = SEVERE | {"categories": frozenset({"coercion"}), "pupil_age": 16}
    assert tasks(signs)[:2] == ["R3", "R8"]
    assert not TALKS & set(tasks(signs, held("family_worker")))
    guidance = guide(facts(**signs | held("veilig_thuis") | SKIPPED))
    states = [state.state for state in guidance.steps]
    assert states == ["done", "done", "skipped", "current", "open"]


def test_scenario_9_no_unsafety_and_accepted_help_need_no_report():
    assert tasks(UNDECIDED) == ["R28", "R34"]
    assert tasks(UNDECIDED, UNSENT) == ["R38"]


def test_scenario_10_doubt_about_structural_unsafety_is_reported():
    assert tasks(HEARD, TALKED, weighed(unsafety="doubt")) == ["R26", "R28"]


def test_scenario_13_a_talk_that_clears_it_up_ends_the_case():
    cleared = HEARD | TALKED | {"concern_cleared": True, "help_refused": True}
    assert tasks(cleared, weighed(suspicion="no")) == ["R28", "R25"]
    assert tasks(cleared, weighed(suspicion="no"), DECIDED) == ["R43"]
    assert guide(facts(**cleared | DECIDED)).attention is Attention.CONCERN  # the signals stay


def test_scenario_15_a_report_that_was_sent_is_still_watched():
    reported = UNDECIDED | REVIEW | {"report_decided": True, "report_sent_at": ago(days=7)}
    assert tasks(reported) == ["R42"]
    assert guide(facts(**reported)).deadline is not None
