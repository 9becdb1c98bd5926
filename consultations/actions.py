"""Asking, inviting, advising, and recording the outcome."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission
from accounts.models import Membership, User
from cases.actions import check, file_record, lock, refresh
from cases.errors import KEY_USED, ActionError
from cases.models import Case
from consultations.models import Advice, Consultation, Invitation


@transaction.atomic
def ask_consultation(
    case: Case, by: User, key: UUID, *, invitees: Iterable[Membership] = (), **fields: Any
) -> Consultation:
    """Ask for a consultation and invite people to it (step 2)."""
    check(by, Permission.ASK_CONSULTATION, case)
    # Somebody with two roles can be ticked twice; they are invited once.
    by_person = {membership.user_id: membership for membership in invitees}
    invitees = [by_person[user_id] for user_id in sorted(by_person)]
    for membership in invitees:  # locked in one order
        membership.user.hold_memberships()
    if invitees:
        check(by, Permission.CHAIR_CONSULTATION, case)
    case = lock(case)
    consultation, new = file_record(Consultation, case, by, key, **fields)
    if new:
        _check_invitable(case, invitees)
        for m in invitees:  # one by one: the audit hears of each
            Invitation.objects.create(
                consultation=consultation, user=m.user, buurtteam=m.buurtteam, invited_by=by
            )
    refresh(case, by)
    return consultation


def _check_invitable(case: Case, invitees: Iterable[Membership]) -> None:
    """Raise ``ActionError`` when a role ended, or somebody was kept out, since the form was read.

    What they had would come back with a next role, or when the conflict of interest ends.
    """
    ids = {membership.pk for membership in invitees}
    standing = Membership.objects.current().filter(pk__in=ids)
    kept_out = case.pupil.shut_outs.standing().values("user")
    if standing.exclude(user__in=kept_out).count() != len(ids):
        raise ActionError(_("Somebody whom you chose cannot be invited."), field="invitees")


@transaction.atomic
def record_call(
    case: Case, by: User, key: UUID, *, held_at: datetime, outcome: str, **fields: Any
) -> Consultation:
    """File a call that was made: asked and answered at once, on one screen (R3, R4, R13)."""
    check(by, Permission.ASK_CONSULTATION, case)
    case = lock(case)
    now = timezone.now()
    call, __ = file_record(
        Consultation, case, by, key, recorded_at=now,
        held_at=held_at, outcome=outcome, closed_at=now, closed_by=by, **fields,
    )  # fmt: skip
    refresh(case, by)
    return call


@transaction.atomic
def accept_invitation(invitation: Invitation, by: User) -> Invitation:
    """Accept one's own invitation; from then on the consultation is open to them."""
    invitation = (
        Invitation.objects.of(by).filter(pk=invitation.pk).select_for_update(of=("self",)).first()
    )
    if invitation is None:
        raise PermissionDenied
    if invitation.accepted_at is None:
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at"])
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, by: User) -> None:
    """End an invitation; what was written under it stays. A second time changes nothing."""
    check(by, Permission.CHAIR_CONSULTATION, invitation.consultation.case)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = timezone.now()
        invitation.save(update_fields=["withdrawn_at"])


def withdraw_invitations_of(membership: Membership, **kwargs: Any) -> None:
    """Withdraw what somebody was invited to through a role that ended, in that transaction.

    (``accounts.signals.membership_ended``.) They stop seeing it at once either way; this way it
    does not come back with a next role.
    """
    standing = Invitation.objects.filter(user=membership.user_id, withdrawn_at__isnull=True)
    if membership.buurtteam_id:
        through = standing.filter(buurtteam_id=membership.buurtteam_id)
    else:
        others = Membership.objects.current().filter(
            user=membership.user_id, school_id=membership.school_id
        )
        if others.exclude(pk=membership.pk).exists():
            return
        through = standing.filter(
            buurtteam__isnull=True, consultation__case__school_id=membership.school_id
        )
    for invitation in through.filter(consultation__closed_at__isnull=True):
        invitation.withdrawn_at = timezone.now()
        invitation.save(update_fields=["withdrawn_at"])


@transaction.atomic
def give_advice(consultation: Consultation, by: User, key: UUID, text: str) -> Advice:
    """Write advice in an open consultation that one joined, or that is of one's own care team."""
    lock(consultation.case, to_change=False)  # the case first, as for its outcome
    consultation = _open(consultation)
    joined = Invitation.objects.giving_access_to(by).filter(consultation=consultation).exists()
    if not joined and not Consultation.objects.run_by(by).filter(pk=consultation.pk).exists():
        raise PermissionDenied
    written = Advice.objects.filter(idempotency_key=key).first()
    if written is None:
        return Advice.objects.create(
            consultation=consultation, author=by, idempotency_key=key, text=text
        )
    if (written.author_id, written.consultation_id) != (by.pk, consultation.pk):
        raise ActionError(KEY_USED)
    return written


@transaction.atomic
def record_outcome(
    consultation: Consultation,
    by: User,
    *,
    held_at: datetime,
    outcome: str,
    next_talk: str,
    talk: str = Consultation.Talk.NOW,
) -> Consultation:
    """Record what came of a consultation and close it; every invitation ends with that (R15)."""
    case = lock(consultation.case)
    if not may_conclude(consultation, by):
        raise PermissionDenied
    sent_before = Consultation.objects.filter(
        pk=consultation.pk, closed_by=by, outcome=outcome, next_talk=next_talk
    ).first()
    if sent_before is not None:
        return sent_before
    consultation = _open(consultation)
    consultation.held_at, consultation.outcome = held_at, outcome
    consultation.talk, consultation.next_talk = talk, next_talk
    consultation.closed_at, consultation.closed_by = timezone.now(), by
    consultation.save(update_fields=sorted(Consultation.settable_after_filing))
    refresh(case, by)
    return consultation


def may_conclude(consultation: Consultation, user: User) -> bool:
    """Tell whether the user records the outcome: who chairs it, or who asked and still may."""
    if Consultation.objects.run_by(user).filter(pk=consultation.pk).exists():
        return True
    asks = Case.objects.permitted(user, Permission.ASK_CONSULTATION)
    return consultation.author_id == user.pk and asks.filter(pk=consultation.case_id).exists()


def _open(consultation: Consultation) -> Consultation:
    locked = (
        Consultation.objects.select_for_update(of=("self",))
        .select_related("case")
        .get(pk=consultation.pk)
    )
    if not (locked.is_open and locked.case.is_open):
        raise ActionError(_("This consultation is closed already."))
    return locked
