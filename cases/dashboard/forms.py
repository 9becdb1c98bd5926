"""The name of a saved view."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import MeldcodeForm
from cases.models import SavedView


class ViewForm(MeldcodeForm):
    """What somebody calls a filter of the dashboard."""

    name = forms.CharField(
        label=_("Name of this view"),
        max_length=SavedView._meta.get_field("name").max_length,
        help_text=_("Only you see it. For example: severe in group 8."),
    )
