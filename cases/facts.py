"""Build the protocol's facts from the rows of a case: for one, or for many in as many queries."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from cases.models import Case
from cases.protocol import STEPS, Facts
from cases.protocol.questions import NO

# Signals of the year before count too, from whatever case of the pupil (R2).
LOOK_BACK = timedelta(days=365)
# What hangs under the records of a step and the rules look at.
UNDER = {"signals": "categories", "assessments": "answers", "decisions": "referrals"}
AFTER_DECISION = "feedbacks"

PUPIL_KINDS = frozenset({"pupil", "pupil_and_parents", "three_way"})
PARENT_KINDS = frozenset({"parents", "pupil_and_parents", "three_way"})

Rows = dict[str, dict[int, list[Any]]]


def facts_for(case: Case, now: datetime) -> Facts:
    """Return the facts of one case."""
    return facts_for_many([case], now)[case.pk]


def facts_as_author_knows(case: Case, author_id: int, now: datetime) -> Facts:
    """Return the facts as far as somebody knows who only logged signals: their own signals.

    What they are told must not show that others logged signals too (docs/protocol.md, Scenarios 2).
    """
    own = [s for s in _rows("signals", [case])[case.pupil_id] if s.author_id == author_id]
    opened_at = own[0].recorded_at if own else case.opened_at
    return Facts(now=now, opened_at=opened_at, **_signal_facts(case, own, now))


def facts_for_many(cases: Iterable[Case], now: datetime) -> dict[int, Facts]:
    """Return the facts of cases by primary key, in a number of queries that does not grow."""
    cases = list(cases)
    rows: Rows = {step.records: _rows(step.records, cases) for step in STEPS}
    rows[AFTER_DECISION] = _rows(AFTER_DECISION, cases)
    return {case.pk: _facts(case, rows, now) for case in cases}


def _rows(relation: str, cases: list[Case]) -> dict[int, list[Any]]:
    """Return the records of a relation as they hold now, by case; signals by pupil."""
    records = Case._meta.get_field(relation).related_model.objects.current()
    if relation in UNDER:
        records = records.prefetch_related(UNDER[relation])
    by_key: dict[int, list[Any]] = defaultdict(list)
    if relation == "signals":
        pupils = [case.pupil_id for case in cases]
        for signal in records.filter(case__pupil__in=pupils).select_related("case").order_by("id"):
            by_key[signal.case.pupil_id].append(signal)
    else:
        for record in records.filter(case__in=cases).order_by("id"):
            by_key[record.case_id].append(record)
    return by_key


def _facts(case: Case, rows: Rows, now: datetime) -> Facts:
    def of(relation: str) -> list[Any]:
        return [r for r in rows[relation].get(case.pk, []) if r.cycle == case.cycle]

    return Facts(
        now=now,
        opened_at=case.opened_at,
        closed=not case.is_open,
        responsible=case.responsible_id is not None,
        pupil_age=case.pupil.age(timezone.localdate(now)),
        **_signal_facts(case, rows["signals"].get(case.pupil_id, []), now),
        **_consultation_facts(of("consultations")),
        **_conversation_facts(of("conversations")),
        **_assessment_facts(of("assessments")),
        **_decision_facts(of("decisions"), of(AFTER_DECISION)),
    )


def _signal_facts(case: Case, signals: list[Any], now: datetime) -> dict[str, Any]:
    counted = [
        s
        for s in signals
        if (s.case_id == case.pk and s.cycle == case.cycle) or s.recorded_at >= now - LOOK_BACK
    ]
    here = [s for s in counted if s.case_id == case.pk]
    severe = [s for s in here if s.severe]
    return {
        "signals": len(counted),
        "severe_signals": len(severe),
        "acute_signals": sum(s.acute for s in here),
        "categories": frozenset(c.code for s in here for c in s.categories.all()),
        "last_signal_at": counted[-1].recorded_at if counted else None,
        "concern_at": max(counted[1].recorded_at, case.opened_at) if len(counted) > 1 else None,
        "severe_at": severe[0].recorded_at if severe else None,
        "last_severe_at": severe[-1].recorded_at if severe else None,
    }


def _consultation_facts(consultations: list[Any]) -> dict[str, Any]:
    held = [c for c in consultations if c.closed_at is not None]
    return {
        "consultations_asked": len(consultations),
        "consultations_open": len(consultations) - len(held),
        "first_asked_at": consultations[0].recorded_at if consultations else None,
        "last_asked_at": consultations[-1].recorded_at if consultations else None,
        "outcome_at": min((c.closed_at for c in held), default=None),
        "last_outcome_at": max((c.closed_at for c in held), default=None),
        "kinds_held": frozenset(c.kind for c in held),
        "kinds_asked": frozenset(c.kind for c in consultations),
    }


def _conversation_facts(conversations: list[Any]) -> dict[str, Any]:
    held = [c for c in conversations if not c.is_skipped]
    skipped = [c for c in conversations if c.is_skipped]
    last = held[-1] if held else None
    return {
        "talked_at": held[0].recorded_at if held else None,
        "talk_skipped_at": skipped[0].recorded_at if skipped else None,
        "pupil_spoken": any(c.kind in PUPIL_KINDS for c in held),
        "parents_spoken": any(c.kind in PARENT_KINDS for c in held),
        # The last conversation tells how they stand now.
        "help_refused": bool(last) and last.help_wanted == NO,
        "concern_cleared": bool(last) and last.concern == "gone",
        "buurtteam_consented": any(c.buurtteam_consent for c in held),
    }


def _assessment_facts(assessments: list[Any]) -> dict[str, Any]:
    if not assessments:
        return {}
    return {
        "assessed_at": assessments[0].recorded_at,
        "answers": {a.question: a.answer for a in assessments[-1].answers.all()},
    }


def _decision_facts(decisions: list[Any], feedbacks: list[Any]) -> dict[str, Any]:
    if not decisions:
        return {}
    last = decisions[-1]
    referrals = list(last.referrals.all())
    unsent = [r for r in referrals if r.sent_at is None]
    heard = [f for f in feedbacks if f.recorded_at >= last.recorded_at]
    review_on = heard[-1].next_review_on if heard else last.follow_up_on
    return {
        "decided_at": decisions[0].recorded_at,
        "report_decided": last.report,
        "help_decided": last.help != "none",
        "referral_unsent_since": last.recorded_at if unsent else None,
        "report_sent_at": next((r.sent_at for r in referrals if r.to == "veilig_thuis"), None),
        "follow_up_at": _end_of_day(review_on) if review_on else None,
        "feedback_at": heard[-1].recorded_at if heard else None,
    }


def _end_of_day(day: date) -> datetime:
    """Return the moment by which something agreed for a day is expected: five in the afternoon."""
    return timezone.make_aware(datetime.combine(day, time(17)))
