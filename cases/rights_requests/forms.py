"""A request as it came, why it takes longer, and how it was answered."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import SHORT_TEXT, LongTextField, MeldcodeForm
from cases.models import RightsRequest
from cases.protocol.asking import GROUNDS
from cases.rights_requests.actions import GIVEN


class PastDayField(forms.DateField):
    """A day up to today."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)

    def validate(self, value: date | None) -> None:
        """Refuse a day ahead, or one of long before the law."""
        super().validate(value)
        if value is None:
            return
        if value > timezone.localdate():
            raise ValidationError(_("This lies in the future. Fill in when it happened."))
        if value.year < 2018:
            raise ValidationError(_("This is too long ago. Look at the year again."))


class WhoseForm(MeldcodeForm):
    """Whom a request is about: they need not have a case, and may have left."""

    pupil_query = forms.CharField(
        label=_("Search by name or class"),
        required=False,
        max_length=SHORT_TEXT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RequestForm(MeldcodeForm):
    """A request, as it came in."""

    kind = forms.ChoiceField(
        label=_("What is asked?"), choices=RightsRequest.Kind.choices, widget=forms.RadioSelect
    )
    asker = forms.ChoiceField(
        label=_("Who asks?"), choices=RightsRequest.Asker.choices, widget=forms.RadioSelect
    )
    asked_by = forms.CharField(
        label=_("Name, and relation to the pupil"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    identity = forms.ChoiceField(
        label=_("How do you know that it is them?"),
        choices=RightsRequest.Identity.choices,
        widget=forms.RadioSelect,
    )
    received_on = PastDayField(
        label=_("When did it come in?"),
        help_text=_("From this day you have one month."),
        initial=timezone.localdate,
    )


class LongerForm(MeldcodeForm):
    """Why a request takes longer than a month."""

    why = LongTextField(
        label=_("Why does it take longer?"),
        help_text=_("For example: others must be asked first. Tell it now, in writing."),
        max_length=2000,
        rows=2,
    )


class AnswerForm(MeldcodeForm):
    """How a request was answered. Of one whose pupil is gone (``is_gone``) nothing more is kept."""

    outcome = forms.ChoiceField(
        label=_("How do you answer?"),
        choices=RightsRequest.Outcome.choices,
        widget=forms.RadioSelect,
    )
    grounds = forms.MultipleChoiceField(
        label=_("On which ground do you refuse it, or a part of it?"),
        choices=list(GROUNDS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    words = LongTextField(
        label=_("Explanation"),
        help_text=_("For the register. Nothing of it stands in the letter."),
        required=False,
        max_length=4000,
        rows=3,
    )
    handed_over = LongTextField(
        label=_("What did you hand over, or change?"),
        help_text=_("For example: the number of the PDF, or where the statement stands."),
        required=False,
        max_length=2000,
        rows=2,
    )
    explained = LongTextField(
        label=_("Why do you grant it all the same?"), required=False, max_length=2000, rows=2
    )
    answered_on = PastDayField(label=_("When did you answer?"), initial=timezone.localdate)

    def __init__(self, *args: Any, warned: bool, is_gone: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.warned, self.is_gone = warned, is_gone
        if is_gone:
            for name in RightsRequest.SAID:
                field = self.fields[name]
                field.widget = field.hidden_widget()
        if not warned:
            self.fields["explained"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Ask the ground of a refusal, and why it is granted where the table warns."""
        cleaned = super().clean()
        outcome = cleaned.get("outcome")
        if outcome in RightsRequest.WITH_GROUNDS and not self.is_gone:
            for name in ("grounds", "words"):
                if not cleaned.get(name):
                    self.add_error(name, _("Say on which ground, and explain it."))
        if outcome in GIVEN and self.warned and not cleaned.get("explained"):
            self.add_error("explained", _("Write down why you grant it all the same."))
        return cleaned
