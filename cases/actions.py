"""Changing a case: each function is one change, in one transaction, checked, and followed by a
fresh look of the protocol at the case (``refresh``)."""

from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from guardian.shortcuts import assign_perm, remove_perm

from accounts import access
from accounts.access import Permission
from accounts.models import User
from audit.about import apart_from
from cases.conversations.consent import handing_over
from cases.deadlines import look_again, running
from cases.errors import KEY_USED, ActionError
from cases.facts import facts_for, handed_over
from cases.models import (
    Answer,
    Assessment,
    Case,
    Conversation,
    Deviation,
    LookBack,
    Pupil,
    Record,
    Statement,
    StepChange,
)
from cases.notifications.kinds import RESPONSIBLE, TAKES_PART
from cases.notifications.telling import notify
from cases.protocol import STEPS, Course, Guidance, Rule, conditions, guide
from cases.retention import set_retention
from cases.waiting.ending import end_if_pointless

# How a case ends on a ground of its own, and the rule that says so; else on a decision (R28).
WITHOUT_DECISION = {
    Case.Outcome.WITH_THE_BOARD: "R9",
    Case.Outcome.CLEARED: "R22",
    Case.Outcome.UNFOUNDED: "R25",
}

M = TypeVar("M", bound=Model)
R = TypeVar("R", bound=Record)
# With a million references given out, three draws in a row are taken once in 700 million times.
DRAWS = 3

# What is filed in a case about somebody of the school (R9): it does not walk the steps.
WITH_THE_BOARD = frozenset({"signal", "signalfinding", "lookback", "attachment", "statement"})
BOARD_ONLY = gettext_lazy("This case is for the school board alone.")

# What a case repeats of what the protocol says (``apply_guidance``).
GUIDED = ("step", "attention", "in_charge", "period", "period_since", "deadline", "next_due")


def check(user: User, permission: Permission, case: Case) -> None:
    """Raise ``PermissionDenied`` unless the user holds the permission for the case.

    In a transaction the user's roles and the case are locked first: whom somebody keeps out at this
    very moment is refused, and does not write behind it. Nor does whose role ends meanwhile.
    """
    user.hold_memberships()
    if connection.in_atomic_block and connection.features.has_select_for_update:
        Case.objects.select_for_update(of=("self",)).filter(pk=case.pk).values("pk").first()
    if not Case.objects.permitted(user, permission).filter(pk=case.pk).exists():
        raise PermissionDenied


def lock(case: Case, *, to_change: bool = True) -> Case:
    """Return the case, locked until the transaction ends. A closed one cannot be changed."""
    locked = Case.objects.select_for_update(of=("self",)).select_related("pupil").get(pk=case.pk)
    if to_change and not locked.is_open:
        raise ActionError(_("This case is closed; it cannot be changed any more."))
    return locked


def open_case(pupil: Pupil, by: User, *, restricted: bool = False) -> Case:
    """Return the pupil's open case, locked; open one when there is none. In a transaction.

    ``restricted``: the one about somebody who works at the school, which runs apart (R9).
    """
    Pupil.objects.hold(pupil.pk)  # two first signals at once: one case
    case = Case.objects.open().filter(pupil=pupil, restricted=restricted).first()
    if case is None:
        case = create(Case, school_id=pupil.school_id, pupil=pupil, restricted=restricted)
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
    if case.restricted and model._meta.model_name not in WITH_THE_BOARD:
        raise ActionError(BOARD_ONLY)
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
    closed = [case.pk] if case.closed_at else []
    facts = facts_for(case, now, newer=not handed_over(closed))
    guidance = guide(facts)
    # What somebody did has a row of its own. By one of what follows from it, or by its absence, who
    # sees references alone would know that an earlier case counts, or how severe it is.
    with apart_from(""):
        if facts.put_off is not None and end_if_pointless(case, facts, guidance, by):
            guidance = guide(replace(facts, put_off=None))
        follow(case, guidance, by, now)
        case.save(update_fields=GUIDED)
    return guidance


def follow(
    case: Case, guidance: Course, by: User | None, now: datetime, *, said: bool = False
) -> None:
    """Set on a locked case what the protocol says of it, without saving; keep a change of step.

    ``said``: whoever calls it writes down what is to be said by now.
    """
    if guidance.step != case.step:
        StepChange.objects.create(
            case=case, cycle=case.cycle, from_step=case.step, to_step=guidance.step, by=by, at=now
        )
    apply_guidance(case, guidance, now, said=said)


def apply_guidance(case: Case, guidance: Course, now: datetime, *, said: bool = False) -> None:
    """Set on the case what the protocol says of it, without saving."""
    case.step = guidance.step
    case.attention = int(guidance.attention)
    case.in_charge = guidance.in_charge
    periods = running(guidance)
    if not periods:
        case.period, case.period_since, case.deadline, case.next_due = "", None, None, None
        return
    first = periods[0]
    case.period = first.deadline.period.code
    case.period_since, case.deadline = first.deadline.since, first.due
    # What was said of each period is written down; the sweep looks from where it stands by now.
    case.next_due = look_again(guidance, now, said=said)


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
    """Let a colleague of the school take part in the case; hand it over to be moved by them too.

    Nobody themselves: it would outlast the role by which they may, for whoever is a teacher too.
    """
    by.hold_memberships(person)
    check(by, Permission.ASSIGN_CASE, case)
    if person == by:
        raise ActionError(_("You see this case by your role. Choose a colleague."), field="person")
    case = lock(case)
    if case.restricted:
        raise ActionError(BOARD_ONLY)
    if not _works_here(person, case):
        raise ActionError(_("Choose a colleague of this school."), field="person")
    if case.pupil.shut_outs.standing().filter(user=person).exists():
        raise ActionError(
            _("This colleague is kept out: there is a conflict of interest."), field="person"
        )
    grant = assign_perm("cases.take_part", person, case)
    about = {"by": by, "case": case, "urgent": case.accelerated}
    if not hand_over:
        notify(TAKES_PART, [person.pk], str(grant.pk), **about)
        return
    assign_perm("cases.handed_over", person, case)
    if case.responsible_id != person.pk:
        case.responsible = person
        case.save(update_fields=["responsible"])
        # Handed over again after somebody else had it, it is told again.
        notify(RESPONSIBLE, [person.pk], f"{case.pk} {timezone.now().isoformat()}", **about)


def _works_here(person: User, case: Case) -> bool:
    """Tell whether somebody may take part in a case by a role at its school, as the form asks it.

    Also whose role opens nothing yet (``accounts.querysets.apart``): refused, it would tell that
    one elsewhere has just ended. But for one here: with that this part would be taken back.
    """
    takes_part = access.roles_at(Permission.SEE_CASE, access.Scope.TAKES_PART)
    here = User.objects.with_role_at([case.school_id], takes_part).filter(pk=person.pk)
    left = person.memberships.to_wind_up().filter(school_id=case.school_id)
    return here.exists() and not left.exists()


@transaction.atomic
def remove_participant(case: Case, by: User, person: User) -> None:
    """End somebody's part in the case; who was responsible no longer is.

    Of a closed one too: need to know ends, and who was responsible for it stays a fact.
    """
    check(by, Permission.ASSIGN_CASE, case)
    case = lock(case, to_change=False)
    for permission in ("cases.take_part", "cases.handed_over"):
        remove_perm(permission, person, case)
    if case.is_open and case.responsible_id == person.pk:
        case.responsible = None
        case.save(update_fields=["responsible"])


def file_step(
    model: type[R],
    case: Case,
    by: User,
    key: UUID,
    *,
    guidance: Guidance,
    step: int,
    motivation: str,
    **fields: Any,
) -> tuple[R, bool]:
    """File the record of a step in a locked case; taken before another one, with why.

    ``guidance``: as it was before. Returns the record, and whether it is new.
    """
    record, new = file_record(model, case, by, key, **fields)
    waiting = guidance.waiting_before(step) if new else ()
    blocked = guidance.blocked_before(step) if new else ()
    if (waiting or blocked) and not motivation:
        raise ActionError(_("Write down why you take this step now."), field="motivation")
    if blocked:
        deviate(case, by, Deviation.Kind.ORDER, step, motivation, blocked[0].code)
    elif waiting or (new and motivation):  # what was typed is kept, settled meanwhile or not
        deviate(case, by, Deviation.Kind.ORDER, step, motivation)
    return record, new


def deviate(
    case: Case, by: User, kind: Deviation.Kind, step: int, grounds: str, rule: str = ""
) -> Deviation:
    """Write down in a locked case what is done otherwise than asked, and why."""
    return Deviation.objects.create(
        case=case, cycle=case.cycle, author=by, kind=kind, step=step, rule=rule, grounds=grounds
    )


def guidance_for(case: Case) -> Guidance:
    """Return what the protocol says of a case now."""
    return guide(facts_for(case, timezone.now()))


@transaction.atomic
def explain(case: Case, by: User, key: UUID, *, rule: Rule, grounds: str) -> Deviation:
    """Leave out what a rule asks, with written grounds; a step, where that is what it asks for.

    Raises ``ActionError`` when the rule does not ask anything now, or cannot be explained away.
    """
    check(by, Permission.MOVE_CASE, case)
    case = lock(case)
    filed = Deviation.objects.filter(idempotency_key=key).first()
    asked = {task.rule for task in guidance_for(case).tasks}
    if filed is None and (rule not in asked or not rule.explainable):
        raise ActionError(_("This is not asked any more."))
    kind, step = kind_and_step(rule)
    deviation, __ = file_record(
        Deviation, case, by, key, kind=kind, step=step, rule=rule.code, grounds=grounds
    )
    refresh(case, by)
    return deviation


def kind_and_step(rule: Rule) -> tuple[Deviation.Kind, int]:
    """Return what it is to explain a rule away: a step left out or a thing not done; and where."""
    for step in STEPS:
        if rule.code in step.rules:
            return Deviation.Kind.SKIPPED, step.number
    return Deviation.Kind.NOT_DONE, rule.step


@transaction.atomic
def look_back(case: Case, by: User, key: UUID, *, result: str, **words: str) -> LookBack:
    """File what one sees of the pupil now: at a single signal (R1), or after closing (R44).

    ``words``: what was seen, and what the pupil said.
    """
    check(by, Permission.MOVE_CASE, case)
    case = lock(case, to_change=False)
    record, __ = file_record(LookBack, case, by, key, result=result, **words)
    refresh(case, by)
    return record


@transaction.atomic
def add_statement(case: Case, by: User, key: UUID, **said: Any) -> Statement:
    """Put what a parent or pupil says beside what was recorded; of a closed case too (AVG)."""
    check(by, Permission.MOVE_CASE, case)
    case = lock(case, to_change=False)
    record, __ = file_record(Statement, case, by, key, **said)
    return record


@transaction.atomic
def begin_cycle(case: Case, by: User, *, grounds: str) -> Case:
    """Walk the steps again, because what was decided does not work (R33). Sent twice: once."""
    check(by, Permission.MOVE_CASE, case)
    case = lock(case)
    now = timezone.now()
    facts = facts_for(case, now)
    if facts.decided_at is None:
        begun = StepChange.objects.filter(case=case, cycle=case.cycle, by=by, to_step=1)
        # Compared here: the database cannot tell what is encrypted.
        if case.cycle > 1 and grounds in begun.values_list("motivation", flat=True):
            return case
        raise ActionError(_("The steps are walked again after a decision only."))
    if conditions.reweighed(facts):
        raise ActionError(_("It was weighed again. Decide on that first."))
    if conditions.report_waits(facts):
        raise ActionError(
            _("A report was decided on and not sent. Send it first, or write down why not (R37).")
        )
    case.cycle, case.cycle_since = case.cycle + 1, now
    StepChange.objects.create(
        case=case, cycle=case.cycle, from_step=case.step, to_step=1, by=by, at=now,
        motivation=grounds,
    )  # fmt: skip
    case.step = 1
    case.save(update_fields=["cycle", "cycle_since", "step"])
    refresh(case, by, now)
    return case


@transaction.atomic
def record_conversation(
    case: Case,
    by: User,
    key: UUID,
    *,
    motivation: str = "",
    hand_over_grounds: str = "",
    **fields: Any,
) -> Conversation:
    """File a conversation, or that there was none for safety (step 3).

    ``hand_over_grounds``: why the buurtteam becomes responsible without somebody's consent (R21).
    """
    check(by, Permission.MOVE_CASE, case)
    case = lock(case)
    fields |= handing_over(case, fields, hand_over_grounds)
    if fields["kind"] == Conversation.Kind.SKIPPED:  # has its reason already
        conversation, __ = file_record(Conversation, case, by, key, **fields)
    else:
        conversation, new = file_step(
            Conversation, case, by, key,
            guidance=guidance_for(case), step=3, motivation=motivation, **fields,
        )  # fmt: skip
        if new and conversation.handed_over_on_grounds:
            deviate(case, by, Deviation.Kind.NOT_DONE, 3, hand_over_grounds, "R21")
    refresh(case, by)
    return conversation


@transaction.atomic
def record_assessment(
    case: Case,
    by: User,
    key: UUID,
    answers: dict[str, tuple[str, str]],
    *,
    motivation: str = "",
    **fields: Any,
) -> Assessment:
    """File an assessment (step 4); ``answers`` maps a question's code to answer and grounds."""
    check(by, Permission.MOVE_CASE, case)
    case = lock(case)
    assessment, new = file_step(
        Assessment, case, by, key,
        guidance=guidance_for(case), step=4, motivation=motivation, **fields,
    )  # fmt: skip
    if new:
        Answer.objects.bulk_create(
            Answer(assessment=assessment, question=code, answer=answer, grounds=grounds)
            for code, (answer, grounds) in answers.items()
        )
    refresh(case, by)
    return assessment


def outcomes(closing_grounds: tuple[str, ...]) -> list[Case.Outcome]:
    """Return how a case may end, by the grounds that the protocol names (R43)."""
    return [
        outcome
        for outcome in Case.Outcome
        if WITHOUT_DECISION.get(outcome, "R28") in closing_grounds
    ]


@transaction.atomic
def close_case(
    case: Case,
    by: User,
    *,
    outcome: str,
    grounds: str,
    agreements: str,
    told: str = "",
    signals_seen: int | None = None,
    retention_years: int | None = None,
    retention_reason: str = "",
) -> Case:
    """Close the case, after a decision only, or on one of the grounds that R43 names.

    ``signals_seen``: how many signals there were when the form was shown; with more, it is refused.
    """
    # Roles, the pupil, the case (which ``check`` holds), as everywhere: else a signal or a list of
    # pupils waits for this, and this for them. Who leaves at this moment did so before, or after.
    by.hold_memberships()
    Pupil.objects.filter(pk=case.pupil_id).select_for_update(no_key=True).first()
    check(by, Permission.MOVE_CASE, case)
    case = lock(case, to_change=False)
    sent_before = case.closed_by_id == by.pk and (case.outcome, case.closing_grounds) == (
        outcome, grounds,
    )  # fmt: skip
    if sent_before:
        return case
    if case.closed_by is not None:
        raise ActionError(
            _("%(name)s closed this case meanwhile. What you wrote stands here, and is not saved.")
            % {"name": case.closed_by.name}
        )
    if signals_seen is not None and signals_seen != case.signals.count():
        raise ActionError(_("A signal came in while you wrote this. Read it first."))
    now = timezone.now()
    facts = facts_for(case, now)
    allowed = outcomes(guide(facts).closing_grounds)
    if not allowed and (facts.severe_unanswered or facts.acute_unanswered):
        raise ActionError(
            _("A severe signal waits for an answer: first what is asked at once in this case.")
        )
    if not allowed:
        raise ActionError(_("A case is closed only after a decision (step 5)."))
    if outcome not in allowed:
        raise ActionError(_("This case cannot end so: nothing was decided yet."), field="outcome")
    case.outcome, case.closing_grounds, case.closing_agreements = outcome, grounds, agreements
    case.closing_told, case.closed_at, case.closed_by = told, now, by
    set_retention(case, retention_years, retention_reason)
    case.save(
        update_fields=[
            "outcome", "closing_grounds", "closing_agreements", "closing_told", "closed_at",
            "closed_by", "retention_years", "retention_reason", "kept_until",
        ]
    )  # fmt: skip
    refresh(case, by, now)
    return case
