"""What the inbox says of each invitation, ready for its template: there can be a hundred."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.moments import moment
from cases.addresses import addresses
from consultations.inbox import Inbox
from consultations.models import Consultation, Invitation


@dataclass(frozen=True, slots=True)
class Card:
    """A consultation that leads to its room."""

    address: str
    school: str
    # When it is held; empty: nothing is agreed.
    planned: str
    # What it is, to whoever asked or chairs and is called to look.
    kind: Promise | str
    times_wait: bool
    # Who asked, and when.
    asked: str
    reference: str


@dataclass(frozen=True, slots=True)
class Letter:
    """An invitation that was not answered yet. ``hand_over``: empty where one cannot."""

    school: str
    reference: str
    asked: str
    # Whose place one takes; empty: nobody's.
    in_place_of: str
    accept: str
    hand_over: str
    decline: str


def cards_of(inbox: Inbox) -> dict[str, list[Card] | list[Letter]]:
    """Return what stands in an inbox as its template shows it, by its part."""
    joined = {"waiting": inbox.waiting, "planned": inbox.planned, "running": inbox.running}
    rooms = addresses(
        "consultations:detail",
        [one.reference for one in inbox.called]
        + [one.consultation.reference for part in joined.values() for one in part],
    )
    cards = {
        part: [_card(one.consultation, rooms, times_wait=one.times_wait) for one in invitations]
        for part, invitations in joined.items()
    }
    called = [_card(one, rooms, kind=one.get_kind_display()) for one in inbox.called]
    return {**cards, "waiting": called + cards["waiting"], "new": _letters(inbox.new)}


def _card(
    consultation: Consultation,
    rooms: dict[str, str],
    *,
    times_wait: bool = False,
    kind: Promise | str = "",
) -> Card:
    planned = consultation.planned_at
    return Card(
        address=rooms[consultation.reference],
        school=consultation.case.school.name,
        planned=date_format(localtime(planned), "l j F, H:i") if planned else "",
        kind=kind,
        times_wait=times_wait,
        asked=_("%(name)s asked on %(day)s")
        % {"name": consultation.author.name, "day": moment(consultation.recorded_at)},
        reference=consultation.reference,
    )


def _letters(invitations: list[Invitation]) -> list[Letter]:
    keys = [one.public_id for one in invitations]
    accept, hand_over, decline = (
        addresses(f"consultations:{name}", keys) for name in ("accept", "hand_over", "decline")
    )
    return [
        Letter(
            school=one.consultation.case.school.name,
            reference=one.consultation.reference,
            asked=_("%(name)s invited you on %(day)s")
            % {"name": one.invited_by.name, "day": moment(one.invited_at)},
            in_place_of=one.in_place_of.user.name if one.in_place_of else "",
            accept=accept[one.public_id],
            hand_over=hand_over[one.public_id] if one.buurtteam_id else "",
            decline=decline[one.public_id],
        )
        for one in invitations
    ]
