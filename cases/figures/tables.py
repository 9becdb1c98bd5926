"""A figure as the pages show it: a table, what it tells in a sentence, and its chart."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.formats import number_format

from cases.figures.school_year import SchoolYear
from cases.figures.small_numbers import Key, Sum, hidden


@dataclass(frozen=True, slots=True)
class Cell:
    """One number as it is shown. ``value`` None: it is not shown, or there is none."""

    value: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table. ``rule``: the rule of the protocol that it is about."""

    label: str
    cells: tuple[Cell, ...]
    rule: str = ""
    within: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table. ``drawn``: which of its columns the chart draws; ``long``: it is folded up."""

    code: str
    title: str
    told: str
    head: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    chart: str = ""
    drawn: tuple[int, ...] = ()
    long: bool = False
    hides: bool = False

    @property
    def headed(self) -> list[tuple[str, bool]]:
        """Return the columns, each with whether it is drawn."""
        return [(column, n in self.drawn) for n, column in enumerate(self.columns)]

    @property
    def labelled(self) -> list[tuple[Line, list[tuple[str, Cell]]]]:
        """Return the rows, each cell with the name of its column: a phone shows them as cards."""
        return [(line, list(zip(self.columns, line.cells, strict=True))) for line in self.lines]


HIDDEN_TEXT = "–"


def number(value: float | None) -> Cell:
    """Return a number as a cell; None as an empty one."""
    if value is None:
        return Cell(None, HIDDEN_TEXT)
    whole = value == int(value)
    return Cell(value, number_format(int(value) if whole else value, 0 if whole else 1))


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of two school years, and how one of them is shown."""

    counts: Mapping[Key, int]
    years: tuple[SchoolYear, ...]
    show: Callable[[Key, int], Cell]

    @classmethod
    def outside(
        cls, counts: Mapping[Key, int], years: tuple[SchoolYear, ...], sums: Iterable[Sum]
    ) -> "Counts":
        """Return counts as they leave the care team: judged once, with all sums between them."""
        gone = hidden(counts, sums)

        def show(key: Key, value: int) -> Cell:
            return number(None if key in gone or key not in counts else value)

        return cls(counts, years, show)

    def line(self, label: object, *name: str, within: bool = False, rule: str = "") -> Line:
        """Return a count of each of the years as a row."""
        keys = [(*name, year.first) for year in self.years]
        cells = tuple(self.show(key, self.counts.get(key, 0)) for key in keys)
        return Line(str(label), cells, rule, within)

    def of(self, *name: str) -> int:
        """Return a count of the first year."""
        return self.counts.get((*name, self.years[0].first), 0)

    def before(self, *name: str) -> int:
        """Return a count of the year before."""
        return self.counts.get((*name, self.years[1].first), 0)

    def rules(self, kind: str) -> list[str]:
        """Return against which rules something was done in a way, most often in front.

        By what is shown: where a row stands would tell of a count that is not.
        """
        found = {key[2] for key in self.counts if key[:2] == ("otherwise", kind) and key[3:]}
        return sorted(found, key=lambda rule: (-self._shown("otherwise", kind, rule), rule))

    def _shown(self, *name: str) -> float:
        first = (*name, self.years[0].first)
        return self.show(first, self.counts.get(first, 0)).value or 0
