"""The rules of the Meldcode: for each row of the table what it is for and not for."""

import pytest

from cases.protocol import guide
from cases.protocol.rules import RULES
from tests.cases.protocol_facts import (
    ACUTE,
    ARRANGED,
    CALLED_112,
    CLEARED,
    CONCERN,
    DECIDED,
    DONE,
    HEARD,
    MILD,
    NEWER,
    NOW,
    OUTCOME_HEARD,
    OWN_HELP,
    REFUSED,
    REPORTED,
    REVIEW,
    REWEIGHED,
    SENT,
    SEVERE,
    SKIPPED,
    STAFF,
    TALKED,
    TO_BUURTTEAM,
    TO_REPORT,
    UNDECIDED,
    UNSENT,
    WORKS,
    about,
    again,
    ago,
    asked,
    explained,
    facts,
    feedback,
    held,
    says,
    tasks,
    weighed,
)

CARE_TEAM = CONCERN | held("care_team")
ADVISED_TO_WAIT = {"talk_waits_since": ago(minutes=5)}
INJURY, COERCION = SEVERE | about("injury"), SEVERE | about("coercion")
AFRAID = SEVERE | about("fear_home")
NO_SUSPICION = HEARD | TALKED | weighed() | {"answers": {"suspicion": "no"}}
TALKED_WITH_ONE = HEARD | {"talked_at": ago(minutes=20), "pupil_age": 14}
UNSAFE = HEARD | TALKED | weighed(unsafety="acute")
TOLD = HEARD | TALKED | about("tired", "disclosure")
BUURTTEAM_FAILS = UNDECIDED | DECIDED | REVIEW | feedback("fails", of="buurtteam")
SAVE_FAILS = UNDECIDED | DECIDED | REVIEW | feedback("fails", of="save")
OWN_HELP_FAILS = OWN_HELP | feedback("fails")
# A talk left out, and what was said of with whom that was weighed.
ALONE = SKIPPED | {"last_skipped_at": ago(minutes=20), "skip_weighed_outside": False}
WITH_HELP = ALONE | {"skip_weighed_outside": True}
ASKED_SINCE = {"asked_at": {"veilig_thuis": ago(minutes=5)}}

# Rule → the facts in which it holds, and the nearest ones in which it does not.
# fmt: off
TABLE: dict[str, tuple[list[dict], list[dict]]] = {
    "R1": ([MILD], [
        CONCERN, SEVERE, MILD | asked("care_team"), MILD | DECIDED, MILD | {"cycle": 2}, STAFF,
    ]),
    "R2": ([CONCERN, MILD | {"cycle": 2}], [
        MILD, SEVERE, CONCERN | asked("care_team"), CONCERN | DECIDED, CONCERN | explained("R2"),
    ]),
    "R3": ([
        SEVERE, SEVERE | asked("veilig_thuis"), SEVERE | held("care_team"),
        SEVERE | CALLED_112, SEVERE | held("veilig_thuis") | NEWER,
        SEVERE | held("veilig_thuis") | DECIDED | NEWER, SEVERE | explained("R3") | NEWER,
    ], [
        CONCERN, SEVERE | held("veilig_thuis"), SEVERE | held("family_worker"),
        SEVERE | explained("R3"),
    ]),
    "R4": ([ACUTE, ACUTE | asked("veilig_thuis"), ACUTE | held("care_team")], [
        SEVERE, ACUTE | CALLED_112, ACUTE | held("veilig_thuis"),
        ACUTE | held("family_worker"), ACUTE | explained("R4"),
    ]),
    "R5": ([INJURY, SEVERE | about("sexual"), INJURY | held("family_worker"),
            INJURY | held("veilig_thuis") | again("injury")], [
        SEVERE | about("weapon"), INJURY | asked("veilig_thuis"), INJURY | DECIDED,
        INJURY | explained("R5"),
    ]),
    "R6": ([CONCERN | about("partners")], [
        CONCERN | about("harsh"), CONCERN | about("partners") | DECIDED,
    ]),
    "R7": ([CONCERN | {"unsourced_signals": 1}], [
        CONCERN, CONCERN | {"unsourced_signals": 1} | DECIDED,
    ]),
    "R8": ([COERCION, COERCION | asked("veilig_thuis"), COERCION | held("family_worker"),
            COERCION | held("veilig_thuis") | again("coercion")], [
        COERCION | held("veilig_thuis"), AFRAID, COERCION | DECIDED, COERCION | explained("R8"),
    ]),
    "R9": ([STAFF, STAFF | SEVERE], [MILD, SEVERE]),
    "R10": ([NO_SUSPICION, HEARD | CLEARED], [
        NO_SUSPICION | {"signals": 0}, NO_SUSPICION | DECIDED, UNDECIDED,
        NO_SUSPICION | {"last_signal_at": NOW},
    ]),
    "R11": ([
        CONCERN | asked("care_team"), SEVERE | explained("R3"),
    ], [
        CONCERN, CARE_TEAM, CARE_TEAM | {"consultations_asked": 2, "consultations_open": 1},
        CONCERN | asked("care_team") | DECIDED, CONCERN | asked("care_team") | explained("R11"),
    ]),
    "R12": ([CONCERN, SEVERE, CONCERN | held("care_team", "veilig_thuis")], [
        MILD, CONCERN | asked("family_worker"), HEARD | TALKED, HEARD | SKIPPED,
        CONCERN | DECIDED, CONCERN | explained("R12"),
    ]),
    "R13": ([
        ACUTE, ACUTE | held("family_worker"), ACUTE | CALLED_112,
        ACUTE | held("veilig_thuis") | {"last_acute_at": ago(minutes=3)},
    ], [SEVERE, ACUTE | asked("veilig_thuis"), ACUTE | DECIDED, ACUTE | explained("R13")]),
    "R14": ([CONCERN, CONCERN | asked("care_team")], [MILD, CARE_TEAM, CONCERN | DECIDED]),
    "R15": ([CARE_TEAM, HEARD | ADVISED_TO_WAIT], [
        HEARD | ADVISED_TO_WAIT | explained("R15"),
        CARE_TEAM | {"talk_arranged": True}, CARE_TEAM | {"responsible": True},
        CONCERN | asked("care_team"), CARE_TEAM | TALKED, CARE_TEAM | SKIPPED, CARE_TEAM | DECIDED,
        CARE_TEAM | explained("R15"),
    ]),
    "R16": ([
        HEARD, HEARD | {"pupil_age": 11}, HEARD | {"pupil_age": 12},
        COERCION | held("care_team", "family_worker") | explained("R8"),
        CONCERN | explained("R11"),
    ], [
        CONCERN, CONCERN | asked("care_team"), HEARD | TALKED, HEARD | SKIPPED, HEARD | DECIDED,
        TALKED_WITH_ONE, HEARD | ADVISED_TO_WAIT, HEARD | explained("R16"),
        SEVERE | held("veilig_thuis") | NEWER,
        SEVERE | held("care_team"), COERCION | held("family_worker"),
    ]),
    "R17": ([
        HEARD | {"pupil_age": 12}, SEVERE | held("veilig_thuis") | {"pupil_age": 17},
        TALKED_WITH_ONE | {"pupil_spoken": True}, TALKED_WITH_ONE | {"parents_spoken": True},
    ], [
        TALKED_WITH_ONE | {"pupil_spoken": True} | weighed(),
        HEARD | ADVISED_TO_WAIT | {"pupil_age": 12},
        HEARD | {"pupil_age": 11}, HEARD, CONCERN | {"pupil_age": 12},
        HEARD | TALKED | {"pupil_age": 12}, HEARD | {"pupil_age": 12} | explained("R17"),
    ]),
    "R18": ([
        HEARD | {"pupil_age": 11}, SEVERE | held("veilig_thuis") | {"pupil_age": 0},
        TALKED_WITH_ONE | {"pupil_spoken": True, "pupil_age": 8},
    ], [
        TALKED_WITH_ONE | {"parents_spoken": True, "pupil_age": 8},
        HEARD | {"pupil_age": 12}, HEARD, CONCERN | {"pupil_age": 4},
        HEARD | TALKED | {"pupil_age": 4}, HEARD | {"pupil_age": 4} | explained("R18"),
    ]),
    "R19": ([
        AFRAID, AFRAID | held("care_team"), ACUTE | asked("veilig_thuis"), HEARD | SKIPPED,
        AFRAID | held("veilig_thuis") | TALKED | again("fear_home"),
        HEARD | ALONE, CONCERN | held("family_worker") | ALONE,
    ], [
        HEARD | WITH_HELP, HEARD | ALONE | ASKED_SINCE, HEARD | ALONE | DECIDED,
        SEVERE, AFRAID | held("veilig_thuis"), AFRAID | held("family_worker"), HEARD,
        HEARD | TALKED, AFRAID | held("care_team") | TALKED, AFRAID | DECIDED,
        HEARD | SKIPPED | DECIDED, CONCERN | held("family_worker") | SKIPPED,
        CONCERN | asked("veilig_thuis") | SKIPPED, AFRAID | explained("R19"),
    ]),
    "R20": ([HEARD], [CONCERN, HEARD | TALKED, HEARD | DECIDED]),
    "R21": ([
        HEARD | TALKED | {"buurtteam_consented": True}, OWN_HELP | {"buurtteam_consented": True},
    ], [HEARD | TALKED, OWN_HELP | feedback("unknown", of="save") | {"buurtteam_consented": True},
        BUURTTEAM_FAILS | {"buurtteam_consented": True},
        *(HEARD | TALKED | {"buurtteam_consented": True, "in_charge": party}
          for party in ("veilig_thuis", "save", "raad", "other"))]),
    "R22": ([HEARD | CLEARED], [
        HEARD | TALKED, HEARD | CLEARED | DECIDED,
        SEVERE | held("veilig_thuis") | CLEARED | NEWER, HEARD | CLEARED | explained("R22"),
    ]),
    "R23": ([HEARD | TALKED, HEARD | SKIPPED, CONCERN | explained("R11", "R16")], [
        HEARD, CONCERN | asked("care_team") | TALKED, UNDECIDED, HEARD | TALKED | DECIDED,
        HEARD | TALKED | explained("R23"),
    ]),
    "R24": ([HEARD | TALKED, HEARD | TALKED | {"kinds_asked": frozenset({"veilig_thuis"})}], [
        CONCERN | held("family_worker") | TALKED, CONCERN | held("veilig_thuis") | TALKED, HEARD,
        UNDECIDED, HEARD | TALKED | explained("R24"),
    ]),
    "R25": ([NO_SUSPICION], [
        UNDECIDED, NO_SUSPICION | DECIDED, NO_SUSPICION | {"last_signal_at": NOW},
        HEARD | TALKED | weighed(suspicion="doubt"), NO_SUSPICION | explained("R25"),
    ]),
    "R26": ([
        *(HEARD | TALKED | weighed(unsafety=u) for u in ("acute", "structural", "doubt")),
        HEARD | TALKED | weighed(danger="yes"), UNSAFE | DECIDED | REWEIGHED,
    ], [
        UNDECIDED, HEARD | TALKED | weighed(danger="doubt", risks="yes"), UNSAFE | DECIDED,
        UNSAFE | explained("R26"),
    ]),
    "R27": ([
        TOLD, CONCERN | about("disclosure"), TOLD | weighed(),
        CONCERN | {"history_of_unsafety": True},
        TOLD | held("veilig_thuis") | again("disclosure"),
    ], [
        CONCERN, TOLD | held("veilig_thuis"), TOLD | weighed(unsafety="structural"),
        NO_SUSPICION | about("disclosure"), TOLD | DECIDED, TOLD | explained("R27"),
    ]),
    "R28": ([
        UNDECIDED, UNSAFE, HEARD | TALKED | explained("R23"), UNDECIDED | DECIDED | REWEIGHED,
    ], [
        HEARD | TALKED, UNDECIDED | DECIDED, CONCERN | explained("R23"),
    ]),
    "R29": ([HEARD | TALKED | weighed(possible="no")], [
        UNDECIDED, HEARD | TALKED | weighed(possible="no") | DECIDED,
        HEARD | TALKED | weighed(possible="no") | explained("R29"),
    ]),
    "R30": ([HEARD | TALKED | weighed(accepted="no")], [
        UNDECIDED, HEARD | TALKED | weighed(accepted="no") | DECIDED,
        HEARD | TALKED | weighed(accepted="no") | explained("R30"),
    ]),
    "R31": ([
        HEARD | TALKED | weighed(works="no"), OWN_HELP_FAILS,
        OWN_HELP | feedback("fails", of="other"),
    ], [
        UNDECIDED, HEARD | TALKED | weighed(works="yes"), OWN_HELP, OWN_HELP | WORKS,
        OWN_HELP | feedback("unknown"), BUURTTEAM_FAILS, SAVE_FAILS,
        OWN_HELP_FAILS | explained("R31"),
    ]),
    "R32": ([UNDECIDED], [
        HEARD | TALKED | weighed(accepted="no"), HEARD | TALKED | weighed(possible="no"),
        UNSAFE, NO_SUSPICION, UNDECIDED | REFUSED, HEARD | TALKED, OWN_HELP,
        UNDECIDED | explained("R32"),
    ]),
    "R33": ([OWN_HELP_FAILS], [
        OWN_HELP, OWN_HELP | WORKS, OWN_HELP | feedback("unknown"), BUURTTEAM_FAILS, SAVE_FAILS,
        UNDECIDED | feedback("fails"), OWN_HELP_FAILS | explained("R33"),
    ]),
    "R34": ([UNDECIDED, TO_BUURTTEAM, TO_BUURTTEAM | SENT], [
        UNSAFE, UNDECIDED | REFUSED, NO_SUSPICION, HEARD | TALKED, OWN_HELP,
        TO_BUURTTEAM | explained("R34"),
    ]),
    "R35": ([
        UNDECIDED | REFUSED, CONCERN | REFUSED, OWN_HELP | {"help_refused_at": ago(minutes=1)},
        REPORTED | OUTCOME_HEARD | {"help_refused_at": ago(minutes=1)},
    ], [
        UNDECIDED, HEARD | CLEARED | REFUSED, OWN_HELP | REFUSED, REPORTED | REFUSED,
        TO_REPORT | {"help_refused_at": ago(minutes=1)}, UNDECIDED | REFUSED | explained("R35"),
        REPORTED | {"help_refused_at": ago(minutes=1)},
    ]),
    "R36": ([UNSAFE, TO_REPORT], [
        UNDECIDED, TO_REPORT | {"report_discussed": True}, REPORTED, TO_BUURTTEAM,
        TO_REPORT | explained("R36"),
    ]),
    "R37": ([
        TO_REPORT, TO_REPORT | {"report_discussed": True}, REPORTED | {"report_unconfirmed": True},
    ], [
        UNDECIDED, REPORTED, TO_BUURTTEAM, TO_REPORT | explained("R37"),
    ]),
    "R38": ([BUURTTEAM_FAILS], [
        OWN_HELP_FAILS, SAVE_FAILS, UNDECIDED | DECIDED | feedback("works", of="buurtteam"),
        UNDECIDED | feedback("fails", of="buurtteam"), BUURTTEAM_FAILS | explained("R38"),
    ]),
    "R39": ([SAVE_FAILS], [
        OWN_HELP_FAILS, BUURTTEAM_FAILS, UNDECIDED | DECIDED | feedback("works", of="save"),
        SAVE_FAILS | explained("R39"),
    ]),
    "R40": ([REPORTED, REPORTED | OUTCOME_HEARD | {"investigated_since": ago(minutes=2)}], [
        TO_REPORT, REPORTED | OUTCOME_HEARD, OWN_HELP, REPORTED | explained("R40"),
    ]),
    "R41": ([REPORTED | {"report_overdue": True}], [
        REPORTED, REPORTED | OUTCOME_HEARD, REPORTED | {"report_overdue": True} | explained("R41"),
    ]),
    "R42": ([OWN_HELP, REPORTED, UNDECIDED | DECIDED | SENT | {"buurtteam_waits": True}], [
        UNDECIDED, UNDECIDED | REVIEW, DONE,
    ]),
    "R43": ([
        DONE, UNDECIDED | DECIDED, UNDECIDED | DECIDED | {"report_decided": True} | WORKS,
    ], [
        UNDECIDED, OWN_HELP, OWN_HELP_FAILS, TO_REPORT, DONE | {"report_unconfirmed": True},
        DONE | {"buurtteam_waits": True}, DONE | feedback("unknown"),
        UNDECIDED | DECIDED | WORKS | {"report_sent_at": ago(minutes=4)},
        UNDECIDED | DECIDED | WORKS | {"help_refused_at": ago(minutes=1)},
        DONE | SEVERE | NEWER,
    ]),
    "R44": ([DONE, HEARD | CLEARED, NO_SUSPICION], [UNDECIDED, OWN_HELP, TO_REPORT]),
}
# fmt: on

HOLDS = [(code, number) for code, (holds, __) in TABLE.items() for number in range(len(holds))]
HOLDS_NOT = [(code, number) for code, (__, nots) in TABLE.items() for number in range(len(nots))]


@pytest.mark.parametrize(("code", "number"), HOLDS)
def test_a_rule_holds(code, number):
    known = TABLE[code][0][number]
    assert code in says(known)


@pytest.mark.parametrize(("code", "number"), HOLDS_NOT)
def test_a_rule_does_not_hold_beside_that(code, number):
    known = TABLE[code][1][number]
    assert code not in says(known)


def test_every_rule_has_both_of_its_sides_in_the_table():
    assert set(TABLE) == {rule.code for rule in RULES}
    assert all(holds and nots for holds, nots in TABLE.values())


@pytest.mark.parametrize("code", [rule.code for rule in RULES if rule.explainable])
def test_what_can_be_explained_away_is_shown_as_explained_and_asked_no_more(code):
    known = TABLE[code][0][0]
    guidance = guide(facts(known | explained(code)))
    assert code not in [task.rule.code for task in guidance.tasks]
    # A step that was left out settles it: the rule is no longer about anything.
    shown = [task.rule.code for task in guidance.explained]
    answered = code in {"R2", "R3", "R4", "R8", "R11", "R16", "R19", "R23"}
    assert answered or shown == [code]


@pytest.mark.parametrize("code", [rule.code for rule in RULES if not rule.explainable])
def test_what_is_firm_cannot_be_explained_away(code):
    known = TABLE[code][0][0]
    assert code in says(known | explained(code))


def test_a_closed_case_asks_and_says_nothing():
    for holds, __ in TABLE.values():
        assert not says(holds[0], closed_at=NOW)


def test_danger_right_now_comes_before_all_else():
    assert tasks(ACUTE)[:2] == ["R4", "R3"]


def test_a_case_about_staff_is_asked_for_nothing_else():
    assert tasks(STAFF | ACUTE | held("care_team") | ARRANGED | TALKED) == ["R9"]


def test_only_what_is_said_here_can_end_a_case():
    grounds = {
        "decided": (UNDECIDED | DECIDED, ("R28",)),
        "unsent": (UNDECIDED | DECIDED | UNSENT, ("R28",)),
        "staff": (STAFF, ("R9",)),
        "cleared": (HEARD | CLEARED, ("R22",)),
        "no suspicion": (NO_SUSPICION, ("R25",)),
        "weighed": (UNDECIDED, ()),
        "one signal": (MILD, ()),
        "decided, but severe since": (UNDECIDED | DECIDED | SEVERE | NEWER, ()),
        "danger, and nobody was told": (UNDECIDED | DECIDED | ACUTE, ()),
        "cleared, but severe since": (SEVERE | held("veilig_thuis") | CLEARED | NEWER, ()),
    }
    found = {name: guide(facts(known)).closing_grounds for name, (known, __) in grounds.items()}
    assert found == {name: expected for name, (__, expected) in grounds.items()}


def test_danger_found_when_weighing_is_the_accelerated_path():
    for answers in ({"danger": "yes"}, {"unsafety": "acute"}):
        guidance = guide(facts(HEARD | TALKED | weighed(**answers), severe_at=ago(minutes=10)))
        assert guidance.accelerated
        assert guidance.deadline.hours == 8
        assert guidance.tasks[0].rule.code == "R26"


def test_a_second_decision_is_no_way_around_the_first():
    unsafe = HEARD | TALKED | weighed(unsafety="structural") | DECIDED
    first = guide(facts(unsafe)).decisions
    assert [rule.code for rule in first.report] == ["R26"]
    assert first.overridden(report=False, helps=True) == ("R26",)
    # Once the report was made the weighing is carried out.
    made = guide(facts(unsafe, report_decided=True, report_sent_at=ago(minutes=1))).decisions
    assert not made.report
    # What was heard since counts, weighed or not.
    failed = guide(facts(OWN_HELP_FAILS | {"help_refused_at": ago(seconds=20)})).decisions
    assert [rule.code for rule in failed.report] == ["R31", "R35"]


def test_what_was_explained_is_asked_anew_when_more_is_known():
    explained_before = {"explained": {"R31": ago(hours=1), "R12": ago(hours=1)}}
    assert "R31" in tasks(OWN_HELP_FAILS | explained_before)
    assert "R12" not in tasks(CONCERN | explained_before)


def test_before_a_talk_what_must_come_first_is_named():
    blocked = guide(facts(AFRAID)).blocked_before(3)
    assert [rule.code for rule in blocked] == ["R19"]
    assert guide(facts(AFRAID)).blocked_before(4) == ()
    assert guide(facts(HEARD)).blocked_before(3) == ()
