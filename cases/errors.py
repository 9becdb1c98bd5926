"""What actions on a case raise."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import ActionError

__all__ = ["KEY_USED", "ActionError", "Immutable"]

# An idempotency key belongs to one form of one person.
KEY_USED = _("This form was used before. Open it again and send it once more.")


class Immutable(ActionError):
    """An attempt to change a record that was filed."""
