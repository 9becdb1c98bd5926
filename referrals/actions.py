"""Deciding, handing over, and hearing back."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.access import Permission
from accounts.models import User
from cases.actions import check, file_record, lock, refresh
from cases.models import Case
from referrals.models import Decision, Feedback, HelpPlan, Referral


@transaction.atomic
def decide(
    case: Case, by: User, key: UUID, *, plan: str = "", report_fields: dict[str, Any], **fields: Any
) -> Decision:
    """File the two decisions of step 5; each way that leads out of the school gets its referral."""
    check(by, Permission.MOVE_CASE, case)
    case = lock(case)
    decision, new = file_record(Decision, case, by, key, **fields)
    if new:
        if decision.report:
            Referral.objects.create(decision=decision, to=Referral.To.VEILIG_THUIS, **report_fields)
        if decision.help == Decision.Help.BUURTTEAM:
            Referral.objects.create(decision=decision, to=Referral.To.BUURTTEAM, family_told=True)
        if decision.help == Decision.Help.OWN:
            HelpPlan.objects.create(decision=decision, goals=plan)
    refresh(case, by)
    return decision


@transaction.atomic
def mark_sent(referral: Referral, by: User) -> Referral:
    """Record that a referral was sent or told by telephone; a second time changes nothing."""
    case = lock(referral.decision.case)
    check(by, Permission.MOVE_CASE, case)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.sent_at is None:
        referral.sent_at, referral.sent_by = timezone.now(), by
        referral.save(update_fields=["sent_at", "sent_by"])
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
