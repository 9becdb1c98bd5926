"""The scenarios of docs/protocol.md: the guidance must come out as it is said there.

What needs more than the guide stands elsewhere: what each teacher sees (2) in test_facts_of_many,
who sees a case about a colleague (12) in test_board_line, the reminders (14) in test_reminders; and
several of them are clicked through in tests/browser.
"""

from cases.protocol import Attention, guide
from tests.cases.protocol_facts import (
    ACUTE,
    ARRANGED,
    CLEARED,
    CONCERN,
    DECIDED,
    DONE,
    HEARD,
    MILD,
    NOW,
    OUTCOME_HEARD,
    OWN_HELP,
    REFUSED,
    REPORTED,
    REVIEW,
    SEVERE,
    SKIPPED,
    STAFF,
    TALKED,
    TO_BUURTTEAM,
    TO_REPORT,
    UNDECIDED,
    about,
    ago,
    asked,
    facts,
    feedback,
    held,
    periods,
    says,
    tasks,
    weighed,
)

TALKS = {"R16", "R17", "R18"}


def calls(*stages, **changes):
    """Return whom the first thing asks to call."""
    return guide(facts(*stages, **changes)).tasks[0].rule.calls


def derived(*stages, **changes):
    """Return the two decisions as they follow: rules for a report, and whether help is possible."""
    two = guide(facts(*stages, **changes)).decisions
    return [rule.code for rule in two.report], two.help


def test_1_one_mild_signal_is_watched_and_looked_back_at():
    guidance = guide(facts(MILD, pupil_age=8))
    assert (guidance.attention, guidance.step) == (Attention.WATCHFUL, 1)
    assert tasks(MILD, pupil_age=8) == ["R1"]
    assert periods(MILD, pupil_age=8) == {"watchful": (20, None)}


def test_2_two_mild_signals_are_a_concern_that_is_consulted_on_within_five_business_days():
    guidance = guide(facts(CONCERN))
    assert (guidance.attention, guidance.step) == (Attention.CONCERN, 2)
    assert tasks(CONCERN)[0] == "R2"
    assert periods(CONCERN) == {"ask": (5, None), "walk": (30, None)}
    assert guidance.deadline.since == CONCERN["concern_at"]


def test_3_bruises_are_consulted_on_within_two_hours_and_talked_about_after_the_advice():
    bruises = SEVERE | about("injury") | {"pupil_age": 6}
    guidance = guide(facts(bruises))
    assert guidance.attention is Attention.SEVERE
    assert tasks(bruises)[:2] == ["R3", "R5"]
    assert calls(bruises) == ("veilig_thuis", "buurtteam")
    assert periods(bruises)["ask"] == (None, 2)
    assert guidance.deadline.since == SEVERE["severe_at"]
    assert not TALKS & says(bruises | asked("veilig_thuis"))
    assert {"R16", "R18"} <= says(bruises | held("veilig_thuis"))


def test_4_blows_and_fear_of_home_are_called_about_now_and_nobody_talks_with_the_parents():
    blows = ACUTE | about("disclosure", "fear_home") | {"pupil_age": 15}
    assert tasks(blows)[:3] == ["R4", "R3", "R13"]
    assert calls(blows) == ("emergency", "veilig_thuis")
    assert "R27" in tasks(blows)
    assert "R19" in tasks(blows)
    assert not TALKS & says(blows | asked("veilig_thuis"))
    # On that advice nobody talks with the parents: the severity is weighed at once.
    advised = blows | held("veilig_thuis") | SKIPPED
    assert guide(facts(advised)).step == 4
    assert periods(advised)["weigh"] == (None, 8)
    assert not {"R19", "R27"} & says(advised)


def test_5_the_founding_story_from_marks_to_closing():
    known = CONCERN | {"pupil_age": 14}
    walk = [
        (held("family_worker") | ARRANGED, 3, {"R16", "R17", "R20"}),
        (TALKED | {"buurtteam_consented": True}, 4, {"R21", "R23"}),
        (weighed(), 5, {"R21", "R28", "R34"}),
        (TO_BUURTTEAM, 5, {"R21", "R34"}),
        ({"referral_unsent_since": None, "buurtteam_waits": False}, 5, {"R21", "R42"}),
        ({"follow_up_at": None} | feedback("works", of="buurtteam"), 5, {"R43", "R44"}),
    ]
    for stage, step, said in walk:
        known |= stage
        assert guide(facts(known)).step == step
        assert said <= says(known)
        assert not guide(facts(known)).decisions.report
    assert guide(facts(known)).may_close
    assert not tasks(known, closed_at=NOW)
    assert periods(known, closed_at=NOW) == {"look_back": (60, None)}


def test_6_parents_who_refuse_all_help_lead_to_a_report_that_is_told_beforehand():
    refused = HEARD | TALKED | REFUSED | weighed(accepted="no")
    assert {"R28", "R30", "R35", "R36"} <= says(refused)
    assert derived(refused) == (["R30", "R35"], True)
    assert {"R36", "R37"} <= says(refused | TO_REPORT | REFUSED)
    assert "R36" not in says(refused | TO_REPORT, report_discussed=True)


def test_7_own_help_without_effect_leads_to_a_new_cycle_or_a_report():
    assert tasks(OWN_HELP) == ["R42"]
    assert guide(facts(OWN_HELP)).deadline.since == REVIEW["follow_up_at"]
    assert {"R31", "R33"} <= set(tasks(OWN_HELP | feedback("fails")))
    assert not guide(facts(OWN_HELP, cycle=2)).attention < Attention.CONCERN


def test_8_signs_of_forced_marriage_go_to_veilig_thuis_first_and_skip_the_talk():
    signs = SEVERE | about("coercion") | {"pupil_age": 16}
    assert tasks(signs)[:2] == ["R3", "R8"]
    assert not TALKS & says(signs | held("family_worker"))
    guidance = guide(facts(signs | held("veilig_thuis") | SKIPPED))
    states = [state.state for state in guidance.steps]
    assert states == ["done", "done", "skipped", "current", "open"]


def test_9_no_unsafety_and_accepted_help_need_no_report():
    assert derived(UNDECIDED) == ([], True)
    assert {"R28", "R32", "R34"} <= says(UNDECIDED)


def test_10_doubt_about_structural_unsafety_is_reported():
    doubt = HEARD | TALKED | weighed(unsafety="doubt")
    assert tasks(doubt)[0] == "R26"
    assert derived(doubt)[0] == ["R26"]
    assert not {"R32", "R34"} & says(doubt)


def test_11_the_chain_from_buurtteam_to_veilig_thuis_to_save_to_the_raad():
    not_safe = UNDECIDED | DECIDED | REVIEW | feedback("fails", of="buurtteam")
    assert "R38" in tasks(not_safe)
    assert "R35" in tasks(not_safe, help_refused_at=NOW)
    assert "R40" in tasks(REPORTED)
    joined = REPORTED | OUTCOME_HEARD | feedback("unknown", of="save")
    assert tasks(joined) == ["R42"]
    ended = REPORTED | OUTCOME_HEARD | feedback("fails", of="save")
    assert "R39" in tasks(ended)
    assert "Raad" in str(guide(facts(ended)).tasks[0].asks)


def test_12_a_signal_about_a_colleague_is_for_the_board():
    assert tasks(STAFF) == ["R9"]
    assert calls(STAFF) == ("inspector", "emergency")
    assert periods(STAFF) == {"board": (None, 2)}
    assert guide(facts(STAFF)).closing_grounds == ("R9",)


def test_13_a_talk_that_clears_it_up_ends_the_case_and_the_signals_stay():
    cleared = HEARD | CLEARED
    assert {"R10", "R22", "R44"} <= says(cleared)
    assert guide(facts(cleared)).closing_grounds == ("R22",)
    assert guide(facts(cleared, closed_at=NOW)).attention is Attention.CONCERN


def test_14_three_weeks_of_silence_after_step_2_leave_the_talk_overdue():
    silent = HEARD | {"outcome_at": ago(days=21)}
    assert guide(facts(silent)).step == 3
    assert periods(silent) == {"talk": (10, None), "walk": (30, None)}
    assert guide(facts(silent)).deadline.since == ago(days=21)


def test_15_after_a_report_veilig_thuis_is_asked_when_it_does_not_say_a_word():
    assert "R41" not in tasks(REPORTED)
    assert periods(REPORTED)["triage"] == (5, None)
    silent = REPORTED | {"report_overdue": True}
    assert {"R40", "R41"} <= set(tasks(silent))
    investigated = REPORTED | OUTCOME_HEARD | {"investigated_since": ago(minutes=2)}
    assert periods(investigated)["investigation"] == (70, None)


def test_a_case_that_is_done_has_nothing_left_but_to_be_closed():
    assert tasks(DONE) == ["R43"]
