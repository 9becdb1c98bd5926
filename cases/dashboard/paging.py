"""Pages of a list that never shift: each begins at a place in the order, not at a number.

The place stands in the address sealed: what it says of a case is nobody's business there.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.fernet import InvalidToken
from django.db.models import F, Q
from django.db.models.expressions import OrderBy

from accounts.crypto import cipher
from cases.dashboard.cards import Card
from cases.models import Case
from cases.querysets import CaseQuerySet

PER_PAGE = 25
PURPOSE = "a place on the dashboard"
# From the keys of cases to the cases, in whatever order.
Read = Callable[[list[int]], Iterable[Case]]


@dataclass(frozen=True, slots=True)
class Key:
    """One field of an order. ``may_be_empty``: cases without it come last."""

    field: str
    falling: bool = False
    may_be_empty: bool = False

    def by(self, *, forward: bool) -> OrderBy | str:
        """Return the field as a queryset is ordered by it, or the other way round."""
        rises = forward is not self.falling
        if not self.may_be_empty:
            return self.field if rises else f"-{self.field}"
        return OrderBy(F(self.field), descending=not rises, nulls_last=forward or None,
                       nulls_first=not forward or None)  # fmt: skip

    def tied(self, value: Any) -> Q:
        """Return the condition on cases that stand at a value."""
        return Q(**({f"{self.field}__isnull": True} if value is None else {self.field: value}))

    def past(self, value: Any, *, forward: bool) -> Q:
        """Return the condition on cases that come after a value, or before it."""
        empty = f"{self.field}__isnull"
        if value is None:
            return Q(pk__in=()) if forward else Q(**{empty: False})
        further = Q(**{f"{self.field}__{'gt' if forward is not self.falling else 'lt'}": value})
        return further | Q(**{empty: True}) if self.may_be_empty and forward else further


# Of open cases severe first, then whoever waits longest; of closed ones what ended last.
OPEN, CLOSED = "open", "closed"
ORDERS: dict[str, tuple[Key, ...]] = {
    OPEN: (Key("attention", falling=True), Key("deadline", may_be_empty=True), Key("pk")),
    CLOSED: (Key("closed_at", falling=True), Key("pk", falling=True)),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an order: that of a case as it was when it was shown."""

    order: str
    values: tuple[Any, ...]

    @classmethod
    def of(cls, case: Case, order: str) -> "Place":
        """Return where a case stands."""
        return cls(order, tuple(getattr(case, key.field) for key in ORDERS[order]))

    @classmethod
    def opened(cls, token: str, order: str) -> "Place | None":
        """Return the place in an order that an address names; None when it names none."""
        try:
            named, *values = json.loads(cipher(PURPOSE).decrypt(token))
        except (InvalidToken, ValueError):
            return None
        moments = (datetime.fromisoformat(one) if isinstance(one, str) else one for one in values)
        return cls(order, tuple(moments)) if named == order else None

    @property
    def sealed(self) -> str:
        """Return the place as it stands in an address."""
        said = [one.isoformat() if isinstance(one, datetime) else one for one in self.values]
        return cipher(PURPOSE).encrypt(json.dumps([self.order, *said]).encode()).decode()

    def past(self, *, forward: bool) -> Q:
        """Return the condition on cases that come after it, or before it."""
        keys = ORDERS[self.order]
        found, tied = Q(), Q()
        for key, value in zip(keys, self.values, strict=True):
            found |= tied & key.past(value, forward=forward)
            tied &= key.tied(value)
        # Of the first field once more, on its own: from there on the index is read.
        first, value = keys[0], self.values[0]
        return (first.tied(value) | first.past(value, forward=forward)) & found


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


def page_of(
    cases: CaseQuerySet, read: Read, *, order: str = OPEN, after: str = "", before: str = ""
) -> Page:
    """Return the page after or before a place of cases in an order (``ORDERS``), or the first.

    In two queries: which, and what. ``read``: from the keys of cases to what is shown of them.
    """
    ahead = _ordered(cases, order, forward=True)
    if place := Place.opened(after, order):
        found = _first(ahead.filter(place.past(forward=True)), read)
        return _page(found, order, more_before=True)
    if place := Place.opened(before, order):
        backwards = _ordered(cases, order, forward=False).filter(place.past(forward=False))
        found = _first(backwards, read)
        shown = found[:PER_PAGE][::-1]
        # What came in meanwhile stands before it; a page of less is the first.
        if len(shown) == PER_PAGE:
            return Page(
                shown,
                Place.of(shown[0], order).sealed if len(found) > PER_PAGE else "",
                Place.of(shown[-1], order).sealed,
            )
    return _page(_first(ahead, read), order, more_before=False)


def _first(cases: CaseQuerySet, read: Read) -> list[Case]:
    """Return the cases of a page, in their order, and one more where there is one."""
    keys = list(cases.values_list("pk", flat=True)[: PER_PAGE + 1])
    by_key = {case.pk: case for case in read(keys)}
    return [by_key[key] for key in keys if key in by_key]


def _ordered(cases: CaseQuerySet, order: str, *, forward: bool) -> CaseQuerySet:
    return cases.order_by(*(key.by(forward=forward) for key in ORDERS[order]))


def _page(found: list[Case], order: str, *, more_before: bool) -> Page:
    shown = found[:PER_PAGE]
    return Page(
        shown,
        Place.of(shown[0], order).sealed if shown and more_before else "",
        Place.of(shown[-1], order).sealed if len(found) > PER_PAGE else "",
    )
