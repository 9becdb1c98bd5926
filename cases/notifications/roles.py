"""Telling somebody that they have a new role."""

from typing import Any

from accounts.models import Membership
from cases.notifications.kinds import ROLE
from cases.notifications.telling import notify


def tell_of_role(membership: Membership, **kwargs: Any) -> None:
    """Tell whose role began (``accounts.signals.membership_began``), in that transaction."""
    key = str(membership.public_id)
    notify(ROLE, [membership.user_id], key, about=key)
