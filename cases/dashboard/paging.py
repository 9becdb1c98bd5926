"""Pages of a list that never shift: each begins at a place in the order, not at a number.

The place stands in the address sealed: what it says of a case is nobody's business there.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import InvalidToken
from django.db.models import F, Q

from accounts.crypto import cipher
from cases.dashboard.cards import Card
from cases.models import Case
from cases.querysets import CaseQuerySet

PER_PAGE = 25
PURPOSE = "a place on the dashboard"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the dashboard's order: that of a case as it was when it was shown."""

    attention: int
    deadline: datetime | None
    pk: int

    @classmethod
    def of(cls, case: Case) -> "Place":
        """Return where a case stands."""
        return cls(case.attention, case.deadline, case.pk)

    @classmethod
    def opened(cls, token: str) -> "Place | None":
        """Return the place that an address names; None when it names none."""
        try:
            attention, deadline, pk = json.loads(cipher(PURPOSE).decrypt(token))
        except (InvalidToken, ValueError):
            return None
        return cls(attention, deadline and datetime.fromisoformat(deadline), pk)

    @property
    def sealed(self) -> str:
        """Return the place as it stands in an address."""
        deadline = self.deadline and self.deadline.isoformat()
        place = json.dumps([self.attention, deadline, self.pk])
        return cipher(PURPOSE).encrypt(place.encode()).decode()

    @property
    def after(self) -> Q:
        """Return the condition on cases that come after it: those without a deadline last."""
        tied = Q(deadline=self.deadline, pk__gt=self.pk)
        if self.deadline is None:
            tied = Q(deadline__isnull=True, pk__gt=self.pk)
        else:
            tied |= Q(deadline__gt=self.deadline) | Q(deadline__isnull=True)
        return Q(attention__lte=self.attention) & (
            Q(attention__lt=self.attention) | Q(attention=self.attention) & tied
        )

    @property
    def before(self) -> Q:
        """Return the condition on cases that come before it."""
        if self.deadline is None:
            tied = Q(deadline__isnull=False) | Q(deadline__isnull=True, pk__lt=self.pk)
        else:
            tied = Q(deadline__lt=self.deadline) | Q(deadline=self.deadline, pk__lt=self.pk)
        return Q(attention__gte=self.attention) & (
            Q(attention__gt=self.attention) | Q(attention=self.attention) & tied
        )


@dataclass(frozen=True, slots=True)
class Page:
    """The cases of one page, and the places at which the ones beside it begin; empty: none."""

    cases: list[Case]
    previous: str = ""
    next: str = ""

    def __iter__(self):
        return iter(self.cases)

    @property
    def cards(self) -> list[Card]:
        """Return the cards of the cases, once they are made."""
        return [case.card for case in self.cases]


def page_of(cases: CaseQuerySet, *, after: str = "", before: str = "") -> Page:
    """Return the page after or before a place of cases in the dashboard's order, or the first."""
    if place := Place.opened(after):
        return _page(list(cases.filter(place.after)[: PER_PAGE + 1]), more_before=True)
    if place := Place.opened(before):
        backwards = cases.filter(place.before).order_by(
            "attention", F("deadline").desc(nulls_first=True), "-pk"
        )
        found = list(backwards[: PER_PAGE + 1])
        shown = found[:PER_PAGE][::-1]
        # What came in meanwhile stands before it; a page of less is the first.
        if len(shown) == PER_PAGE:
            return Page(
                shown,
                Place.of(shown[0]).sealed if len(found) > PER_PAGE else "",
                Place.of(shown[-1]).sealed,
            )
    return _page(list(cases[: PER_PAGE + 1]), more_before=False)


def _page(found: list[Case], *, more_before: bool) -> Page:
    shown = found[:PER_PAGE]
    return Page(
        shown,
        Place.of(shown[0]).sealed if shown and more_before else "",
        Place.of(shown[-1]).sealed if len(found) > PER_PAGE else "",
    )
