"""Reading a table that somebody sends as text: CSV with any of ; , or tab, in the usual encodings.

It says where each row began, as a spreadsheet counts it, and refuses what is no such table with a
message that says what to do. It knows nothing of what the columns mean.
"""

import csv
import io
import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.letters import normal

DELIMITERS = ";,\t"
# Nobody's list has more; each is a row on a page where one says what a column means.
MOST_COLUMNS = 100
MOST_ROWS = 10_000
# Of one cell: a name or an address, not a story.
LONGEST_CELL = 1_000


class Unreadable(Exception):
    """A file that cannot be read as what it should be; the message says why, and what to do."""

    def __init__(self, message: Promise | str) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table, and the line of the file on which it begins."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What stood in a file: its headings, and the rows below. All rows are as wide as those."""

    headings: tuple[str, ...]
    rows: tuple[TableRow, ...]


def read_table(content: bytes) -> Table:
    """Return the table of a file. Raises ``Unreadable``."""
    text = decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    if not first.count(delimiter):
        raise Unreadable(
            _("There are no columns in this file. Save the list as CSV, with headings above it.")
        )
    rows = list(_rows(text, delimiter))
    if len(rows) < 2:
        raise Unreadable(_("There is nothing below the headings of this file."))
    cells = rows[0].cells
    # A spreadsheet writes empty columns behind the last.
    width = max((at for at, cell in enumerate(cells, 1) if one_line(cell)), default=0)
    if width > MOST_COLUMNS:
        raise Unreadable(_("This file has too many columns. Leave out what is not needed."))
    headings = tuple(one_line(cell) for cell in cells[:width])
    return Table(headings, tuple(_as_wide(row, width) for row in rows[1:]))


def decoded(content: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16 with its mark, or as Windows writes Dutch."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable(_("This is a file of a spreadsheet. Save it there as CSV, and send that."))
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encodings = ("utf-16",)
    elif content.startswith(BOM_UTF8):
        encodings = ("utf-8-sig",)
    else:
        encodings = ("utf-8", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\x00" not in text:
            return text
    raise Unreadable(_("The letters of this file cannot be read. Save it as UTF-8."))


# Letters that fill a place, and are blank.
FILLERS = "\u115f\u1160\u3164\uffa0"


def one_line(text: str) -> str:
    """Return a text with single spaces, composed letters and no signs that cannot be seen."""
    plain = normal("NFC", text)
    seen = (_seen(sign, unicodedata.category(sign)) for sign in plain)
    return " ".join("".join(seen).split())


def _seen(sign: str, category: str) -> str:
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "" if category in ("Cf", "Cs", "Co") or sign in FILLERS else sign


def _rows(text: str, delimiter: str) -> "list[TableRow]":
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[TableRow] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append(TableRow(line, tuple(cells)))
            line = reader.line_num + 1
            if len(found) > MOST_ROWS + 1:
                raise Unreadable(_("This file has too many rows. Send it in parts."))
    except csv.Error as error:
        raise Unreadable(
            _("This file cannot be read as CSV. Look at quotation marks around line %s.")
            % reader.line_num
        ) from error
    return found


def _as_wide(row: TableRow, width: int) -> TableRow:
    cells = tuple(cell[:LONGEST_CELL] for cell in row.cells[:width])
    return TableRow(row.line, cells + ("",) * (width - len(cells)))
