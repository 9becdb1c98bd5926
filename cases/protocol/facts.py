"""All that the rules may look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from types import MappingProxyType
from typing import Any

from cases.protocol.parties import SCHOOL
from cases.protocol.waiting import PutOff


class Attention(IntEnum):
    """How much attention a pupil needs (protocol.md, "Attention"); larger is more urgent."""

    WATCHFUL = 1
    CONCERN = 2
    SEVERE = 3


# R26: the first rule that looks at what was weighed.
FIRST_ABOUT_WEIGHING = 26
# Not carrying out what was decided is about that decision alone.
HANDING_OVER = frozenset({"R34", "R37"})


def _empty() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The facts of one case, in one cycle, at one moment. Moments are aware datetimes."""

    now: datetime
    # When this cycle began: for the first one, when the case was opened.
    opened_at: datetime
    cycle: int = 1
    closed_at: datetime | None = None
    looked_back_at: datetime | None = None
    # It is about somebody who works at the school: outside the Meldcode (R9).
    about_staff: bool = False
    # Days that the school set for a period of its own, by the period's code.
    days: Mapping[str, int] = field(default_factory=_empty)
    # The weekdays on which the school has vacation, of all years that are known; and when its next
    # long vacation begins.
    free: frozenset[date] = frozenset()
    vacation_at: datetime | None = None
    # Put off on purpose, and not ended before its time.
    put_off: PutOff | None = None

    # Looked back, and nothing more was seen: of a closed case that ends the looking back.
    looked_back_quiet: bool = False

    # Step 1. Signals count from whomever they come, in this cycle or the year before it (R2);
    # those that turned out unfounded do not (R10).
    signals: int = 0
    severe_signals: int = 0
    acute_signals: int = 0
    categories: frozenset[str] = frozenset()
    # The newest signal of each category: advice of before it does not answer it.
    signalled_at: Mapping[str, datetime] = field(default_factory=_empty)
    # Told by others, without a word on who told it (R7).
    unsourced_signals: int = 0
    # A cycle or case before this one was weighed as unsafe, or reported (R27).
    history_of_unsafety: bool = False
    last_signal_at: datetime | None = None
    # When it became a concern (the second signal) and when it became severe.
    concern_at: datetime | None = None
    severe_at: datetime | None = None
    # The newest severe signal: one that comes after a consultation asks for a new one.
    last_severe_at: datetime | None = None
    # The first severe signal after the last word of somebody outside: no later one buys it time.
    severe_since_answer: datetime | None = None
    last_acute_at: datetime | None = None
    # Whole years; None when the birth date is unknown.
    pupil_age: int | None = None
    responsible: bool = False

    # Comply or explain: the newest explanation by the rule that it is about.
    explained: Mapping[str, datetime] = field(default_factory=_empty)

    # Step 2
    consultations_asked: int = 0
    consultations_open: int = 0
    first_asked_at: datetime | None = None
    # The newest time that each kind was asked, and was heard.
    asked_at: Mapping[str, datetime] = field(default_factory=_empty)
    heard_at: Mapping[str, datetime] = field(default_factory=_empty)
    # The newest time that somebody outside was asked, and that Veilig Thuis was.
    outside_asked_at: datetime | None = None
    veilig_thuis_asked_at: datetime | None = None
    outcome_at: datetime | None = None
    # The newest outcome of somebody outside, in whatever cycle: what answers a severe signal.
    outside_outcome_at: datetime | None = None
    # The newest time that 112, the buurtteam or Veilig Thuis was spoken to: what answers danger.
    danger_told_at: datetime | None = None
    # Kinds with a recorded outcome, and kinds asked at all.
    kinds_held: frozenset[str] = frozenset()
    kinds_asked: frozenset[str] = frozenset()
    # Who holds the conversation was recorded, or why nobody does (R15).
    talk_arranged: bool = False
    # Since when the advice is: no talk (with the parents) yet; None: that does not hold.
    talk_waits_since: datetime | None = None
    # The oldest invitation of a family worker that nobody answered.
    invited_at: datetime | None = None

    # Step 3
    talked_at: datetime | None = None
    talk_skipped_at: datetime | None = None
    # The newest time, and whether that was weighed with the buurtteam or Veilig Thuis; None: nobody
    # said with whom. By when it is looked at again.
    last_skipped_at: datetime | None = None
    skip_weighed_outside: bool | None = None
    talk_again_at: datetime | None = None
    pupil_spoken: bool = False
    parents_spoken: bool = False
    # As they said it last, in a conversation or afterwards.
    help_refused_at: datetime | None = None
    # Said in the last conversation, with no signal after it.
    concern_cleared: bool = False
    # In the newest talk of three all whose consent it takes gave it (or grounds stand for it), and
    # nobody refused help since; and when that was recorded.
    buurtteam_consented: bool = False
    buurtteam_consented_at: datetime | None = None

    # Step 4: question code -> answer code, of the newest weighing; when it was weighed first, last
    assessed_at: datetime | None = None
    weighed_at: datetime | None = None
    answers: Mapping[str, str] = field(default_factory=_empty)

    # Step 5 and after: of the last decision, but for ``decided_at``, which is the first, and what
    # was not sent or confirmed, which is of all.
    decided_at: datetime | None = None
    last_decided_at: datetime | None = None
    report_decided: bool = False
    # Told to pupil and parents, or recorded why not (R36).
    report_discussed: bool = False
    referral_unsent_since: datetime | None = None
    report_unsent: bool = False
    report_unconfirmed: bool = False
    # The buurtteam, or whoever was chosen instead, was not asked or did not say that it came in.
    buurtteam_waits: bool = False
    unconfirmed_since: datetime | None = None
    report_sent_at: datetime | None = None
    report_heard_at: datetime | None = None
    # Five working days went by without a word of Veilig Thuis, or its ten weeks (R41).
    report_overdue: bool = False
    # Veilig Thuis said that it investigates.
    investigated_since: datetime | None = None
    follow_up_at: datetime | None = None
    feedback_at: datetime | None = None
    # What the newest feedback says of the help, and whose help that was.
    effect: str = ""
    effect_of: str = ""
    # The newest time that somebody of the chain passed it on to the next (R38 to R40).
    passed_on_at: datetime | None = None
    # The newest time that they went to those who need no consent: Veilig Thuis, or the Raad.
    passed_without_consent_at: datetime | None = None

    # Who is responsible now, a code of ``PARTIES``, and since when (R21, R42).
    in_charge: str = SCHOOL
    in_charge_since: datetime | None = None

    @property
    def closed(self) -> bool:
        """Tell whether the case is closed."""
        return self.closed_at is not None

    @property
    def attention(self) -> Attention:
        """One signal: watchful; several: concern; a severe one: severe. [U]

        A walk that begins again because help did not work is never less than a concern (R33); what
        points at somebody of the school cannot wait either (R9).
        """
        severe = self.severe_signals or self.acute_signals or self.weighed_acute
        if self.about_staff or severe:
            return Attention.SEVERE
        if self.signals > 1 or self.cycle > 1:
            return Attention.CONCERN
        return Attention.WATCHFUL

    @property
    def weighed_acute(self) -> bool:
        """Tell whether the newest weighing says that there is danger now (R23, R26). [U][A]"""
        return self.answers.get("danger") == "yes" or self.answers.get("unsafety") == "acute"

    @property
    def talk_waits(self) -> bool:
        """Tell whether the advice is to wait with the talk, and nobody explained since (R15)."""
        explained = self.explained_at("R15")
        since = self.talk_waits_since
        return since is not None and (explained is None or explained < since)

    @property
    def concern_since(self) -> datetime | None:
        """Return since when there is more than one signal to be watchful of; None: there is not.

        A walk that began again is a concern from its beginning (R33).
        """
        if self.cycle > 1:
            return self.opened_at
        return min((m for m in (self.concern_at, self.severe_at) if m), default=None)

    @property
    def accelerated(self) -> bool:
        """Tell whether the accelerated path holds: hours instead of business days (R3). [U]"""
        return self.attention is Attention.SEVERE

    def explained_at(self, rule: str) -> datetime | None:
        """Return when a rule was explained away, as long as that holds.

        A severe signal that comes after it asks for everything anew; from R26 on, where rules are
        about a weighing, a decision and what follows, so does each of these.
        """
        moment, later = self.explained.get(rule), [self.last_severe_at]
        if rule in HANDING_OVER:
            later.append(self.last_decided_at)
        elif int(rule[1:]) >= FIRST_ABOUT_WEIGHING:
            later += [
                self.weighed_at,
                self.last_decided_at,
                self.feedback_at,
                self.help_refused_at,
            ]
        if moment is None or any(at is not None and at > moment for at in later):
            return None
        return moment

    @property
    def severe_unanswered(self) -> bool:
        """Tell whether a severe signal waits for a word of buurtteam or Veilig Thuis (R3). [U]"""
        if self.last_severe_at is None or self.explained_at("R3"):
            return False
        answered = self.outside_outcome_at
        return answered is None or answered < self.last_severe_at

    @property
    def acute_unanswered(self) -> bool:
        """Tell whether there is danger of which nobody outside was told (R4). [U]"""
        if self.last_acute_at is None or self.explained_at("R4"):
            return False
        return self.danger_told_at is None or self.danger_told_at < self.last_acute_at
