"""Evaluate the tables for the facts of one case."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.functional import Promise

from cases.protocol import conditions
from cases.protocol.contacts import EMERGENCY
from cases.protocol.facts import Attention, Facts
from cases.protocol.parties import PARTIES, SCHOOL
from cases.protocol.periods import BESIDE, PERIODS, Period
from cases.protocol.questions import YES
from cases.protocol.rules import RULES, Kind, Rule
from cases.protocol.steps import STEPS, Step
from cases.protocol.waiting import PutOff, why_never

TALKING, WEIGHING = 3, 4
URGENCY = {kind: number for number, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class StepState:
    """Where one step stands: ``done``, ``skipped``, ``current`` or ``open``; and since when.

    ``left``: not finished when the case was closed, so that it does not come any more.
    """

    step: Step
    state: str
    at: datetime | None = None


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

    ``days`` are business days, or days of the calendar where the period says so; ``hours`` count
    every day of the week (accelerated path); with neither, ``since`` itself was agreed. ``free``:
    the days on which it does not run, besides weekends and public holidays.
    """

    period: Period
    since: datetime
    days: int | None
    hours: int | None
    free: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class TwoDecisions:
    """The two decisions of step 5 as they follow from the weighing (R28).

    ``report``: the rules that ask for a report; none: it is not necessary. ``help``: whether help
    is possible (too); None where that is walked through with Veilig Thuis, or was not answered.
    ``weighed``: before that nothing follows from anything.
    """

    weighed: bool
    report: tuple[Rule, ...]
    help: bool | None

    def overridden(self, *, report: bool, helps: bool) -> tuple[str, ...]:
        """Return the rules against which somebody decides so: doing that asks for grounds (R28)."""
        if not self.weighed or (report and self.report):
            return ()
        if self.report:
            return tuple(rule.code for rule in self.report)
        needless = report or (self.help is True and not helps)
        return ("R28",) if needless else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where a case stands, and which periods run: as much of the guidance as reminders look at."""

    attention: Attention
    step: int
    # All periods that run; the first is that of the step or of what is most urgent.
    deadlines: tuple[Deadline, ...]
    # Who is responsible now, a code of ``PARTIES``.
    in_charge: str = SCHOOL
    # It waits on purpose, and may; until its end nobody is reminded.
    put_off: PutOff | None = None
    # Somebody must watch while the school has vacation.
    before_vacation: Deadline | None = None

    def waits(self, now: datetime) -> bool:
        """Tell whether the case waits on purpose at a moment."""
        return self.put_off is not None and now < self.put_off.until

    @property
    def deadline(self) -> Deadline | None:
        """Return the period of the step, or of what is most urgent."""
        return self.deadlines[0] if self.deadlines else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance(Course):
    """What the protocol says of a case."""

    accelerated: bool
    steps: tuple[StepState, ...]
    tasks: tuple[Task, ...]
    # What else holds, without asking anything.
    notes: tuple[Task, ...]
    # What would be asked, had nobody explained why it is not done.
    explained: tuple[Task, ...]
    decisions: TwoDecisions
    # What says that there is no talk now.
    before_talk: tuple[Rule, ...]
    # On which grounds it may be closed: R28 (decided), or one of those that R43 names.
    closing_grounds: tuple[str, ...]
    # Since when whoever is responsible is so.
    in_charge_since: datetime | None = None
    # Why it cannot be put off; None: it can.
    why_never: Promise | None = None

    @property
    def asked(self) -> frozenset[str]:
        """Return the codes of the rules that ask something."""
        return frozenset(task.rule.code for task in self.tasks)

    @property
    def elsewhere(self) -> Promise | str:
        """Return who outside the school is responsible now, in words; empty: the school is."""
        return "" if self.in_charge == SCHOOL else PARTIES[self.in_charge]

    @property
    def may_close(self) -> bool:
        """Tell whether the case may be closed (R43)."""
        return bool(self.closing_grounds)

    def waiting_before(self, number: int) -> tuple[Step, ...]:
        """Return the steps that come before one and wait still: to take it now changes the order.

        None, when it was taken before: who explained it once need not do so again.
        """
        states = {state.step.number: state for state in self.steps}
        if states[number].at is not None:
            return ()
        between = (states[n] for n in range(2, number))
        return tuple(state.step for state in between if state.at is None)

    def blocked_before(self, number: int) -> tuple[Rule, ...]:
        """Return what comes before a talk for somebody's safety (R8, R19), or by advice (R15)."""
        return self.before_talk if number == TALKING else ()


def course(facts: Facts) -> Course:
    """Say of a case where it stands and by when: what ``guide`` says of that, without the rules.

    Almost all of the time that ``guide`` takes goes to the rules, and no period follows from them.
    """
    current = _current_step(facts)
    return Course(
        attention=facts.attention,
        step=current,
        deadlines=tuple(dict.fromkeys(_deadlines(facts, current))),
        in_charge=facts.in_charge,
        put_off=facts.put_off and (facts.put_off if why_never(facts) is None else None),
        before_vacation=_before_vacation(facts),
    )


def guide(facts: Facts) -> Guidance:
    """Say of a case what is done, what is asked next and why, how urgent it is, and by when."""
    now = course(facts)
    fired = [] if facts.closed else [rule for rule in RULES if _holds(rule, facts)]
    # Danger right now comes before all else; within a kind the table's order stays.
    fired.sort(key=lambda rule: (URGENCY[rule.kind], EMERGENCY not in rule.calls))
    explained = [rule for rule in fired if rule.explainable and facts.explained_at(rule.code)]
    asked = [rule for rule in fired if rule not in explained]
    return Guidance(
        attention=now.attention,
        accelerated=facts.accelerated,
        step=now.step,
        steps=tuple(_state(step, facts, now.step) for step in STEPS),
        tasks=tuple(Task(rule) for rule in asked if rule.kind is not Kind.NOTED),
        notes=tuple(Task(rule) for rule in asked if rule.kind is Kind.NOTED),
        explained=tuple(Task(rule) for rule in explained),
        deadlines=now.deadlines,
        decisions=two_decisions(facts),
        before_talk=tuple(
            rule
            for rule in asked
            if rule.kind is Kind.BLOCKED or (rule.code == "R15" and facts.talk_waits)
        ),
        closing_grounds=conditions.closing_grounds(facts),
        in_charge=now.in_charge,
        in_charge_since=facts.in_charge_since,
        put_off=now.put_off,
        why_never=why_never(facts),
        before_vacation=now.before_vacation,
    )


def two_decisions(facts: Facts) -> TwoDecisions:
    """Derive the two decisions of step 5 from the facts (R28).

    Decided before, the weighing still counts, until the report that it asked for was made: to
    decide a second time is no way around the first.
    """
    sent, weighed_at = facts.report_sent_at, facts.weighed_at
    reported = sent is not None and (weighed_at is None or sent >= weighed_at)
    looked_at = [facts]
    if not reported and not conditions.undecided(facts):
        looked_at.append(replace(facts, decided_at=None, last_decided_at=None))
    report = tuple(
        rule for rule in RULES if rule.reports and any(_says(rule, known) for known in looked_at)
    )
    possible = facts.answers.get("possible")
    weighed = any(conditions.ready_to_decide(f) and f.assessed_at for f in looked_at)
    return TwoDecisions(
        bool(weighed or report), report, None if possible is None else possible == YES
    )


def _says(rule: Rule, facts: Facts) -> bool:
    """Tell whether a rule asks for a report now; before the weighing none does."""
    ready = conditions.ready_to_decide(facts) or not conditions.undecided(facts)
    return ready and _holds(rule, facts)


def _holds(rule: Rule, facts: Facts) -> bool:
    return rule.outside == facts.about_staff and rule.when(facts)


def _current_step(facts: Facts) -> int:
    waiting = (step.number for step in STEPS if step.settled_at(facts) is None)
    return next(waiting, STEPS[-1].number)


def _state(step: Step, facts: Facts, current: int) -> StepState:
    if (done := step.done_at(facts)) is not None:
        return StepState(step, "done", done)
    if (skipped := step.skipped_at(facts)) is not None:
        return StepState(step, "skipped", skipped)
    here = step.number == current and not facts.closed
    return StepState(step, "current" if here else "left" if facts.closed else "open")


def _deadlines(facts: Facts, current: int) -> list[Deadline]:
    """Return the periods that run now.

    On the accelerated path a period that ran in business days keeps running beside its hours:
    nothing becomes due later because it became severe.
    """
    if facts.closed:
        if facts.looked_back_quiet:
            return []
        return [_normal("look_back", facts.looked_back_at or facts.closed_at, facts)]
    if facts.about_staff:
        return [_in_hours("board", facts.opened_at)]
    running = [*_severe_first(facts), *_of_the_step(facts, current)]
    running += _of_the_report(facts)
    if facts.invited_at:
        running += _running("invite", facts.invited_at, facts)
    return running


def _severe_first(facts: Facts) -> list[Deadline]:
    """Return the periods of the consultation that a severe signal asks for, whatever the step.

    A further severe signal never buys time: what was asked already keeps running.
    """
    if not facts.severe_unanswered:
        return []
    newest, asked = facts.last_severe_at, facts.outside_asked_at
    first, heard = facts.severe_since_answer or newest, facts.outside_outcome_at
    answered = (heard, facts.explained.get("R3"))
    if any(moment is not None and moment >= first for moment in answered):
        first = newest
    if asked is None or asked < first:
        return [_in_hours("ask", first)]
    running = [_in_hours("consult", asked)]
    if asked < newest:
        running.append(_in_hours("ask", newest))
    return running


def _of_the_step(facts: Facts, current: int) -> list[Deadline]:
    if facts.decided_at is not None:
        return _after_decision(facts)
    code = STEPS[current - 1].period
    if current == 2 and not facts.consultations_asked:
        code = "ask"
    running = _running(code, _since(facts, current), facts)
    if facts.talk_again_at is not None:
        running.append(_agreed("talk", facts.talk_again_at, facts))
    if facts.attention > Attention.WATCHFUL:
        running += _running("walk", facts.concern_since or facts.opened_at, facts)
    return running


def _since(facts: Facts, current: int) -> datetime:
    """Return when the last thing was settled that this step waited for, in whatever order."""
    if current == 1:
        return facts.looked_back_at or facts.last_signal_at or facts.opened_at
    if current == 2:
        concern = facts.concern_since or facts.last_signal_at
        return facts.first_asked_at or concern or facts.opened_at
    settled = (step.settled_at(facts) for step in STEPS[1 : current - 1])
    return max((moment for moment in settled if moment), default=facts.opened_at)


def _after_decision(facts: Facts) -> list[Deadline]:
    decided = facts.last_decided_at or facts.decided_at
    waits = facts.referral_unsent_since or facts.unconfirmed_since
    running = []
    if waits and conditions.hand_over_waits(facts):
        running += _running("refer", waits, facts)
    if conditions.reweighed(facts):
        running += _running("decide", facts.weighed_at, facts)
    elif conditions.help_failed(facts) and not conditions.passed_on(facts):
        running += _running("decide", facts.feedback_at or decided, facts)
    if facts.follow_up_at is not None:
        running.append(_agreed("follow_up", facts.follow_up_at, facts))
    return running or _running("follow_up", facts.feedback_at or decided, facts)


def _of_the_report(facts: Facts) -> list[Deadline]:
    """Return the periods of Veilig Thuis, in whatever cycle it was reported (R40)."""
    running = []
    if facts.report_sent_at and not facts.report_heard_at:
        running.append(_normal("triage", facts.report_sent_at, facts))
    if facts.investigated_since:
        running.append(_normal("investigation", facts.investigated_since, facts))
    return running


def _running(code: str, since: datetime, facts: Facts) -> list[Deadline]:
    normal, hours = _normal(code, since, facts), PERIODS[code].hours
    if not facts.accelerated or hours is None:
        return [normal]
    severe = facts.severe_at or since
    # What ran in business days before it became severe has its hours from then on.
    return [_in_hours(code, max(since, severe)), *([normal] if since < severe else [])]


def _normal(code: str, since: datetime, facts: Facts) -> Deadline:
    period = PERIODS[code]
    return Deadline(period, since, period.in_days(facts.days), None, _rest(period, facts))


def _agreed(code: str, at: datetime, facts: Facts) -> Deadline:
    return Deadline(PERIODS[code], at, None, None, _rest(PERIODS[code], facts))


def _rest(period: Period, facts: Facts) -> frozenset[date]:
    return facts.free if period.rests else frozenset()


def _before_vacation(facts: Facts) -> Deadline | None:
    """Return by when it is agreed who watches an open case while the school has vacation."""
    if facts.closed or facts.vacation_at is None:
        return None
    period = BESIDE["vacation"]
    return Deadline(period, facts.vacation_at, period.days, None, facts.free)


def _in_hours(code: str, since: datetime) -> Deadline:
    return Deadline(PERIODS[code], since, None, PERIODS[code].hours)
