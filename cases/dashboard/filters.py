"""Which cases one looks at: filters that stand in the address (django-filter).

What an address says that does not exist is left aside, and told: a link of last year still works.
"""

from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urlencode

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from accounts.access import Permission, memberships_with
from accounts.models import User
from cases.models import Case
from cases.protocol import STEPS
from cases.querysets import CaseQuerySet
from cases.search.names import named
from cases.search.sealed import opened, sealed
from cases.search.texts import found_in

MOST_WORDS, LONGEST = 5, 80

VIEWS = (
    ("all", _("All open")),
    ("mine", _("Mine")),
    ("unassigned", _("Nobody's")),
    ("closed", _("Closed")),
)
# What was a view before, in addresses that people kept → what it is now.
FORMER_VIEWS = {"severe": ("urgency", "severe"), "overdue": ("overdue", "yes")}
URGENCIES = tuple(
    (attention.name.lower(), attention.label) for attention in reversed(Case.Attention)
)
YES = (("yes", _("Yes")),)


def related(*relations: str) -> Any:
    """Return the model at the end of relations of a case: ``cases`` imports no app of a step."""
    model: Any = Case
    for relation in relations:
        model = model._meta.get_field(relation).related_model
    return model


def categories() -> list[tuple[str, Promise]]:
    """Return what a signal can be about, with its words."""
    return related("signals", "categories")._meta.get_field("code").choices


class CaseFilter(django_filters.FilterSet):
    """The filters of the dashboard, each a row here. ``user``: whose cases are "mine".

    It takes words as they were typed; in its addresses they are sealed (``of_address``).
    """

    q = django_filters.CharFilter(method="search", label=_("Searched"))
    view = django_filters.ChoiceFilter(choices=VIEWS, method="whose", label=_("Which cases"))
    step = django_filters.ChoiceFilter(
        choices=[(step.number, step.short_name) for step in STEPS], label=_("Step")
    )
    urgency = django_filters.ChoiceFilter(choices=URGENCIES, method="urgent", label=_("Attention"))
    overdue = django_filters.ChoiceFilter(choices=YES, method="past", label=_("Past the period"))
    class_name = django_filters.CharFilter(
        field_name="pupil__class_name", max_length=20, label=_("Class")
    )
    responsible = django_filters.UUIDFilter(
        field_name="responsible__public_id", label=_("Responsible")
    )
    category = django_filters.ChoiceFilter(
        choices=categories, method="about", label=_("What the signal is about")
    )
    consulting = django_filters.ChoiceFilter(
        choices=YES, method="in_consultation", label=_("Consultation open")
    )

    def __init__(self, data: Mapping[str, str], cases: CaseQuerySet, user: User) -> None:
        super().__init__({name: _tidy(value) for name, value in data.items()}, cases)
        self.user = user
        self.unread = False
        former = FORMER_VIEWS.get(self.data.get("view", ""))
        if former:
            self.data = {**self.data, "view": "", former[0]: former[1]}

    @classmethod
    def of_address(cls, query: QueryDict, cases: CaseQuerySet, user: User) -> Self:
        """Return the filter that stands in an address: words that are not sealed are left aside."""
        words = opened(query.get("q", ""), user)
        chosen = cls({**query.dict(), "q": words}, cases, user)
        chosen.unread = bool(query.get("q")) and not words
        return chosen

    @cached_property
    def _asks(self) -> bool:
        """Tell whether the address asks for anything: mostly not, and then there is no form."""
        return any(self.data.get(name) for name in self.filters)

    @cached_property
    def chosen(self) -> dict[str, str]:
        """Return what the address asks for and can be had, by filter, as it stands in an address.

        "All" is no filter.
        """
        if not self._asks:
            return {}
        self.form.is_valid()
        values = self.form.cleaned_data
        said = {name: str(values[name]) for name in self.filters if values.get(name)}
        return {name: value for name, value in said.items() if (name, value) != ("view", "all")}

    @property
    def left_aside(self) -> list[Promise]:
        """Return the names of the filters that an address asks for and that do not exist."""
        unread = ["q"] if self.unread else []
        return [self.filters[n].label for n in (*unread, *(self.errors if self._asks else ()))]

    @property
    def of_whom(self) -> str:
        """Return whose cases are shown."""
        return self.chosen.get("view", "all")

    @property
    def only_list(self) -> bool:
        """Tell whether there is no board of it: of what is searched, and of what has ended."""
        return bool(self.words) or self.of_whom == "closed"

    @property
    def words(self) -> list[str]:
        """Return the words that are searched."""
        return self.chosen.get("q", "").split()[:MOST_WORDS]

    @cached_property
    def schools(self) -> set[int]:
        """Return the keys of the schools in whose cases is searched."""
        places = memberships_with(self.user, Permission.SEE_DASHBOARD)
        return {one.school_id for one in places if one.school_id}

    @cached_property
    def places(self) -> dict[str, Exists]:
        """Return whether the words stand in a record, by where (``found_in``)."""
        return found_in(self.words, self.schools)

    @property
    def on(self) -> dict[str, str]:
        """Return the filters that are on, beside whose cases and the words."""
        return {n: value for n, value in self.chosen.items() if n not in ("q", "view")}

    @property
    def kept(self) -> str:
        """Return the filter as an address, to be saved: without the words, which are names."""
        return urlencode({n: value for n, value in self.chosen.items() if n != "q"})

    @cached_property
    def _sealed(self) -> str:
        """Return the words as they stand in each address of a page."""
        return sealed(self.chosen.get("q", ""), self.user)

    def address(self, **changes: str) -> str:
        """Return the filter as an address with changes; an empty one takes a filter off."""
        changed = {**self.chosen, "q": self._sealed, **changes}
        return "?" + urlencode({name: value for name, value in changed.items() if value})

    def step_address(self, number: int) -> str:
        """Return where all cases of one step stand, in a list."""
        return self.address(layout="list", step=str(number))

    @property
    def found(self) -> CaseQuerySet:
        """Return the cases of this filter; in no order, and without what a card says."""
        closed = self.of_whom == "closed"
        cases = self.qs if self._asks else self.queryset
        return cases.filter(closed_at__isnull=not closed).order_by()

    def search(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """Keep the cases of a pupil of this name, or with a record in which all words stand."""
        condition = named(self.words, self.schools)
        for place in self.places:
            condition |= Q(**{place: True})
        return cases.annotate(**self.places).filter(condition)

    def whose(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """Keep one's own, or those of nobody. Closed ones are told from open ones in ``found``."""
        if value == "mine":
            return cases.filter(responsible=self.user)
        return cases.filter(responsible__isnull=True) if value == "unassigned" else cases

    def urgent(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """Keep the cases of one attention."""
        return cases.filter(attention=Case.Attention[value.upper()])

    def past(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """Keep the cases whose period is over."""
        return cases.filter(deadline__lt=timezone.now())

    def about(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """Keep the cases with a signal about something: as it holds now, and not unfounded."""
        signals = (
            related("signals")
            .objects.current()
            .filter(case=OuterRef("pk"), categories__code=value, finding__isnull=True)
        )
        return cases.filter(Exists(signals))

    def in_consultation(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """Keep the cases in which a consultation runs."""
        return cases.filter(Exists(open_consultations()))


def open_consultations() -> Any:
    """Return the consultations of a case that run, around a query of cases."""
    consultations = related("consultations").objects.current()
    return consultations.filter(case=OuterRef("pk"), closed_at__isnull=True)


def open_referrals() -> Any:
    """Return the referrals of a case that left and that nobody answered, around such a query."""
    referrals = related("decisions", "referrals").objects
    return referrals.filter(
        decision__case=OuterRef("pk"),
        decision__correction__isnull=True,
        sent_at__isnull=False,
        accepted_at__isnull=True,
        passed_on_at__isnull=True,
        closed_at__isnull=True,
        withdrawn_at__isnull=True,
    )


def _tidy(value: str) -> str:
    """Return what no database refuses, and no longer than a search is."""
    return value.replace("\x00", "").encode("utf-8", "ignore").decode().strip()[:LONGEST]
