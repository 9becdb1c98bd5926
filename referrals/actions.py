"""Deciding, handing over along the chain, and hearing back.

Each locks the case first and then the referral: of two people at once one holds, and the other is
told what was recorded meanwhile.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import Permission
from accounts.models import User
from cases.actions import check, deviate, file_record, file_step, guidance_for, lock, refresh
from cases.errors import ActionError
from cases.models import Attachment, Case, Contact, Deviation
from cases.notifications.telling import notify
from cases.protocol.steps import AFTER
from referrals import chain
from referrals.chain import State, Verdict
from referrals.kinds import RECEIVED
from referrals.models import Decision, Feedback, Goal, GoalEffect, HelpPlan, Referral

# The rule that is not followed when a referral is withdrawn.
REPORT_RULE, HAND_OVER_RULE = "R37", "R34"
# Help that is somebody else's: asked for by a referral of the school's own. SAVE too: a buurtteam
# that came in by a talk of three (R21) has no referral that it could pass on.
REFERS = {
    Decision.Help.BUURTTEAM: Referral.To.BUURTTEAM,
    Decision.Help.SAVE: Referral.To.SAVE,
    Decision.Help.OTHER: Referral.To.OTHER,
}


@transaction.atomic
def decide(
    case: Case,
    by: User,
    key: UUID,
    *,
    plan: str = "",
    goal: Mapping[str, Any] | None = None,
    contact: Contact | None = None,
    report_fields: dict[str, Any],
    motivation: str = "",
    override_grounds: str = "",
    **fields: Any,
) -> Decision:
    """File the two decisions of step 5; each way that leads out of the school gets its referral.

    ``plan``: the first goal of own help; ``goal``: who, by when and how one sees it. Decided
    otherwise than follows from the weighing, it asks for grounds (R28).
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
        _ask_for_help(decision, by, plan, goal or {}, contact)
    refresh(case, by)
    return decision


def _ask_for_help(
    decision: Decision, by: User, plan: str, goal: Mapping[str, Any], contact: Contact | None
) -> None:
    """Make what the chosen help needs: a referral, or a plan with its first goal."""
    if to := REFERS.get(decision.help):
        Referral.objects.create(decision=decision, to=to, family_told=True, contact=contact)
    if decision.help == Decision.Help.OWN:
        made = HelpPlan.objects.create(decision=decision)
        if plan:
            Goal.objects.create(plan=made, number=1, what=plan, added_by=by, **goal)


def _overtake(decision: Decision, by: User) -> None:
    """Withdraw what was not sent yet and is decided on anew: it is sent once, by the new words."""
    receivers = {Referral.To.VEILIG_THUIS} if decision.report else set()
    if to := REFERS.get(decision.help):
        receivers.add(to)
    waiting = Referral.objects.filter(
        decision__case=decision.case, to__in=receivers, sent_at=None, withdrawn_at=None
    )
    for referral in waiting.select_for_update(of=("self",)):
        _withdraw(referral, by, _("Decided on anew."))


def _withdraw(referral: Referral, by: User, reason: str) -> None:
    referral.reach(State.WITHDRAWN, by)
    referral.withdrawn_reason = reason
    referral.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])


def _locked(referral: Referral, by: User) -> tuple[Case, Referral]:
    """Return the case and the referral, both locked, for somebody who moves the case."""
    check(by, Permission.MOVE_CASE, referral.decision.case)
    case = lock(referral.decision.case)
    found = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    return case, found


def _meanwhile(referral: Referral) -> str:
    """Return what somebody recorded while another filled in a form."""
    last = referral.history[-1]
    who = last.by.name if last.by else ""
    words = {"name": who, "state": last.state.label}
    return _("%(name)s recorded meanwhile: “%(state)s”. Look at it first.") % words


@transaction.atomic
def withdraw(referral: Referral, by: User, *, reason: str) -> Referral:
    """Withdraw a referral that was not sent, with why; a second time changes nothing."""
    case, referral = _locked(referral, by)
    if referral.sent_at is not None:
        raise ActionError(_("This was sent already."))
    if referral.withdrawn_at is None:
        _withdraw(referral, by, reason)
        rule = REPORT_RULE if referral.to == Referral.To.VEILIG_THUIS else HAND_OVER_RULE
        deviate(case, by, Deviation.Kind.NOT_DONE, 5, reason, rule)
    refresh(case, by)
    return referral


@transaction.atomic
def mark_sent(referral: Referral, by: User) -> Referral:
    """Record that a referral was sent or told by telephone; a second time changes nothing.

    Raises ``ActionError`` as long as neither consent nor the ground without it is written down.
    """
    case, referral = _locked(referral, by)
    if referral.withdrawn_at is not None:
        raise ActionError(_("This was withdrawn."))
    if referral.sent_at is None:
        if referral.lacks_consent:
            message = _("First write down whether the family consents, or why you act without it.")
            raise ActionError(message)
        referral.reach(State.SENT, by)
        referral.save(update_fields=["sent_at", "sent_by"])
    refresh(case, by)
    return referral


@transaction.atomic
def confirm_received(referral: Referral, by: User) -> Referral:
    """Record that the receiver said it came in; a second time changes nothing (R34, R37)."""
    case, referral = _locked(referral, by)
    if referral.sent_at is None:
        raise ActionError(_("This was not sent yet."))
    if referral.state is State.SENT:
        referral.reach(State.RECEIVED, by)
        referral.save(update_fields=["confirmed_at", "confirmed_by"])
        told = {case.responsible_id, referral.decision.author_id, referral.sent_by_id}
        about = {"case": case, "about": str(referral.public_id), "urgent": case.accelerated}
        notify(RECEIVED, told, str(referral.pk), by=by, **about)
    refresh(case, by)
    return referral


@transaction.atomic
def prepare(
    referral: Referral,
    by: User,
    *,
    letters: Iterable[Attachment] = (),
    version: int | None = None,
    **fields: Any,
) -> Referral:
    """Write down what is handed over and on which consent or ground, before it is sent.

    ``version``: as it was when the form was shown; changed since, it is refused. The same words
    twice change nothing.
    """
    case, referral = _locked(referral, by)
    if referral.state is not State.PREPARED:
        raise ActionError(_meanwhile(referral))
    filed = _filed(case, letters)
    same = all(getattr(referral, name) == value for name, value in fields.items())
    if same and set(referral.letters.all()) == set(filed):
        return referral
    if version is not None and version != referral.version:
        raise ActionError(
            _("A colleague changed this while you wrote. Open it anew and add your words to it.")
        )
    referral.version += 1
    for name, value in fields.items():
        setattr(referral, name, value)
    referral.save(update_fields=[*fields, "version"])
    referral.letters.set(filed)
    refresh(case, by)
    return referral


def _filed(case: Case, letters: Iterable[Attachment]) -> list[Attachment]:
    """Return files of the case that may be opened; what was withdrawn meanwhile is refused."""
    wanted = {letter.pk for letter in letters}
    found = list(case.attachments.served().filter(pk__in=wanted))
    if len(found) != len(wanted):
        raise ActionError(_("A file was withdrawn meanwhile. Choose again."), field="letters")
    return found


@transaction.atomic
def move(
    referral: Referral,
    by: User,
    *,
    state: State,
    grounds: str = "",
    taken_on_by: str = "",
    closed_why: str = "",
    closed_to: str = "",
) -> Referral:
    """Record what the receiver does with a referral: looks into it, takes it on, or ends.

    Recorded by oneself before, it changes nothing. What the chain does not know asks for grounds.
    """
    case, referral = _locked(referral, by)
    state = State(state)
    last = referral.history[-1] if referral.history else None
    if last and (last.state, last.by) == (state, by):
        return referral
    verdict = chain.judge_move(referral.to, referral.state, state)
    if verdict is Verdict.IMPOSSIBLE:
        raise ActionError(_meanwhile(referral) if last else _("This was not sent yet."))
    _explained(case, by, referral.to, verdict, grounds)
    referral.reach(state, by)
    referral.taken_on_by = taken_on_by or referral.taken_on_by
    if state is State.CLOSED:
        referral.closed_why = closed_why
        referral.closed_to = closed_to or chain.after_end(referral.to)
    referral.save()
    refresh(case, by)
    return referral


def _explained(case: Case, by: User, party: str, verdict: Verdict, grounds: str) -> None:
    """Keep the grounds of what the chain does not know; without, it is refused."""
    if verdict is Verdict.KNOWN and not grounds:
        return
    if not grounds:
        message = _("The chain does not know this way. Write down why it goes so.")
        raise ActionError(message, field="grounds")
    rule = chain.RULE_OF.get(party, chain.ANY_OTHER)
    deviate(case, by, Deviation.Kind.ORDER, AFTER, grounds, rule)


@transaction.atomic
def pass_on(
    referral: Referral,
    by: User,
    *,
    to: str,
    consent: str,
    state: State = State.SENT,
    grounds: str = "",
    **fields: Any,
) -> Referral:
    """Record that a receiver passed the case on; return the next referral, to whom they did.

    ``state``: how far it is with the next one. Whoever had it stays responsible until it is taken
    on: in between nobody lets go. Recorded by oneself before, it changes nothing.
    """
    case, referral = _locked(referral, by)
    following = Referral.objects.filter(passed_on_from=referral).first()
    if following and (following.to, referral.passed_on_by_id) == (to, by.pk):
        return following
    if chain.judge_move(referral.to, referral.state, State.PASSED_ON) is Verdict.IMPOSSIBLE:
        raise ActionError(_meanwhile(referral) if referral.history else _("This was not sent yet."))
    consented = consent == Referral.Consent.GIVEN
    verdicts = {
        chain.judge_route(referral.to, to, consented=consented),
        chain.judge_start(to, State(state)),
    }
    if Verdict.IMPOSSIBLE in verdicts:
        raise ActionError(_("They have it already. Choose to whom it goes."), field="to")
    unusual = Verdict.UNUSUAL in verdicts
    _explained(case, by, referral.to, Verdict.UNUSUAL if unusual else Verdict.KNOWN, grounds)
    referral.reach(State.PASSED_ON, by)
    referral.save(update_fields=["passed_on_at", "passed_on_by"])
    following = Referral(
        decision=referral.decision, to=to, passed_on_from=referral, consent=consent, **fields
    )
    for reached in dict.fromkeys((State.SENT, State(state))):
        following.reach(reached, by)
    following.save()
    refresh(case, by)
    return following


@transaction.atomic
def add_goal(plan: HelpPlan, by: User, **fields: Any) -> Goal:
    """Add a goal to a plan of own help; the same one twice is one (R32)."""
    check(by, Permission.MOVE_CASE, plan.decision.case)
    case = lock(plan.decision.case)
    # Compared here: the database cannot tell what is encrypted.
    for goal in plan.goals.filter(added_by=by):
        if all(getattr(goal, name) == value for name, value in fields.items()):
            return goal
    goal = Goal.objects.create(plan=plan, number=plan.goals.count() + 1, added_by=by, **fields)
    refresh(case, by)
    return goal


@transaction.atomic
def record_feedback(
    case: Case,
    by: User,
    key: UUID,
    *,
    letters: Iterable[Attachment] = (),
    effects: Mapping[Goal, str] | None = None,
    **fields: Any,
) -> Feedback:
    """File what was heard or seen after the decision: does the help work?

    ``effects``: how far each goal of the plan is.
    """
    check(by, Permission.MOVE_CASE, case)
    case = lock(case)
    feedback, new = file_record(Feedback, case, by, key, **fields)
    if new:
        feedback.letters.set(_filed(case, letters))
        GoalEffect.objects.bulk_create(
            GoalEffect(feedback=feedback, goal=goal, effect=effect)
            for goal, effect in (effects or {}).items()
        )
    refresh(case, by)
    return feedback
