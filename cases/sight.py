"""What the audit must know of cases to show nobody too much (``audit.sight``)."""

from django.db.models import QuerySet

from accounts.models import User
from cases.models import Case, ShutOut


def known_to(user: User) -> QuerySet:
    """Return the references of the cases that the user may see."""
    return Case.objects.visible_to(user).values("reference")


def kept_from(user: User) -> QuerySet:
    """Return the references of the cases of pupils in whom the user has an interest."""
    pupils = ShutOut.objects.standing().filter(user=user).values("pupil_id")
    return Case.objects.filter(pupil_id__in=pupils).values("reference")
