"""What must hold of the guide for a child's safety, whatever happened in a case.

Hypothesis makes up stories: signals, consultations, talks, decisions in any order, however odd.
"""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cases.deadlines import running
from cases.protocol import PERIODS, RULES, STEPS, Attention, Facts, Kind, course, guide
from tests.cases.made_up_cases import (
    START,
    about_staff,
    after,
    answers,
    ask,
    begin,
    cases,
    event,
    events,
    hours,
    kinds,
    outcome,
    signal,
    weigh,
    yes_or_no,
)

URGENCY = list(Kind)

# Without a database of examples: nothing is written outside the test run.
moderate = settings(
    max_examples=100, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)

undecided = cases().filter(lambda facts: facts.decided_at is None)


def codes(facts):
    return [task.rule.code for task in guide(facts).tasks]


def actions(facts):
    return {task.rule.action for task in guide(facts).tasks}


def due(facts):
    """Return when the first of all running periods ends."""
    return running(guide(facts))[0].due


@moderate
@given(st.booleans().flatmap(lambda closed: cases(closed=closed)), about_staff)
def test_the_guide_has_an_answer_to_every_case_and_always_the_same(facts, staff):
    facts = replace(facts, about_staff=staff)
    guidance = guide(facts)
    assert guidance == guide(replace(facts))
    where = course(facts)
    assert (where.step, where.attention, where.deadlines) == (
        guidance.step, guidance.attention, guidance.deadlines,
    )  # fmt: skip
    assert guidance.step in range(1, 6)
    assert [state.step.number for state in guidance.steps] == [1, 2, 3, 4, 5]
    # Of a closed case nothing is to come.
    to_come = {"left"} if facts.closed else {"current", "open"}
    assert {state.state for state in guidance.steps} <= {"done", "skipped"} | to_come


@moderate
@given(cases(), about_staff)
def test_no_case_closes_without_a_decision_or_one_of_the_grounds_that_stand_for_it(facts, staff):
    facts = replace(facts, about_staff=staff)
    guidance = guide(facts)
    stands_for_it = facts.concern_cleared or facts.answers.get("suspicion") == "no" or staff
    assert not guidance.may_close or facts.decided_at is not None or stands_for_it
    waits = facts.severe_unanswered or facts.acute_unanswered
    assert staff or not (waits and guidance.may_close)
    closes = [task.rule.code for task in guidance.tasks if task.rule.action == "close"]
    assert not closes or guidance.may_close


@moderate
@given(cases())
def test_one_step_is_current_unless_all_are_settled(facts):
    guidance = guide(facts)
    states = [state.state for state in guidance.steps]
    if set(states) <= {"done", "skipped"}:
        assert guidance.step == 5
    else:
        assert states.count("current") == 1
        assert states.index("current") == guidance.step - 1
        assert "open" not in states[: guidance.step]


@moderate
@given(cases(closed=True))
def test_a_closed_case_asks_nothing_but_to_look_back(facts):
    guidance = guide(facts)
    assert (guidance.tasks, guidance.notes) == ((), ())
    assert [deadline.period.code for deadline in guidance.deadlines] == ["look_back"]
    again = guide(replace(facts, looked_back_at=facts.now)).deadline
    assert again.since == facts.now
    assert guide(replace(facts, looked_back_quiet=True)).deadlines == ()
    assert "current" not in {state.state for state in guidance.steps}


@moderate
@given(cases(), about_staff)
def test_an_open_case_is_never_without_a_next_thing_and_a_deadline(facts, staff):
    guidance = guide(replace(facts, about_staff=staff))
    assert guidance.tasks
    assert guidance.deadlines


@moderate
@given(cases())
def test_what_is_done_is_not_asked_for(facts):
    asked = actions(facts)
    guidance = guide(facts)
    done = {state.step.code for state in guidance.steps if state.state in ("done", "skipped")}
    assert not ("talk" in done and "R16" in codes(facts))
    if facts.pupil_spoken and facts.parents_spoken:
        assert "talk" not in asked
    assert not ("weigh" in done and "weigh" in asked)
    if facts.decided_at is None:
        assert "refer" not in asked
        assert "cycle" not in asked
    if not facts.report_unsent and not facts.report_unconfirmed:
        assert "refer" not in asked
    if facts.asked_at.get("veilig_thuis", START) > max(facts.signalled_at.values(), default=START):
        assert "R5" not in codes(facts)
    if "family_worker" in facts.kinds_asked:
        assert "R12" not in codes(facts)
    for rule, moment in facts.explained.items():
        later = (
            facts.last_severe_at, facts.weighed_at, facts.last_decided_at, facts.feedback_at,
            facts.help_refused_at,
        )  # fmt: skip
        known_anew = any(at is not None and at > moment for at in later)
        assert known_anew or rule not in codes(facts)


@moderate
@given(cases())
def test_the_most_urgent_task_stands_first(facts):
    table = [rule.code for rule in RULES]
    shown = [task.rule for task in guide(facts).tasks]
    order = [
        (URGENCY.index(rule.kind), "emergency" not in rule.calls, table.index(rule.code))
        for rule in shown
    ]
    assert order == sorted(order)


@moderate
@given(cases(), st.integers(1, 20_000))
def test_waiting_alone_changes_nothing(facts, minutes):
    assert guide(replace(facts, now=facts.now + timedelta(minutes=minutes))) == guide(facts)


@moderate
@given(cases(), hours, event(signal, severe=yes_or_no, acute=yes_or_no))
def test_a_further_signal_never_lowers_attention(facts, wait, further):
    act, details = further
    more = after(facts, wait, act, **details)
    assert guide(more).attention >= guide(facts).attention
    assert guide(more).attention >= Attention.CONCERN
    if details["severe"] or details["acute"]:
        assert guide(more).attention is Attention.SEVERE
        assert guide(more).accelerated


@moderate
@given(cases(), hours, events)
def test_nothing_that_happens_in_a_case_lowers_attention(facts, wait, further):
    act, details = further
    # But for weighing it again, and for a new walk: what was weighed acute may be so no more.
    assume(not (facts.weighed_acute and act in (weigh, begin)))
    assert guide(after(facts, wait, act, **details)).attention >= guide(facts).attention


@moderate
@given(cases(), hours, yes_or_no)
def test_a_severe_signal_is_the_first_thing_at_whatever_step(facts, wait, acute):
    shaken = after(facts, wait, signal, severe=True, acute=acute)
    guidance = guide(shaken)
    assert guidance.tasks[0].rule.kind is Kind.URGENT
    assert "R3" in codes(shaken)
    assert ("R4" in codes(shaken)) == shaken.acute_unanswered
    assert not acute or codes(shaken)[0] == "R4"
    assert "talk" not in actions(shaken)
    # Consulted within two hours, day or night, or sooner when something ran already.
    assert any(deadline.hours is not None for deadline in guidance.deadlines)
    assert due(shaken) <= shaken.now + timedelta(hours=2)


@moderate
@given(cases(), hours, yes_or_no)
def test_a_severe_signal_never_makes_a_case_less_urgent_and_nothing_due_later(facts, wait, acute):
    shaken = after(facts, wait, signal, severe=True, acute=acute)
    assert guide(shaken).attention >= guide(facts).attention
    assert due(shaken) <= max(due(facts), shaken.now + timedelta(hours=2))
    first = {True: guide(shaken).tasks[0].rule.kind, False: guide(facts).tasks[0].rule.kind}
    assert URGENCY.index(first[True]) <= URGENCY.index(first[False])
    # What ran before it and is not overtaken by an agreement runs on, or sooner.
    if facts.decided_at is None:
        ran = {period.deadline.period.code: period.due for period in running(guide(facts))}
        runs = {}
        for period in running(guide(shaken)):
            runs.setdefault(period.deadline.period.code, period.due)
        for code in ran.keys() & runs.keys() - {"ask"}:
            assert runs[code] <= ran[code]


@moderate
@given(st.lists(hours, min_size=1, max_size=4))
def test_while_nobody_is_asked_further_severe_signals_buy_no_time(waits):
    facts = signal(Facts(now=START, opened_at=START), severe=True)
    for wait in waits:
        facts = after(facts, wait, signal, severe=True)
    assert due(facts) == START + timedelta(hours=2)


@moderate
@given(hours, kinds, st.lists(hours, min_size=1, max_size=4))
def test_once_asked_further_severe_signals_never_put_off_the_outcome(wait, kind, waits):
    facts = after(signal(Facts(now=START, opened_at=START), severe=True), wait, ask, kind=kind)
    outcome_due = due(facts)
    for more in waits:
        facts = after(facts, more, signal, severe=True)
        assert due(facts) <= outcome_due


@moderate
@given(cases(), hours, st.sampled_from(["tired", "marks"]))
def test_a_further_mild_signal_buys_no_time_once_there_is_concern(facts, wait, category):
    assume(guide(facts).attention >= Attention.CONCERN)
    # What counted as cleared or unfounded begins anew with a signal; that is not buying time.
    assume(not facts.concern_cleared)
    assert due(after(facts, wait, signal, category=category)) <= due(facts)


@moderate
@given(cases())
def test_on_the_normal_path_nothing_counts_in_hours(facts):
    if not guide(facts).accelerated:
        assert all(deadline.hours is None for deadline in guide(facts).deadlines)


@moderate
@given(cases(), st.dictionaries(st.sampled_from(list(PERIODS)), st.integers(0, 400)))
def test_a_school_never_gives_itself_more_than_the_bound(facts, own):
    for deadline in guide(replace(facts, days=own)).deadlines:
        if deadline.days is not None:
            assert 1 <= deadline.days <= deadline.period.bound


@moderate
@given(cases(), hours, kinds)
def test_no_talk_is_asked_on_coercion_before_veilig_thuis_advised(facts, wait, kind):
    coerced = after(facts, wait, signal, severe=True, category="coercion")
    assert "talk" not in actions(coerced)
    other = after(after(coerced, 1, ask, kind="colleague"), 1, outcome, kind="colleague")
    assume(other.heard_at.get("veilig_thuis", START) <= coerced.now)
    assert "talk" not in actions(other)
    assert ("R8" in codes(other)) == (other.decided_at is None)


@moderate
@given(undecided, hours, answers)
def test_unsafety_asks_for_a_report_and_for_nothing_less(facts, wait, given_answers):
    assessed = after(facts, wait, weigh, answers=given_answers)
    # Explained away before it was answered so: that does not hold for the new answer's rule.
    assume(not assessed.explained)
    asked = codes(assessed)
    assert "R28" in asked
    unsafe = assessed.weighed_acute or (
        given_answers["suspicion"] != "no" and given_answers["unsafety"] != "no"
    )
    assert ("R26" in asked) == unsafe
    if unsafe:
        assert not {"R25", "R32", "R34"} & set(asked)
        assert "R26" in [rule.code for rule in guide(assessed).decisions.report]


@moderate
@given(cases())
def test_closing_is_advised_only_when_what_was_decided_is_carried_out(facts):
    if facts.referral_unsent_since is not None and facts.decided_at is not None:
        assert "close" not in actions(facts)
        assert {"R34", "R36", "R37"} & set(codes(facts)) or facts.explained


@moderate
@given(cases())
def test_a_step_that_waits_can_be_named_to_whoever_goes_before_it(facts):
    guidance = guide(facts)
    for step in STEPS[1:]:
        for waiting in guidance.waiting_before(step.number):
            assert 1 < waiting.number < step.number
            assert waiting.settled_at(facts) is None
