"""Reading signals."""

from typing import TYPE_CHECKING

from accounts import access
from accounts.access import Permission
from cases.models import Case
from cases.querysets import RecordQuerySet, united

if TYPE_CHECKING:
    from accounts.models import User


class SignalQuerySet(RecordQuerySet):
    """Questions about signals."""

    def visible_to(self, user: "User") -> "SignalQuerySet":
        """Return the user's own signals, and those of the cases that they may see.

        A union, and not an ``OR``: each side has its index (bench/access).
        """
        own = self.model.objects.logged_by(user)
        theirs = self.model.objects.filter(case__in=Case.objects.visible_to(user))
        return self.filter(pk__in=united(own.values("pk"), theirs.values("pk")))

    def logged_by(self, user: "User") -> "SignalQuerySet":
        """Return the signals that the user logged at schools where they still may see them."""
        ids = access.school_ids(user, Permission.SEE_OWN_SIGNALS)
        return self.filter(author=user, case__school_id__in=ids)
