"""The records of a case by cycle: one walk through the steps each (R33)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases.models import Case
from cases.protocol import STEPS

# The records that a cycle shows, by their reverse relation on Case.
RELATIONS = (*(step.records for step in STEPS), "feedbacks", "deviations", "lookbacks")


@dataclass(frozen=True, slots=True)
class Cycle:
    """One walk: its number, when and why it began, and its records by relation."""

    number: int
    began_at: datetime
    why: str
    records: dict[str, list[Any]]


def cycles(case: Case) -> list[Cycle]:
    """Return the walks of a case, the newest first; of a case ``with_records`` without a query."""
    begun = {
        change.cycle: change
        for change in case.step_changes.all()
        if change.to_step == 1 and change.cycle > 1
    }
    found = []
    for number in range(case.cycle, 0, -1):
        change = begun.get(number)
        records = {
            relation: [r for r in getattr(case, relation).all() if r.cycle == number]
            for relation in RELATIONS
        }
        began_at = change.at if change else case.opened_at
        found.append(Cycle(number, began_at, change.motivation if change else "", records))
    return found
