"""Asking, inviting, advising, and recording the outcome.

Each locks the case first, then the consultation, then an invitation: so nobody waits for another
who waits for them, and whoever withdraws or closes does so before an advice or after it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission
from accounts.models import Membership, User
from accounts.most import check_room
from audit.about import apart_from
from cases.actions import check, file_record, lock, refresh
from cases.errors import KEY_USED, ActionError
from cases.models import Case
from consultations.kinds import ACCEPTED, ADVISED, ENDED, INVITED, MENTIONED, OUTCOME
from consultations.models import Advice, Consultation, Invitation, Mention, SharedPiece
from consultations.querysets import people_in
from consultations.room import may_conclude
from consultations.sharing import Veil, chosen
from consultations.telling import joined, tell, who_asked


@transaction.atomic
def ask_consultation(
    case: Case,
    by: User,
    key: UUID,
    *,
    invitees: Iterable[Membership] = (),
    share: Iterable[str] = (),
    hidden_words: str = "",
    **fields: Any,
) -> Consultation:
    """Ask for a consultation, share records with it, and invite people to it (step 2).

    ``share``: keys of ``sharing.pieces_of``; ``hidden_words``: names to leave out of these records,
    with commas between. Raises ``ActionError`` when a record is not there to share any more, or
    when they are too many.
    """
    invitees = one_of_each(invitees, by)
    check(by, Permission.ASK_CONSULTATION, case)
    if invitees:
        check(by, Permission.CHAIR_CONSULTATION, case)
    case = lock(case)
    consultation, new = file_record(Consultation, case, by, key, **fields)
    if new:
        asked = case.consultations.filter(closed_at__isnull=True, author=by)
        check_room("consultations", asked.exclude(pk=consultation.pk))
        _share(consultation, by, share, hidden_words)
        invite_all(consultation, by, invitees)
    refresh(case, by)
    return consultation


def one_of_each(invitees: Iterable[Membership], by: User) -> list[Membership]:
    """Return one membership of each person, with all of theirs held, and of who invites them.

    Somebody with two roles can be ticked twice; they are invited once.
    """
    by_person = {membership.user_id: membership for membership in invitees}
    chosen = [by_person[user_id] for user_id in sorted(by_person)]
    by.hold_memberships(*(membership.user for membership in chosen))
    return chosen


def invite_all(consultation: Consultation, by: User, invitees: list[Membership]) -> None:
    """Invite people of ``one_of_each`` to a consultation of a locked case, and have them told."""
    _check_invitable(consultation.case, invitees)
    for m in invitees:  # one by one: the audit hears of each
        tell_invited(
            Invitation.objects.create(
                consultation=consultation, user=m.user, buurtteam=m.buurtteam, invited_by=by
            )
        )


def tell_invited(invitation: Invitation) -> Invitation:
    """Have somebody told that they are invited; returns the invitation."""
    key = str(invitation.public_id)
    tell(INVITED, invitation.consultation, [invitation.user_id], key)
    return invitation


def _share(consultation: Consultation, by: User, keys: Iterable[str], hidden_words: str) -> None:
    """Keep what goes along as the receiver reads it: what is corrected later is not theirs."""
    veil = Veil.of(
        consultation.case, named=consultation.named, hidden_words=hidden_words,
    )  # fmt: skip
    pieces = chosen(consultation.case, by, keys, veil)
    for position, piece in enumerate(pieces, start=1):
        SharedPiece.objects.create(
            consultation=consultation, position=position, title=piece.title, text=piece.text
        )


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
    invitation = own_invitation(invitation, by)
    if invitation.accepted_at is None:
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at"])
        key = str(invitation.public_id)
        tell(ACCEPTED, invitation.consultation, who_asked(invitation), key, by=by)
    return invitation


def own_invitation(invitation: Invitation, by: User) -> Invitation:
    """Return the user's own invitation, locked behind its case. In a transaction.

    Raises ``ActionError`` when they answered it otherwise already, and ``PermissionDenied`` when it
    is not theirs any more.
    """
    by.hold_memberships()
    lock(invitation.consultation.case, to_change=False)
    found = (
        Invitation.objects.of(by).filter(pk=invitation.pk).select_for_update(of=("self",)).first()
    )
    if found is not None:
        return found
    if Invitation.objects.sent_to(by).answered().filter(pk=invitation.pk).exists():
        raise ActionError(_("You answered this invitation already."))
    raise PermissionDenied


@transaction.atomic
def withdraw_invitation(invitation: Invitation, by: User) -> None:
    """End an invitation; what was written under it stays. A second time changes nothing.

    Raises ``ActionError`` when it ended with its consultation: who took part till then stays so.
    And when whoever was invited gave it to a colleague meanwhile, who thinks along now.
    """
    check(by, Permission.CHAIR_CONSULTATION, invitation.consultation.case)
    open_consultation(invitation.consultation)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.handed_over_at:
        raise ActionError(_("It was handed over to a colleague. Withdraw that invitation."))
    if invitation.stands:
        invitation.withdrawn_at = timezone.now()
        invitation.save(update_fields=["withdrawn_at"])


@apart_from("")  # as what else ends with a role (``cases.handing_on``)
def withdraw_invitations_of(membership: Membership, **kwargs: Any) -> None:
    """Withdraw what somebody was invited to through a role that ended.

    (``accounts.signals.membership_ended``.) They stop seeing it at once either way; this way it
    does not come back with a next role.
    """
    place = {"school": membership.school_id, "buurtteam": membership.buurtteam_id}
    advise = [role for role in access.ROLES if access.scope(role, Permission.ADVISE)]
    if Membership.objects.held_beside(membership).filter(role__in=advise, **place).exists():
        return
    through = Invitation.objects.standing().filter(
        user=membership.user_id, buurtteam=membership.buurtteam_id
    )
    if membership.school_id:
        through = through.filter(consultation__case__school_id=membership.school_id)
    # What ended with its consultation or case stays as it ended: nobody is withdrawn from that.
    through = through.filter(
        consultation__closed_at__isnull=True, consultation__case__closed_at__isnull=True
    )
    # Locked: whoever declines or hands over at this very moment did that.
    for invitation in through.select_for_update(of=("self",)).order_by("pk"):
        invitation.withdrawn_at = timezone.now()
        invitation.save(update_fields=["withdrawn_at"])


@transaction.atomic
def give_advice(
    consultation: Consultation, by: User, key: UUID, text: str, mentions: Iterable[User] = ()
) -> Advice:
    """Write advice in an open consultation that one joined, or that is of one's own care team.

    ``mentions``: whose eye is asked for. Raises ``ActionError`` when one of them no longer takes
    part, and ``PermissionDenied`` when the writer does not.
    """
    by.hold_memberships()
    lock(consultation.case, to_change=False)  # the case first, as for its outcome
    consultation = open_consultation(consultation)
    if not may_advise(consultation, by):
        raise PermissionDenied
    written = Advice.objects.filter(idempotency_key=key).first()
    if written is None:
        written = Advice.objects.create(
            consultation=consultation, author=by, idempotency_key=key, text=text
        )
        _tell_of_advice(written, consultation, _mention(written, consultation, mentions))
    elif (written.author_id, written.consultation_id) != (by.pk, consultation.pk):
        raise ActionError(KEY_USED)
    return written


def _mention(advice: Advice, consultation: Consultation, mentions: Iterable[User]) -> set[int]:
    """Ask for the eye of people, and return their ids."""
    named = list(mentions)
    if not named:
        return set()
    here = set(people_in(consultation).values_list("pk", flat=True))
    if not {user.pk for user in named} <= here:
        raise ActionError(_("Somebody whom you ask no longer takes part."), field="mentions")
    for user in named:
        Mention.objects.create(advice=advice, user=user)
    return {user.pk for user in named}


def _tell_of_advice(advice: Advice, consultation: Consultation, mentioned: set[int]) -> None:
    """Tell whose eye is asked for, and who asked; once, who is both."""
    asked = {consultation.author_id} - mentioned
    tell(MENTIONED, consultation, mentioned, str(advice.pk), by=advice.author)
    tell(ADVISED, consultation, asked, str(advice.pk), by=advice.author)


def may_advise(consultation: Consultation, user: User) -> bool:
    """Tell whether the user may write in a consultation: they joined it, or they chair it."""
    joined = Invitation.objects.giving_access_to(user).filter(consultation=consultation)
    return joined.exists() or Consultation.objects.run_by(user).filter(pk=consultation.pk).exists()


@transaction.atomic
def record_outcome(
    consultation: Consultation,
    by: User,
    *,
    held_at: datetime,
    outcome: str,
    next_talk: str,
    talk: str = Consultation.Talk.NOW,
    decided_by: str = "",
) -> Consultation:
    """Record what came of a consultation and close it; every invitation ends with that (R15).

    ``decided_by``: who decided it, in words; left empty it is whoever records it.
    """
    by.hold_memberships()
    case = lock(consultation.case)
    if not may_conclude(consultation, by):
        raise PermissionDenied
    # Compared here: the database cannot tell what is encrypted.
    before = Consultation.objects.filter(pk=consultation.pk, closed_by=by).first()
    if before is not None and (before.outcome, before.next_talk) == (outcome, next_talk):
        return before
    consultation = open_consultation(consultation)
    guests = joined(consultation)
    staff = set(people_in(consultation).values_list("pk", flat=True)) - guests
    consultation.held_at, consultation.outcome = held_at, outcome
    consultation.talk, consultation.next_talk = talk, next_talk
    consultation.decided_by = decided_by or by.name
    consultation.closed_at, consultation.closed_by = timezone.now(), by
    consultation.save(update_fields=sorted(Consultation.CONCLUSION))
    tell(OUTCOME, consultation, staff | {case.responsible_id}, consultation.reference, by=by)
    tell(ENDED, consultation, guests, consultation.reference, by=by)
    refresh(case, by)
    return consultation


def open_consultation(consultation: Consultation) -> Consultation:
    """Return the consultation, locked behind its case. Raises ``ActionError`` when it is closed."""
    locked = (
        Consultation.objects.select_for_update(of=("self",))
        .select_related("case")
        .get(pk=consultation.pk)
    )
    if not (locked.is_open and locked.case.is_open):
        raise ActionError(_("This consultation is closed already."))
    return locked
