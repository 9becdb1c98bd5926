"""The newest signals of somebody who comes to log signals, on their first page."""

from typing import Any

from accounts import access
from accounts.access import Permission
from cases.models import Case
from cases.todo.registry import Reader

SHOWN = 3


def latest_of(reader: Reader) -> list[Any]:
    """Return one's own newest signals as they hold now; nothing for who looks after all cases."""
    user = reader.user
    if not access.may(user, Permission.SEE_OWN_SIGNALS):
        return []
    if access.may(user, Permission.SEE_DASHBOARD):
        return []
    signals = Case._meta.get_field("signals").related_model.objects
    mine = signals.logged_by(user).current().select_related("case__pupil")
    return list(mine.order_by("-recorded_at")[:SHOWN])
