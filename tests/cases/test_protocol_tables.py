"""The tables of the protocol: whole, consistent, and as docs/protocol.md has them."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from cases.models import Case
from cases.protocol import CONTACTS, PERIODS, QUESTIONS, STEPS, Kind
from cases.protocol.questions import asked
from cases.protocol.rules import RULES, SOURCES
from cases.protocol.steps import AFTER
from cases.screen import ACTIONS, KIND_LABELS

PROTOCOL = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")


def test_every_rule_number_of_the_protocol_stands_in_the_table_once():
    written = re.findall(r"^- \*\*(R\d+)\*\*", PROTOCOL, flags=re.MULTILINE)
    assert len(written) == 44
    assert [rule.code for rule in RULES] == written


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_has_the_sources_that_the_protocol_names(rule):
    line = re.search(rf"^- \*\*{rule.code}\*\* (.*)$", PROTOCOL, flags=re.MULTILINE)[1]
    named = set(re.findall(r"\[([UABHLP])\]", line))
    assert not named or named == set(rule.source.split(", "))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_speaks_both_languages(rule):
    for text in (rule.situation, rule.asks, rule.why):
        with translation.override("en"):
            english = str(text)
        with translation.override("nl"):
            assert str(text) != english


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_says_what_why_where_and_on_whose_word(rule):
    assert re.fullmatch(r"R([1-9]|[1-3]\d|4[0-4])", rule.code)
    assert rule.kind in KIND_LABELS
    assert rule.step in {*(step.number for step in STEPS), AFTER}
    assert str(rule.situation)
    assert str(rule.asks)
    assert str(rule.why)
    assert set(rule.source.split(", ")) <= set(SOURCES)
    assert set(rule.calls) <= set(CONTACTS)
    assert not rule.action or rule.action in ACTIONS
    assert rule.kind is not Kind.NOTED or not rule.action


def test_every_action_of_the_screen_is_asked_for_by_some_rule():
    assert set(ACTIONS) == {rule.action for rule in RULES if rule.action}


def test_only_the_two_firm_things_and_what_is_no_choice_are_hard():
    # Closing without a decision (R28, R42, R43); the board (R9); and staying watchful asks nothing.
    assert {rule.code for rule in RULES if rule.hard} == {"R1", "R9", "R28", "R42", "R43"}


def test_the_table_walks_through_the_steps():
    steps = [rule.step for rule in RULES]
    assert steps == sorted(steps)


def test_the_steps_are_five_and_lead_to_their_records():
    assert [step.number for step in STEPS] == [1, 2, 3, 4, 5]
    for step in STEPS:
        assert step.period in PERIODS
        assert Case._meta.get_field(step.records).one_to_many


# docs/protocol.md, "Periods": business days, bound, hours on the accelerated path.
PROTOCOL_PERIODS = {
    "watchful": (20, 40, None), "ask": (5, 10, 2), "consult": (10, 15, 8), "invite": (3, 5, 4),
    "talk": (10, 15, 24), "weigh": (5, 10, 8), "decide": (5, 10, 8), "refer": (3, 5, 8),
    "walk": (30, 50, 72), "follow_up": (30, 60, 120), "triage": (5, 5, None),
    "investigation": (70, 70, None), "look_back": (60, 90, None), "board": (1, 1, 2),
}  # fmt: skip


def test_the_periods_are_the_protocols():
    found = {code: (p.days, p.bound, p.hours) for code, p in PERIODS.items()}
    assert found == PROTOCOL_PERIODS


@pytest.mark.parametrize("period", PERIODS.values(), ids=lambda period: period.code)
def test_a_period_keeps_within_its_bound_and_the_accelerated_path_is_shorter(period):
    assert 0 < period.days <= period.bound
    if period.hours is not None:
        assert 0 < period.hours < period.days * 24


def test_every_question_belongs_to_a_rule_and_has_answers():
    assert len({q.code for q in QUESTIONS}) == len(QUESTIONS)
    for question in QUESTIONS:
        assert question.rule in {rule.code for rule in RULES}
        assert set(question.source.split(", ")) <= set("UABHLP")
        codes = [answer.code for answer in question.answers]
        assert "no" in codes
        assert len(codes) == len(set(codes)) >= 2


# The weighing framework, question by question: after which answers the way ends, and how.
@pytest.mark.parametrize(
    ("answers", "last"),
    [
        ({"suspicion": "no"}, "suspicion"),
        ({"suspicion": "yes", "unsafety": "acute"}, "unsafety"),
        ({"suspicion": "yes", "unsafety": "structural"}, "unsafety"),
        ({"suspicion": "doubt", "unsafety": "doubt"}, "unsafety"),
        ({"suspicion": "yes", "unsafety": "no", "possible": "no"}, "possible"),
        ({"suspicion": "yes", "unsafety": "no", "possible": "yes", "accepted": "no"}, "accepted"),
        (
            {
                "suspicion": "yes", "unsafety": "no", "possible": "yes", "accepted": "yes",
                "works": "later",
            },
            "works",
        ),
    ],
)  # fmt: skip
def test_the_questions_branch_as_in_the_framework(answers, last):
    walked = [question.code for question in asked(answers)]
    assert walked[:3] == ["danger", "upbringing", "risks"]
    assert walked[-1] == last


def test_a_question_waits_for_the_answer_before_it():
    assert [question.code for question in asked({})] == [
        "danger", "upbringing", "risks", "suspicion",
    ]  # fmt: skip
    # An answer to a question that is not on the way leads nowhere.
    assert asked({"suspicion": "no", "unsafety": "no", "possible": "yes"})[-1].code == "suspicion"
