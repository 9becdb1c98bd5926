"""Recording that two pupils are siblings, and taking it back."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission
from accounts.models import User
from cases.errors import ActionError
from cases.models import Pupil, SiblingTie


@transaction.atomic
def tie(pupil: Pupil, by: User, sibling: Pupil) -> SiblingTie:
    """Record that two pupils of one school are siblings. Said twice, it is recorded once.

    Raises ``ActionError`` for the pupil themselves, and for somebody of another school.
    """
    _check(by, pupil)
    if sibling.pk == pupil.pk:
        raise ActionError(_("This is the pupil themselves. Choose a brother or sister."), "pupil")
    if sibling.school_id != pupil.school_id:
        raise ActionError(_("Choose a pupil of your school."), "pupil")
    first, second = sorted((pupil.pk, sibling.pk))
    for key in (first, second):  # in one order: nobody waits for somebody who waits for them
        Pupil.objects.hold(key)
    standing = SiblingTie.objects.standing().filter(first=first, second=second).first()
    if standing is not None:
        return standing
    return SiblingTie.objects.create(first_id=first, second_id=second, tied_by=by)


@transaction.atomic
def untie(standing: SiblingTie, by: User) -> None:
    """Take back that two pupils are siblings. Who said so, and who took it back, stays known."""
    _check(by, standing.first)
    found = SiblingTie.objects.standing().select_for_update().filter(pk=standing.pk).first()
    if found is not None:
        found.ended_at, found.ended_by = timezone.now(), by
        found.save(update_fields=["ended_at", "ended_by"])


def _check(user: User, pupil: Pupil) -> None:
    access.check_school(user, Permission.TIE_SIBLINGS, pupil.school_id)
