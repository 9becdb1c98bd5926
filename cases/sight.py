"""What the audit must know of cases to show nobody too much (``audit.sight``)."""

from django.db.models import QuerySet
from django.db.models.expressions import Combinable

from accounts.models import User
from cases.destruction.erasing import CASE
from cases.models import Case, DueItem, Record, RightsRequest, ShutOut, Tombstone
from cases.querysets import united


def known_to(user: User) -> QuerySet:
    """Return the references of the cases that the user may see."""
    return Case.objects.visible_to(user).values("reference")


def kept_from(user: User) -> QuerySet:
    """Return the references of the cases of pupils in whom the user has an interest.

    Those that were destroyed too: what the audit holds of them outlives them.
    """
    pupils = ShutOut.objects.standing().filter(user=user).values("pupil_id")
    here = Case.objects.filter(pupil_id__in=pupils).values("reference")
    gone = Tombstone.objects.filter(kind=CASE, kept_from=user).values("reference")
    return united(here, gone)


def kept_since(user: User, moment: Combinable) -> QuerySet:
    """Return the references of those of them from which the user was not kept yet at a moment.

    ``moment``: of the query around this one.
    """
    since = ShutOut.objects.standing().filter(user=user, kept_out_since__gt=moment)
    return Case.objects.filter(pupil_id__in=since.values("pupil_id")).values("reference")


def requests_kept_from(user: User) -> QuerySet:
    """Return the keys of the requests that a register which the user keeps does not show them."""
    return RightsRequest.objects.kept_from(user).values("pk")


def due_kept_from(user: User) -> QuerySet:
    """Return the keys of the pupils on a list of destruction in whom the user has an interest.

    Those that are on none any more too, as of cases (``kept_from``).
    """
    pupils = ShutOut.objects.standing().filter(user=user).values("pupil")
    here = DueItem.objects.filter(pupil__in=pupils).values("pk")
    gone = Tombstone.objects.filter(kind=Tombstone.DUE, kept_from=user).values("row")
    return united(here, gone)


def written_by(model: type[Record], user: User) -> QuerySet:
    """Return the keys of the records of a kind that the user wrote."""
    return model.objects.filter(author=user).values("pk")
