"""What people are told of consultations (``cases.notifications.kinds``)."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Notification
from cases.notifications.kinds import Kind
from consultations.models import Invitation

INVITED = "invited"


def own_invitations(person: User, notifications: Iterable[Notification]) -> set[int]:
    """Return the keys of those about invitations of the person that stand."""
    return _of(Invitation.objects.of(person), notifications)


def unanswered(person: User, notifications: Iterable[Notification]) -> set[int]:
    """Return the keys of those about invitations that wait for an answer."""
    return _of(Invitation.objects.of(person).filter(accepted_at__isnull=True), notifications)


def _of(invitations: "Invitation.objects", notifications: Iterable[Notification]) -> set[int]:
    keys = [one.key for one in notifications]
    found = invitations.filter(public_id__in=keys).values_list("public_id", flat=True)
    standing = {str(public_id) for public_id in found}
    return {one.pk for one in notifications if one.key in standing}


KINDS = (
    Kind(
        INVITED,
        _("You are invited to think along about a pupil."),
        _("Say in Meldcode whether you can; then you read the question."),
        own_invitations,
        lambda notification: reverse("consultations:inbox"),
        lambda notification: notification.about,
        waits=unanswered,
    ),
)
