"""The counts at the head of the dashboard, and what its filters can choose from: in one query."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import BooleanField, Count, F, Q
from django.db.models.expressions import ExpressionWrapper
from django.db.models.functions import Coalesce

from accounts.models import User
from cases.models import Case
from cases.protocol import STEPS
from cases.querysets import CaseQuerySet


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of the open cases that one may see, and who and which classes stand in them."""

    total: int
    severe: int
    overdue: int
    unassigned: int
    mine: int
    steps: dict[int, int]
    classes: list[str]
    # Public id → name.
    responsible: dict[str, str]


class _Heap(NamedTuple):
    """Cases that are the same in all that is counted."""

    step: int
    attention: int
    late: bool
    class_name: str
    responsible: UUID | None
    name: str | None
    count: int


def summary(cases: CaseQuerySet, user: User, now: datetime) -> Summary:
    """Return the counts of the open ones of some cases."""
    late = ExpressionWrapper(Q(deadline__lt=now), output_field=BooleanField())
    heaps = [
        _Heap(*row)
        for row in cases.open()
        .order_by()
        .annotate(late=Coalesce(late, False))
        .values_list(
            "step", "attention", "late", "pupil__class_name",
            "responsible__public_id", F("responsible__name"),
        )
        .annotate(count=Count("pk"))
    ]  # fmt: skip

    def number(holds: Callable[[_Heap], bool]) -> int:
        return sum(heap.count for heap in heaps if holds(heap))

    names = {str(heap.responsible): heap.name for heap in heaps if heap.responsible}
    return Summary(
        total=number(lambda heap: True),
        severe=number(lambda heap: heap.attention == Case.Attention.SEVERE),
        overdue=number(lambda heap: heap.late),
        unassigned=number(lambda heap: heap.responsible is None),
        mine=number(lambda heap: heap.responsible == user.public_id),
        steps={s.number: number(lambda heap, n=s.number: heap.step == n) for s in STEPS},
        classes=sorted({heap.class_name for heap in heaps if heap.class_name}),
        responsible=dict(sorted(names.items(), key=lambda item: item[1])),
    )
