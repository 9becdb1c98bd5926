"""What a story tells of step 2, as rows: asking and calling, answers, times, advice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.roles import Role
from cases.models import Contact
from consultations.models import Advice, Consultation, Invitation, SharedPiece
from consultations.sharing import Veil, pieces_of, recorded
from meldcode.demo import events
from meldcode.demo.events import Event

if TYPE_CHECKING:
    from meldcode.demo.plant import Walk

# Between a call and when somebody wrote it down.
CALLED_BEFORE = timedelta(minutes=20)


def _ask(walk: "Walk", event: events.Ask, at: datetime) -> None:
    walk.consultation = Consultation.objects.create(
        **walk.record(event, at),
        kind=event.kind,
        question=event.question,
        shared=event.shared,
        named=bool(event.naming_ground),
        naming_ground=event.naming_ground,
        contact=_contact(walk, event),
    )
    _share(walk, event)
    for key in event.invite:
        outside = walk.crew[key].memberships.filter(role=Role.BUURTTEAM_WORKER).first()
        Invitation.objects.create(
            consultation=walk.consultation,
            user=walk.crew[key],
            buurtteam=outside and outside.buurtteam,
            invited_by=walk.crew[event.by],
            invited_at=at,
        )


def _contact(walk: "Walk", event: events.Ask) -> Contact | None:
    """Return whom of the contact book a story asks, put into it where they do not stand yet."""
    if event.contact is None:
        return None
    organisation, name, telephone = event.contact
    found, __ = Contact.objects.get_or_create(
        school=walk.school,
        organisation=organisation,
        name=name,
        defaults={"telephone": telephone, "checked_on": timezone.localdate(walk.now)},
    )
    return found


def _share(walk: "Walk", event: events.Ask) -> None:
    veil = Veil.of(
        walk.case, named=bool(event.naming_ground), hidden_words=""
    )  # fmt: skip
    pieces = pieces_of(recorded(walk.case), veil)[: event.signals]
    for position, piece in enumerate(pieces, start=1):
        SharedPiece.objects.create(
            consultation=walk.consultation, position=position, title=piece.title, text=piece.text
        )


def _call(walk: "Walk", event: events.Call, at: datetime) -> None:
    walk.consultation = Consultation.objects.create(
        **walk.record(event, at),
        kind=event.kind,
        question=event.question,
        held_at=at - CALLED_BEFORE,
        outcome=event.outcome,
        talk=event.talk,
        next_talk=event.next_talk,
        spoken_to=event.spoken_to,
        their_reference=event.their_reference,
        closed_at=at,
        closed_by=walk.crew[event.by],
    )


def _decline(walk: "Walk", event: events.Decline, at: datetime) -> None:
    walk.consultation.invitations.filter(user=walk.crew[event.by]).update(
        declined_at=at, declined_why=event.why
    )


def _hand_over(walk: "Walk", event: events.HandOver, at: datetime) -> None:
    own = walk.consultation.invitations.get(user=walk.crew[event.by])
    own.handed_over_at = at
    own.save(update_fields=["handed_over_at"])
    Invitation.objects.create(
        consultation=walk.consultation,
        user=walk.crew[event.to],
        buurtteam=own.buurtteam,
        invited_by=own.user,
        invited_at=own.invited_at,
        in_place_of=own,
    )


def _propose(walk: "Walk", event: events.Propose, at: datetime) -> None:
    for ahead, clock in event.times:
        walk.consultation.times.create(
            starts_at=events.day(-ahead, clock).at(walk.now),
            proposed_by=walk.crew[event.by],
            proposed_at=at,
        )


def _can(walk: "Walk", event: events.Can, at: datetime) -> None:
    for place, time in enumerate(walk.consultation.times.all()):
        time.answers.create(user=walk.crew[event.by], can=place in event.times, answered_at=at)


def _agree(walk: "Walk", event: events.Agree, at: datetime) -> None:
    consultation = walk.consultation
    consultation.planned_at = consultation.times.all()[event.time].starts_at
    consultation.minutes, consultation.place = event.minutes, event.place
    consultation.save(update_fields=sorted(Consultation.MEETING))


def _accept(walk: "Walk", event: events.Accept, at: datetime) -> None:
    walk.consultation.invitations.filter(user=walk.crew[event.by]).update(accepted_at=at)


def _advise(walk: "Walk", event: events.Advise, at: datetime) -> None:
    advice = Advice.objects.create(
        consultation=walk.consultation, author=walk.crew[event.by], text=event.text, written_at=at
    )
    for key in event.mention:
        advice.mentions.create(user=walk.crew[key])


CONSULTING: dict[type[Event], Callable[[Any, Any, datetime], None]] = {
    events.Ask: _ask,
    events.Call: _call,
    events.Accept: _accept,
    events.Decline: _decline,
    events.HandOver: _hand_over,
    events.Advise: _advise,
    events.Propose: _propose,
    events.Can: _can,
    events.Agree: _agree,
}
