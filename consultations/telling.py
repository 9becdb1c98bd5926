"""Telling people what happens in a consultation."""

from collections.abc import Iterable

from accounts.models import User
from cases.notifications.telling import notify
from consultations.models import Consultation, Invitation


def tell(
    kind: str,
    consultation: Consultation,
    people: Iterable[int | None],
    key: str,
    *,
    by: User | None = None,
) -> None:
    """Tell people (ids of users) of a consultation; at once, where the case is severe.

    But not a colleague who was invited: they would guess from it what others saw (Scenario 2).
    ``key``: what makes it the same thing (``notify``). In a transaction.
    """
    told, guests = set(people), set()
    if consultation.case.accelerated:
        colleagues = consultation.invitations.filter(buurtteam__isnull=True)
        guests = set(colleagues.values_list("user_id", flat=True))
    about = {"by": by, "case": consultation.case, "about": consultation.reference}
    notify(kind, told - guests, key, urgent=consultation.case.accelerated, **about)
    notify(kind, told & guests, key, **about)


def who_asked(invitation: Invitation) -> set[int | None]:
    """Return the ids of who asked the consultation, and of who invited this person to it.

    Not of whoever handed it over to them: they think along no more.
    """
    handed_over = invitation.in_place_of_id is not None
    invited_by = None if handed_over else invitation.invited_by_id
    return {invitation.consultation.author_id, invited_by}


def joined(consultation: Consultation) -> set[int]:
    """Return the ids of those to whom their invitation opens a consultation now."""
    return set(consultation.invitations.joined_now().values_list("user_id", flat=True))
