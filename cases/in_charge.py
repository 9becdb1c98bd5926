"""Who is responsible now: at first the school, then whoever took it on (R21, R38 to R42).

Three things change it: consent in a three-way conversation, a referral that is accepted or ends,
and what was heard of who helps now. The newest of them holds, in whatever cycle it was recorded:
to walk the steps again takes nothing back from somebody who took it on. The newest is what was
recorded last; since when it holds is when it was said, not when it was written down.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from cases.models import Case
from cases.protocol.parties import BUURTTEAM, PARTIES, SCHOOL


@dataclass(frozen=True, slots=True)
class InCharge:
    """Who is responsible, since when. ``party`` is a code of ``PARTIES``."""

    party: str
    since: datetime

    @property
    def name(self) -> Promise | str:
        """Return who it is, in words."""
        return PARTIES[self.party]


def _after_talk(talk: Any) -> tuple[str, str] | None:
    """Return who is responsible after a talk, and whose part ended with it; None: as it was.

    Consent in a talk of three makes the buurtteam responsible (R21); without consent it cannot
    act, so that a refusal gives the case back to the school (R35).
    """
    if talk.hands_over:
        return BUURTTEAM, ""
    return (SCHOOL, BUURTTEAM) if talk.is_three_way or talk.refuses else None


def changes(
    opened_at: datetime, conversations: list[Any], referrals: list[Any], feedbacks: list[Any]
) -> list[InCharge]:
    """Return who was responsible one after the other, from the opening of the case on."""
    found = [InCharge(SCHOOL, opened_at)]
    events = _events(conversations, referrals, feedbacks)
    for event in sorted(events, key=lambda event: event.recorded_at):
        now = found[-1]
        # What ends somewhere changes nothing, once somebody else took it on.
        if event.party != now.party and event.ended in ("", now.party):
            found.append(InCharge(event.party, max(event.since, now.since)))
    return found


@dataclass(frozen=True, slots=True)
class Event:
    """Who is responsible ``since`` a moment, and whose part ``ended`` with it, if any."""

    recorded_at: datetime
    since: datetime
    party: str
    ended: str = ""


def _events(conversations: list[Any], referrals: list[Any], feedbacks: list[Any]) -> list[Event]:
    """Return what changes who is responsible."""
    events = [
        Event(talk.recorded_at, talk.held_at, *after)
        for talk in conversations
        if (after := _after_talk(talk))
    ]
    events += [Event(r.accepted_at, r.accepted_at, r.to) for r in referrals if r.accepted_at]
    events += [
        Event(r.closed_at, r.closed_at, r.closed_to or SCHOOL, r.to)
        for r in referrals
        if r.closed_at
    ]
    events += [Event(heard.recorded_at, heard.received_at, heard.helped_by) for heard in feedbacks]
    return events


def changes_of(case: Case) -> list[InCharge]:
    """Return who was responsible one after the other, of a case ``with_records``."""
    replaced = {talk.corrects_id for talk in case.conversations.all()}
    replaced_heard = {heard.corrects_id for heard in case.feedbacks.all()}
    return changes(
        case.opened_at,
        [talk for talk in case.conversations.all() if talk.pk not in replaced],
        [referral for decision in case.decisions.all() for referral in decision.referrals.all()],
        [heard for heard in case.feedbacks.all() if heard.pk not in replaced_heard],
    )
