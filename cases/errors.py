"""What actions on a case raise."""

from accounts.errors import ActionError

__all__ = ["ActionError", "Immutable"]


class Immutable(ActionError):
    """An attempt to change a record that was filed."""
