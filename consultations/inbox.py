"""The inbox of whoever is invited: what is new, waits for them, is planned, and ended."""

from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from cases.together import read_together
from consultations.models import Consultation, Invitation

# What ended is a list to find a reference again, not an archive.
CLOSED_SHOWN = 20


@dataclass(slots=True)
class Inbox:
    """Invitations by what one does with them."""

    new: list[Invitation] = field(default_factory=list)
    # What they asked or chair, in which somebody asks for their eye.
    called: list[Consultation] = field(default_factory=list)
    waiting: list[Invitation] = field(default_factory=list)
    planned: list[Invitation] = field(default_factory=list)
    running: list[Invitation] = field(default_factory=list)
    closed: list[Invitation] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing at all to show."""
        return not (
            self.new or self.called or self.waiting or self.planned or self.running or self.closed
        )

    @property
    def is_done(self) -> bool:
        """Tell whether all that was asked is closed by now."""
        return not (self.is_empty or self.new or self.called or self.waiting or self.planned
                    or self.running)  # fmt: skip


def inbox_of(user: User, now: datetime, *, with_closed: bool = True) -> Inbox:
    """Return the inbox of a user, over all their schools, in one query.

    ``with_closed``: what ended too.
    """
    inbox = Inbox()
    standing = Invitation.objects.for_inbox(user)
    calling = Consultation.objects.calling_for(user)
    ended = Invitation.objects.none()
    if with_closed:
        ended = Invitation.objects.ended_with_consultation(user)[:CLOSED_SHOWN]
    read_together(standing, calling, ended)
    for invitation in standing:
        getattr(inbox, _place(invitation, now)).append(invitation)
    inbox.planned.sort(key=lambda invitation: invitation.consultation.planned_at)
    inbox.called, inbox.closed = list(calling), list(ended)
    return inbox


def _place(invitation: Invitation, now: datetime) -> str:
    """Return where an invitation stands: a question waits, unless a meeting is agreed for it."""
    if invitation.accepted_at is None:
        return "new"
    advised, mentioned = invitation.advised_at, invitation.mentioned_at
    asked_again = mentioned is not None and (advised is None or advised < mentioned)
    if invitation.times_wait or asked_again:
        return "waiting"
    consultation = invitation.consultation
    if consultation.planned_at is not None and consultation.ends_at > now:
        return "planned"
    return "waiting" if advised is None else "running"
