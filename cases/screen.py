"""What the protocol says, made ready for the screen: the step header and the card "Wat nu?"."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Permission
from cases.contact_book.calls import Call, Numbers, calls_for
from cases.deadlines import running
from cases.models import Case
from cases.protocol import CONTACTS, PERIODS, RULES, Attention, Guidance, Kind, Rule, Task
from cases.protocol.guide import WEIGHING
from cases.protocol.rules import SOURCES

KIND_LABELS = {
    Kind.URGENT: gettext_lazy("At once"),
    Kind.BLOCKED: gettext_lazy("First this"),
    Kind.REQUIRED: gettext_lazy("Needed"),
    Kind.ADVISED: gettext_lazy("Advised"),
    Kind.NOTED: gettext_lazy("Good to know"),
}

ASK, MOVE, SEE = Permission.ASK_CONSULTATION, Permission.MOVE_CASE, Permission.SEE_CASE
# What a rule asks → the page where it is done, its button, and the permission that it takes.
# "step 1" is the part of the case's own page with the records of that step.
# fmt: off
ACTIONS: dict[str, tuple[str, Promise, Permission]] = {
    "look_back": ("cases:look_back",     gettext_lazy("Look back"),              MOVE),
    "signals":   ("step 1",              gettext_lazy("To the signals"),         SEE),
    "call":      ("consultations:call",  gettext_lazy("Record a call"),          ASK),
    "consult":   ("consultations:new",   gettext_lazy("Ask for a consultation"), ASK),
    "outcome":   ("step 2",              gettext_lazy("To the consultation"),    SEE),
    "talk_plan": ("step 3",              gettext_lazy("To the talk"),            MOVE),
    "talk":      ("cases:conversation",  gettext_lazy("Record the talk"),        MOVE),
    "weigh":     ("cases:assessment",    gettext_lazy("Weigh the severity"),     MOVE),
    "decide":    ("referrals:decide",    gettext_lazy("Take the decisions"),     MOVE),
    "hand_over": ("step 5",              gettext_lazy("To the referral"),        MOVE),
    "refer":     ("referrals:report_of_case", gettext_lazy("To the report"),     MOVE),
    "cycle":     ("cases:new_cycle",     gettext_lazy("Walk the steps again"),   MOVE),
    "follow_up": ("referrals:feedback",  gettext_lazy("Record the effect"),      MOVE),
    "close":     ("cases:close",         gettext_lazy("Close the case"),         MOVE),
}
# fmt: on
# What is prepared with a sheet, on the page that shows it.
PREPARED = {"talk": "cases:prepare_talk"}
# Says that new signals go to who is responsible now: the card names them.
WATCHES_ON = "R42"
# What is handed over is first decided on: a button to nothing helps nobody.
BEFORE_DECISION = {"hand_over": "decide"}


@dataclass(frozen=True, slots=True)
class ScreenStep:
    """A step in the header."""

    number: int
    name: Promise
    short_name: Promise
    state: str
    url: str
    # Whether its records are what the page shows.
    shown: bool = False


@dataclass(frozen=True, slots=True)
class ScreenPeriod:
    """A period that runs: what, until when, and whether it is over."""

    label: Promise
    due: datetime
    overdue: bool


@dataclass(frozen=True, slots=True)
class ScreenTask:
    """A request in the card, with its reason and where it is done."""

    kind: str
    kind_label: Promise
    text: Promise
    situation: Promise
    why: Promise
    rule: str
    step: int
    sources: str
    rule_url: str
    url: str = ""
    action_label: Promise | str = ""
    calls: tuple[Call, ...] = ()
    explain_url: str = ""
    # The sheet with which one prepares what is asked.
    prepare_url: str = ""


@dataclass(frozen=True, slots=True)
class ScreenGuidance:
    """The card "Wat nu?"."""

    attention: str
    attention_label: Promise | str
    headline: str
    tasks: list[ScreenTask]
    notes: list[ScreenTask]
    explained: list[ScreenTask]
    periods: list[ScreenPeriod]
    accelerated: bool
    # Whom to call at the head of the page; empty: nothing that cannot wait.
    calls: tuple[Call, ...]
    # Who outside the school is responsible now; empty: the school is.
    elsewhere: Promise | str = ""
    in_charge_since: datetime | None = None
    # Until when the case waits on purpose; None: it does not.
    waits_until: datetime | None = None

    @property
    def first_period(self) -> ScreenPeriod | None:
        """Return the period that ends first."""
        return self.periods[0] if self.periods else None

    @property
    def other_periods(self) -> list[ScreenPeriod]:
        """Return the periods after the first."""
        return self.periods[1:]

    @property
    def hours(self) -> list[tuple[Promise, int]]:
        """Return what the accelerated path allows for each thing, in hours."""
        return [(p.label, p.hours) for p in PERIODS.values() if p.hours and p.code in HOURS_SHOWN]


# The hours of the walk itself, in its order; those after the decision come when they run.
HOURS_SHOWN = ("ask", "consult", "talk", "weigh", "decide", "walk")


def step_header(
    guidance: Guidance, case: Case | None = None, shown: int | None = None
) -> list[ScreenStep]:
    """Return the five steps with where the case is; with a case, each leads to its records."""
    return [
        ScreenStep(
            state.step.number,
            state.step.name,
            state.step.short_name,
            state.state,
            reverse("cases:step", args=[case.reference, state.step.number]) if case else "",
            state.step.number == shown,
        )
        for state in guidance.steps
    ]


def what_now(
    guidance: Guidance,
    case: Case,
    permissions: Collection[Permission],
    numbers: Numbers,
    *,
    sees_case: bool = True,
) -> ScreenGuidance:
    """Return the card, with buttons only for what the user may do; each button and number once.

    ``sees_case``: who knows a part of the case would guess the rest from a date, or from its end.
    ``numbers``: whom the reader may call (``numbers_in_case``).
    """
    now = timezone.now()
    banner = _banner(guidance, numbers)
    decided = guidance.steps[-1].at is not None
    elsewhere = guidance.elsewhere if sees_case and case.is_open else ""
    tasks, seen, told = [], set(), set()
    for task in guidance.tasks:
        made = _task(task, case, permissions, numbers, calls=not banner, decided=decided)
        made = replace(made, calls=tuple(call for call in made.calls if call not in told))
        told.update(made.calls)
        if elsewhere and task.rule.code == WATCHES_ON:
            made = replace(made, text=_and_to(made.text, elsewhere))
        tasks.append(_without_button(made) if made.url in seen else made)
        seen.add(made.url)
    return ScreenGuidance(
        attention=guidance.attention.name.lower(),
        attention_label=Case.Attention(int(guidance.attention)).label,
        headline=_headline(guidance, case, sees_case=sees_case),
        tasks=tasks,
        notes=[_said(task.rule) for task in guidance.notes],
        explained=[_said(task.rule) for task in guidance.explained],
        periods=[
            ScreenPeriod(period.deadline.period.label, period.due, period.due < now)
            for period in running(guidance)
            if sees_case
        ],
        accelerated=guidance.accelerated and case.is_open and not case.restricted,
        calls=banner,
        elsewhere=elsewhere,
        in_charge_since=guidance.in_charge_since if elsewhere else None,
        waits_until=guidance.put_off.until if sees_case and guidance.waits(now) else None,
    )


def rule_url(rule: Rule) -> str:
    """Return where a rule stands on the page of all rules."""
    return f"{reverse('protocol')}#{rule.code}"


def sources(rule: Rule) -> str:
    """Return the sources of a rule in words."""
    return "; ".join(str(SOURCES[tag]) for tag in rule.source.split(", "))


def _banner(guidance: Guidance, numbers: Numbers) -> tuple[Call, ...]:
    """Return whom to call at once: everybody whom an urgent rule of step 1 or 2 names."""
    # A report is urgent; it is made at once, by telephone, when there is danger now (R26).
    urgent = [
        task.rule
        for task in guidance.tasks
        if task.rule.kind is Kind.URGENT and (task.rule.step < WEIGHING or guidance.accelerated)
    ]
    named = {code for rule in urgent for code in rule.calls}
    return calls_for([code for code in CONTACTS if code in named], numbers)


def _headline(guidance: Guidance, case: Case, *, sees_case: bool) -> str:
    if not case.is_open and sees_case:
        return _("This case is closed.")
    if case.restricted:
        return _("This is for the school board, outside the Meldcode.")
    if guidance.attention is Attention.SEVERE:
        return _("Severe: the accelerated path, in hours instead of days.")
    if guidance.attention is Attention.CONCERN:
        return _("There is concern about this pupil.")
    return _("One signal: stay watchful.")


def _said(rule: Rule) -> ScreenTask:
    return ScreenTask(
        kind=rule.kind.value,
        kind_label=KIND_LABELS[rule.kind],
        text=rule.asks,
        situation=rule.situation,
        why=rule.why,
        rule=rule.code,
        step=rule.step,
        sources=sources(rule),
        rule_url=rule_url(rule),
    )


def _task(
    task: Task,
    case: Case,
    permissions: Collection[Permission],
    numbers: Numbers,
    *,
    calls: bool,
    decided: bool,
) -> ScreenTask:
    rule, said = task.rule, _said(task.rule)
    url, label = "", ""
    if rule.action:
        target, button, permission = ACTIONS[_doable(rule.action, decided=decided)]
        if permission in permissions:
            url, label = place_of(target, case), button
    prepared = PREPARED.get(rule.action, "") if url else ""
    explains = rule.explainable and Permission.MOVE_CASE in permissions
    return replace(
        said,
        url=url,
        action_label=label,
        calls=calls_for(rule.calls, numbers) if calls else (),
        explain_url=reverse("cases:explain", args=[case.reference, rule.code]) if explains else "",
        prepare_url=place_of(prepared, case) if prepared else "",
    )


def _and_to(text: Promise | str, party: Promise | str) -> str:
    further = _("New signals go into the case, and to who is responsible now: %(party)s.")
    return f"{text} {further % {'party': party}}"


def first_click(rule: Rule, case: Case, *, decided: bool) -> tuple[str, Promise | str]:
    """Return the page on which a request is done, and its button, for a list without the card.

    Where somebody must be called, and where nothing is to be filled in, it is the case itself.
    """
    page = reverse("cases:detail", args=[case.reference])
    if rule.kind is Kind.URGENT or rule.action not in ACTIONS:
        return page, _("Open the case")
    target, button, __ = ACTIONS[_doable(rule.action, decided=decided)]
    return place_of(target, case), button


def _doable(action: str, *, decided: bool) -> str:
    return action if decided else BEFORE_DECISION.get(action, action)


def _without_button(task: ScreenTask) -> ScreenTask:
    return replace(task, url="", action_label="", prepare_url="")


def place_of(target: str, case: Case) -> str:
    """Return the address of a page about a case: a URL's name, or "step 5"."""
    name, __, number = target.partition(" ")
    return reverse(f"cases:{name}" if number else name, args=[case.reference, *number])


def all_rules() -> list[ScreenTask]:
    """Return every rule of the table, for the page that shows it whole."""
    return [_said(rule) for rule in RULES]
