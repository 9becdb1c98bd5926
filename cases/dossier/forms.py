"""Which dossier is exported, why, and what goes with it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import LongTextField, MeldcodeForm
from cases.dossier.actions import Wish
from cases.dossier.variants import VARIANTS, Code, Variant


class ExportForm(MeldcodeForm):
    """What fits the kind of dossier that was chosen before, and no more fields than that."""

    variant = forms.ChoiceField(
        choices=[(code.value, code.value) for code in Code],
        required=False,
        widget=forms.HiddenInput,
    )
    reason = LongTextField(
        label=_("Why do you export this dossier?"),
        help_text=_("For whom, and on what ground. It stands on the cover and in the case."),
        min_length=10,
        max_length=1000,
        error_messages={"min_length": _("Write a few words more: for whom, and on what ground.")},
    )
    chosen = forms.MultipleChoiceField(
        label=_("Which records do you hand over?"),
        help_text=_("Choose what the receiver needs, and no more."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    hidden_words = LongTextField(
        label=_("Whose names must be left out too?"),
        help_text=_(
            "Names of colleagues, of other pupils and of the contact book are left out by "
            "themselves. Do you know of others, such as a neighbour who told something? Write "
            "their names here, with commas between them. They are not kept."
        ),
        max_length=1000,
        required=False,
        rows=2,
    )
    with_files = forms.BooleanField(
        label=_("Put the files into the PDF"),
        help_text=_("Letters and pictures, as they were added. Withdrawn files never go along."),
        required=False,
    )

    def __init__(
        self, *args: Any, kind: Variant, records: Sequence[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["variant"].initial = kind.code.value
        self.fields["chosen"].choices = records
        fits = {"chosen": kind.chosen, "hidden_words": kind.veiled, "with_files": kind.files}
        for name in [name for name, there in fits.items() if not there]:
            del self.fields[name]

    @property
    def wish(self) -> Wish:
        """Return what is asked for."""
        wish = {name: value for name, value in self.values.items() if name != "reason"}
        wish["variant"] = wish["variant"] or Code.WHOLE.value
        if "chosen" in wish:
            wish["chosen"] = tuple(wish["chosen"])
        return Wish(**wish)


def kind_of(code: str) -> Variant:
    """Return the kind of dossier with a code; of one that there is not, the whole."""
    return VARIANTS.get(code, VARIANTS[Code.WHOLE])
