"""The board: five columns, of each step the cases that need somebody first."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.utils.functional import Promise

from cases.dashboard.cards import BY_KEYS, Card
from cases.models import Case
from cases.protocol import STEPS
from cases.querysets import CaseQuerySet

PER_COLUMN = 8


@dataclass(frozen=True, slots=True)
class Column:
    """One step with the first of its cases, and how many there are."""

    number: int
    name: Promise
    cases: list[Case]
    count: int
    # Where all of them stand, in a list.
    address: str

    @property
    def cards(self) -> list[Card]:
        """Return the cards of the cases, once they are made."""
        return [case.card for case in self.cases]

    @property
    def more(self) -> int:
        """Return how many are not shown."""
        return self.count - len(self.cases)


def columns(cases: CaseQuerySet, address: Callable[[int], str]) -> list[Column]:
    """Return the columns of cases in the dashboard's order, in two queries: which, and what.

    ``address``: from the number of a step to where all of its cases stand.
    """
    order = ["-attention", F("deadline").asc(nulls_last=True), "pk"]
    placed = (
        cases.order_by()
        .annotate(
            place=Window(RowNumber(), partition_by="step", order_by=order),
            of_step=Window(Count("pk"), partition_by="step"),
        )
        .filter(place__lte=PER_COLUMN)
        .values_list("pk", "step", "of_step")
    )
    keys, counts = [], {}
    for pk, step, count in placed:
        keys.append(pk)
        counts[step] = count
    shown = BY_KEYS.read(keys)
    return [
        Column(
            step.number,
            step.short_name,
            [case for case in shown if case.step == step.number],
            counts.get(step.number, 0),
            address(step.number),
        )
        for step in STEPS
    ]


def first_of(columns: list[Column], most: int = 3) -> list[Case]:
    """Return the cases of all columns that cannot wait: severe or past their period."""
    pressing = [
        case for column in columns for case in column.cases if case.accelerated or case.is_overdue
    ]
    pressing.sort(key=_order)
    return pressing[:most]


def _order(case: Case) -> tuple[int, bool, float, int]:
    until = case.deadline.timestamp() if case.deadline else 0
    return (-case.attention, case.deadline is None, until, case.pk)
