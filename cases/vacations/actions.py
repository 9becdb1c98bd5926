"""Changing the vacations of a school: each function is one change, checked, in a transaction; then
the deadlines of its cases follow."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission
from accounts.models import School, User
from cases.errors import ActionError
from cases.models import SchoolVacation
from cases.protocol.vacations import MOST_FREE, Vacation, of_region, school_year, weekdays
from cases.school_periods import follow_all, wake_all


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of a list of vacations: how many were added, in the place of how many, and how many
    stood there already."""

    added: int
    replaced: int
    there: int


def take_over_region(school: School, by: User, region: str, today: date) -> Kept:
    """Take over the vacations of a region that are not over yet. What the school has on those
    days itself stays: it knows better."""
    return _keep(school, by, of_region(region, today), replaces=False)


def keep_lines(school: School, by: User, vacations: Iterable[Vacation]) -> Kept:
    """Keep the vacations of a list; they take the place of what they run into."""
    return _keep(school, by, vacations, replaces=True)


def add_vacation(school: School, by: User, name: str, first_day: date, last_day: date) -> None:
    """Add a vacation or a study day. Sent twice: once. Raises ``ActionError`` where days are free
    already."""
    with transaction.atomic():
        standing = _held(school, by)
        new = Vacation(name, first_day, last_day)
        if any(as_vacation(row) == new for row in standing):
            return
        _check_apart(new, standing)
        _create(school, by, [new])
        _check_sum(school, "last_day")
        wake_all(school)
    follow_all(school, by)


def change_vacation(
    vacation: SchoolVacation, by: User, name: str, first_day: date, last_day: date
) -> None:
    """Change name or days. Raises ``ActionError`` where days are free already."""
    school = vacation.school
    with transaction.atomic():
        standing = _held(school, by)
        new = Vacation(name, first_day, last_day)
        row = next((row for row in standing if row.pk == vacation.pk), None)
        if row is None:
            raise ActionError(_("Somebody removed this vacation meanwhile."))
        if as_vacation(row) == new:
            return
        _check_apart(new, [other for other in standing if other is not row])
        row.name, row.first_day, row.last_day, row.set_by = name, first_day, last_day, by
        row.save()
        _check_sum(school, "last_day")
        wake_all(school)
    follow_all(school, by)


def remove_vacation(vacation: SchoolVacation, by: User) -> None:
    """Take a vacation away; one that a colleague took away meanwhile is taken away once."""
    school = vacation.school
    with transaction.atomic():
        for standing in _held(school, by):
            if standing.pk == vacation.pk:
                standing.delete()
        wake_all(school)
    follow_all(school, by)


def _keep(school: School, by: User, vacations: Iterable[Vacation], *, replaces: bool) -> Kept:
    with transaction.atomic():
        standing = _held(school, by)
        there = {as_vacation(row) for row in standing}
        found = list(vacations)
        new = [vacation for vacation in found if vacation not in there]
        gone = {row.pk for one in new for row in run_into(one, standing)}
        if not replaces:
            new, gone = [one for one in new if not run_into(one, standing)], set()
        for row in SchoolVacation.objects.filter(pk__in=gone):
            row.delete()  # one by one: the audit remembers each
        _create(school, by, new)
        _check_sum(school, "lines")
        if new:
            wake_all(school)
    if new:
        follow_all(school, by)
    return Kept(len(new), len(gone), len(found) - len(new))


def _held(school: School, by: User) -> list[SchoolVacation]:
    """Return the school's vacations; nobody else changes them now. Raises ``PermissionDenied``."""
    access.check_school(by, Permission.SET_VACATIONS, school.pk)
    School.objects.select_for_update(no_key=True).get(pk=school.pk)
    return list(SchoolVacation.objects.filter(school=school))


def as_vacation(row: SchoolVacation) -> Vacation:
    """Return name and days of a row."""
    return Vacation(row.name, row.first_day, row.last_day)


def run_into(new: Vacation, standing: Iterable[SchoolVacation]) -> list[SchoolVacation]:
    """Return those of some rows on whose days a vacation would be."""
    return [row for row in standing if row.first_day <= new.last and new.first <= row.last_day]


def _check_apart(new: Vacation, standing: Iterable[SchoolVacation]) -> None:
    for row in run_into(new, standing):
        raise ActionError(
            _("These days are free already: %(name)s.") % {"name": row.name}, field="first_day"
        )


def _create(school: School, by: User, vacations: Iterable[Vacation]) -> None:
    for one in vacations:
        SchoolVacation.objects.create(
            school=school, name=one.name, first_day=one.first, last_day=one.last, set_by=by
        )


def _check_sum(school: School, field: str) -> None:
    """Raise ``ActionError`` where a school year would be free more than any school is."""
    spans = SchoolVacation.objects.filter(school=school).values_list("first_day", "last_day")
    free = Counter(school_year(day) for span in spans for day in weekdays(*span))
    for year, days in free.items():
        if days > MOST_FREE:
            raise ActionError(
                _("School year %(year)s would have %(days)s free days; at most %(most)s.")
                % {"year": f"{year}-{year + 1}", "days": days, "most": MOST_FREE},
                field=field,
            )
