"""All that the rules may look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from types import MappingProxyType


class Attention(IntEnum):
    """How much attention a pupil needs (protocol.md, "Attention"); larger is more urgent."""

    WATCHFUL = 1
    CONCERN = 2
    SEVERE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The facts of one case, in one cycle, at one moment. Moments are aware datetimes."""

    now: datetime
    opened_at: datetime
    closed: bool = False

    # Step 1. Signals count from whomever they come, in this cycle or the year before it (R2).
    signals: int = 0
    severe_signals: int = 0
    acute_signals: int = 0
    categories: frozenset[str] = frozenset()
    last_signal_at: datetime | None = None
    # When it became a concern (the second signal) and when it became severe.
    concern_at: datetime | None = None
    severe_at: datetime | None = None
    # The newest severe signal: one that comes after a consultation asks for a new one.
    last_severe_at: datetime | None = None
    # Whole years; None when the birth date is unknown.
    pupil_age: int | None = None
    responsible: bool = False

    # Step 2
    consultations_asked: int = 0
    consultations_open: int = 0
    first_asked_at: datetime | None = None
    last_asked_at: datetime | None = None
    outcome_at: datetime | None = None
    last_outcome_at: datetime | None = None
    # Kinds with a recorded outcome, and kinds asked at all.
    kinds_held: frozenset[str] = frozenset()
    kinds_asked: frozenset[str] = frozenset()

    # Step 3
    talked_at: datetime | None = None
    talk_skipped_at: datetime | None = None
    pupil_spoken: bool = False
    parents_spoken: bool = False
    help_refused: bool = False
    concern_cleared: bool = False
    buurtteam_consented: bool = False

    # Step 4: question code -> answer code
    assessed_at: datetime | None = None
    answers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    # Step 5 and after
    decided_at: datetime | None = None
    report_decided: bool = False
    help_decided: bool = False
    referral_unsent_since: datetime | None = None
    report_sent_at: datetime | None = None
    follow_up_at: datetime | None = None
    feedback_at: datetime | None = None

    @property
    def attention(self) -> Attention:
        """One signal: watchful; several: concern; a severe one: severe. [U]"""
        if self.severe_signals or self.acute_signals:
            return Attention.SEVERE
        return Attention.CONCERN if self.signals > 1 else Attention.WATCHFUL

    @property
    def accelerated(self) -> bool:
        """Tell whether the accelerated path holds: hours instead of business days (R3). [U]"""
        return self.attention is Attention.SEVERE

    @property
    def severe_unanswered(self) -> bool:
        """Tell whether a severe signal waits for the outcome of a consultation (R3). [U]"""
        if self.last_severe_at is None:
            return False
        return self.last_outcome_at is None or self.last_outcome_at < self.last_severe_at
