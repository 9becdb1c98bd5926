"""The forms of passwords: allauth's own, with one line of help in our words."""

from typing import Any

from allauth.account import forms
from django.utils.translation import gettext_lazy as _


class ShortHelp:
    """Say once what a password must be: what else is wrong with it is said when it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        new = self.fields["password1"]
        new.help_text = _("At least twelve characters. A short sentence is easy to remember.")
        self.fields["password2"].label = _("The new password once more")
        for name in ("password1", "password2"):
            self.fields[name].widget.attrs.pop("placeholder", None)


class ChangePasswordForm(ShortHelp, forms.ChangePasswordForm):
    """A new password for whoever knows the old one."""


class ResetPasswordKeyForm(ShortHelp, forms.ResetPasswordKeyForm):
    """A new password for whoever reads the mail."""
