"""Ending one's own invitation: with a reason, or for a colleague who takes it over.

Whatever somebody does on two devices at once, one of it holds: the invitation is looked at again
behind the lock on its case.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cases.errors import ActionError
from consultations.actions import own_invitation, tell_invited
from consultations.kinds import DECLINED, HANDED_OVER
from consultations.models import Invitation
from consultations.querysets import colleagues_of
from consultations.telling import tell, who_asked


@transaction.atomic
def decline_invitation(invitation: Invitation, by: User, *, why: str) -> Invitation:
    """Say that one cannot think along (any more), and why. What one wrote stays."""
    invitation = own_invitation(invitation, by)
    invitation.declined_at, invitation.declined_why = timezone.now(), why
    invitation.save(update_fields=["declined_at", "declined_why"])
    key = str(invitation.public_id)
    tell(DECLINED, invitation.consultation, who_asked(invitation), key, by=by)
    return invitation


@transaction.atomic
def hand_over_invitation(invitation: Invitation, by: User, to: User) -> Invitation:
    """Let a colleague of one's own team take one's place; returns their invitation.

    One's own ends with it. What nobody answered yet does not become due later by it. Raises
    ``ActionError`` when the colleague cannot take it over any more.
    """
    by.hold_memberships(to)  # before the case: whose role ends now is not invited behind that
    invitation = own_invitation(invitation, by)
    if not colleagues_of(invitation).filter(pk=to.pk).exists():
        raise ActionError(_("Choose a colleague of your own team."), field="to")
    now = timezone.now()
    invitation.handed_over_at = now
    invitation.save(update_fields=["handed_over_at"])
    key = str(invitation.public_id)
    tell(HANDED_OVER, invitation.consultation, who_asked(invitation), key, by=by)
    return tell_invited(
        Invitation.objects.create(
            consultation=invitation.consultation,
            user=to,
            buurtteam=invitation.buurtteam,
            invited_by=by,
            invited_at=invitation.invited_at if invitation.accepted_at is None else now,
            in_place_of=invitation,
        )
    )
