"""The body map in the form of a signal: a list of marks, each a row of its own.

Without script a button adds an empty row, or takes one away, and what is typed stays. With script
the drawn figures do the same; what is sent is the list.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.forms import storable
from signals.body import (
    AT_MOST,
    BY_CODE,
    KINDS,
    NOTE_LENGTH,
    SIZES,
    VIEWS,
    Seen,
    View,
    grouped_regions,
)
from signals.drawing import figure
from signals.models import InjuryMark

PARTS = ("region", "kind", "size", "note")
# More rows than the page ever offers are read all the same, so that too many are told of.
READ = 2 * AT_MOST
ADD, REMOVE = "marks-add", "marks-remove"

Row = dict[str, str]


def asks_for_rows(data: Mapping[str, Any]) -> bool:
    """Tell whether a button was tapped that adds a mark to the list or takes one away."""
    return ADD in data or REMOVE in data


def as_typed(mark: InjuryMark) -> Row:
    """Return a mark as its row shows it."""
    return {part: getattr(mark, part) for part in PARTS}


def wrong_in(row: Row) -> dict[str, Promise]:
    """Return what is wrong with a row, by its part."""
    note = row["note"].strip()
    wrong = {
        "region": row["region"] not in BY_CODE and _("Choose where it is."),
        "kind": row["kind"] not in KINDS and _("Choose what you saw."),
        "size": row["size"] not in SIZES and _("Choose how large it was."),
        "note": (len(note) > NOTE_LENGTH or not storable(note))
        and _("Write a shorter note, in plain letters: at most 200 of them."),
    }
    return {part: message for part, message in wrong.items() if message}


class MarksInput(forms.Widget):
    """The rows of marks as they were sent; the template of the body map writes them."""

    use_fieldset = True

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Mapping[str, Any], name: str
    ) -> list[Row]:
        """Return the rows in which something was filled in."""
        rows = (
            {part: str(data.get(f"{name}-{number}-{part}", "")) for part in PARTS}
            for number in range(READ)
        )
        return [row for row in rows if any(row.values())]

    def value_omitted_from_data(self, *args: Any) -> bool:
        """Say no: that no row came means that nothing was marked."""
        return False


class MarksField(forms.Field):
    """The marks; cleaned, a list of ``Seen``. How many it may be is the action's to say."""

    widget = MarksInput

    def __init__(self) -> None:
        super().__init__(label=_("Where did you see an injury?"), required=False, initial=list)

    def clean(self, value: list[Row] | None) -> list[Seen]:
        """Return the marks; say of each row what is wrong with it."""
        rows = value or []
        wrong = [
            _("Mark %(number)s: %(what)s") % {"number": number, "what": message}
            for number, row in enumerate(rows, 1)
            for message in wrong_in(row).values()
        ]
        if wrong:
            raise forms.ValidationError(wrong)
        return [Seen(**{**row, "note": row["note"].strip()}) for row in rows]


class BodyMap(forms.Form):
    """What a form with ``marks`` gives the template, and its two buttons."""

    def restore(self, data: QueryDict) -> None:
        """Show again what was typed, with a row more or less where a button asked for it."""
        super().restore(data)
        rows = self.initial["marks"]
        removed = data.get(REMOVE, "")
        if removed in map(str, range(len(rows))):
            del rows[int(removed)]
        self.more_rows = int(ADD in data)
        self.body_map_asked = asks_for_rows(data)

    # An empty row more than what was filled in; and whether one is busy with it.
    more_rows = 0
    body_map_asked = False

    @property
    def mark_rows(self) -> list[dict[str, Any]]:
        """Return the rows to show: what was filled in, and an empty one to begin with."""
        typed = self["marks"].value() or []
        empty = dict.fromkeys(PARTS, "")
        rows = [*typed, *[empty] * (self.more_rows or not typed)]
        judged = self.is_bound and bool(self["marks"].errors)
        return [
            _row(str(number), row, wrong_in(row) if judged and row in typed else {})
            for number, row in enumerate(rows)
        ]

    @property
    def empty_mark_row(self) -> dict[str, Any]:
        """Return the row that the script copies."""
        return _row("__n__", dict.fromkeys(PARTS, ""), {})

    @property
    def body_map_open(self) -> bool:
        """Tell whether the body map stands open: something was marked, or is being marked."""
        return self.body_map_asked or bool(self["marks"].value() or self["marks"].errors)

    @property
    def may_add_mark(self) -> bool:
        """Tell whether there is room for another row."""
        return len(self.mark_rows) < AT_MOST

    @property
    def body_figures(self) -> list[tuple[View, Promise, SafeString]]:
        """Return the figures to tap on; who hears the page has the list."""
        return [(view, name, figure(view)) for view, name in VIEWS.items()]

    @property
    def most_marks(self) -> int:
        """Return how many marks a signal takes."""
        return AT_MOST


def _row(number: str, row: Row, wrong: dict[str, Promise]) -> dict[str, Any]:
    """Return a row for the template."""
    regions = [
        (
            _("%(view)s (left and right of the child)") % {"view": name},
            _options(found, row["region"]),
        )
        for name, found in grouped_regions()
    ]
    return {
        "index": number,
        "number": int(number) + 1 if number.isdecimal() else "",
        "regions": regions,
        "kinds": _options(KINDS.items(), row["kind"]),
        "sizes": _options(SIZES.items(), row["size"]),
        "note": row["note"],
        "wrong": wrong,
    }


def _options(
    choices: Iterable[tuple[str, str | Promise]], chosen: str
) -> list[tuple[str, str | Promise, bool]]:
    return [(code, name, code == chosen) for code, name in choices]
