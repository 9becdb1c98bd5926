"""What the records of one kind tell the protocol: each function looks at its own kind alone.

The records come from ``cases.facts``, as they hold now and in the order in which they were filed.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from cases.deadlines import due_at
from cases.in_charge import changes
from cases.models import Case
from cases.protocol import PERIODS, Deadline, Facts
from cases.protocol.conditions import OUTSIDE_EXPERTS
from cases.protocol.parties import RAAD
from cases.protocol.questions import NO, asked

# Signals of the year before count too, from whatever case of the pupil (R2).
LOOK_BACK = timedelta(days=365)
VEILIG_THUIS, EMERGENCY, FAMILY_WORKER = "veilig_thuis", "emergency", "family_worker"
# Who of the chain can act when the family refuses.
NEED_NO_CONSENT = frozenset({VEILIG_THUIS, RAAD})
TOLD_BY_OTHERS = "told_others"
# What was advised on the talk, when it is to wait.
WAITS = frozenset({"pupil", "wait"})
NEVER = datetime.max.replace(tzinfo=UTC)
PUPIL_KINDS = frozenset({"pupil", "pupil_and_parents"})
PARENT_KINDS = frozenset({"parents", "pupil_and_parents"})


def signal_facts(case: Case, signals: list[Any], now: datetime) -> dict[str, Any]:
    """Return what the signals tell: those of the case, and in number those of the year before."""
    signals = sorted(signals, key=lambda s: s.counts_from)
    counted = [
        s
        for s in signals
        if s.unfounded is None
        and ((s.case_id == case.pk and s.cycle == case.cycle) or s.counts_from >= now - LOOK_BACK)
    ]
    here = [s for s in counted if s.case_id == case.pk]
    severe = [s for s in here if s.severe]
    acute = [s for s in here if s.acute]
    codes = {s.pk: set(s.codes) for s in here}
    newest = {
        code: s.newest_at for s in sorted(here, key=lambda s: s.newest_at) for code in codes[s.pk]
    }
    began = case.began_at
    return {
        "signals": len(counted),
        "severe_signals": len(severe),
        "acute_signals": len(acute),
        "categories": frozenset(newest),
        "signalled_at": newest,
        "unsourced_signals": sum(
            TOLD_BY_OTHERS in codes[s.pk] and not s.hearsay_from for s in here
        ),
        # A correction that makes it more severe is news: no talk or weighing of before covers it.
        "last_signal_at": max((s.newest_at for s in counted), default=None),
        "concern_at": max(counted[1].counts_from, began) if len(counted) > 1 else None,
        # Not put off by a new cycle: what nobody answered is as late as it was.
        "severe_at": min((s.severe_from for s in severe), default=None),
        "last_severe_at": max((s.newest_at for s in severe), default=None),
        "last_acute_at": max((s.newest_at for s in acute), default=None),
    }


def severe_since_answer(
    signals: list[Any], consultations: list[Any], case: Case
) -> datetime | None:
    """Return when the first severe signal came that nobody outside was heard on since."""
    heard = _last_outcome(consultations, OUTSIDE_EXPERTS)
    severe = (s for s in signals if s.severe and s.case_id == case.pk and s.unfounded is None)
    waiting = (s.severe_from for s in severe if heard is None or s.newest_at > heard)
    return min(waiting, default=None)


def since_weighed_acute(signals: dict[str, Any], assessments: list[Any]) -> dict[str, Any]:
    """Return the facts of the signals, severe since the weighing that found danger now.

    Weighed so again, it is severe since the first of them: no later one buys time.
    """
    acute_since = None
    for assessment in reversed(assessments):
        facts = Facts(now=NEVER, opened_at=NEVER, **assessment_facts([assessment]))
        if not facts.weighed_acute:
            break
        acute_since = assessment.recorded_at
    if acute_since is None:
        return signals
    severe_at = min(m for m in (signals["severe_at"], acute_since) if m)
    return {**signals, "severe_at": severe_at}


def consultation_facts(ever: list[Any], here: list[Any]) -> dict[str, Any]:
    """Return what the consultations tell: ``here`` of this cycle, ``ever`` of all."""
    # A call to 112 saves somebody; it is not yet a consultation (R11).
    here = [c for c in here if c.kind != EMERGENCY]
    held = [c for c in here if c.closed_at is not None]
    by_outcome = sorted(held, key=lambda c: c.closed_at)
    waiting = [
        i.invited_at
        for c in here
        if c.closed_at is None and c.kind == FAMILY_WORKER
        for i in c.invitations.all()
        if i.waits
    ]
    outside = [c for c in here if c.kind in OUTSIDE_EXPERTS]
    # What a signal asks for can have been done in an earlier cycle: its moment tells.
    veilig_thuis = [c for c in ever if c.kind == VEILIG_THUIS]
    heard = sorted((c for c in ever if c.closed_at), key=lambda c: c.closed_at)
    return {
        "consultations_asked": len(here),
        "consultations_open": len(here) - len(held),
        "first_asked_at": here[0].recorded_at if here else None,
        "outside_asked_at": outside[-1].recorded_at if outside else None,
        "veilig_thuis_asked_at": veilig_thuis[-1].recorded_at if veilig_thuis else None,
        "outcome_at": min((c.closed_at for c in held), default=None),
        "outside_outcome_at": _last_outcome(ever, OUTSIDE_EXPERTS),
        "danger_told_at": _last_outcome(ever, OUTSIDE_EXPERTS | {EMERGENCY}),
        "kinds_held": frozenset(c.kind for c in held),
        "kinds_asked": frozenset(c.kind for c in here),
        "asked_at": {c.kind: c.recorded_at for c in ever},
        "heard_at": {c.kind: c.closed_at for c in heard},
        "talk_arranged": any(c.next_talk for c in held),
        "talk_waits_since": _talk_waits_since(by_outcome),
        "invited_at": min(waiting, default=None),
    }


def _talk_waits_since(by_outcome: list[Any]) -> datetime | None:
    """Return since when the advice is to wait with the talk; None: it is not.

    What somebody from outside advised is lifted by somebody from outside.
    """
    waits = None
    for consultation in by_outcome:
        if consultation.talk in WAITS:
            waits = consultation
        elif (
            waits is None
            or consultation.kind in OUTSIDE_EXPERTS
            or waits.kind not in OUTSIDE_EXPERTS
        ):
            waits = None
    return waits.closed_at if waits else None


def _last_outcome(consultations: list[Any], kinds: frozenset[str]) -> datetime | None:
    """Return when somebody of these kinds was heard last, in whatever cycle."""
    held = (c.closed_at for c in consultations if c.closed_at and c.kind in kinds)
    return max(held, default=None)


def since_home_unsafe(signals: dict[str, Any], conversations: list[Any]) -> dict[str, Any]:
    """Return the facts of the signals, with the talks after which it was not safe to go home.

    That is danger now, as a severe signal is (R3, R4): it is told outside before all else.
    """
    unsafe = [c.recorded_at for c in conversations if c.home_safe == "no"]
    if not unsafe:
        return signals
    first, last = unsafe[0], unsafe[-1]
    return {
        **signals,
        "severe_signals": signals["severe_signals"] + len(unsafe),
        "acute_signals": signals["acute_signals"] + len(unsafe),
        "severe_at": min(m for m in (signals["severe_at"], first) if m),
        "last_severe_at": max(m for m in (signals["last_severe_at"], last) if m),
        "last_acute_at": max(m for m in (signals["last_acute_at"], last) if m),
    }


def conversation_facts(
    conversations: list[Any], last_signal_at: datetime | None, refused: datetime | None
) -> dict[str, Any]:
    """Return what the conversations of this cycle tell; ``refused``: when help was, since when."""
    held = [c for c in conversations if not c.is_skipped]
    skipped = [c for c in conversations if c.is_skipped]
    last = held[-1] if held else None
    cleared = last is not None and last.concern == "gone"
    consented_at = _consented_at(held, refused)
    return {
        "talked_at": held[0].recorded_at if held else None,
        "talk_skipped_at": skipped[0].recorded_at if skipped else None,
        "pupil_spoken": _spoke_with(PUPIL_KINDS, held),
        "parents_spoken": _spoke_with(PARENT_KINDS, held),
        # A signal that comes after the talk is not taken away by it.
        "concern_cleared": cleared
        and (last_signal_at is None or last_signal_at <= last.recorded_at),
        "last_skipped_at": skipped[-1].recorded_at if skipped else None,
        "skip_weighed_outside": skipped[-1].weighed_outside if skipped else None,
        "talk_again_at": _talk_again_at(conversations),
        "buurtteam_consented": consented_at is not None,
        "buurtteam_consented_at": consented_at,
    }


def _consented_at(held: list[Any], refused: datetime | None) -> datetime | None:
    """Return when the buurtteam became responsible (R21), if that is how they stand now.

    What was said in the newest talk of three holds; a refusal after it takes consent back.
    """
    said = [c for c in held if c.hands_over or c.is_three_way]
    if not said or not said[-1].hands_over:
        return None
    at = said[-1].recorded_at
    return None if refused is not None and refused > at else at


def _talk_again_at(conversations: list[Any]) -> datetime | None:
    """Return by when it is looked at again whether a talk is safe; None once one was held."""
    if not conversations or not conversations[-1].is_skipped:
        return None
    day = conversations[-1].look_again_on
    return _end_of_day(day) if day else None


def refused_at(conversations: list[Any], feedbacks: list[Any]) -> datetime | None:
    """Return when help was refused, if that is how they stand now: as they said it last.

    A refusal of somebody whose consent help does not take is none of all help.
    """
    said = [
        (c.recorded_at, c.help_wanted)
        for c in conversations
        if not c.is_skipped and (c.refuses or c.help_wanted != NO)
    ]
    said += [(f.recorded_at, f.willing) for f in feedbacks if f.willing != "unsure"]
    at, stand = max(said, default=(None, ""))
    return at if stand == NO else None


def assessment_facts(assessments: list[Any]) -> dict[str, Any]:
    """Return what the weighings of this cycle tell: the newest answers, along their branches."""
    if not assessments:
        return {}
    given = dict(assessments[-1].given)
    questions = {question.code for question in asked(given)}
    return {
        "assessed_at": assessments[0].recorded_at,
        "weighed_at": assessments[-1].recorded_at,
        "answers": {code: answer for code, answer in given.items() if code in questions},
    }


def decision_facts(decisions: list[Any], feedbacks: list[Any]) -> dict[str, Any]:
    """Return what the decisions of this cycle tell, and what was heard since the last."""
    if not decisions:
        return {}
    last = decisions[-1]
    heard = [f for f in feedbacks if f.recorded_at >= last.recorded_at]
    newest = heard[-1] if heard else None
    review_on = newest.next_review_on if newest else last.follow_up_on
    return {
        "decided_at": decisions[0].recorded_at,
        "last_decided_at": last.recorded_at,
        "report_decided": last.report,
        "follow_up_at": _end_of_day(review_on) if review_on else None,
        "feedback_at": newest.recorded_at if newest else None,
        "effect": newest.effect if newest else "",
        "effect_of": newest.helped_by if newest else "",
    }


def referral_facts(decisions: list[Any], feedbacks: list[Any]) -> dict[str, Any]:
    """Return what was not sent or confirmed, of whatever decision: a later one does not undo it."""
    referrals = [
        (d.recorded_at, r)
        for d in decisions
        for r in d.referrals.all()
        # What others passed on is theirs to send; it says nothing of what the school has to do.
        if r.withdrawn_at is None and r.passed_on_from_id is None
    ]
    unsent = [r for __, r in referrals if r.sent_at is None]
    unconfirmed = [r for __, r in referrals if r.sent_at and not _came_in(r, feedbacks)]
    reports = [r for r in unsent if r.to == VEILIG_THUIS]
    return {
        "referral_unsent_since": min((at for at, r in referrals if r in unsent), default=None),
        "unconfirmed_since": min((r.sent_at for r in unconfirmed), default=None),
        "report_unsent": bool(reports),
        "report_unconfirmed": any(r.to == VEILIG_THUIS for r in unconfirmed),
        "report_discussed": all(r.family_told or r.not_told_reason for r in reports),
        "buurtteam_waits": any(r.to != VEILIG_THUIS for r in (*unsent, *unconfirmed)),
    }


def _came_in(referral: Any, feedbacks: list[Any]) -> bool:
    """Tell whether a referral came in: they said so, or were heard on the matter since."""
    heard = any(
        f.heard_from == referral.to and f.recorded_at >= referral.sent_at for f in feedbacks
    )
    moved = (referral.confirmed_at, referral.assessing_at, referral.accepted_at)
    gone_on = (referral.passed_on_at, referral.closed_at)
    return heard or any(moment is not None for moment in (*moved, *gone_on))


def chain_facts(
    case: Case, conversations: list[Any], decisions: list[Any], feedbacks: list[Any]
) -> dict[str, Any]:
    """Return who is responsible now, and when it was last passed on; of all cycles."""
    referrals = [referral for made in decisions for referral in made.referrals.all()]
    now = changes(case.opened_at, conversations, referrals, feedbacks)[-1]
    return {
        "in_charge": now.party,
        "in_charge_since": now.since,
        "passed_on_at": max((r.passed_on_at for r in referrals if r.passed_on_at), default=None),
        "passed_without_consent_at": max(
            (r.sent_at for r in referrals if r.passed_on_from_id and r.to in NEED_NO_CONSENT),
            default=None,
        ),
    }


def report_facts(
    decisions: list[Any], feedbacks: list[Any], own_days: dict[str, int], now: datetime
) -> dict[str, Any]:
    """Return what is known of the newest report that was sent."""
    referrals = [r for d in decisions for r in d.referrals.all() if r.to == VEILIG_THUIS]
    sendings = sorted(r.sent_at for r in referrals if r.sent_at)
    if not sendings:
        return {}
    sent = sendings[-1]
    from_veilig_thuis = [f for f in feedbacks if f.heard_from == VEILIG_THUIS]
    words = [f.recorded_at for f in from_veilig_thuis if f.recorded_at >= sent]
    # That it takes a report on, passes it on or ends is a word of Veilig Thuis too.
    said = (m for r in referrals for m in (r.accepted_at, r.passed_on_at, r.closed_at) if m)
    words = sorted([*words, *(moment for moment in said if moment >= sent)])
    investigated = None
    for word in from_veilig_thuis:
        if word.investigation == "begun":
            investigated = investigated or word.recorded_at
        elif word.investigation == "done":
            investigated = None
    overdue = not words and _is_over("triage", sent, own_days, now)
    if investigated:
        overdue = _is_over("investigation", investigated, own_days, now)
    return {
        "report_sent_at": sent,
        "report_heard_at": words[0] if words else None,
        "investigated_since": investigated,
        "report_overdue": overdue,
    }


def _is_over(code: str, since: datetime, own_days: dict[str, int], now: datetime) -> bool:
    period = PERIODS[code]
    return due_at(Deadline(period, since, period.in_days(own_days), None)) < now


def _end_of_day(day: date) -> datetime:
    """Return the moment by which something agreed for a day is expected: five in the afternoon."""
    return timezone.make_aware(datetime.combine(day, time(17)))


def parents_were_there(talk: Any) -> bool:
    """Tell whether somebody spoke with the parents there, as far as it says."""
    return talk.with_whom in PARENT_KINDS


def pupil_was_there(talk: Any) -> bool:
    """Tell whether somebody spoke with the pupil there, as far as it says."""
    return talk.with_whom in PUPIL_KINDS


def _spoke_with(kinds: frozenset[str], held: list[Any]) -> bool:
    """Tell whether one of these was spoken with. A talk of three of which nobody knows who came
    (of before it was asked) counted for both, and does so still: nobody is sent to them anew.
    """
    return any(talk.with_whom in kinds or not talk.with_whom for talk in held)
