"""Giving another system a token."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import ComingDayField
from accounts.people.forms import NameField, SchoolForm
from api.models import LONGEST, NAME_LENGTH
from api.scopes import SCOPES


def _choices() -> list[tuple[str, Any]]:
    return [(scope.code, scope.label) for scope in SCOPES.values()]


class TokenForm(SchoolForm):
    """Which system, what it may do, and until when."""

    name = NameField(
        label=_("Name of the system"),
        max_length=NAME_LENGTH,
        help_text=_("As your school calls it, such as “Magister”. It stands in the trail: write "
                    "no name of a person."),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        help_text=_("Give it no more than it needs; make a token for each system."),
        choices=_choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing that it may do.")},
    )
    expires_on = ComingDayField(
        label=_("Last day"),
        help_text=_("A year at most. Make a new one before that day, and revoke this one."),
        initial=lambda: timezone.localdate() + timedelta(days=365),
    )

    field_order = ("name", "scopes", "expires_on", "school")

    def clean_expires_on(self) -> Any:
        """Refuse a token for longer than a year."""
        day = self.cleaned_data["expires_on"]
        if day > timezone.localdate() + LONGEST:
            raise ValidationError(_("Choose a day within a year."))
        return day
