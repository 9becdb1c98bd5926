"""An entry of the contact book."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import MeldcodeForm
from cases.contact_book.organisations import Organisation
from cases.contact_book.telephone import TelephoneField


class ContactForm(MeldcodeForm):
    """Whom one can call, where, and when. The buurtteam stands in the book by itself."""

    organisation = forms.ChoiceField(
        label=_("Which organisation?"),
        choices=[c for c in Organisation.choices if c[0] != Organisation.BUURTTEAM],
    )
    name = forms.CharField(
        label=_("Name"),
        help_text=_("Of the person, or of the desk. As: youth doctor, Anna Smit."),
        max_length=120,
    )
    telephone = TelephoneField(label=_("Telephone number"))
    hours = forms.CharField(
        label=_("When do they answer?"),
        help_text=_("As: Monday to Friday, 9 to 17 hours."),
        max_length=120,
        required=False,
    )
    at_night = forms.BooleanField(
        label=_("They may be called at night and in the weekend"),
        help_text=_("Out of office hours Meldcode shows this number before the others."),
        required=False,
    )
