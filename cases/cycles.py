"""The records of a case by cycle: one walk through the steps each (R33)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cases.models import Case
from cases.protocol import STEPS

# The records that a cycle shows, by their reverse relation on Case.
RELATIONS = (
    *(step.records for step in STEPS),
    "feedbacks",
    "deviations",
    "lookbacks",
    "statements",
)

# What the page of a step shows, by its number; and what its drawing of the chain looks at beside.
STEP_SHOWS: dict[int, tuple[str, ...]] = {step.number: (step.records,) for step in STEPS}
STEP_SHOWS = {number: (*shown, "statements") for number, shown in STEP_SHOWS.items()}
STEP_SHOWS[1] += ("lookbacks",)
STEP_SHOWS[5] += ("feedbacks",)
CHAIN_NEEDS = {5: ("conversations",)}


@dataclass(frozen=True, slots=True)
class Cycle:
    """One walk: its number, when and why it began, and its records by relation."""

    number: int
    began_at: datetime
    why: str
    records: dict[str, list[Any]]


def cycles(case: Case, relations: Sequence[str] = RELATIONS) -> list[Cycle]:
    """Return the walks of a case, the newest first, with the records of some relations.

    Of a case for which these and its step changes were fetched, without a query.
    """
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
            for relation in relations
        }
        began_at = change.at if change else case.opened_at
        found.append(Cycle(number, began_at, change.motivation if change else "", records))
    return found


def of_step(walks: list[Cycle], number: int) -> list[Cycle]:
    """Return the walks with, of what was done otherwise or said beside it, what is of one step.

    What comes after the five stands with the last of them.
    """
    last = STEPS[-1].number
    return [
        replace(
            walk,
            records=walk.records
            | {
                "deviations": [
                    deviation
                    for deviation in walk.records["deviations"]
                    if min(deviation.step, last) == number
                ],
                "statements": [said for said in walk.records["statements"] if said.step == number],
            },
        )
        for walk in walks
    ]
