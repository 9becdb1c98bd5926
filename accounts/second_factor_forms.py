"""Forms of the library for second factors, in our own words (``settings.MFA_FORMS``)."""

from typing import Any

from allauth.mfa.totp.forms import ActivateTOTPForm
from django.utils.translation import gettext_lazy as _


class NewAppForm(ActivateTOTPForm):
    """The first code of a new app; the library's own label has no Dutch."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code of the app")
