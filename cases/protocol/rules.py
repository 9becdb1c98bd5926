"""The table of rules: what is asked, when, why, and where that comes from.

One rule, one row. The number is the one in docs/protocol.md. Sources: [U] Utrecht's text on the
Meldcode, [A] the weighing framework for education, [B] the ministry's model, [H] the Utrecht school
protocol, [L] law, [P] practice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.protocol.facts import Attention, Facts
from cases.protocol.questions import NO, report_indicated


class Kind(StrEnum):
    """How strongly a rule asks."""

    URGENT = "urgent"
    REQUIRED = "required"
    BLOCKED = "blocked"
    ADVISED = "advised"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``action`` names the screen where what it asks is done (empty: no screen)."""

    code: str
    step: int
    kind: Kind
    when: Callable[[Facts], bool]
    asks: Promise
    why: Promise
    source: str
    action: str = ""


HONOUR = "coercion"
INJURY_OR_SEXUAL = frozenset({"injury", "sexual"})
OUTSIDE_EXPERTS = frozenset({"family_worker", "veilig_thuis"})


def _consulted_or_skipped(f: Facts) -> bool:
    return f.outcome_at is not None


def _talk_settled(f: Facts) -> bool:
    return f.talked_at is not None or f.talk_skipped_at is not None


def _undecided(f: Facts) -> bool:
    return f.decided_at is None


def _advice_first(f: Facts) -> bool:
    return HONOUR in f.categories and "veilig_thuis" not in f.kinds_held


def _ready_to_talk(f: Facts) -> bool:
    waits_for_advice = f.severe_unanswered or _advice_first(f)
    return (
        _consulted_or_skipped(f) and not waits_for_advice and not _talk_settled(f) and _undecided(f)
    )


def _ready_to_weigh(f: Facts) -> bool:
    return _consulted_or_skipped(f) and _talk_settled(f) and f.assessed_at is None and _undecided(f)


def _ready_to_decide(f: Facts) -> bool:
    return _undecided(f) and f.assessed_at is not None


# fmt: off
RULES: tuple[Rule, ...] = (
    Rule(
        "R4", 1, Kind.URGENT,
        lambda f: f.acute_signals > 0 and f.severe_unanswered,
        _("Is there danger right now? Call 112, or Veilig Thuis. Writing comes later."),
        _("In acute danger the pupil's safety comes before every step and every form."),
        "U, A", "call",
    ),
    Rule(
        "R3", 1, Kind.URGENT,
        lambda f: f.severe_unanswered,
        _("Consult the buurtteam or Veilig Thuis at once. Do not wait for a second signal."),
        _("A severe signal asks for the steps to be walked at once, on the accelerated path."),
        "U", "consult",
    ),
    Rule(
        "R1", 1, Kind.ADVISED,
        lambda f: f.attention is Attention.WATCHFUL and f.consultations_asked == 0
        and _undecided(f),
        _("Stay watchful. Keep observing and write down what you see."),
        _("One signal is a reason to be watchful; several signals are a reason for concern."),
        "U", "signal",
    ),
    Rule(
        "R2", 1, Kind.REQUIRED,
        lambda f: f.attention is Attention.CONCERN and f.consultations_asked == 0
        and _undecided(f),
        _("There is more than one signal: ask for a consultation."),
        _("Several signals about the same pupil, from whomever, are a reason for concern."),
        "U", "consult",
    ),
    Rule(
        "R8", 2, Kind.BLOCKED,
        lambda f: _advice_first(f) and _undecided(f),
        _("Ask Veilig Thuis for advice first. No talk with the parents before that."),
        _("With honour, forced marriage, abandonment or genital mutilation a talk at home can put "
          "the pupil in danger."),
        "B, H", "consult",
    ),
    Rule(
        "R5", 2, Kind.REQUIRED,
        lambda f: bool(INJURY_OR_SEXUAL & f.categories) and "veilig_thuis" not in f.kinds_asked
        and _undecided(f),
        _("Ask Veilig Thuis for advice: they have expertise on injury and sexual violence."),
        _("With physical injury or (suspected) sexual violence special expertise is needed."),
        "U", "consult",
    ),
    Rule(
        "R11", 2, Kind.REQUIRED,
        lambda f: f.consultations_open > 0 and f.outcome_at is None and _undecided(f),
        _("Hold the consultation and record its outcome."),
        _("Before the talk with pupil or parents at least one consultation has been held."),
        "U", "outcome",
    ),
    Rule(
        "R12", 2, Kind.ADVISED,
        lambda f: f.attention > Attention.WATCHFUL and "family_worker" not in f.kinds_asked
        and not _talk_settled(f) and _undecided(f),
        _("Ask the family worker of the buurtteam to think along."),
        _("The family worker can advise on reading the signals and on the talk."),
        "U", "consult",
    ),
    Rule(
        "R17", 3, Kind.REQUIRED,
        lambda f: _ready_to_talk(f) and f.pupil_age is not None and f.pupil_age >= 12,
        _("Talk with the pupil first, and then with the parents, if possible with the pupil."),
        _("From 12 years on a pupil is spoken to first, and preferably attends the talk with the "
          "parents."),
        "U, P", "talk",
    ),
    Rule(
        "R18", 3, Kind.REQUIRED,
        lambda f: _ready_to_talk(f) and f.pupil_age is not None and f.pupil_age < 12,
        _("Tell the parents concretely what you noticed, and ask how they see it."),
        _("With a young child what was noticed is discussed with the parents; you may talk with "
          "the child, with care."),
        "U, P", "talk",
    ),
    Rule(
        "R16", 3, Kind.REQUIRED,
        lambda f: _ready_to_talk(f) and f.pupil_age is None,
        _("Talk with the pupil and the parents, as early as you can."),
        _("An early and equal talk prevents misunderstanding and starts help sooner."),
        "U", "talk",
    ),
    Rule(
        "R19", 3, Kind.REQUIRED,
        lambda f: f.talk_skipped_at is not None and not (OUTSIDE_EXPERTS & f.kinds_asked)
        and _undecided(f),
        _("Talking is not safe: ask the buurtteam or Veilig Thuis as soon as you can."),
        _("Who cannot talk safely does not carry this alone."),
        "U", "consult",
    ),
    Rule(
        "R23", 4, Kind.REQUIRED, _ready_to_weigh,
        _("Weigh the severity: answer each question, with your grounds."),
        _("Danger, development and risks are weighed before anything is decided."),
        "U, A", "weigh",
    ),
    Rule(
        "R24", 4, Kind.ADVISED,
        lambda f: _ready_to_weigh(f) and not (OUTSIDE_EXPERTS & f.kinds_held),
        _("Weigh together with the family worker or Veilig Thuis."),
        _("They can make a first assessment and act at once where needed."),
        "U", "consult",
    ),
    Rule(
        "R26", 5, Kind.URGENT,
        lambda f: _ready_to_decide(f) and report_indicated(f.answers),
        _("Report to Veilig Thuis; when it is acute, by telephone, at once."),
        _("With acute or structural unsafety, or in doubt about it, a report is necessary."),
        "A, H", "decide",
    ),
    Rule(
        "R35", 5, Kind.REQUIRED,
        lambda f: _ready_to_decide(f) and f.help_refused and not f.concern_cleared,
        _("They refuse all help while your concern stays: report to Veilig Thuis."),
        _("The buurtteam cannot act when nobody wants help; a report is the only way left."),
        "U", "decide",
    ),
    Rule(
        "R25", 5, Kind.ADVISED,
        lambda f: _ready_to_decide(f) and f.answers.get("suspicion") == NO
        and not report_indicated(f.answers),
        _("There is no suspicion left: record that decision with its ground, and close."),
        _("A suspicion that turns out unfounded is recorded as such, expressly."),
        "A", "decide",
    ),
    Rule(
        "R28", 5, Kind.REQUIRED, _ready_to_decide,
        _("Take two decisions: is a report necessary, and is help possible (too)?"),
        _("There is no duty to report. You decide, and write down on which grounds."),
        "A", "decide",
    ),
    Rule(
        "R34", 5, Kind.ADVISED,
        lambda f: _ready_to_decide(f) and not f.help_refused and not report_indicated(f.answers)
        and f.answers.get("suspicion") != NO,
        _("Is professional help needed? The buurtteam is the first to ask."),
        _("The buurtteam is close to the family and can start soon."),
        "U", "decide",
    ),
    Rule(
        "R36", 5, Kind.REQUIRED,
        lambda f: f.report_decided and f.referral_unsent_since is not None,
        _("Tell pupil and parents about the report beforehand, unless that is not safe."),
        _("Openness keeps contact possible. Not safe? Then the reason is recorded."),
        "B, U",
    ),
    Rule(
        "R38", 5, Kind.REQUIRED,
        lambda f: f.referral_unsent_since is not None,
        _("Hand the case over: send the referral and mark it as sent."),
        _("A decision helps a pupil only when somebody acts on it."),
        "U", "refer",
    ),
    Rule(
        "R42", 5, Kind.REQUIRED,
        lambda f: f.decided_at is not None and f.referral_unsent_since is None
        and f.follow_up_at is not None,
        _("Keep watching the pupil, and review on the agreed day whether the help works."),
        _("The school stays involved after any referral; new signals go into the case."),
        "U", "follow_up",
    ),
    Rule(
        "R43", 5, Kind.ADVISED,
        lambda f: f.decided_at is not None and f.referral_unsent_since is None
        and (f.feedback_at is not None or f.follow_up_at is None),
        _("All done? Close the case, with the agreements on watching on."),
        _("A case is closed only after a decision, with its outcome and grounds."),
        "B", "close",
    ),
)
# fmt: on
