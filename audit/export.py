"""A copy of the trail for the privacy officer: CSV, streamed, so that a million rows fit."""

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import chain
from audit.kinds import ABOUT_A_THING, Kind
from audit.models import LogEntry
from audit.querysets import LogQuerySet

# A spreadsheet takes a cell that begins so for a formula, and runs it: as wide as an ideogram too,
# and behind what is not seen. One that is told to, begins cells at a comma, or at another of these.
# What is not seen is read once, however much of it there is: looked through from each of these, a
# text of twenty thousand lines takes six seconds.
BEGINS = (
    r"=+\-@\N{MINUS SIGN}"
    r"\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}"
    r"\N{FULLWIDTH COMMERCIAL AT}"
    r"\N{SMALL EQUALS SIGN}\N{SMALL PLUS SIGN}\N{SMALL HYPHEN-MINUS}\N{SMALL COMMERCIAL AT}"
)
BETWEEN_CELLS = r",;|\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029"
# All but letters, figures and the signs of a keyboard: blanks, marks of a direction, joiners. And
# the quotation mark, that is one of those: written twice, it is an empty piece at a border's side.
NOT_SEEN = rf"[^\w!#-~{BEGINS}]"
FORMULA = re.compile(
    rf"(^|[{BETWEEN_CELLS}])({NOT_SEEN}*[{BETWEEN_CELLS}])?({NOT_SEEN}*)([{BEGINS}]?)"
)
# Excel reads a file as UTF-8 when it begins so.
BOM = "\ufeff"
# A Dutch Excel puts a line with commas into one cell.
BETWEEN = ";"
CHUNK = 2_000


class _Line:
    """What csv writes to: it gives each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def lines(rows: LogQuerySet) -> Iterator[str]:
    """Yield the file line by line: what the columns are, the rows, and where the chain ends.

    The texts are made here and now, in the language of the page; what is yielded later is not.
    """
    columns = (
        _("number"), _("when"), _("who"), _("address of mail"), _("what"),
        _("kind of thing"), _("whose"), _("case"), _("from which address"), _("reason given"),
    )  # fmt: skip
    words = {str(kind): str(kind.label) for kind in Kind} | {True: _("yes"), False: _("no")}
    things = {kind.pk: _thing(kind) for kind in ContentType.objects.all()}
    # By its hash: its number is that of all rows of all schools.
    end = (_("The chain ends at"), chain.head().hash)
    return _lines(columns, rows.newest_first(), words, things, end)


def _lines(
    columns: Iterable[str],
    rows: LogQuerySet,
    words: dict[Any, str],
    things: dict[int, str],
    end: Iterable[str],
) -> Iterator[str]:
    write = csv.writer(_Line(), delimiter=BETWEEN).writerow
    yield BOM + write(columns)
    # Its own numbers: in those of the log a gap would tell that there are rows one may not see.
    for number, row in enumerate(rows.iterator(chunk_size=CHUNK), start=1):
        yield write(map(neutral, (str(number), *_cells(row, words, things))))
    yield write(map(neutral, end))


def _cells(row: LogEntry, words: dict[Any, str], things: dict[int, str]) -> tuple[str, ...]:
    return (
        timezone.localtime(row.timestamp).isoformat(timespec="seconds"),
        row.actor.name if row.actor else row.system,
        row.actor_email or "",
        words.get(row.kind, row.kind),
        things.get(row.content_type_id, "") if row.kind in ABOUT_A_THING else "",
        row.whom,
        row.shown_reference,
        row.remote_addr or "",
        # Not the reason itself: it can name a pupil, and whoever reads this may not know one.
        words[row.has_reason],
    )


def neutral(cell: str) -> str:
    """Return a cell that a spreadsheet takes for text, whatever somebody called themselves."""
    return FORMULA.sub(_as_text, cell)


def _as_text(found: re.Match[str]) -> str:
    border, cells, hidden, sign = found.groups()
    if not sign:
        return found[0]
    # Cells of which nothing is seen: the one before them is looked at as one with the sign too.
    return f"{border}'{cells}'{hidden}{sign}" if cells else f"{border}'{hidden}{sign}"


def _thing(kind: ContentType) -> str:
    model = kind.model_class()
    return str(model._meta.verbose_name) if model else ""
