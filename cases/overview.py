"""What stands in each of the five steps, in a few lines: the way in to the records of a case."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.one_case import OneCase
from cases.protocol import STEPS, Step
from cases.screen import ScreenStep

# Of each step; whoever wants more opens it.
LINES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One record in one line."""

    title: Promise | str
    at: datetime
    who: str
    severe: bool = False
    # Waits for somebody: a consultation without an outcome.
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class StepCard:
    """A step with its newest records, and how many there are more."""

    step: ScreenStep
    lines: list[Line]
    count: int

    @property
    def more(self) -> int:
        """Return how many records are not shown."""
        return self.count - len(self.lines)


def step_cards(read: OneCase, steps: list[ScreenStep]) -> list[StepCard]:
    """Return the steps of the newest walk with what stands in them, without a query."""
    return [_card(step, screen, read) for step, screen in zip(STEPS, steps, strict=True)]


def _card(step: Step, screen: ScreenStep, read: OneCase) -> StepCard:
    records = read.here(step.records)
    newest = sorted(records, key=lambda record: record.recorded_at, reverse=True)[:LINES]
    return StepCard(screen, [_line(step.records, record) for record in newest], len(records))


def _line(relation: str, record: Any) -> Line:
    return Line(
        title=TITLES[relation](record),
        at=record.recorded_at,
        who=record.author_name,
        severe=relation == "signals" and record.severe,
        is_open=relation == "consultations" and record.closed_at is None,
    )


def _signal(signal: Any) -> Promise:
    if signal.unfounded is not None:
        return _("Signal, found to be unfounded")
    return _("Severe signal") if signal.severe else _("Signal")


def _decision(decision: Any) -> Promise:
    return _("Decided to report") if decision.report else _("Decided not to report")


TITLES: dict[str, Callable[[Any], Promise | str]] = {
    "signals": _signal,
    "consultations": lambda consultation: consultation.get_kind_display(),
    "conversations": lambda talk: talk.get_kind_display(),
    "assessments": lambda weighed: _("Severity weighed"),
    "decisions": _decision,
}
