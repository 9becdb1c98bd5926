"""Changing a case: each function is one change, in one transaction, checked, and followed by a
fresh look of the protocol at the case (``refresh``)."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from accounts import access
from accounts.access import Permission
from accounts.models import User
from cases.deadlines import due_at, reminder_moment
from cases.errors import KEY_USED, ActionError
from cases.facts import facts_for
from cases.models import Answer, Assessment, Case, Conversation, Pupil, Record, StepChange
from cases.protocol import Guidance, guide

M = TypeVar("M", bound=Model)
R = TypeVar("R", bound=Record)
# With a million references given out, three draws in a row are taken once in 700 million times.
DRAWS = 3

# What a case repeats of what the protocol says (``apply_guidance``).
GUIDED = ("step", "attention", "period", "period_since", "deadline", "next_due")


def check(user: User, permission: Permission, case: Case) -> None:
    """Raise ``PermissionDenied`` unless the user holds the permission for the case."""
    if not Case.objects.permitted(user, permission).filter(pk=case.pk).exists():
        raise PermissionDenied


def lock(case: Case, *, to_change: bool = True) -> Case:
    """Return the case, locked until the transaction ends. A closed one cannot be changed."""
    locked = Case.objects.select_for_update(of=("self",)).select_related("pupil").get(pk=case.pk)
    if to_change and not locked.is_open:
        raise ActionError(_("This case is closed; it cannot be changed any more."))
    return locked


def open_case(pupil: Pupil, by: User) -> Case:
    """Return the pupil's open case, locked; open one when there is none. In a transaction."""
    Pupil.objects.select_for_update().get(pk=pupil.pk)  # two first signals at once: one case
    case = Case.objects.open().filter(pupil=pupil).first()
    if case is None:
        case = create(Case, school_id=pupil.school_id, pupil=pupil)
        StepChange.objects.create(case=case, from_step=None, to_step=1, by=by)
    return lock(case)


def file_record(
    model: type[R], case: Case, author: User, key: UUID, **fields: Any
) -> tuple[R, bool]:
    """File a record in a locked case, once per key. Returns it, and whether it is new."""
    filed = model.objects.filter(idempotency_key=key).first()
    if filed is not None:
        if (filed.author_id, filed.case_id) != (author.pk, case.pk):
            raise ActionError(KEY_USED)
        return filed, False
    fields |= {"case": case, "cycle": case.cycle, "author": author, "idempotency_key": key}
    return create(model, **fields), True


def create(model: type[M], **fields: Any) -> M:
    """Create a row. Where its random reference is taken already, draw another."""
    for __ in range(DRAWS - 1):
        try:
            with transaction.atomic():
                return model.objects.create(**fields)
        except IntegrityError:
            continue
    return model.objects.create(**fields)


def refresh(case: Case, by: User | None, now: datetime | None = None) -> Guidance:
    """Let the protocol look at a locked case again; write down its step, attention and deadline."""
    now = now or timezone.now()
    guidance = guide(facts_for(case, now))
    follow(case, guidance, by, now)
    case.save(update_fields=GUIDED)
    return guidance


def follow(case: Case, guidance: Guidance, by: User | None, now: datetime) -> None:
    """Set on a locked case what the protocol says of it, without saving; keep a change of step."""
    if guidance.step != case.step:
        StepChange.objects.create(
            case=case, cycle=case.cycle, from_step=case.step, to_step=guidance.step, by=by, at=now
        )
    apply_guidance(case, guidance)


def apply_guidance(case: Case, guidance: Guidance) -> None:
    """Set on the case what the protocol says of it, without saving."""
    case.step = guidance.step
    case.attention = int(guidance.attention)
    if guidance.deadline is None:
        case.period, case.period_since, case.deadline, case.next_due = "", None, None, None
        return
    due = due_at(guidance.deadline)
    unchanged = case.deadline == due and case.period == guidance.deadline.period.code
    case.period = guidance.deadline.period.code
    case.period_since = guidance.deadline.since
    case.deadline = due
    if not unchanged:
        # Reminders start anew with each new deadline.
        case.next_due = reminder_moment(
            0, case.period_since, due, accelerated=guidance.deadline.hours is not None
        )


@transaction.atomic
def take_on(case: Case, by: User) -> Case:
    """Make the user responsible for the case."""
    check(by, Permission.ASSIGN_CASE, case)
    case = lock(case)
    case.responsible = by
    case.save(update_fields=["responsible"])
    return case


@transaction.atomic
def add_participant(case: Case, by: User, person: User, *, hand_over: bool) -> None:
    """Let a colleague of the school take part in the case; hand it over to be moved by them too."""
    check(by, Permission.ASSIGN_CASE, case)
    case = lock(case)
    if case.school_id not in access.school_ids(
        person, Permission.SEE_CASE, access.Scope.TAKES_PART
    ):
        raise ActionError(_("Choose a colleague of this school."), field="person")
    assign_perm("cases.take_part", person, case)
    if hand_over:
        assign_perm("cases.handed_over", person, case)
        case.responsible = person
        case.save(update_fields=["responsible"])


@transaction.atomic
def remove_participant(case: Case, by: User, person: User) -> None:
    """End somebody's part in the case; who was responsible no longer is."""
    check(by, Permission.ASSIGN_CASE, case)
    case = lock(case)
    for permission in ("cases.take_part", "cases.handed_over"):
        remove_perm(permission, person, case)
    if case.responsible_id == person.pk:
        case.responsible = None
        case.save(update_fields=["responsible"])


@transaction.atomic
def record_conversation(case: Case, by: User, key: UUID, **fields: Any) -> Conversation:
    """File a conversation, or that there was none for safety (step 3)."""
    check(by, Permission.MOVE_CASE, case)
    case = lock(case)
    conversation, __ = file_record(Conversation, case, by, key, **fields)
    refresh(case, by)
    return conversation


@transaction.atomic
def record_assessment(
    case: Case, by: User, key: UUID, answers: dict[str, tuple[str, str]], **fields: Any
) -> Assessment:
    """File an assessment (step 4); ``answers`` maps a question's code to answer and grounds."""
    check(by, Permission.MOVE_CASE, case)
    case = lock(case)
    assessment, new = file_record(Assessment, case, by, key, **fields)
    if new:
        Answer.objects.bulk_create(
            Answer(assessment=assessment, question=code, answer=answer, grounds=grounds)
            for code, (answer, grounds) in answers.items()
        )
    refresh(case, by)
    return assessment


@transaction.atomic
def close_case(case: Case, by: User, *, outcome: str, grounds: str, agreements: str) -> Case:
    """Close the case, after a decision only (R43, R44)."""
    check(by, Permission.MOVE_CASE, case)
    case = lock(case, to_change=False)
    if case.closed_by_id == by.pk:
        return case  # sent twice
    case = lock(case)
    now = timezone.now()
    if not guide(facts_for(case, now)).may_close:
        raise ActionError(_("A case is closed only after a decision (step 5)."))
    case.outcome, case.closing_grounds, case.closing_agreements = outcome, grounds, agreements
    case.closed_at, case.closed_by = now, by
    case.save(
        update_fields=["outcome", "closing_grounds", "closing_agreements", "closed_at", "closed_by"]
    )
    refresh(case, by, now)
    return case
