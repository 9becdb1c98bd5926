"""How somebody wants to be told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import MeldcodeForm
from cases.models import NotificationChoice
from cases.notifications.choosing import choice_of


class ClockField(forms.TimeField):
    """An hour of the day, as a browser's clock gives it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
        kwargs.setdefault("error_messages", {"invalid": _("Fill in a time, such as 08:30.")})
        super().__init__(**kwargs)


class ChoiceForm(MeldcodeForm):
    """Mail at once or once a day, and the hours in which nothing comes that can wait."""

    mail = forms.ChoiceField(
        label=_("By mail"),
        choices=NotificationChoice.Mail.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "What is urgent is mailed at once. At most three mails come in five minutes: what is "
            "more comes together."
        ),
    )
    digest_at = ClockField(label=_("Once a day, at"))
    quiet_from = ClockField(label=_("Quiet from"), required=False)
    quiet_until = ClockField(
        label=_("Quiet until"),
        required=False,
        help_text=_("What can wait comes after it. Leave both empty to have no quiet hours."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = choice_of(self.user)
        for name in ("mail", "digest_at", "quiet_from", "quiet_until"):
            self.initial.setdefault(name, getattr(chosen, name))

    def clean(self) -> dict[str, Any]:
        """Refuse quiet hours that only begin or only end, or last no time at all."""
        cleaned = super().clean()
        start, end = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        empty = [name for name in ("quiet_from", "quiet_until") if cleaned.get(name) is None]
        if len(empty) == 1 and empty[0] not in self.errors and not self._has_clock_error():
            self.add_error(empty[0], _("Fill in both: from and until."))
        if start is not None and start == end:
            self.add_error(
                "quiet_until", _("Choose another time than that from which it is quiet.")
            )
        return cleaned

    def _has_clock_error(self) -> bool:
        return bool({"quiet_from", "quiet_until"} & set(self.errors))
