"""Declining, and choosing who takes over."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.forms import LongTextField, MeldcodeForm, PublicIdField
from accounts.models import User
from consultations.models import Invitation
from consultations.querysets import colleagues_of


class DeclineForm(MeldcodeForm):
    """Why one cannot."""

    why = LongTextField(
        label=_("Why can you not think along?"),
        help_text=_("Who sees the case reads this. Do you know who can? Write that too."),
        rows=2,
    )


class HandOverForm(MeldcodeForm):
    """A colleague of one's own team."""

    to = PublicIdField(
        label=_("Which colleague takes it over?"),
        queryset=User.objects.none(),
        empty_label=_("Choose a colleague"),
        error_messages={"invalid_choice": _("Choose a colleague of your own team.")},
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues_of(invitation)
