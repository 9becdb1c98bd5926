"""A piece of the help page."""

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from accounts.forms import LongTextField, MeldcodeForm
from cases.models import HelpItem

HTTPS = _("Give an address that begins with https://.")


class HelpItemForm(MeldcodeForm):
    """What it is called, what it says, and where it leads."""

    section = forms.ChoiceField(
        label=_("Where does it stand?"), choices=HelpItem.Section.choices, widget=forms.RadioSelect
    )
    title = forms.CharField(label=_("Title"), max_length=120)
    text = LongTextField(
        label=_("Text"), help_text=_("Two or three short sentences."), max_length=1000,
        required=False,
    )  # fmt: skip
    url = forms.CharField(
        label=_("Address on the internet"),
        help_text=_("It begins with https://. Leave empty when there is none."),
        max_length=300,
        required=False,
        widget=forms.URLInput,
        validators=[URLValidator(schemes=["https"], message=HTTPS)],
    )
