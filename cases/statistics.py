"""How a school walks the protocol: what it did otherwise, and why that must be explained."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils.functional import Promise

from cases.models import Deviation
from cases.protocol.rules import BY_CODE
from cases.querysets import CaseQuerySet

SPAN = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Line:
    """How often something was done otherwise."""

    kind: str
    what: Promise | str
    rule: str
    count: int


def deviations(cases: CaseQuerySet, now: datetime) -> list[Line]:
    """Return what was done otherwise in the year before, in cases that one may see; most first."""
    rows = (
        Deviation.objects.filter(case__in=cases, recorded_at__gte=now - SPAN)
        .values("kind", "step", "rule")
        .annotate(count=Count("pk"))
        .order_by("-count", "step", "rule", "kind")
    )
    labels = dict(Deviation.Kind.choices)
    return [
        Line(
            str(labels[row["kind"]]),
            BY_CODE[row["rule"]].asks if row["rule"] in BY_CODE else str(row["step"]),
            row["rule"],
            row["count"],
        )
        for row in rows
    ]


def walked(cases: CaseQuerySet, now: datetime) -> dict[str, int]:
    """Return how many cases were opened and decided, and how many explain a choice, in a year."""
    opened = cases.filter(opened_at__gte=now - SPAN)
    explained = Deviation.objects.filter(case__in=cases, recorded_at__gte=now - SPAN)
    return {
        "opened": opened.count(),
        "closed": cases.filter(closed_at__gte=now - SPAN).count(),
        "explained": explained.values("case").distinct().count(),
    }
