"""When a word of Veilig Thuis is expected: triage in five working days, then ten weeks (R40)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise

from cases.deadlines import due_at
from cases.protocol import PERIODS, Deadline
from referrals.chain import State
from referrals.models import Feedback, Referral

TRIAGE, INVESTIGATION = "triage", "investigation"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected, by when; past, it is asked for (R41)."""

    label: Promise
    due: datetime

    @property
    def overdue(self) -> bool:
        """Tell whether it is time to ask."""
        return self.due < timezone.now()


def expectation(referral: Referral, feedbacks: Iterable[Feedback]) -> Expectation | None:
    """Return what is waited for of a report that was sent; None when nothing is.

    ``feedbacks``: those of the case, in the order in which they were filed.
    """
    told = (State.SENT, State.RECEIVED, State.IN_ASSESSMENT, State.ACCEPTED)
    if referral.to != Referral.To.VEILIG_THUIS or referral.state not in told:
        return None
    words = [
        word
        for word in feedbacks
        if word.heard_from == Feedback.Party.VEILIG_THUIS and word.recorded_at >= referral.sent_at
    ]
    if not words and referral.state is not State.ACCEPTED:
        return _expected(TRIAGE, referral.sent_at)
    since = None
    for word in words:
        if word.investigation == Feedback.Investigation.BEGUN:
            since = since or word.recorded_at
        elif word.investigation == Feedback.Investigation.DONE:
            since = None
    return _expected(INVESTIGATION, since) if since else None


def _expected(code: str, since: datetime) -> Expectation:
    period = PERIODS[code]
    return Expectation(period.label, due_at(Deadline(period, since, period.days, None)))
