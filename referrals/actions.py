"""Deciding, handing over, and hearing back."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission
from accounts.models import User
from cases.actions import check, deviate, file_record, file_step, guidance_for, lock, refresh
from cases.errors import ActionError
from cases.models import Case, Deviation
from referrals.models import Decision, Feedback, HelpPlan, Referral

# The rule that is not followed when a referral is withdrawn.
RULE_OF = {Referral.To.VEILIG_THUIS: "R37", Referral.To.BUURTTEAM: "R34"}


@transaction.atomic
def decide(
    case: Case,
    by: User,
    key: UUID,
    *,
    plan: str = "",
    report_fields: dict[str, Any],
    motivation: str = "",
    override_grounds: str = "",
    **fields: Any,
) -> Decision:
    """File the two decisions of step 5; each way that leads out of the school gets its referral.

    Decided otherwise than follows from the weighing, it asks for grounds (R28).
    """
    check(by, Permission.MOVE_CASE, case)
    case = lock(case)
    guidance = guidance_for(case)
    decision, new = file_step(
        Decision, case, by, key, guidance=guidance, step=5, motivation=motivation, **fields
    )
    if new:
        against = guidance.decisions.overridden(
            report=decision.report, helps=decision.help != Decision.Help.NONE
        )
        if against and not override_grounds:
            message = _("This is not what follows from the weighing. Write down your grounds.")
            raise ActionError(message, field="override_grounds")
        if against:
            kind = Deviation.Kind.OVERRIDDEN
            deviate(case, by, kind, 5, override_grounds, against[0])
        _overtake(decision, by)
        if decision.report:
            Referral.objects.create(decision=decision, to=Referral.To.VEILIG_THUIS, **report_fields)
        if decision.help == Decision.Help.BUURTTEAM:
            Referral.objects.create(decision=decision, to=Referral.To.BUURTTEAM, family_told=True)
        if decision.help == Decision.Help.OWN:
            HelpPlan.objects.create(decision=decision, goals=plan)
    refresh(case, by)
    return decision


def _overtake(decision: Decision, by: User) -> None:
    """Withdraw what was not sent yet and is decided on anew: it is sent once, by the new words."""
    receivers = {Referral.To.VEILIG_THUIS} if decision.report else set()
    if decision.help == Decision.Help.BUURTTEAM:
        receivers.add(Referral.To.BUURTTEAM)
    waiting = Referral.objects.filter(
        decision__case=decision.case, to__in=receivers, sent_at=None, withdrawn_at=None
    )
    for referral in waiting.select_for_update(of=("self",)):
        _withdraw(referral, by, _("Decided on anew."))


def _withdraw(referral: Referral, by: User, reason: str) -> None:
    referral.withdrawn_at, referral.withdrawn_by = timezone.now(), by
    referral.withdrawn_reason = reason
    referral.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])


@transaction.atomic
def withdraw(referral: Referral, by: User, *, reason: str) -> Referral:
    """Withdraw a referral that was not sent, with why; a second time changes nothing."""
    case = lock(referral.decision.case)
    check(by, Permission.MOVE_CASE, case)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.sent_at is not None:
        raise ActionError(_("This was sent already."))
    if referral.withdrawn_at is None:
        _withdraw(referral, by, reason)
        deviate(case, by, Deviation.Kind.NOT_DONE, 5, reason, RULE_OF[referral.to])
    refresh(case, by)
    return referral


@transaction.atomic
def mark_sent(referral: Referral, by: User) -> Referral:
    """Record that a referral was sent or told by telephone; a second time changes nothing."""
    case = lock(referral.decision.case)
    check(by, Permission.MOVE_CASE, case)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.withdrawn_at is not None:
        raise ActionError(_("This was withdrawn."))
    if referral.sent_at is None:
        referral.sent_at, referral.sent_by = timezone.now(), by
        referral.save(update_fields=["sent_at", "sent_by"])
    refresh(case, by)
    return referral


@transaction.atomic
def confirm_received(referral: Referral, by: User) -> Referral:
    """Record that the receiver said it came in; a second time changes nothing (R34, R37)."""
    case = lock(referral.decision.case)
    check(by, Permission.MOVE_CASE, case)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.sent_at is None:
        raise ActionError(_("This was not sent yet."))
    if referral.confirmed_at is None:
        referral.confirmed_at, referral.confirmed_by = timezone.now(), by
        referral.save(update_fields=["confirmed_at", "confirmed_by"])
    refresh(case, by)
    return referral


@transaction.atomic
def record_feedback(case: Case, by: User, key: UUID, **fields: Any) -> Feedback:
    """File what was heard or seen after the decision: does the help work?"""
    check(by, Permission.MOVE_CASE, case)
    case = lock(case)
    feedback, __ = file_record(Feedback, case, by, key, **fields)
    refresh(case, by)
    return feedback
