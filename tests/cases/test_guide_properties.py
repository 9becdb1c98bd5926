"""What must hold of the guide for a child's safety, whatever happened in a case.

Hypothesis makes up stories: signals, consultations, talks, decisions in any order, however odd. A
story is told as ``Facts`` the way ``cases.facts`` tells the records of a case.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cases.deadlines import due_at
from cases.protocol import QUESTIONS, RULES, Attention, Facts, Kind, guide

START = datetime(2026, 3, 11, 9, tzinfo=UTC)
KINDS = ("care_team", "colleague", "family_worker", "veilig_thuis")
URGENCY = [Kind.URGENT, Kind.BLOCKED, Kind.REQUIRED, Kind.ADVISED]

# Without a database of examples: nothing is written outside the test run.
moderate = settings(
    max_examples=80, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)


# What happens, and what is known after it


def signal(facts, severe=False, acute=False, category="tired"):
    severe = severe or acute
    at = facts.now
    return replace(
        facts,
        signals=facts.signals + 1,
        severe_signals=facts.severe_signals + severe,
        acute_signals=facts.acute_signals + acute,
        categories=facts.categories | {category},
        last_signal_at=at,
        concern_at=facts.concern_at or (at if facts.signals == 1 else None),
        severe_at=facts.severe_at or (at if severe else None),
        last_severe_at=at if severe else facts.last_severe_at,
    )


def ask(facts, kind):
    return replace(
        facts,
        consultations_asked=facts.consultations_asked + 1,
        consultations_open=facts.consultations_open + 1,
        first_asked_at=facts.first_asked_at or facts.now,
        last_asked_at=facts.now,
        kinds_asked=facts.kinds_asked | {kind},
    )


def outcome(facts, kind):
    """Conclude a consultation: of this kind when it was asked, else of another."""
    if not facts.consultations_open:
        return facts
    kind = kind if kind in facts.kinds_asked else min(facts.kinds_asked)
    return replace(
        facts,
        consultations_open=facts.consultations_open - 1,
        outcome_at=facts.outcome_at or facts.now,
        last_outcome_at=facts.now,
        kinds_held=facts.kinds_held | {kind},
    )


def talk(facts, refused, cleared):
    talked_at = facts.talked_at or facts.now
    return replace(facts, talked_at=talked_at, help_refused=refused, concern_cleared=cleared)


def skip(facts):
    return replace(facts, talk_skipped_at=facts.talk_skipped_at or facts.now)


def weigh(facts, answers):
    return replace(facts, assessed_at=facts.assessed_at or facts.now, answers=answers)


def decide(facts, report, to_buurtteam, review_days):
    return replace(
        facts,
        decided_at=facts.decided_at or facts.now,
        report_decided=report,
        help_decided=to_buurtteam,
        referral_unsent_since=facts.now if report or to_buurtteam else None,
        follow_up_at=facts.now + timedelta(days=review_days) if review_days else None,
    )


def send(facts):
    return replace(facts, referral_unsent_since=None)


def feedback(facts, review_days):
    if facts.decided_at is None:
        return facts
    review = facts.now + timedelta(days=review_days) if review_days else None
    return replace(facts, feedback_at=facts.now, follow_up_at=review)


def event(act, **details):
    return st.tuples(st.just(act), st.fixed_dictionaries(details))


yes_or_no = st.booleans()
kinds = st.sampled_from(KINDS)
review_days = st.none() | st.integers(1, 90)
answers = st.fixed_dictionaries(
    {q.code: st.sampled_from([code for code, __ in q.answers]) for q in QUESTIONS}
)
events = st.one_of(
    event(
        signal,
        severe=yes_or_no,
        acute=yes_or_no,
        category=st.sampled_from(["tired", "injury", "sexual", "coercion"]),
    ),
    event(ask, kind=kinds),
    event(outcome, kind=kinds),
    event(talk, refused=yes_or_no, cleared=yes_or_no),
    event(skip),
    event(weigh, answers=answers),
    event(decide, report=yes_or_no, to_buurtteam=yes_or_no, review_days=review_days),
    event(send),
    event(feedback, review_days=review_days),
)
# Never at the very same moment: the order is part of the story.
hours = st.integers(1, 24) | st.integers(25, 800)


def after(facts, wait, act, **details):
    """Return the facts when something happens so many hours later."""
    return act(replace(facts, now=facts.now + timedelta(hours=wait)), **details)


@st.composite
def cases(draw, *, closed=False):
    """Draw the facts of a case: open, with at least the signal that opened it."""
    age = draw(st.none() | st.integers(0, 21))
    facts = signal(Facts(now=START, opened_at=START, pupil_age=age, closed=closed))
    for wait, (act, details) in draw(st.lists(st.tuples(hours, events), max_size=10)):
        facts = after(facts, wait, act, **details)
    return facts


undecided = cases().filter(lambda facts: facts.decided_at is None)


def codes(facts):
    return [task.rule.code for task in guide(facts).tasks]


def actions(facts):
    return {task.rule.action for task in guide(facts).tasks}


def due(facts):
    return due_at(guide(facts).deadline)


@moderate
@given(st.booleans().flatmap(lambda closed: cases(closed=closed)))
def test_the_guide_has_an_answer_to_every_case(facts):
    guidance = guide(facts)
    assert guidance.step in range(1, 6)
    assert [state.step.number for state in guidance.steps] == [1, 2, 3, 4, 5]
    assert {state.state for state in guidance.steps} <= {"done", "skipped", "current", "open"}
    assert guidance.may_close == (facts.decided_at is not None)


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
def test_a_closed_case_asks_nothing(facts):
    guidance = guide(facts)
    assert guidance.tasks == ()
    assert guidance.deadline is None
    assert "current" not in {state.state for state in guidance.steps}


@moderate
@given(cases())
def test_an_open_case_is_never_without_a_task_and_a_deadline(facts):
    guidance = guide(facts)
    assert guidance.tasks
    assert guidance.deadline is not None


@moderate
@given(cases())
def test_the_most_urgent_task_stands_first(facts):
    table = [rule.code for rule in RULES]
    shown = [task.rule for task in guide(facts).tasks]
    order = [(URGENCY.index(rule.kind), table.index(rule.code)) for rule in shown]
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
    assert guide(after(facts, wait, act, **details)).attention >= guide(facts).attention


@moderate
@given(cases(), hours, yes_or_no)
def test_a_severe_signal_is_the_first_thing_at_whatever_step(facts, wait, acute):
    shaken = after(facts, wait, signal, severe=True, acute=acute)
    guidance = guide(shaken)
    assert guidance.tasks[0].rule.kind is Kind.URGENT
    assert "R3" in codes(shaken)
    assert ("R4" in codes(shaken)) == (shaken.acute_signals > 0)
    assert "talk" not in actions(shaken)
    # Consulted within two hours, day or night, or sooner when something ran already.
    assert guidance.deadline.hours is not None
    assert due(shaken) <= shaken.now + timedelta(hours=2)


@moderate
@given(undecided, hours)
def test_a_severe_signal_leaves_no_more_time_than_two_hours_or_what_was_left(facts, wait):
    assume(guide(facts).attention < Attention.SEVERE)
    shaken = after(facts, wait, signal, severe=True)
    assert due(shaken) <= max(due(facts), shaken.now + timedelta(hours=2))


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
    assert due(after(facts, wait, signal, category=category)) == due(facts)


@moderate
@given(cases())
def test_the_accelerated_path_counts_in_hours_or_to_an_agreed_day(facts):
    deadline = guide(facts).deadline
    if not guide(facts).accelerated:
        assert deadline.hours is None
    elif facts.follow_up_at is None or facts.severe_unanswered:
        assert deadline.hours is not None
    else:
        assert deadline.days is None


@moderate
@given(cases(), hours, kinds)
def test_no_talk_is_asked_on_coercion_before_veilig_thuis_advised(facts, wait, kind):
    assume("veilig_thuis" not in facts.kinds_held)
    coerced = after(facts, wait, signal, severe=True, category="coercion")
    assert "talk" not in actions(coerced)
    other = after(after(coerced, 1, ask, kind="colleague"), 1, outcome, kind="colleague")
    assume("veilig_thuis" not in other.kinds_held)
    assert "talk" not in actions(other)
    assert ("R8" in codes(other)) == (other.decided_at is None)


@moderate
@given(undecided, hours, answers)
def test_unsafety_asks_for_a_report_and_for_nothing_less(facts, wait, given_answers):
    assessed = after(facts, wait, weigh, answers=given_answers)
    asked = codes(assessed)
    assert "R28" in asked
    assert ("R26" in asked) == (given_answers["unsafety"] != "no")
    if "R26" in asked:
        assert not {"R25", "R34"} & set(asked)


@moderate
@given(cases())
def test_closing_is_advised_only_after_a_decision_that_is_carried_out(facts):
    if facts.decided_at is None or facts.referral_unsent_since is not None:
        assert "close" not in actions(facts)
    if facts.decided_at is not None:
        assert "decide" not in actions(facts)
    if facts.referral_unsent_since is not None:
        assert "R38" in codes(facts)
