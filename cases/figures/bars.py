"""A table's chart without a script: bars of a length, for paper."""

from dataclasses import dataclass

from cases.figures.tables import Table

# The length of the longest bar, in millimetres.
LONGEST = 70


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: which of the drawn columns it is of, its length in millimetres, and its number."""

    series: int
    length: float
    text: str

    @property
    def width(self) -> str:
        """Return its length as a stylesheet takes it, whatever the language."""
        return f"{self.length:.1f}mm"


@dataclass(frozen=True, slots=True)
class Bars:
    """The chart of a table: what each series is called, and the bars of each row."""

    series: list[str]
    rows: list[tuple[str, list[Bar]]]


def bars(table: Table) -> Bars | None:
    """Return the bars of a table; None when it is not drawn, or nothing of it can be."""
    drawn = [
        (line.label, [line.cells[n] for n in table.drawn])
        for line in table.lines
        if not line.within
    ]
    values = [cell.value for __, cells in drawn for cell in cells if cell.value is not None]
    if not table.chart or not any(values):
        return None
    longest = max(values)
    return Bars(
        [table.columns[n] for n in table.drawn],
        [
            (
                label,
                [
                    Bar(n, round(LONGEST * (cell.value or 0) / longest, 1), cell.text)
                    for n, cell in enumerate(cells)
                ],
            )
            for label, cells in drawn
        ],
    )
