"""From a story to rows: each event is recorded at its own moment, then the protocol looks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.models import School, User
from cases import actions
from cases.actions import refresh
from cases.facts import facts_for
from cases.models import (
    Answer,
    Assessment,
    Case,
    Conversation,
    Deviation,
    LookBack,
    Pupil,
    Snooze,
    StepChange,
)
from cases.protocol import QUESTIONS, guide
from cases.protocol.ages import consents
from cases.protocol.rules import BY_CODE
from cases.retention import set_retention
from consultations.models import Consultation
from meldcode.demo import events
from meldcode.demo.consulting import CONSULTING
from meldcode.demo.events import Event, Story, business_day
from referrals.chain import State
from referrals.models import Decision, Feedback, Goal, GoalEffect, HelpPlan, Referral
from referrals.report.actions import write_texts
from referrals.report.fill import filled
from referrals.report.models import Report
from signals.actions import is_severe
from signals.models import InjuryMark, Signal, SignalCategory, SignalFinding

# Between what happened and when somebody found the time to write it down.
SEEN_BEFORE = timedelta(minutes=40)
HELD_BEFORE = timedelta(minutes=55)


@dataclass(slots=True)
class Walk:
    """A case on its way through a story."""

    case: Case
    school: School
    crew: dict[str, User]
    now: datetime
    consultation: Consultation | None = None
    decision: Decision | None = None

    def record(self, event: Event, at: datetime) -> dict[str, Any]:
        """Return what every record has."""
        return {
            "case": self.case,
            "cycle": self.case.cycle,
            "author": self.crew[event.by],
            "recorded_at": at,
        }

    def review_day(self, ahead: int | None) -> Any:
        """Return the day of a review that the story names."""
        return None if ahead is None else business_day(timezone.localdate(self.now), ahead)


def plant(story: Story, pupil: Pupil, school: School, crew: dict[str, User], now: datetime) -> Case:
    """Make the case of a story. In a transaction, and without audit: nobody did this today."""
    first = story.events[0]
    opened_at = first.when.at(now)
    case = Case.objects.create(
        school=school,
        pupil=pupil,
        opened_at=opened_at,
        restricted=story.restricted,
        responsible=crew[story.responsible] if story.responsible else None,
    )
    StepChange.objects.create(case=case, from_step=None, to_step=1, at=opened_at, by=crew[first.by])
    _grant(case, story, crew)
    walk, previous = Walk(case, school, crew, now), opened_at
    for event in story.events:
        at = event.when.at(now)
        if not previous <= at <= now:
            raise ValueError(f"Out of order in the story of {story.pupil}: {event}")
        HANDLERS[type(event)](walk, event, at)
        refresh(case, crew[event.by], at)
        previous = at
    return case


def _grant(case: Case, story: Story, crew: dict[str, User]) -> None:
    for key in (*story.take_part, *story.handed_over):
        assign_perm("cases.take_part", crew[key], case)
    for key in story.handed_over:
        assign_perm("cases.handed_over", crew[key], case)


def _signal(walk: Walk, event: events.Signal, at: datetime) -> None:
    codes = event.about.split()
    signal = Signal.objects.create(
        **walk.record(event, at),
        facts=event.facts,
        child_words=event.words,
        interpretation=event.reading,
        hearsay_from=event.heard_from,
        place=event.place,
        observed_at=at - SEEN_BEFORE,
        severe=is_severe(severe=event.severe, acute=event.acute, categories=codes),
        acute=event.acute,
        about_staff=walk.case.restricted,
    )
    SignalCategory.objects.bulk_create(SignalCategory(signal=signal, code=code) for code in codes)
    InjuryMark.objects.bulk_create(
        InjuryMark(signal=signal, number=number, region=region, kind=kind, size=size, note=note)
        for number, (region, kind, size, note) in enumerate(event.marks, 1)
    )


def _conclude(walk: Walk, event: events.Conclude, at: datetime) -> None:
    consultation = walk.consultation
    consultation.held_at, consultation.outcome = at - HELD_BEFORE, event.outcome
    consultation.next_talk = event.next_talk
    consultation.decided_by = walk.crew[event.by].name
    consultation.closed_at, consultation.closed_by = at, walk.crew[event.by]
    consultation.save(update_fields=sorted(Consultation.CONCLUSION))


def _talk(walk: Walk, event: events.Talk, at: datetime) -> None:
    Conversation.objects.create(
        **walk.record(event, at),
        kind=event.kind,
        # Of three: pupil and parents came to each in these stories.
        family_there=_family_there(event),
        held_at=at - HELD_BEFORE,
        attendees=event.attendees,
        facts_brought=event.facts,
        reactions=event.reactions,
        parents_reactions=event.parents,
        home_safe=event.home,
        home_agreed=event.home_agreed,
        agreements=event.agreements,
        concern=event.concern,
        help_wanted=event.help_wanted,
        buurtteam_contact=event.contact,
        buurtteam_consent=event.consent,
        **_consents(walk, event),
    )


def _family_there(event: events.Talk) -> str:
    of_three = event.kind == Conversation.Kind.THREE_WAY
    return Conversation.FamilyThere.BOTH.value if of_three else ""


def _consents(walk: Walk, event: events.Talk) -> dict[str, str]:
    """Return what was said to help by the buurtteam, by all whose consent it takes."""
    if not event.consent:
        return {}
    parties = consents(walk.case.pupil.age(timezone.localdate()))
    given = {f"consent_{party}": Conversation.Consent.GIVEN.value for party in parties}
    return {**given, "consent_how": Conversation.ConsentHow.SPOKEN.value}


def _skip(walk: Walk, event: events.Skip, at: datetime) -> None:
    Conversation.objects.create(
        **walk.record(event, at),
        kind=Conversation.Kind.SKIPPED,
        held_at=at,
        skip_reason=event.reason,
        weighed_with=event.weighed_with,
        weighed_where=event.where,
        look_again_on=walk.review_day(event.again),
    )


def _weigh(walk: Walk, event: events.Weigh, at: datetime) -> None:
    assessment = Assessment.objects.create(
        **walk.record(event, at), consulted=event.consulted, assessed_at=at
    )
    answers = {
        question.code: given for question in QUESTIONS if (given := getattr(event, question.code))
    }
    Answer.objects.bulk_create(
        Answer(assessment=assessment, question=code, answer=answer, grounds=grounds)
        for code, (answer, grounds) in answers.items()
    )


def _decide(walk: Walk, event: events.Decide, at: datetime) -> None:
    decision = walk.decision = Decision.objects.create(
        **walk.record(event, at),
        decided_at=at,
        report=event.report,
        report_grounds=event.report_grounds,
        help=event.help,
        help_grounds=event.help_grounds,
        results=event.results,
        case_manager=event.manager,
        follow_up_on=walk.review_day(event.review),
    )
    if event.report:
        Referral.objects.create(
            decision=decision,
            to=Referral.To.VEILIG_THUIS,
            family_told=not event.untold,
            not_told_reason=event.untold,
            anonymous=bool(event.nameless),
            anonymous_reason=event.nameless,
        )
    if event.help == Decision.Help.BUURTTEAM:
        Referral.objects.create(decision=decision, to=Referral.To.BUURTTEAM, family_told=True)
    if event.help == Decision.Help.OWN:
        _plan(walk, event, at)
    if event.motivation:
        Deviation.objects.create(
            **walk.record(event, at),
            kind=Deviation.Kind.ORDER,
            step=5,
            grounds=event.motivation,
        )


def _plan(walk: Walk, event: events.Decide, at: datetime) -> None:
    plan = HelpPlan.objects.create(decision=walk.decision)
    Goal.objects.bulk_create(
        Goal(
            plan=plan, number=number, what=what, who=who, by_day=walk.review_day(ahead),
            seen_by=seen, added_at=at, added_by=walk.crew[event.by],
        )
        for number, (what, who, ahead, seen) in enumerate(event.goals, start=1)
    )  # fmt: skip


def _explain(walk: Walk, event: events.Explain, at: datetime) -> None:
    kind, step = actions.kind_and_step(BY_CODE[event.rule])
    Deviation.objects.create(
        **walk.record(event, at), kind=kind, step=step, rule=event.rule, grounds=event.grounds
    )


def _begin(walk: Walk, event: events.Begin, at: datetime) -> None:
    case = walk.case
    case.cycle, case.cycle_since = case.cycle + 1, at
    StepChange.objects.create(
        case=case, cycle=case.cycle, from_step=case.step, to_step=1, at=at,
        by=walk.crew[event.by], motivation=event.grounds,
    )  # fmt: skip
    case.step = 1
    case.save()


def _look_back(walk: Walk, event: events.LookBack, at: datetime) -> None:
    LookBack.objects.create(
        **walk.record(event, at), seen=event.seen, child_words=event.words, result=event.result
    )


def _put_off(walk: Walk, event: events.PutOff, at: datetime) -> None:
    asked = guide(facts_for(walk.case, at)).asked
    Snooze.objects.create(
        **walk.record(event, at),
        reason=event.reason,
        until=at + timedelta(hours=event.hours),
        asked=" ".join(sorted(asked)),
    )


def _unfounded(walk: Walk, event: events.Unfounded, at: datetime) -> None:
    newest = walk.case.signals.order_by("-id").first()
    SignalFinding.objects.create(**walk.record(event, at), signal=newest, grounds=event.grounds)


def _confirm(walk: Walk, event: events.Confirm, at: datetime) -> None:
    walk.decision.referrals.filter(to=event.to).update(
        confirmed_at=at, confirmed_by=walk.crew[event.by]
    )


def _report(walk: Walk, event: events.Report, at: datetime) -> None:
    by, referral = walk.crew[event.by], walk.decision.referrals.get(to=Referral.To.VEILIG_THUIS)
    report = Report.objects.create(
        referral=referral,
        started_by=by,
        started_at=at,
        saved_by=by,
        saved_at=at,
    )
    write_texts(report, {**filled(referral, by), **dict(event.texts)})
    report.filed_by, report.filed_at = by, at
    report.save()


def _send(walk: Walk, event: events.Send, at: datetime) -> None:
    walk.decision.referrals.filter(to=event.to).update(sent_at=at, sent_by=walk.crew[event.by])


def _referral_to(walk: Walk, to: str) -> Referral | None:
    """Return the newest referral of the case to a receiver that left the school."""
    told = Referral.objects.of(walk.case).told()
    return told.filter(to=to).last()


def _take_on(walk: Walk, event: events.TakeOn, at: datetime) -> None:
    referral = _referral_to(walk, event.to)
    referral.reach(State.IN_ASSESSMENT if event.looks else State.ACCEPTED, walk.crew[event.by], at)
    referral.taken_on_by = event.who
    referral.save()


def _pass_on(walk: Walk, event: events.PassOn, at: datetime) -> None:
    referral, by = _referral_to(walk, event.start), walk.crew[event.by]
    referral.reach(State.PASSED_ON, by, at)
    referral.save()
    following = Referral(
        decision=referral.decision, to=event.to, passed_on_from=referral, consent=event.consent,
        consent_of=event.asked, consent_ground=event.ground, handed_over=event.handed_over,
    )  # fmt: skip
    following.reach(State.SENT, by, at)
    following.save()


def _hear(walk: Walk, event: events.Hear, at: datetime) -> None:
    heard = Feedback.objects.create(
        **walk.record(event, at),
        received_at=at - HELD_BEFORE,
        source=event.source,
        text=event.text,
        child_words=event.words,
        effect=event.effect,
        heard_from=event.heard_from,
        helped_by=event.helped_by,
        willing=event.willing,
        investigation=event.investigation,
        next_review_on=walk.review_day(event.review),
        referral=_referral_to(walk, event.heard_from),
    )
    if event.goals:
        goals = HelpPlan.objects.now_of(walk.case).goals.all()
        GoalEffect.objects.bulk_create(
            GoalEffect(feedback=heard, goal=goal, effect=effect)
            for goal, effect in zip(goals, event.goals, strict=True)
        )


def _close(walk: Walk, event: events.Close, at: datetime) -> None:
    case = walk.case
    case.outcome, case.closing_grounds = event.outcome, event.grounds
    case.closing_agreements, case.closing_told = event.agreements, event.told
    case.closed_at, case.closed_by = at, walk.crew[event.by]
    set_retention(case, event.years, event.years_why)
    case.save()


HANDLERS: dict[type[Event], Callable[[Walk, Any, datetime], None]] = {
    events.Signal: _signal,
    events.Conclude: _conclude,
    events.Talk: _talk,
    events.Skip: _skip,
    events.Weigh: _weigh,
    events.Decide: _decide,
    events.Report: _report,
    events.Send: _send,
    events.Hear: _hear,
    events.TakeOn: _take_on,
    events.PassOn: _pass_on,
    events.Close: _close,
    events.Confirm: _confirm,
    events.Explain: _explain,
    events.Begin: _begin,
    events.LookBack: _look_back,
    events.PutOff: _put_off,
    events.Unfounded: _unfounded,
    **CONSULTING,
}
