"""Evaluate the tables for the facts of one case."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise

from cases.protocol.facts import Attention, Facts
from cases.protocol.periods import PERIODS, Period
from cases.protocol.rules import RULES, Kind, Rule
from cases.protocol.steps import STEPS, Step

URGENCY = {Kind.URGENT: 0, Kind.BLOCKED: 1, Kind.REQUIRED: 2, Kind.ADVISED: 3}


@dataclass(frozen=True, slots=True)
class StepState:
    """Where one step stands: ``done``, ``skipped``, ``current`` or ``open``."""

    step: Step
    state: str


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that is asked, by one rule."""

    rule: Rule

    @property
    def asks(self) -> Promise:
        """Return what is asked, in words for the user."""
        return self.rule.asks


@dataclass(frozen=True, slots=True)
class Deadline:
    """A period that runs: since when, and how long.

    ``days`` are business days; ``hours`` count every day of the week (accelerated path); with
    neither, ``since`` itself is the day that was agreed.
    """

    period: Period
    since: datetime
    days: int | None
    hours: int | None


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the protocol says of a case."""

    attention: Attention
    accelerated: bool
    step: int
    steps: tuple[StepState, ...]
    tasks: tuple[Task, ...]
    deadline: Deadline | None
    may_close: bool


def guide(facts: Facts) -> Guidance:
    """Say of a case what is done, what is asked next and why, how urgent it is, and by when."""
    current = _current_step(facts)
    fired = [] if facts.closed else [rule for rule in RULES if rule.when(facts)]
    fired.sort(key=lambda rule: URGENCY[rule.kind])  # stable: the table's order within a kind
    return Guidance(
        attention=facts.attention,
        accelerated=facts.accelerated,
        step=current,
        steps=tuple(StepState(step, _state(step, facts, current)) for step in STEPS),
        tasks=tuple(Task(rule) for rule in fired),
        deadline=None if facts.closed else _deadline(facts, current),
        may_close=facts.decided_at is not None,
    )


def _settled(step: Step, facts: Facts) -> bool:
    return step.done(facts) or step.skipped(facts)


def _current_step(facts: Facts) -> int:
    return next((step.number for step in STEPS if not _settled(step, facts)), STEPS[-1].number)


def _state(step: Step, facts: Facts, current: int) -> str:
    if step.done(facts):
        return "done"
    if step.skipped(facts):
        return "skipped"
    return "current" if step.number == current and not facts.closed else "open"


def _deadline(facts: Facts, current: int) -> Deadline | None:
    """Return the period that runs now: from when the step before it was settled."""
    if facts.severe_unanswered:
        return _severe_first(facts)
    if facts.decided_at is not None:
        return _after_decision(facts)
    code = STEPS[current - 1].period
    if current == 2 and not facts.consultations_asked:
        code = "ask"
    return _running(PERIODS[code], _since(facts, current), facts)


def _severe_first(facts: Facts) -> Deadline:
    """Return the period of the consultation that a severe signal asks for, whatever the step.

    A further severe signal never buys time: what was asked already keeps running.
    """
    newest, asked = facts.last_severe_at, facts.last_asked_at
    first = newest if facts.last_outcome_at else facts.severe_at or newest
    if asked is None or asked < first:
        return _running(PERIODS["ask"], first, facts)
    hold = _running(PERIODS["consult"], asked, facts)
    if asked >= newest:
        return hold
    return min(hold, _running(PERIODS["ask"], newest, facts), key=_end_in_hours)


def _end_in_hours(deadline: Deadline) -> datetime:
    return deadline.since + timedelta(hours=deadline.hours or 0)


def _since(facts: Facts, current: int) -> datetime:
    """Return when the last thing was settled that this step waited for, in whatever order."""
    if current == 1:
        return facts.last_signal_at or facts.opened_at
    if current == 2:
        concern = facts.severe_at or facts.concern_at or facts.last_signal_at
        return facts.first_asked_at or concern or facts.opened_at
    settled = (facts.outcome_at, facts.talked_at or facts.talk_skipped_at, facts.assessed_at)
    before = [moment for moment in settled[: current - 2] if moment is not None]
    return max(before, default=facts.opened_at)


def _running(period: Period, since: datetime, facts: Facts) -> Deadline:
    if facts.accelerated and period.hours is not None:
        # What ran in business days before it became severe has its hours from then on.
        return Deadline(period, max(since, facts.severe_at or since), None, period.hours)
    return Deadline(period, since, period.days, None)


def _after_decision(facts: Facts) -> Deadline | None:
    if facts.referral_unsent_since is not None:
        return _running(PERIODS["refer"], facts.referral_unsent_since, facts)
    if facts.follow_up_at is not None:
        return Deadline(PERIODS["follow_up"], facts.follow_up_at, None, None)
    return _running(PERIODS["follow_up"], facts.feedback_at or facts.decided_at, facts)
