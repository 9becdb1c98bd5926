"""What the people of a demo school were told of their stories: the last days still unread."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from accounts.models import Membership, School
from cases.models import Case, Notification
from cases.notifications.kinds import RESPONSIBLE, SEVERE
from consultations.kinds import ADVISED, INVITED, MENTIONED, OUTCOME
from consultations.models import Advice, Consultation, Invitation, Mention
from signals.models import Signal

# What is older was read.
UNREAD = timedelta(days=4)


class Told(NamedTuple):
    """One thing that one person was told."""

    kind: str
    person: int | None
    key: str
    at: datetime
    case: Case
    about: str = ""


def plant_told(school: School, now: datetime) -> None:
    """Fill the bells of a school's people; nothing is mailed. In a transaction."""
    cases = Case.objects.open().filter(school=school, restricted=False)
    told = [*_of_cases(school, cases), *_of_consultations(cases)]
    Notification.objects.bulk_create(
        [
            Notification(
                recipient_id=one.person,
                kind=one.kind,
                key=one.key,
                case=one.case,
                about=one.about,
                urgent=one.case.accelerated,
                created_at=one.at,
                read_at=one.at if one.at < now - UNREAD else None,
            )
            for one in told
            if one.person is not None
        ],
        ignore_conflicts=True,
    )


def _of_cases(school: School, cases: Iterable[Case]) -> Iterator[Told]:
    team = set(Membership.objects.care_team(school.pk).values_list("user_id", flat=True))
    for signal in Signal.objects.filter(case__in=cases, severe=True).select_related("case"):
        for person in team - {signal.author_id}:
            yield Told(SEVERE, person, signal.reference, signal.recorded_at, signal.case)
    for case in cases:
        yield Told(RESPONSIBLE, case.responsible_id, f"{case.pk}", case.opened_at, case)


def _of_consultations(cases: Iterable[Case]) -> Iterator[Told]:
    rooms = Consultation.objects.filter(case__in=cases).select_related("case")
    for one in Invitation.objects.standing().filter(consultation__in=rooms):
        yield _in(one.consultation, INVITED, one.user_id, f"{one.public_id}", one.invited_at)
    for one in Mention.objects.filter(advice__consultation__in=rooms):
        advice = one.advice
        yield _in(advice.consultation, MENTIONED, one.user_id, f"{advice.pk}", advice.written_at)
    for one in Advice.objects.filter(consultation__in=rooms):
        if one.author_id != one.consultation.author_id:
            asked = one.consultation.author_id
            yield _in(one.consultation, ADVISED, asked, f"{one.pk}", one.written_at)
    for room in rooms.filter(closed_at__isnull=False):
        if room.author_id != room.closed_by_id:
            yield _in(room, OUTCOME, room.author_id, room.reference, room.closed_at)


def _in(room: Consultation, kind: str, person: int, key: str, at: datetime) -> Told:
    return Told(kind, person, key, at, room.case, room.reference)
