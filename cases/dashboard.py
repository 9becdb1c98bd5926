"""What the coordinator's dashboard shows: filters from the address, pages, and counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from cases.models import Case
from cases.protocol import STEPS
from cases.querysets import CaseQuerySet

PER_PAGE = 25
VIEWS = ("all", "severe", "mine", "unassigned", "overdue", "closed")


@dataclass(frozen=True, slots=True)
class DashboardFilter:
    """Which cases one looks at. What an address says that does not exist is left aside."""

    view: str = "all"
    step: int | None = None
    query: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "DashboardFilter":
        """Return the filter that an address asks for."""
        view, step = query.get("view", "all"), query.get("step", "")
        return cls(
            view=view if view in VIEWS else "all",
            step=int(step) if step in {str(s.number) for s in STEPS} else None,
            query=query.get("q", "").replace("\x00", "").strip()[:80],
        )

    @property
    def as_query(self) -> str:
        """Return the filter as a query string, for the links to other pages."""
        chosen = {"view": self.view, "step": self.step or "", "q": self.query}
        return urlencode({name: value for name, value in chosen.items() if value})

    def apply(self, cases: CaseQuerySet, user: User) -> CaseQuerySet:
        """Return the cases of this filter, in the dashboard's order."""
        if self.view == "closed":
            return self._search(cases.filter(closed_at__isnull=False)).for_dashboard()
        cases = cases.open()
        if self.step:
            cases = cases.filter(step=self.step)
        narrowed = {
            "all": cases,
            "severe": cases.filter(attention=Case.Attention.SEVERE),
            "mine": cases.filter(responsible=user),
            "unassigned": cases.filter(responsible__isnull=True),
            "overdue": cases.filter(deadline__lt=timezone.now()),
        }
        return self._search(narrowed[self.view]).for_dashboard()

    def _search(self, cases: CaseQuerySet) -> CaseQuerySet:
        for word in self.query.split()[:5]:
            cases = cases.filter(
                Q(pupil__given_name__icontains=word)
                | Q(pupil__family_name__icontains=word)
                | Q(pupil__class_name__iexact=word)
                | Q(reference__iexact=word)
            )
        return cases


def page_of(cases: CaseQuerySet, number: str | None) -> Page:
    """Return one page of cases; a number that does not exist becomes the nearest that does."""
    return Paginator(cases, PER_PAGE).get_page(number)


def summary(cases: CaseQuerySet) -> dict[str, object]:
    """Return the counts at the head of the dashboard, in one query."""
    still_open = cases.open()
    steps = {f"step_{s.number}": Count("pk", filter=Q(step=s.number)) for s in STEPS}
    counts = still_open.aggregate(
        total=Count("pk"),
        severe=Count("pk", filter=Q(attention=Case.Attention.SEVERE)),
        overdue=Count("pk", filter=Q(deadline__lt=timezone.now())),
        unassigned=Count("pk", filter=Q(responsible__isnull=True)),
        **steps,
    )
    per_step = [
        {"number": s.number, "name": s.short_name, "count": counts.pop(f"step_{s.number}")}
        for s in STEPS
    ]
    return {**counts, "steps": per_step}
