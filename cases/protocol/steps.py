"""The table of the five steps."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.protocol.facts import Attention, Facts


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its names, where its records are, when it counts as done or skipped."""

    number: int
    code: str
    name: Promise
    short_name: Promise
    # The reverse relation on Case that holds the records of this step.
    records: str
    done: Callable[[Facts], bool]
    skipped: Callable[[Facts], bool]
    # The row of PERIODS that says how long it may take.
    period: str


def _never(facts: Facts) -> bool:
    return False


# fmt: off
STEPS: tuple[Step, ...] = (
    Step(1, "map", _("Map the signals"), _("Signals"), "signals",
         done=lambda f: f.attention > Attention.WATCHFUL or f.consultations_asked > 0,
         skipped=_never, period="watchful"),
    Step(2, "consult", _("Consult colleagues"), _("Consult"), "consultations",
         done=lambda f: f.outcome_at is not None,
         skipped=_never, period="consult"),
    Step(3, "talk", _("Talk with pupil and parents"), _("Talk"), "conversations",
         done=lambda f: f.talked_at is not None,
         skipped=lambda f: f.talk_skipped_at is not None, period="talk"),
    Step(4, "weigh", _("Weigh the severity"), _("Weigh"), "assessments",
         done=lambda f: f.assessed_at is not None,
         skipped=_never, period="weigh"),
    Step(5, "decide", _("Decide: help or report"), _("Decide"), "decisions",
         done=lambda f: f.decided_at is not None,
         skipped=_never, period="decide"),
)
# fmt: on
