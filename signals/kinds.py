"""What people are told of their own signals (``cases.notifications.kinds``)."""

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models import Notification
from cases.notifications.kinds import Kind, Sight
from signals.models import Signal

UNREAD = "signal_unread"


def own_signal(sight: Sight) -> Q:
    """Those about signals that stand in the person's name."""
    own = Signal.objects.logged_by(sight.person)
    return Q(Exists(own.filter(reference=OuterRef("about"))))


def signal_page(notification: Notification) -> str:
    """Return the path of the signal."""
    return reverse("signals:detail", args=[notification.about])


def signal_reference(notification: Notification) -> str:
    """Return the signal's reference."""
    return notification.about


KINDS = (
    Kind(
        UNREAD,
        _("Nobody who leads your school can read a signal of yours any more."),
        _("At the signal it says whom you can turn to outside the school. Do that now."),
        own_signal,
        signal_page,
        signal_reference,
        on_case_page=False,
    ),
)
