"""Why a case waits, and until when."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.forms import LongTextField, MeldcodeForm, MomentField


class UntilField(MomentField):
    """A moment that lies ahead. How far stands in the table of periods."""

    FURTHEST = timedelta(days=366)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(initial=None, **kwargs)

    def validate(self, value: datetime | None) -> None:
        """Refuse a moment that is past, or a year that was mistyped."""
        forms.DateTimeField.validate(self, value)
        if value is not None and value <= timezone.now():
            raise ValidationError(_("Choose a moment that is still to come."))
        if value is not None and value > timezone.now() + self.FURTHEST:
            raise ValidationError(_("Choose a moment within a year."))


class PutOffForm(MeldcodeForm):
    """Waiting on purpose: for what, and until when."""

    reason = LongTextField(
        label=_("What do you wait for?"),
        help_text=_("As: the buurtteam comes on Thursday. This stands in the case."),
        max_length=2000,
        rows=2,
    )
    until = UntilField(label=_("Until when?"))

    def __init__(self, *args: Any, latest: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moment = date_format(timezone.localtime(latest), "j F Y, H:i")
        self.fields["until"].help_text = _("At the latest: %(moment)s.") % {"moment": moment}
