"""The room of a consultation as somebody enters it: what stands there, and what they may do."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.access import Permission
from accounts.models import Membership, User
from cases.models import Case, EmergencyAccess
from cases.rights import Rights
from cases.together import fetch_under, read_together
from consultations.models import Consultation, Invitation
from consultations.querysets import ROOM, people_in

# By what one records the outcome: who chairs, or who asked and still may.
CONCLUDES = (Permission.CHAIR_CONSULTATION, Permission.ASK_CONSULTATION)


@dataclass(frozen=True, slots=True)
class Room:
    """A consultation and what somebody may do there, as it was when they were let in.

    ``own``: the invitation that opens it to them. ``people``: who takes part (``people_in``), read
    already. Whoever writes is asked anew, behind the lock (``actions``).
    """

    consultation: Consultation
    user: User
    held: set[Permission]
    own: Invitation | None
    people: QuerySet

    @property
    def sees_case(self) -> bool:
        """Tell whether the user sees the case too."""
        return Permission.SEE_CASE in self.held

    @property
    def chairs(self) -> bool:
        """Tell whether the user chairs it, while it is open."""
        return Permission.CHAIR_CONSULTATION in self.held and self.consultation.is_open

    @property
    def takes_part(self) -> bool:
        """Tell whether the user is one of those who take part."""
        return any(person.pk == self.user.pk for person in self.people)

    @property
    def may_advise(self) -> bool:
        """Tell whether the user may write advice now."""
        return self.consultation.is_open and (self.chairs or self.own is not None)

    @property
    def may_conclude(self) -> bool:
        """Tell whether the user may record the outcome now."""
        return self.consultation.is_open and concludes(self.consultation, self.user, self.held)


def find(user: User, reference: str) -> Consultation | None:
    """Return a consultation that is there for the user, with what lets in who asked it."""
    found = Consultation.objects.visible_to(user).with_room().filter(reference=reference)
    author = Consultation.objects.filter(reference=reference).values("author_id")[:1]
    roles, opened = Membership.objects.of(author), EmergencyAccess.objects.opening(author)
    read_together(found, roles, opened)
    consultation = next(iter(found), None)
    if consultation is not None:
        consultation.author.know_memberships(roles)
        Case.objects.know_emergencies(consultation.author, opened)
    return consultation


def enter(consultation: Consultation, user: User, *, beside: Iterable[QuerySet] = ()) -> Room:
    """Return the room with all that its page shows of it, in one query.

    ``beside``: what else the page asks, fetched by the same query.
    """
    rights = Rights(consultation.case, user, (Permission.SEE_CASE, *CONCLUDES))
    joined = Invitation.objects.giving_access_to(user).filter(consultation=consultation)
    own, people = joined.order_by("pk")[:1], people_in(consultation)
    fetch_under(consultation, ROOM, beside=(*rights.querysets, own, people, *beside))
    return Room(consultation, user, rights.held(), next(iter(own), None), people)


def may_conclude(consultation: Consultation, user: User) -> bool:
    """Tell whether the user records the outcome: who chairs it, or who asked and still may."""
    rights = Rights(consultation.case, user, CONCLUDES)
    read_together(*rights.querysets)
    return concludes(consultation, user, rights.held())


def concludes(consultation: Consultation, user: User, held: set[Permission]) -> bool:
    """Tell the same of what somebody is known to hold for the case."""
    asked = consultation.author_id == user.pk and Permission.ASK_CONSULTATION in held
    return asked or Permission.CHAIR_CONSULTATION in held
