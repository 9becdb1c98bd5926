"""All walks: five steps, on the normal and the accelerated path, each step done or skipped."""

from itertools import product

import pytest

from cases.protocol import guide
from tests.cases.protocol_facts import (
    ARRANGED,
    CONCERN,
    DECIDED,
    SEVERE,
    TALKED,
    ago,
    facts,
    held,
    says,
    weighed,
)

PATHS = {"normal": CONCERN, "accelerated": SEVERE}
# Step → the rule that asks for it, what does it, what skips it, its period on either path.
STEPS = {
    2: ({"normal": "R2", "accelerated": "R3"}, held("family_worker") | ARRANGED,
        {"normal": "R2", "accelerated": "R11"}, {"normal": (5, None), "accelerated": (None, 2)}),
    3: ("R16", TALKED, "R16", {"normal": (10, None), "accelerated": (None, 24)}),
    4: ("R23", weighed(), "R23", {"normal": (5, None), "accelerated": (None, 8)}),
    5: ("R28", DECIDED, None, {"normal": (5, None), "accelerated": (None, 8)}),
}  # fmt: skip
SKIPS = [frozenset(n for n, skip in zip((2, 3, 4), chosen, strict=True) if skip)
         for chosen in product((False, True), repeat=3)]  # fmt: skip


def on(path, what):
    return what[path] if isinstance(what, dict) else what


@pytest.mark.parametrize("skipped", SKIPS, ids=lambda steps: "skips " + str(sorted(steps)))
@pytest.mark.parametrize("path", PATHS)
def test_a_walk_asks_for_each_step_in_turn_and_ends_with_a_decision(path, skipped):
    known, states = dict(PATHS[path]), {1: "done", 2: "current", 3: "open", 4: "open", 5: "open"}
    for step, (asks, done, skips, period) in STEPS.items():
        guidance = guide(facts(known))
        assert {s.step.number: s.state for s in guidance.steps} == states
        assert guidance.step == step
        assert on(path, asks) in says(known)
        assert (guidance.deadline.days, guidance.deadline.hours) == period[path]
        assert guidance.accelerated == (path == "accelerated")
        assert not guidance.may_close
        if step in skipped:
            known = known | {"explained": known.get("explained", {}) | _left_out(path, skips)}
        else:
            known = known | done
        states[step] = "skipped" if step in skipped else "done"
        states |= {step + 1: "current"} if step < 5 else {}
        assert on(path, asks) not in says(known)
    guidance = guide(facts(known))
    assert {s.step.number: s.state for s in guidance.steps} == states
    assert guidance.may_close


def _left_out(path, rule):
    """Return the explanations that skip a step; a severe signal asks for one of its own (R3)."""
    rules = [on(path, rule), *(["R3"] if path == "accelerated" else [])]
    return dict.fromkeys(rules, ago(minutes=15))


@pytest.mark.parametrize("skipped", SKIPS, ids=lambda steps: "skips " + str(sorted(steps)))
@pytest.mark.parametrize("path", PATHS)
def test_a_step_taken_before_another_is_named_until_all_are_settled(path, skipped):
    """The order is not sacred: a walk backwards settles all as well, and each turn is a choice."""
    known = dict(PATHS[path])
    for step in (4, 3, 2):
        guidance = guide(facts(known))
        expected = set() if step == 2 else set(range(2, step))
        assert {s.number for s in guidance.waiting_before(step)} == expected
        __, done, skips, ___ = STEPS[step]
        if step in skipped:
            known = known | {"explained": known.get("explained", {}) | _left_out(path, skips)}
        else:
            known = known | done
    guidance = guide(facts(known))
    assert guidance.step == 5
    assert guidance.waiting_before(5) == ()
    assert "R28" in says(known)
