"""A pupil as a row of a file says it, and why a row cannot be used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.tables import one_line
from cases.imports.dates import read_date
from cases.imports.fields import BORN, CLASS, FAMILY, GIVEN, KEY, PREFIX
from cases.models import Pupil

# Years: who is older is no pupil, but a slip of the pen.
OLDEST = 40

# Why a row cannot be used, in the words of the page. Values in them are of this row of the file.
REASONS: dict[str, Promise] = {
    "no_given": _("The first name is missing."),
    "no_family": _("The family name is missing."),
    "too_long": _("%(field)s is longer than %(most)s characters."),
    "no_date": _("“%(written)s” is no date that we know. Write it as 31-12-2015."),
    "not_born": _("The birth date lies in the future."),
    "too_old": _("By this birth date the pupil is older than %(years)s years. Look at the year."),
    "neither": _(
        "Without a number and without a birth date, this pupil cannot be recognised next time."
    ),
    "no_group": _("The group of this pupil is not in the file."),
    "twice": _("This pupil stands on line %(other)s too, and otherwise. Leave one of the two out."),
    "same": _("This is the same pupil as on line %(other)s. Leave one of the two out."),
    "several": _("Several pupils of your school have this name and birth date. Who is meant?"),
    "renumbered": _(
        "Your school has this pupil with another number, which the file no longer holds. Is it"
        " the same pupil?"
    ),
    "unsure": _(
        "Your school has a pupil of this name whose birth date is not known on both sides. Is it"
        " the same pupil?"
    ),
}
LABELS = {
    "given": _("The first name"),
    "family": _("The family name"),
    "key": _("The number"),
    "class_name": _("The class"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """What a file says of a pupil; an empty value is one that it does not say."""

    line: int
    key: str
    given: str
    family: str
    born: date | None
    class_name: str

    def says(self) -> tuple[object, ...]:
        """Return all but the line."""
        return (self.key, self.given, self.family, self.born, self.class_name)

    @property
    def name(self) -> str:
        """Return the name as one says it."""
        return f"{self.given} {self.family}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be used. ``among``: keys of the pupils of whom one may be meant."""

    line: int
    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    among: tuple[int, ...] = ()
    name: str = ""

    @property
    def reason(self) -> str:
        """Return the reason, in the language of whoever reads it."""
        values = dict(self.values)
        if self.code == "too_long":
            values["field"] = LABELS[str(values["field"])]
        return str(REASONS[self.code]) % values


def row_of(line: int, cells: Mapping[str, str], today: date) -> Row | Problem:
    """Return the row that cells say, by the codes of ``FIELDS``, or what is wrong with it."""
    said = {code: one_line(cell) for code, cell in cells.items()}
    try:
        born = read_date(said.get(BORN, ""), today)
    except ValueError:
        return Problem(line, "no_date", {"written": said[BORN][:30]})
    row = Row(
        line,
        said.get(KEY, ""),
        said.get(GIVEN, ""),
        with_prefix(said.get(PREFIX, ""), said.get(FAMILY, "")),
        born,
        said.get(CLASS, ""),
    )
    return _fault(row, today) or row


def with_prefix(prefix: str, family: str) -> str:
    """Return a family name as one writes it: "van der Berg", once, whichever way it came.

    Also of "Berg, van der", as lists that are sorted by name have it.
    """
    if found := re.fullmatch(r"([^,]+), ?([a-z' ]+)", family):
        family = f"{found[2]} {found[1]}"
    if not prefix or not family or family.casefold().startswith(f"{prefix.casefold()} "):
        return family
    return f"{prefix} {family}"


def _fault(row: Row, today: date) -> Problem | None:
    if not row.given:
        return Problem(row.line, "no_given")
    if not row.family:
        return Problem(row.line, "no_family")
    for name, value in (("given", row.given), ("family", row.family), ("key", row.key),
                        ("class_name", row.class_name)):  # fmt: skip
        most = Pupil._meta.get_field(COLUMNS[name]).max_length
        if len(value) > most:
            return Problem(row.line, "too_long", {"field": name, "most": most})
    if row.born and row.born > today:
        return Problem(row.line, "not_born")
    if row.born and row.born.year < today.year - OLDEST:
        return Problem(row.line, "too_old", {"years": OLDEST})
    if not row.key and not row.born:
        return Problem(row.line, "neither")
    return None


# What a row calls it → the field of the pupil.
COLUMNS = {
    "key": "administration_key",
    "given": "given_name",
    "family": "family_name",
    "born": "birth_date",
    "class_name": "class_name",
}
