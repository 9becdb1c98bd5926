"""The table of the five steps."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.protocol.facts import Attention, Facts

Moment = Callable[[Facts], datetime | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its names, where its records are, and when it was done or skipped.

    ``rules``: to explain one of these away is to skip the step.
    """

    number: int
    code: str
    name: Promise
    short_name: Promise
    # The reverse relation on Case that holds the records of this step.
    records: str
    done_at: Moment
    rules: tuple[str, ...]
    # The row of PERIODS that says how long it may take.
    period: str

    def skipped_at(self, facts: Facts) -> datetime | None:
        """Return when the step was skipped, with its reason; None when it was not."""
        moments = [facts.explained_at(rule) for rule in self.rules]
        if self.code == "talk":
            moments.append(facts.talk_skipped_at)  # not safe: recorded as a talk of its own kind
        return min((moment for moment in moments if moment), default=None)

    def settled_at(self, facts: Facts) -> datetime | None:
        """Return when the step was done, or else skipped; None while it waits."""
        return self.done_at(facts) or self.skipped_at(facts)


def _mapped_at(f: Facts) -> datetime | None:
    if f.attention is Attention.WATCHFUL:
        return f.first_asked_at
    return f.concern_since or f.first_asked_at or f.opened_at


# fmt: off
STEPS: tuple[Step, ...] = (
    Step(1, "map", _("Map the signals"), _("Signals"), "signals",
         _mapped_at, rules=(), period="watchful"),
    Step(2, "consult", _("Consult colleagues"), _("Consult"), "consultations",
         lambda f: f.outcome_at, rules=("R2", "R11"), period="consult"),
    Step(3, "talk", _("Talk with pupil and parents"), _("Talk"), "conversations",
         lambda f: f.talked_at, rules=("R16",), period="talk"),
    Step(4, "weigh", _("Weigh the severity"), _("Weigh"), "assessments",
         lambda f: f.assessed_at, rules=("R23",), period="weigh"),
    Step(5, "decide", _("Decide: help or report"), _("Decide"), "decisions",
         # Closing on one of the three grounds of R43 is a decision too.
         lambda f: f.decided_at or f.closed_at, rules=(), period="decide"),
)
# fmt: on

# What comes after the five: the row of the rules' table that it stands in.
AFTER = 6
