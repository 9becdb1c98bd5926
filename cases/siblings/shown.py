"""What somebody is shown of a pupil's siblings: names of their school, and cases they may see.

A sibling in whom somebody has an interest (``ShutOut``), and one with a case for the board alone,
looks like a sibling without a case. Their page is there too, and as empty: nothing tells.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from cases.models import Case, Pupil, SiblingTie


@dataclass(frozen=True, slots=True)
class Sibling:
    """A sibling, the tie, and their open cases as far as somebody may see them."""

    pupil: Pupil
    tie: SiblingTie
    open_cases: tuple[Case, ...]


def siblings_of(pupil: Pupil, user: User) -> list[Sibling]:
    """Return the siblings of a pupil, by name, in two queries."""
    ties = SiblingTie.objects.of(pupil).select_related("first", "second")
    others = {_other(tie, pupil): tie for tie in ties}
    cases = list(_open_cases([other.pk for other in others], user, pupil.school_id))
    found = [
        Sibling(other, tie, tuple(case for case in cases if case.pupil_id == other.pk))
        for other, tie in others.items()
    ]
    return sorted(found, key=lambda sibling: (sibling.pupil.given_name, sibling.pupil.pk))


def open_cases_of_siblings(pupil: Pupil, siblings: Iterable[int], user: User) -> QuerySet:
    """Return the open cases of siblings that the user may see, with the pupil; not read yet."""
    return _open_cases([key for key in siblings if key != pupil.pk], user, pupil.school_id)


def _other(tie: SiblingTie, pupil: Pupil) -> Pupil:
    return tie.second if tie.first_id == pupil.pk else tie.first


def _open_cases(pupils: list[int], user: User, school: int) -> QuerySet:
    if not pupils:
        return Case.objects.none()
    cases = Case.objects.visible_to(user).open().filter(pupil__in=pupils, restricted=False)
    cases = cases.filter(pupil__school=school).select_related("pupil")
    return cases.order_by("pupil__given_name", "opened_at")
