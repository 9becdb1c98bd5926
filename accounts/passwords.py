"""What a password must be, in our own words."""

from django.contrib.auth import password_validation
from django.utils.translation import gettext as _


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    """Django's own, whose message has no Dutch in this version."""

    def get_error_message(self) -> str:
        """Return what is said of a password that is too short."""
        return _("This is too short: use at least %(length)s characters.") % {
            "length": self.min_length
        }
