"""The dashboard's head as its template shows it: tabs, chips of what is on, what can be chosen."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.dashboard.counts import Summary
from cases.dashboard.filters import URGENCIES, VIEWS, YES, CaseFilter, categories
from cases.dashboard.paging import Page
from cases.protocol import STEPS

# What a phone shows first, and whoever does not say what they are.
LIST, BOARD = "list", "board"


@dataclass(frozen=True, slots=True)
class Tab:
    """A link to other cases, with how many there are; None: not counted."""

    label: Promise | str
    address: str
    count: int | None
    current: bool
    code: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the address without it."""

    label: Promise | str
    value: Promise | str
    address: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter that can be chosen: its options as value, words and whether it is on."""

    name: str
    label: Promise | str
    options: list[tuple[str, Promise | str, bool]]


@dataclass(frozen=True)
class Shown:
    """What stands above the cases. ``asked``: the layout that the address asks for, if it does."""

    chosen: CaseFilter
    summary: Summary
    page: Page
    layout: str
    asked: str

    def _address(self, **changes: str) -> str:
        return self.chosen.address(**{"layout": self.asked, **changes})

    @property
    def tabs(self) -> list[Tab]:
        """Return whose cases one can look at."""
        counts = {
            "all": self.summary.total,
            "mine": self.summary.mine,
            "unassigned": self.summary.unassigned,
        }
        return [
            Tab(label, self._address(view="" if code == "all" else code), counts.get(code),
                self.chosen.of_whom == code, code)
            for code, label in VIEWS
        ]  # fmt: skip

    @property
    def alarms(self) -> list[Tab]:
        """Return what cannot wait, to be put on and off with one click."""
        table = (
            ("urgency", "severe", _("Severe"), self.summary.severe),
            ("overdue", "yes", _("Past the period"), self.summary.overdue),
        )
        found = []
        for name, value, label, count in table:
            on = self.chosen.chosen.get(name) == value
            address = self._address(**{name: "" if on else value})
            found.append(Tab(label, address, count, on, value))
        return found

    @cached_property
    def chips(self) -> list[Chip]:
        """Return the filters that are on, each with the address without it."""
        words = {choice.name: choice for choice in self.choices}
        chips = []
        if self.chosen.words:
            chips.append(Chip(_("Searched"), self.chosen.chosen["q"], self._address(q="")))
        for name in self.chosen.on:
            choice = words[name]
            value = next(label for __, label, on in choice.options if on)
            chips.append(Chip(choice.label, value, self._address(**{name: ""})))
        return chips

    @property
    def cleared(self) -> str:
        """Return the address without any filter, of the same people's cases."""
        view = "" if self.chosen.of_whom == "all" else self.chosen.of_whom
        on = dict.fromkeys(self.chosen.chosen, "")
        return self._address(**{**on, "view": view})

    @cached_property
    def choices(self) -> list[Choice]:
        """Return what one can choose: what stands in an address stays, also when nobody has it."""
        steps = [
            (str(s.number), f"{s.number}. {s.short_name} ({self.summary.steps[s.number]})")
            for s in STEPS
        ]
        return [
            self._choice("step", steps),
            self._choice("urgency", list(URGENCIES)),
            self._choice("class_name", [(name, name) for name in self.summary.classes]),
            self._choice("responsible", list(self.summary.responsible.items())),
            self._choice("overdue", list(YES)),
            self._choice("category", list(categories())),
            self._choice("consulting", list(YES)),
        ]

    def _choice(self, name: str, options: list[tuple[str, Promise | str]]) -> Choice:
        value = self.chosen.chosen.get(name, "")
        if value and value not in dict(options):
            # A class is its own name; of a person who has no open case none is shown.
            options.append((value, value if name == "class_name" else _("somebody else")))
        return Choice(
            name,
            self.chosen.filters[name].label,
            [(code, label, code == value) for code, label in options],
        )

    @property
    def layouts(self) -> list[Tab]:
        """Return the board and the list."""
        return [
            Tab(label, self.chosen.address(layout=code), None, self.layout == code, code)
            for code, label in ((LIST, _("List")), (BOARD, _("Board")))
        ]

    @property
    def also_closed(self) -> str:
        """Return where the same words are searched in closed cases; empty: nothing is searched."""
        if not self.chosen.words or self.chosen.of_whom == "closed":
            return ""
        return self._address(view="closed")

    @property
    def previous(self) -> str:
        """Return the address of the page before this one; empty: there is none."""
        return self._address(before=self.page.previous) if self.page.previous else ""

    @property
    def next(self) -> str:
        """Return the address of the page after this one; empty: there is none."""
        return self._address(after=self.page.next) if self.page.next else ""


def layout_of(asked: str, agent: str, chosen: CaseFilter) -> str:
    """Return how the cases are shown: as asked, or by what the browser says it is."""
    if chosen.only_list:
        return LIST
    if asked in (LIST, BOARD):
        return asked
    return LIST if not agent or "Mobi" in agent else BOARD
