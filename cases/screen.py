"""What the protocol says, made ready for the screen: the step header and the card "Wat nu?"."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Permission
from cases.models import Case
from cases.protocol import Attention, Guidance, Kind, Task

KIND_LABELS = {
    Kind.URGENT: gettext_lazy("At once"),
    Kind.BLOCKED: gettext_lazy("First this"),
    Kind.REQUIRED: gettext_lazy("Needed"),
    Kind.ADVISED: gettext_lazy("Advised"),
}

# What a rule asks → the page where it is done, its button, and the permission that it takes.
# "#..." is a place on the case's own page.
ACTIONS: dict[str, tuple[str, Promise, Permission]] = {
    "signal": ("signals:new", gettext_lazy("Log a signal"), Permission.LOG_SIGNAL),
    "call": ("help", gettext_lazy("Whom to call"), Permission.LOG_SIGNAL),
    "consult": (
        "consultations:new",
        gettext_lazy("Ask for a consultation"),
        Permission.ASK_CONSULTATION,
    ),
    "outcome": ("#step-2", gettext_lazy("To the consultation"), Permission.SEE_CASE),
    "talk": ("cases:conversation", gettext_lazy("Record the talk"), Permission.MOVE_CASE),
    "weigh": ("cases:assessment", gettext_lazy("Weigh the severity"), Permission.MOVE_CASE),
    "decide": ("referrals:decide", gettext_lazy("Take the decisions"), Permission.MOVE_CASE),
    "refer": ("#step-5", gettext_lazy("To the referral"), Permission.MOVE_CASE),
    "follow_up": ("referrals:feedback", gettext_lazy("Record the effect"), Permission.MOVE_CASE),
    "close": ("cases:close", gettext_lazy("Close the case"), Permission.MOVE_CASE),
}
WITHOUT_CASE = frozenset({"signals:new", "help"})


@dataclass(frozen=True, slots=True)
class ScreenStep:
    """A step in the header."""

    number: int
    name: Promise
    short_name: Promise
    state: str
    url: str


@dataclass(frozen=True, slots=True)
class ScreenTask:
    """A request in the card, with its reason and where it is done."""

    kind: str
    kind_label: Promise
    text: Promise
    why: Promise
    rule: str
    source: str
    url: str
    action_label: Promise | str


@dataclass(frozen=True, slots=True)
class ScreenGuidance:
    """The card "Wat nu?"."""

    attention: str
    attention_label: Promise | str
    headline: str
    tasks: list[ScreenTask]
    due: datetime | None
    overdue: bool
    period: Promise | str
    accelerated: bool


def step_header(guidance: Guidance, case: Case | None = None) -> list[ScreenStep]:
    """Return the five steps with where the case is; with a case, each leads to its records."""
    return [
        ScreenStep(
            state.step.number,
            state.step.name,
            state.step.short_name,
            state.state,
            f"#step-{state.step.number}" if case else "",
        )
        for state in guidance.steps
    ]


def what_now(
    guidance: Guidance,
    case: Case,
    permissions: Collection[Permission],
    due: datetime | None = None,
) -> ScreenGuidance:
    """Return the card, with buttons only for what the user may do."""
    return ScreenGuidance(
        attention=guidance.attention.name.lower(),
        attention_label=Case.Attention(int(guidance.attention)).label,
        headline=_headline(guidance, case),
        tasks=[_task(task, case, permissions) for task in guidance.tasks],
        due=due,
        overdue=due is not None and due < timezone.now(),
        period=guidance.deadline.period.label if guidance.deadline else "",
        accelerated=guidance.accelerated,
    )


def _headline(guidance: Guidance, case: Case) -> str:
    if not case.is_open:
        return _("This case is closed.")
    if guidance.attention is Attention.SEVERE:
        return _("Severe: the accelerated path, in hours instead of days.")
    if guidance.attention is Attention.CONCERN:
        return _("There is concern about this pupil.")
    return _("One signal: stay watchful.")


def _task(task: Task, case: Case, permissions: Collection[Permission]) -> ScreenTask:
    rule = task.rule
    url, label = "", ""
    if rule.action:
        target, button, permission = ACTIONS[rule.action]
        if permission in permissions:
            url, label = _url(target, case), button
    return ScreenTask(
        rule.kind.value,
        KIND_LABELS[rule.kind],
        rule.asks,
        rule.why,
        rule.code,
        rule.source,
        url,
        label,
    )


def _url(target: str, case: Case) -> str:
    if target.startswith("#"):
        return target
    return reverse(target) if target in WITHOUT_CASE else reverse(target, args=[case.reference])
