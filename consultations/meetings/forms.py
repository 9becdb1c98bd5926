"""When a meeting is, and what it says of a case."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import LongTextField, MeldcodeForm
from consultations.models import Consultation

# A meeting that began this morning may still be put in.
BACK, AHEAD = timedelta(days=1), timedelta(days=2 * 366)


class MeetingMomentField(forms.DateTimeField):
    """When a meeting is: today or ahead of us, within two years."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        )
        super().__init__(**kwargs)

    def validate(self, value: datetime | None) -> None:
        """Refuse a moment that is past, or further away than anybody plans."""
        super().validate(value)
        if value is None:
            return
        if value < timezone.now() - BACK:
            raise ValidationError(_("Choose a day that is still to come."))
        if value > timezone.now() + AHEAD:
            raise ValidationError(_("Choose a day within two years."))


class MeetingForm(MeldcodeForm):
    """When and where."""

    starts_at = MeetingMomentField(label=_("When is the meeting?"))
    place = forms.CharField(label=_("Where?"), max_length=120, required=False)


class MinutesForm(MeldcodeForm):
    """What the meeting said of one case. It becomes a consultation in that case."""

    minutes = LongTextField(
        label=_("What was said?"),
        help_text=_("Short: how the care team reads the facts, and what it advises."),
    )
    decided = LongTextField(label=_("What was decided?"), rows=2)
    decided_by = forms.CharField(
        label=_("By whom?"), help_text=_("Names and roles of who were there."), max_length=200
    )
    talk = forms.ChoiceField(
        label=_("What does it mean for the talk?"),
        choices=Consultation.Talk.choices,
        widget=forms.RadioSelect,
    )
    next_talk = LongTextField(
        label=_("Who holds the conversation?"),
        help_text=_("Name and role; or why there is no conversation (yet)."),
        rows=2,
    )
