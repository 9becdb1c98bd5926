"""The chain drawn for one case: where it is now, where it came from, where it can go."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.in_charge import InCharge, changes_of
from cases.models import Case
from cases.protocol.parties import OTHER, PARTIES
from referrals.chain import ORDER, State, routes

HERE, ASKED, BEFORE, NEXT, FAR = "here", "asked", "before", "next", "far"
# What stands at each place of the drawing; at the last one nothing.
PLACES: dict[str, Promise | str] = {
    HERE: _("responsible now"),
    ASKED: _("asked, did not take it on yet"),
    BEFORE: _("was here before"),
    NEXT: _("it can go here"),
    FAR: "",
}
# A referral that left the school and waits for whoever receives it.
WAITING = frozenset({State.SENT, State.RECEIVED, State.IN_ASSESSMENT})


@dataclass(frozen=True, slots=True)
class Way:
    """An arrow of the drawing."""

    to: Promise | str
    consent: Promise | str
    says: Promise
    rule: str


@dataclass(frozen=True, slots=True)
class Place:
    """A box of the drawing: who, what they are in this case, and the arrows that leave it."""

    party: str
    name: Promise | str
    code: str
    says: Promise | str
    since: datetime | None
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """The drawing, and the way of the case so far in words."""

    now: InCharge
    places: tuple[Place, ...]
    walked: tuple[InCharge, ...]


def diagram(case: Case) -> Diagram:
    """Draw the chain for a case ``with_records``, without a query."""
    walked = changes_of(case)
    now = walked[-1]
    referrals = [r for made in case.decisions.all() for r in made.referrals.all()]
    asked = {r.to for r in referrals if r.state in WAITING}
    before = {step.party for step in walked} | {r.to for r in referrals if r.sent_at}
    following = {route.to for route in routes(now.party)}
    takes_part = OTHER in asked | before
    return Diagram(
        now=now,
        places=tuple(
            _place(party, now, asked, before, following)
            for party in (*ORDER, *((OTHER,) if takes_part else ()))
        ),
        walked=tuple(walked),
    )


def _place(
    party: str, now: InCharge, asked: set[str], before: set[str], following: set[str]
) -> Place:
    if party == now.party:
        code = HERE
    elif party in asked:
        code = ASKED
    elif party in before:
        code = BEFORE
    else:
        code = NEXT if party in following else FAR
    return Place(
        party=party,
        name=PARTIES[party],
        code=code,
        says=PLACES[code],
        since=now.since if code == HERE else None,
        ways=tuple(
            Way(PARTIES[route.to], route.consent.value, route.says, route.rule)
            for route in routes(party)
        ),
    )
