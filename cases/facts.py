"""Build the protocol's facts from the rows of a case: for one, or for many in as many queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from cases.calendars import SchoolCalendar, asked_of_schools, by_school
from cases.models import Case, CaseUserObjectPermission, ShutOut
from cases.one_case import OneCase, read_case
from cases.protocol import Facts
from cases.protocol.questions import UNSAFE
from cases.protocol.waiting import PutOff
from cases.record_facts import (
    assessment_facts,
    chain_facts,
    consultation_facts,
    conversation_facts,
    decision_facts,
    referral_facts,
    refused_at,
    report_facts,
    severe_since_answer,
    signal_facts,
    since_home_unsafe,
    since_weighed_acute,
)
from cases.rows import (
    RELATIONS,
    Asked,
    Rows,
    key_of,
    put_off,
    standing_snoozes,
    with_those_of_their_pupils,
)
from cases.together import read_together

# As many cases as a page shows; more are the sweep's, in batches.
A_PAGE = 110
# What an explanation does away with: a decision against the weighing does away with nothing.
EXPLAINS = frozenset({"skipped", "not_done"})
# Rules about a signal: explained in an earlier cycle, they are explained until a newer signal.
ABOUT_A_SIGNAL = frozenset({"R3", "R4", "R13"})


def facts_for(
    case: Case,
    now: datetime,
    read: OneCase | None = None,
    *,
    alone: bool = False,
    newer: bool = True,
    own: bool = False,
) -> Facts:
    """Return the facts of one case, in one query; of what was ``read`` of it, without any.

    ``alone``: not what was weighed and decided in other cases of the pupil. Who weighs must know of
    it (R27); who only takes part in this case need not. ``newer``: whether signals of a newer case
    end looking back on a closed one. To who sees this case and not that one, it would tell that
    there is one. ``own``: whether signals of this very case alone count, for who reads no other.
    """
    one = read or read_case(case)
    only = {"alone": alone, "newer": newer, "own": own}
    return _facts(case, one.rows, one.calendar, one.put_off, now, **only)


def facts_as_author_knows(
    case: Case, author_id: int, now: datetime, *, alone: bool = False
) -> Facts:
    """Return the facts as far as somebody knows who only logged signals: their own signals.

    What they are told must not show that others logged signals too (docs/protocol.md, Scenarios 2).
    ``alone``: those in this very case. Whoever else reads it need not know of another one.
    """
    return facts_of_many_as_author_knows([case], author_id, now, alone=alone)[case.pk]


def facts_of_many_as_author_knows(
    cases: Iterable[Case], author_id: int, now: datetime, *, alone: bool = False
) -> dict[int, Facts]:
    """Return the same of many cases, by primary key, in a number of queries that does not grow."""
    cases = list(cases)
    known = with_those_of_their_pupils(cases)
    asked = Asked.of("signals", cases, known)
    kept_out = ShutOut.objects.standing().filter(user_id=author_id)
    kept_out = kept_out.order_by().values_list("pupil_id", "kept_out_since")
    _read([*asked.querysets(), kept_out], cases)
    rows, since = asked.by_key(known), dict(kept_out) if cases and not alone else {}
    found = {}
    for case in cases:
        own = [s for s in rows[key_of("signals", case)] if s.author_id == author_id]
        if alone:
            own = [signal for signal in own if signal.case_id == case.pk]
        if case.pupil_id in since:  # nor what the care team found of it since
            for signal in own:
                if signal.found_at is not None and signal.found_at >= since[case.pupil_id]:
                    signal.unfounded = None
        found[case.pk] = _as_author_knows(case, own, now)
    return found


def _as_author_knows(case: Case, own: list[Any], now: datetime) -> Facts:
    opened_at = own[0].recorded_at if own else case.opened_at
    known = signal_facts(case, own, now)
    return Facts(now=now, opened_at=opened_at, about_staff=case.restricted, **known)


def facts_for_many(cases: Iterable[Case], now: datetime) -> dict[int, Facts]:
    """Return the facts of cases by primary key, in a number of queries that does not grow."""
    return facts_and_calendars(cases, now)[0]


def facts_and_calendars(
    cases: Iterable[Case], now: datetime
) -> tuple[dict[int, Facts], dict[int, SchoolCalendar]]:
    """Return the facts of cases by primary key, and what their schools set, by primary key.

    Whoever was handed a case that is closed looks back, and need not know of a newer one: that ends
    nothing there.
    """
    cases = list(cases)
    known = with_those_of_their_pupils(cases)
    asked = [Asked.of(relation, cases, known) for relation in RELATIONS]
    calendars, snoozes = asked_of_schools(cases), standing_snoozes(cases)
    _read([*(one for some in asked for one in some.querysets()), *calendars, snoozes], cases)
    rows: Rows = {some.relation: some.by_key(known) for some in asked}
    calendars, waiting = by_school(*calendars), put_off(snoozes)
    handed = handed_over(case.pk for case in cases if case.closed_at)
    facts = {
        case.pk: _facts(
            case, rows, calendars[case.school_id], waiting.get(case.pk), now,
            newer=case.pk not in handed,
        )
        for case in cases
    }  # fmt: skip
    return facts, {case.school_id: calendars[case.school_id] for case in cases}


def handed_over(cases: Iterable[int]) -> set[int]:
    """Return which of these cases were handed over to somebody who looks after them."""
    keys = list(cases)
    if not keys:
        return set()
    granted = CaseUserObjectPermission.objects.filter(
        permission__codename="handed_over", content_object__in=keys
    )
    return set(granted.values_list("content_object_id", flat=True))


def _read(querysets: list[QuerySet], cases: list[Case]) -> None:
    """Read what a page shows of its cases in one query; a sweep's thousands each by its own."""
    if 0 < len(cases) <= A_PAGE:
        read_together(*querysets)


@dataclass(frozen=True, slots=True)
class _Records:
    """The records of one case, out of those that were fetched for many."""

    case: Case
    rows: Rows

    def all(self, relation: str) -> list[Any]:
        """Return those that count for the case: its own, and those of the pupil's other cases."""
        return self.rows[relation].get(key_of(relation, self.case), [])

    def here(self, relation: str) -> list[Any]:
        """Return those of the case's own cycle."""
        return [r for r in self.all(relation) if self._is_here(r)]

    def of_the_case(self, relation: str) -> list[Any]:
        """Return those of the case, of all its cycles."""
        return [r for r in self.all(relation) if r.case_id == self.case.pk]

    def before(self, relation: str) -> list[Any]:
        """Return those of earlier cycles and cases."""
        return [r for r in self.all(relation) if not self._is_here(r)]

    def _is_here(self, record: Any) -> bool:
        return record.case_id == self.case.pk and record.cycle == self.case.cycle


def _facts(
    case: Case,
    rows: Rows,
    school: SchoolCalendar,
    waits: PutOff | None,
    now: datetime,
    *,
    alone: bool = False,
    newer: bool = True,
    own: bool = False,
) -> Facts:
    records, today = _Records(case, rows), timezone.localdate(now)
    looked_back = [
        r
        for r in records.here("lookbacks")
        # Who saw something new has not looked back: they log it, and are asked until they did.
        if r.recorded_at >= _look_from(case) and r.result != "concern"
    ]
    consultations = records.all("consultations")
    assessments = records.here("assessments")
    decisions = records.of_the_case("decisions")
    conversations, feedbacks = records.here("conversations"), records.here("feedbacks")
    count = records.of_the_case if own else records.all
    # What came once the case was closed is the next one's: here it ends the looking back, and makes
    # no step of it, nor any attention, which who takes part in this one alone would see.
    logged = [s for s in count("signals") if not _is_newer(s, case)]
    signals = signal_facts(case, logged, now)
    known = signal_facts(case, count("signals"), now) if newer and case.closed_at else signals
    last_known_at = known["last_signal_at"]
    signals = since_home_unsafe(signals, conversations)
    refused = refused_at(conversations, feedbacks)
    after = decision_facts(records.here("decisions"), feedbacks)
    return Facts(
        now=now,
        opened_at=case.began_at,
        cycle=case.cycle,
        closed_at=case.closed_at,
        looked_back_at=looked_back[-1].recorded_at if looked_back else None,
        looked_back_quiet=(bool(looked_back) and looked_back[-1].result == "quiet")
        or _signalled_since(case, last_known_at),
        about_staff=case.restricted,
        put_off=waits,
        **school.known(today),
        responsible=case.responsible_id is not None,
        pupil_age=case.pupil.age(today),
        history_of_unsafety=_was_unsafe(records, alone=alone),
        explained=_explained(records),
        help_refused_at=refused,
        **since_weighed_acute(signals, assessments),
        **consultation_facts(consultations, records.here("consultations")),
        severe_since_answer=severe_since_answer(logged, consultations, case),
        **conversation_facts(conversations, signals["last_signal_at"], refused),
        **assessment_facts(assessments),
        **after,
        **referral_facts(decisions, records.all("feedbacks")),
        **report_facts(decisions, records.all("feedbacks"), school.days, now),
        **chain_facts(
            case, records.of_the_case("conversations"), decisions, records.of_the_case("feedbacks")
        ),
    )


def _is_newer(signal: Any, case: Case) -> bool:
    """Tell whether a signal came once a case was closed: into the next one."""
    if case.closed_at is None or signal.case_id == case.pk:
        return False
    return signal.recorded_at > case.closed_at


def _signalled_since(case: Case, last_signal_at: datetime | None) -> bool:
    """Tell whether a signal came after the case was closed: a newer case has all attention."""
    if case.closed_at is None or last_signal_at is None:
        return False
    return last_signal_at > case.closed_at


def _explained(records: _Records) -> dict[str, datetime]:
    """Return the newest explanation by its rule: of this cycle, and of what a signal asks for."""
    explains = [d for d in records.all("deviations") if d.kind in EXPLAINS]
    return {
        d.rule: d.recorded_at
        for d in explains
        if d.rule in ABOUT_A_SIGNAL or d.cycle == records.case.cycle
    }


def _look_from(case: Case) -> datetime:
    """Return from when looking back counts: of a closed case, since it was closed."""
    return case.closed_at or case.began_at


def _was_unsafe(records: _Records, *, alone: bool) -> bool:
    """Tell whether an earlier cycle or case was weighed as unsafe, or reported (R27).

    ``alone``: a cycle of this very case.
    """

    def before(relation: str) -> list[Any]:
        found = records.before(relation)
        return [r for r in found if not alone or r.case_id == records.case.pk]

    if any(decision.report for decision in before("decisions")):
        return True
    answers = (given for weighed in before("assessments") for given in weighed.given)
    return any(question == "unsafety" and answer in UNSAFE for question, answer in answers)
