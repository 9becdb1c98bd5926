"""The chain after the decision: who may pass a case on to whom, and the states of a referral.

Two tables, to be read like a text: ``ROUTES`` and ``MOVES`` (docs/protocol.md, R34 to R40). What
they do not know can still be recorded, with grounds (comply or explain); what cannot have happened,
as received before it was sent, cannot.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.protocol.parties import BUURTTEAM, OTHER, PARTIES, RAAD, SAVE, SCHOOL, VEILIG_THUIS


class Consent(Enum):
    """Whether a way asks for the consent of the family."""

    WITH = _("with consent")
    WITHOUT = _("without consent")
    EITHER = _("with or without consent")


@dataclass(frozen=True, slots=True)
class Route:
    """One way along the chain: from whom, to whom, with consent or without, by which rule."""

    start: str
    to: str
    consent: Consent
    rule: str
    source: str
    says: Promise

    @property
    def receiver(self) -> Promise | str:
        """Return to whom it leads, in words."""
        return PARTIES[self.to]

    def open_to(self, *, consented: bool) -> bool:
        """Tell whether one may go this way, when the family consents or does not."""
        asked = {Consent.WITH: True, Consent.WITHOUT: False}.get(self.consent, consented)
        return asked == consented


WITH, WITHOUT, EITHER = Consent.WITH, Consent.WITHOUT, Consent.EITHER

# fmt: off
ROUTES: tuple[Route, ...] = (
    #     from          to            consent  rule   source  what for
    Route(SCHOOL,       BUURTTEAM,    WITH,    "R34", "U",    _("help, close by")),
    Route(SCHOOL,       VEILIG_THUIS, EITHER,  "R37", "U, B", _("a report")),
    Route(SCHOOL,       OTHER,        WITH,    "R29", "A",    _("other help")),
    Route(BUURTTEAM,    SAVE,         WITH,    "R38", "U",    _("not safe enough; they stay too")),
    Route(BUURTTEAM,    VEILIG_THUIS, WITHOUT, "R38", "U",    _("not safe enough")),
    Route(SAVE,         RAAD,         EITHER,  "R39", "U",    _("not safe enough")),
    Route(SAVE,         BUURTTEAM,    WITH,    "R39", "U",    _("safe enough, SAVE ends")),
    Route(VEILIG_THUIS, BUURTTEAM,    EITHER,  "R40", "U, H", _("help")),
    Route(VEILIG_THUIS, SAVE,         EITHER,  "R40", "U, H", _("not safe enough")),
    Route(VEILIG_THUIS, RAAD,         EITHER,  "R40", "H",    _("not safe enough")),
)
# fmt: on

# The chain in the order in which it is drawn; somebody else is drawn only where they take part.
ORDER = (SCHOOL, BUURTTEAM, VEILIG_THUIS, SAVE, RAAD)
# Who first looks into what comes in, before they take it on.
ASSESS_FIRST = frozenset({VEILIG_THUIS, SAVE, RAAD})
# The rule that stands in the record when somebody of the chain does otherwise.
RULE_OF = {SCHOOL: "R34", BUURTTEAM: "R38", SAVE: "R39", VEILIG_THUIS: "R40"}
ANY_OTHER = "R42"


class State(models.TextChoices):
    """Where a referral stands, in the order in which that happens."""

    PREPARED = "prepared", _("Prepared")
    SENT = "sent", _("Sent")
    RECEIVED = "received", _("Received")
    IN_ASSESSMENT = "in_assessment", _("In assessment")
    ACCEPTED = "accepted", _("Taken on")
    PASSED_ON = "passed_on", _("Passed on")
    CLOSED = "closed", _("Ended")
    WITHDRAWN = "withdrawn", _("Not sent, withdrawn")


S = State
# fmt: off
MOVES: dict[State, tuple[State, ...]] = {
    S.PREPARED:      (S.SENT, S.WITHDRAWN),
    S.SENT:          (S.RECEIVED, S.IN_ASSESSMENT, S.ACCEPTED, S.PASSED_ON, S.CLOSED),
    S.RECEIVED:      (S.IN_ASSESSMENT, S.ACCEPTED, S.PASSED_ON, S.CLOSED),
    S.IN_ASSESSMENT: (S.ACCEPTED, S.PASSED_ON, S.CLOSED),
    S.ACCEPTED:      (S.PASSED_ON, S.CLOSED),
    S.PASSED_ON:     (),
    S.CLOSED:        (),
    S.WITHDRAWN:     (),
}
# fmt: on
# Who is responsible when a receiver ends: the buurtteam stayed beside SAVE (R39).
AFTER_END = {SAVE: BUURTTEAM}


class Verdict(Enum):
    """What the tables say of a step."""

    KNOWN = "known"
    UNUSUAL = "unusual"  # may be recorded, with grounds
    IMPOSSIBLE = "impossible"


def judge_move(receiver: str, now: State, new: State) -> Verdict:
    """Say whether a referral to a receiver can go from one state to another."""
    if new not in MOVES[now]:
        return Verdict.IMPOSSIBLE
    if new is S.IN_ASSESSMENT and receiver not in ASSESS_FIRST:
        return Verdict.UNUSUAL
    return Verdict.KNOWN


def judge_start(receiver: str, state: State) -> Verdict:
    """Say whether what was passed on to a receiver can stand there already."""
    return Verdict.KNOWN if state is S.SENT else judge_move(receiver, S.SENT, state)


def judge_route(start: str, to: str, *, consented: bool) -> Verdict:
    """Say whether a case may be passed on so. Nobody passes it on to themselves."""
    if start == to and to != OTHER:
        return Verdict.IMPOSSIBLE
    known = any(route.to == to and route.open_to(consented=consented) for route in routes(start))
    return Verdict.KNOWN if known else Verdict.UNUSUAL


def routes(start: str) -> Iterator[Route]:
    """Yield the ways that lead from somebody."""
    return (route for route in ROUTES if route.start == start)


def after_end(receiver: str) -> str:
    """Return who is responsible when a receiver ends, unless somebody says otherwise."""
    return AFTER_END.get(receiver, SCHOOL)
