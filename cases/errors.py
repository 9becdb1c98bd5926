"""What actions on a case raise."""

from accounts.errors import KEY_USED, ActionError

__all__ = ["KEY_USED", "ActionError", "Immutable"]


class Immutable(ActionError):
    """An attempt to change a record that was filed."""
