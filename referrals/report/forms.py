"""Writing a report, filing it, correcting it, and taking a copy."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.forms import LONG_TEXT, SHORT_TEXT, LongTextField, MeldcodeForm
from referrals.report import facts_check
from referrals.report.facts_check import Remark
from referrals.report.fields import FIELDS, SECTIONS, SEVERAL, Field, Kind, Section
from referrals.report.versions import Merged, read_seen, seen_of

INTERPRETATION = "interpretation"
STARRED = partial(lazy(format_html, str), '{}<span class="asteriskField">*</span>')


@dataclass(frozen=True, slots=True)
class Shown:
    """A field on the page: with what sounds like an opinion, and with somebody else's text."""

    field: Field
    bound: BoundField
    remarks: tuple[Remark, ...]
    theirs: str | None
    # Somebody else changed it, and the writer did not: their text stands in the field.
    taken_over: bool


class ReportForm(MeldcodeForm):
    """All fields of the table. A draft may be saved with anything left empty."""

    # Marks of the texts that the page showed: what changed since is told from what was typed.
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=4000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others: dict[str, str] = {}
        self.taken_over: tuple[str, ...] = ()
        for field in FIELDS.values():
            self.fields[field.code] = _form_field(field)

    def show(self, texts: dict[str, str]) -> None:
        """Show the texts of a report as it stands; what a lost session kept goes before them."""
        kept = dict(self.initial)
        shown = {code: _to_widget(FIELDS[code], texts.get(code, "")) for code in FIELDS}
        self.initial = {"seen": seen_of(texts), **shown, **kept}

    def tell_of(self, earlier: list[str]) -> None:
        """Tell whoever writes that the pupil had earlier cases, which not each who reads the draft
        may know of: what of it belongs in the report they write themselves.
        """
        if earlier:
            self.fields["history"].help_text = _(
                "You see an earlier case of this pupil (%(when)s). Does Veilig Thuis need to know "
                "of it? Then write so here; whoever moves this case reads it too."
            ) % {"when": "; ".join(earlier)}

    def clean(self) -> dict[str, Any]:
        """A form in which nothing at all is filled in came without its words."""
        cleaned = super().clean()
        if not self.errors and not any(cleaned.get(code) for code in FIELDS):
            raise forms.ValidationError(_("Nothing is filled in here yet."))
        return cleaned

    @property
    def texts(self) -> dict[str, str]:
        """Return what was filled in, as it is stored."""
        return {code: _stored(self.cleaned_data[code]) for code in FIELDS}

    @property
    def marks_seen(self) -> dict[str, str]:
        """Return the marks of what the writer had before their eyes."""
        return read_seen(self.cleaned_data["seen"])

    def show_conflict(self, now: dict[str, str], merged: Merged) -> None:
        """Show both texts where two people changed the same field; saved again, the form's holds.

        What only somebody else changed stands in its field.
        """
        self.others = {code: now.get(code, "") for code in merged.conflicts}
        self.taken_over = merged.theirs
        self.data = self.data.copy()
        self.data["seen"] = seen_of(now)
        for code in merged.theirs:
            self.data.setlist(code, _as_sent(FIELDS[code], now.get(code, "")))

    @property
    def sections(self) -> list[tuple[Section, list[Shown]]]:
        """Return the form part by part, as the page shows it."""
        return [(part, [self._shown(field) for field in part.fields]) for part in SECTIONS]

    def _shown(self, field: Field) -> Shown:
        bound = self[field.code]
        text = str(bound.value() or "")
        # What is longer is refused: five megabytes would take half a minute.
        found = facts_check.remarks(text) if field.facts and len(text) <= LONG_TEXT else []
        theirs = self.others.get(field.code)
        if theirs is not None:
            theirs = "\n".join(field.words(theirs))
        return Shown(field, bound, tuple(found), theirs, field.code in self.taken_over)

    @classmethod
    def moved(cls, data: QueryDict) -> QueryDict:
        """Return what was sent, with the chosen sentence moved to the interpretation."""
        changed = data.copy()
        code, __, key = changed.pop("move", [""])[-1].partition(" ")
        is_read = len(changed.get(code, "")) <= LONG_TEXT
        if code in FIELDS and FIELDS[code].facts and is_read:
            rest, sentence = facts_check.take_out(changed.get(code, ""), key)
            if sentence:
                changed[code] = rest
                there = changed.get(INTERPRETATION, "").rstrip()
                changed[INTERPRETATION] = f"{there}\n\n{sentence}".strip()
        return changed


def _form_field(field: Field) -> forms.Field:
    # Asked for when it is filed, not while one writes: marked, and not required here.
    label = STARRED(field.label) if field.required or field.needed_if else field.label
    text = field.help
    if field.kind is Kind.LONG:
        return LongTextField(label=label, help_text=text, required=False)
    if field.kind is Kind.SHORT:
        return forms.CharField(label=label, help_text=text, required=False, max_length=SHORT_TEXT)
    if field.kind is Kind.CHOICE:
        return forms.ChoiceField(
            label=label, help_text=text, required=False, choices=field.choices,
            widget=forms.RadioSelect,
        )  # fmt: skip
    return forms.MultipleChoiceField(
        label=label, help_text=text, required=False, choices=field.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


def _to_widget(field: Field, text: str) -> str | list[str]:
    return text.split(SEVERAL) if field.kind is Kind.MANY and text else text


def _as_sent(field: Field, text: str) -> list[str]:
    value = _to_widget(field, text)
    return value if isinstance(value, list) else [value]


def _stored(value: str | list[str]) -> str:
    return SEVERAL.join(value) if isinstance(value, list) else value.replace("\r\n", "\n")


class FileForm(MeldcodeForm):
    """The last look before filing: what is empty, and words that sound like an opinion."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    why_incomplete = LongTextField(
        label=_("Why do you file it with something left empty?"),
        help_text=_("For example: it cannot wait, and we do not know it."),
        rows=2,
    )
    looked_at = forms.BooleanField(
        label=_("I looked at the marked words; they stand as they are"),
        error_messages={"required": _("Look at the marked words first.")},
    )

    def __init__(self, *args: Any, empty: bool, marked: bool, revision: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["revision"] = revision
        if not empty:
            del self.fields["why_incomplete"]
        if not marked:
            del self.fields["looked_at"]

    def look_again(self, revision: int) -> None:
        """Ask again, about the text as it stands by now."""
        self.data = self.data.copy()
        self.data["revision"] = revision


class CorrectForm(MeldcodeForm):
    """Why what was filed is corrected."""

    reason = LongTextField(
        label=_("Why do you correct it?"),
        help_text=_("The version that was filed stays readable, with this reason beside it."),
        rows=2,
    )


class CopyForm(MeldcodeForm):
    """For whom a copy is made: it stands in the case and in the audit."""

    reason = LongTextField(
        label=_("Why do you make this copy?"),
        help_text=_("For whom, and how you send it. It stands in the case and in the audit."),
        min_length=10,
        max_length=1000,
        error_messages={"min_length": _("Write a few words more: for whom, and on what ground.")},
    )
