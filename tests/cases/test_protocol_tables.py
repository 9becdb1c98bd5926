"""The tables of the protocol: whole, consistent, and as docs/protocol.md has them."""

import re

import pytest

from cases.models import Case
from cases.protocol import PERIODS, QUESTIONS, RULES, STEPS, Kind
from cases.screen import ACTIONS


def test_no_rule_stands_twice_in_the_table():
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_says_what_why_where_and_on_whose_word(rule):
    assert re.fullmatch(r"R([1-9]|[1-3]\d|4[0-4])", rule.code)
    assert rule.kind in Kind
    assert rule.step in {step.number for step in STEPS}
    assert str(rule.asks)
    assert str(rule.why)
    assert rule.source
    assert set(rule.source.split(", ")) <= set("UABHLP")
    assert not rule.action or rule.action in ACTIONS


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
    "follow_up": (30, 60, 120),
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
        codes = [code for code, __ in question.answers]
        assert {"no", "doubt"} < set(codes)
        assert len(codes) == len(set(codes))
