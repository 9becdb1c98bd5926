"""What one may expect of Veilig Thuis after a report, and by when (R40, R41)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.deadlines import due_at
from cases.models import Case
from cases.protocol import PERIODS, Deadline, Period
from cases.together import read_together
from referrals.models import Feedback, Referral

CAME_IN = _("Veilig Thuis says that the report came in")
TRIAGE = _("Veilig Thuis says what it does with the report")
OUTCOME = _("After an investigation: Veilig Thuis tells the outcome")


class State(StrEnum):
    """Where an expectation stands."""

    TO_COME = "to_come"
    WAITING = "waiting"
    OVERDUE = "overdue"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that Veilig Thuis does; ``due`` None: its time begins to run later."""

    label: Promise
    state: State
    due: datetime | None
    done_at: datetime | None = None

    @property
    def is_overdue(self) -> bool:
        """Tell whether it is time to ask for it."""
        return self.state is State.OVERDUE


def expectations(
    referral: Referral, now: datetime, beside: Iterable[QuerySet] = ()
) -> list[Expectation]:
    """Return what Veilig Thuis does after a report, by the periods of the protocol's table.

    What counts as an answer stands in ``cases.record_facts``: their words since it was sent.
    ``beside``: what else the page asks, fetched by the same query.
    """
    sent, case = referral.sent_at, referral.decision.case
    words, periods = _words_since(referral), case.school.periods.all()
    read_together(words, periods, *beside)
    own_days = {own.code: own.days for own in periods}
    heard_at = words[0].recorded_at if words else None
    # What they do with it tells as much as what they say.
    taken_at = referral.accepted_at or referral.passed_on_at or referral.closed_at
    came_in_at = referral.confirmed_at or referral.assessing_at or taken_at
    begun = next((w for w in words if w.investigation == Feedback.Investigation.BEGUN), None)
    told = next((w for w in words if w.investigation == Feedback.Investigation.DONE), None)
    return [
        _one(label, _deadline(case, PERIODS[code], since, own_days), done, now)
        if since
        else Expectation(label, State.TO_COME, None)
        for label, code, since, done in (
            (CAME_IN, "refer", sent, came_in_at or heard_at),
            (TRIAGE, "triage", sent, heard_at or taken_at),
            (
                OUTCOME,
                "investigation",
                begun.recorded_at if begun else None,
                told.recorded_at if told else None,
            ),
        )
    ]


def _deadline(case: Case, period: Period, since: datetime, own_days: Mapping[str, int]) -> Deadline:
    """Return by when it is expected: in hours where the case runs on the accelerated path."""
    hours = period.hours if case.accelerated else None
    return Deadline(period, since, period.in_days(own_days), hours)


def _words_since(referral: Referral) -> QuerySet[Feedback]:
    if referral.sent_at is None:
        return Feedback.objects.none()
    feedbacks = referral.decision.case.feedbacks.current()
    return feedbacks.filter(
        heard_from=Feedback.Party.VEILIG_THUIS, recorded_at__gte=referral.sent_at
    )


def _one(
    label: Promise, deadline: Deadline, done_at: datetime | None, now: datetime
) -> Expectation:
    due = due_at(deadline)
    if done_at:
        return Expectation(label, State.DONE, due, done_at)
    return Expectation(label, State.OVERDUE if due < now else State.WAITING, due)
