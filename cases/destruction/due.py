"""What is due for destruction at a school on a day."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import School, User
from cases.models import Case, DueItem, Hold, Pupil, SchoolRetention, ShutOut
from cases.protocol import keeping
from cases.querysets import CaseQuerySet, PupilQuerySet
from cases.retention import years_before


def own_years(school: School) -> dict[str, int]:
    """Return how many years a school keeps what, where it set that itself, by kind."""
    return dict(SchoolRetention.objects.filter(school=school).values_list("kind", "years"))


def cases_over(school: School, today: date) -> CaseQuerySet:
    """Return the closed cases whose last day is past, held back or not."""
    return Case.objects.filter(school=school, closed_at__isnull=False, kept_until__lt=today)


def may_go() -> Q:
    """Return the condition on cases that nothing keeps: no hold, and no other case needs it.

    What the board's line set in its case (R9) keeps somebody out of the pupil's other cases, and
    cannot be explained there: such a case goes after them.
    """
    held = Hold.objects.standing().filter(case=OuterRef("pk"))
    keeps_out = ShutOut.objects.standing().filter(case=OuterRef("pk"))
    others = Case.objects.filter(pupil=OuterRef("pupil")).exclude(pk=OuterRef("pk"))
    needed = Q(restricted=True) & Q(Exists(keeps_out)) & Q(Exists(others))
    return ~Exists(held) & ~needed


def cases_due(school: School, today: date) -> CaseQuerySet:
    """Return the cases that a list of this day names, beside those on one already."""
    return cases_over(school, today).filter(may_go(), due__isnull=True)


def left_long_ago(schools: Iterable[School], today: date) -> Q:
    """Return the condition on pupils of some schools who left so long ago that their names go,
    unless a case keeps them.
    """
    found = Q(pk__in=())
    for school in schools:
        years = keeping.years_at(own_years(school), keeping.PUPIL)
        found |= Q(school=school, left_on__lt=years_before(today, years))
    return found


def known_still(pupils: PupilQuerySet, schools: Iterable[School], user: User) -> PupilQuerySet:
    """Return of some pupils those whose names may tell somebody that the school knows them.

    Of those who left so long ago that their names go, a school knows still who has a case: so only
    who sees one of theirs. Else whoever may know of none would find out by a name.
    """
    gone = left_long_ago(schools, timezone.localdate())
    seen = Case.objects.visible_to(user).values("pupil")
    return pupils.exclude(gone & ~Q(pk__in=seen))


def pupils_over(school: School, today: date) -> PupilQuerySet:
    """Return the pupils without any case who left so long ago that their names go."""
    return Pupil.objects.filter(left_long_ago([school], today), cases__isnull=True)


def pupils_due(school: School, today: date) -> PupilQuerySet:
    """Return the pupils that a list of this day names."""
    return pupils_over(school, today).filter(due__isnull=True)


def due_no_more(today: date) -> Q:
    """Return the condition on rows of a case whose pupil came back, or left later, since: nobody
    approves them any more, and a later list names them anew.
    """
    return Q(ground=DueItem.Ground.PERIOD, destruction=None) & (
        Q(case__kept_until__gte=today) | Q(case__isnull=False, case__kept_until=None)
    )


def still_due(item: DueItem, today: date) -> bool:
    """Tell whether what is on a list may go now, looked at once more behind its lock."""
    if item.pupil_id:
        return pupils_over(item.of_list.school, today).filter(pk=item.pupil_id).exists()
    case = Case.objects.filter(may_go(), pk=item.case_id, closed_at__isnull=False)
    if item.ground == DueItem.Ground.PERIOD:
        case = case.filter(kept_until__lt=today)
    return case.exists()
