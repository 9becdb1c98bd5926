"""Why a copy of the trail is made, and what was found out about a flag."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import LongTextField, MeldcodeForm
from accounts.models import School
from audit.trail import YEARS

TOO_SHORT = _("Write a few words more: for whom, and on what ground.")


class DayField(forms.DateField):
    """A day, by the browser's calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)

    def validate(self, value: date | None) -> None:
        """Refuse a day that no log of ours can hold."""
        super().validate(value)
        if value is not None and value.year not in YEARS:
            raise ValidationError(_("Look at the year again."))


class ExportForm(MeldcodeForm):
    """Which days of which school, and why."""

    school = forms.ModelChoiceField(
        label=_("Of which school?"), queryset=School.objects.none(), empty_label=None
    )
    first = DayField(label=pgettext_lazy("a day", "From"))
    last = DayField(label=_("Up to and including"), initial=timezone.localdate)
    reason = LongTextField(
        label=_("Why do you make this copy?"),
        help_text=_("For whom, and on what ground. It stands in the trail itself."),
        min_length=10,
        max_length=1000,
        error_messages={"min_length": TOO_SHORT},
    )

    def __init__(self, *args: Any, schools: list[School], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["school"]
        field.queryset = School.objects.filter(pk__in=[school.pk for school in schools])
        if len(schools) == 1:
            field.widget, field.initial = forms.HiddenInput(), schools[0].pk

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order."""
        cleaned = super().clean()
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first."))
        return cleaned


class SettleForm(MeldcodeForm):
    """What one found out."""

    why = LongTextField(
        label=_("Looked at, because"),
        help_text=_("What you asked whom, and what it was. Write no name of a pupil."),
        min_length=5,
        max_length=2000,
    )
