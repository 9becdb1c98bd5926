"""Forms of the library for second factors, in our own words (``settings.MFA_FORMS``)."""

from typing import Any

from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.utils.translation import gettext_lazy as _

NAME = _("Name of the passkey")


class NewAppForm(ActivateTOTPForm):
    """The first code of a new app; the library's own label has no Dutch."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code of the app")


class NewPasskeyForm(AddWebAuthnForm):
    """A new passkey. It signs in alone unless somebody says no: most people want just that."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = NAME
        alone = self.fields["passwordless"]
        alone.initial = True
        alone.label = _("Sign in with it, without a password")
        alone.help_text = _("Not for a key that does not ask your finger, face or PIN.")


class RenamePasskeyForm(EditWebAuthnForm):
    """The name of a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = NAME
