"""What stands in a dossier, read once for its template."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from cases.facts import facts_for
from cases.models import Case, DossierExport
from cases.protocol import PERIODS, STEPS, Guidance, Period, guide
from cases.retention import Retention, retention
from cases.timeline import Entry, timeline


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step in the summary: where it stands and since when."""

    number: int
    name: Promise
    state: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case as it is at one moment, for one export."""

    export: DossierExport
    case: Case
    age: int | None
    guidance: Guidance
    period: Period | None
    retention: Retention
    steps: tuple[StepLine, ...]
    counts: dict[str, int]
    last_decision: Any
    timeline: list[Entry]
    made_at: datetime


def dossier(export: DossierExport, now: datetime) -> Dossier:
    """Read all that the dossier shows, in a number of queries that does not grow."""
    case = Case.objects.with_records().get(pk=export.case_id)
    guidance = guide(facts_for(case, now))
    return Dossier(
        export=export,
        case=case,
        age=case.pupil.age(now.date()),
        guidance=guidance,
        period=PERIODS.get(case.period),
        retention=retention(case),
        steps=_steps(guidance),
        counts={step.records: len(getattr(case, step.records).all()) for step in STEPS},
        last_decision=next(reversed(case.decisions.all()), None),
        timeline=timeline(case),
        made_at=now,
    )


def _steps(guidance: Guidance) -> tuple[StepLine, ...]:
    return tuple(
        StepLine(state.step.number, state.step.name, state.state, state.at)
        for state in guidance.steps
    )
