"""What was read of a file: rows, rows that cannot be used, and what was left out unread."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from accounts.tables import Table
from cases.imports.fields import holds_bsn
from cases.imports.rows import Problem, Row, row_of


@dataclass(frozen=True, slots=True)
class Read:
    """The pupils of a file. ``bsn``: headings under which a citizen service number stood."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    bsn: tuple[str, ...] = ()


def without_bsn(table: Table) -> tuple[Table, tuple[str, ...]]:
    """Return a table without the columns that hold BSNs, and the headings of these."""
    drop = [
        place
        for place, heading in enumerate(table.headings)
        if holds_bsn(heading, (row.cells[place] for row in table.rows))
    ]
    if not drop:
        return table, ()
    keep = [place for place in range(len(table.headings)) if place not in drop]
    rows = tuple(
        type(row)(row.line, tuple(row.cells[place] for place in keep)) for row in table.rows
    )
    headings = tuple(table.headings[place] for place in keep)
    return Table(headings, rows), tuple(table.headings[place] for place in drop)


def read_columns(
    table: Table, columns: Mapping[str, int], bsn: tuple[str, ...], today: date
) -> Read:
    """Return the pupils of a table of which each field stands in a column."""
    read = [
        row_of(row.line, {code: row.cells[place] for code, place in columns.items()}, today)
        for row in table.rows
    ]
    return Read(
        tuple(one for one in read if isinstance(one, Row)),
        tuple(one for one in read if isinstance(one, Problem)),
        bsn,
    )
