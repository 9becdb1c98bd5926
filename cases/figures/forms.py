"""What a school adds to its year report."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import LongTextField, MeldcodeForm

WORDS = 4000


class YearTextForm(MeldcodeForm):
    """The school's own words; and that the writer looked whether a name stands in them."""

    knowledge = LongTextField(
        label=_("What did you do so that everybody knows the code and can work with it?"),
        help_text=_("Training, a talk in a team meeting, new colleagues. No names of pupils."),
        rows=5, max_length=WORDS,
    )  # fmt: skip
    agreements = LongTextField(
        label=_("What did you learn this year, and what will you do otherwise?"),
        help_text=_("Nothing by which one could tell whom it is about: no names, no case."),
        required=False, rows=5, max_length=WORDS,
    )  # fmt: skip
    looked_at = forms.BooleanField(
        label=_("I looked: no word in here is the name of a pupil"),
        help_text=_("Only needed when Meldcode finds words that look like a name."),
        required=False,
    )
    # As it was when the form was shown.
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @property
    def words(self) -> dict[str, Any]:
        """Return what is saved, and what it is judged by."""
        return dict(self.values)


class PaperForm(MeldcodeForm):
    """A click on the button; sent twice, it makes one paper."""
