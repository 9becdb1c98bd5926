"""Saved views: each function is one change of somebody's own."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission
from accounts.models import User
from cases.errors import ActionError
from cases.models import SavedView


def save_view(by: User, query: str, *, name: str) -> SavedView:
    """Keep a filter under a name. A view of that name shows this filter from now on.

    Raises ``ActionError`` where somebody has as many as one finds again.
    """
    with transaction.atomic():
        own = _held(by)
        found = next((view for view in own if view.name == name), None)
        if found is None:
            if len(own) >= SavedView.MOST:
                raise ActionError(
                    _("You have %(most)s views already. Remove one first.")
                    % {"most": SavedView.MOST},
                    field="name",
                )
            return SavedView.objects.create(user=by, name=name, query=query)
        if found.query != query:
            found.query, found.changed_at = query, timezone.now()
            found.save()
        return found


def rename_view(view: SavedView, by: User, *, name: str) -> None:
    """Give a view another name. Raises ``ActionError`` where another one has it."""
    with transaction.atomic():
        own = _held(by)
        if any(other.name == name and other.pk != view.pk for other in own):
            raise ActionError(_("You have a view of this name already."), field="name")
        found = next((one for one in own if one.pk == view.pk), None)
        if found is None:
            raise ActionError(_("This view was removed meanwhile."))
        if found.name != name:
            found.name, found.changed_at = name, timezone.now()
            found.save()


@transaction.atomic
def remove_view(view: SavedView, by: User) -> None:
    """Take a view away."""
    for found in _held(by):
        if found.pk == view.pk:
            found.delete()


def _held(user: User) -> list[SavedView]:
    """Return somebody's views; no other window of theirs changes them now.

    Raises ``PermissionDenied`` for who has a dashboard no more.
    """
    user.hold_memberships()
    if not access.may(user, Permission.SEE_DASHBOARD):
        raise PermissionDenied
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return list(SavedView.objects.of(user))
