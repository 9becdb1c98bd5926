"""Inviting people to a consultation that runs."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import Permission
from accounts.models import Membership, User
from cases.actions import check, lock
from cases.errors import ActionError
from consultations.actions import invite_all, one_of_each, open_consultation
from consultations.models import Consultation


@transaction.atomic
def invite(consultation: Consultation, by: User, invitees: Iterable[Membership]) -> None:
    """Invite people to an open consultation; whose invitation stands is not invited twice.

    Raises ``ActionError`` when it closed, or when one of them cannot be invited (any more), as who
    declined or was withdrawn.
    """
    chosen = one_of_each(invitees, by)
    check(by, Permission.CHAIR_CONSULTATION, consultation.case)
    lock(consultation.case)
    consultation = open_consultation(consultation)
    if consultation.kind != Consultation.Kind.FAMILY_WORKER and any(m.buurtteam_id for m in chosen):
        message = _("A family worker is invited to a consultation of that kind only.")
        raise ActionError(message, field="invitees")
    known = {one.user_id: one for one in consultation.invitations.all()}
    if any(m.user_id in known and not known[m.user_id].stands for m in chosen):
        raise ActionError(_("Somebody whom you chose cannot be invited."), field="invitees")
    invite_all(consultation, by, [m for m in chosen if m.user_id not in known])
