"""All dossiers of a school year, for an administrator (``year_making`` makes them).

Each is an export of its own (its number in the case, its row in the trail, its SHA-256), of a case
that whoever asked may export when it is made, when the zip is, and when they fetch that: not one
for the board (R9), nor one that they are kept out of. What a worker that died had made stays; the
next goes on after it.
"""

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission, Scope, roles_at
from accounts.models import Membership, School, User
from accounts.most import a_day_ago, check_room
from accounts.people.letters import LATELY
from audit.kinds import Kind
from audit.log import record_read
from cases import jobs
from cases.errors import KEY_USED, ActionError
from cases.figures.school_year import SchoolYear
from cases.models import Case, DossierExport, YearExport
from cases.notifications.kinds import YEAR_ASKED
from cases.notifications.telling import notify
from cases.querysets import CaseQuerySet


def cases_of(export: YearExport) -> CaseQuerySet:
    """Return the cases of the year that whoever asked may export now."""
    year = SchoolYear(export.year)
    may = Case.objects.permitted(export.requested_by, Permission.EXPORT_DOSSIER)
    of_year = may.filter(school=export.school_id, restricted=False)
    of_year = of_year.filter(opened_at__gte=year.since, opened_at__lt=year.until)
    return of_year.order_by("opened_at", "pk")


@transaction.atomic
def request_year(school: School, by: User, key: UUID, year: int, reason: str) -> YearExport:
    """Ask for the dossiers of a school year; the school leader is told of it.

    Raises ``ActionError`` when there is none, or when one is being made already.
    """
    access.check_school(by, Permission.EXPORT_YEAR, school.pk)
    asked = YearExport.objects.filter(idempotency_key=key).first()
    if asked is not None:
        if asked.requested_by_id != by.pk:
            raise ActionError(KEY_USED)
        return asked
    at_work = (jobs.State.WAITING, jobs.State.RUNNING)
    busy = YearExport.objects.filter(requested_by=by, state__in=at_work)
    if busy.exists():
        raise ActionError(_("Wait until the year that you asked for is made, or cancel it."))
    of_theirs = YearExport.objects.filter(requested_by=by)
    check_room("years_a_day", of_theirs.filter(requested_at__gt=a_day_ago()))
    export = YearExport(
        school=school, requested_by=by, idempotency_key=key, year=year, reason=reason
    )
    if not cases_of(export).exists():
        raise ActionError(_("In this school year no case was opened."), field="year")
    export.save()
    record_read(by, export, why=reason, kind=Kind.EXPORTED)
    notify(YEAR_ASKED, told_of_year(school, by), str(export.public_id), by=by, about=str(school.pk))
    transaction.on_commit(partial(jobs.queue, export))
    return export


def told_of_year(school: School, by: User) -> set[int]:
    """Return who hears that somebody asked for a year: never only themselves.

    Whoever leads the school, or leads or looks after it from some day on; where the asker alone
    leads, who looks after it beside them; where there is nobody, whoever leads another school of
    the board.
    """
    leads = roles_at(Permission.SEE_BOARD_CASE, Scope.SCHOOL)
    exports = roles_at(Permission.EXPORT_YEAR, Scope.SCHOOL)
    others = Membership.objects.current().exclude(user=by)
    lines = (
        others.filter(school=school, role__in=leads),
        others.filter(school=school, role__in=exports),
        others.filter(school__board__isnull=False, school__board=school.board_id, role__in=leads),
    )
    found = next(
        (people for line in lines if (people := set(line.values_list("user", flat=True)))), set()
    )
    to_come = Membership.objects.to_come().filter(user__is_active=True, school=school)
    soon = to_come.filter(role__in={*leads, *exports}).exclude(user=by)
    return {*found, *soon.values_list("user", flat=True)}


def tell_of_lately(membership: Membership, **kwargs: Any) -> None:
    """Tell who leads or looks after the school from now on which years were asked for lately.

    (``accounts.signals.membership_began``.) Who asked while the leader's role was over for a
    minute, or while nobody was there but themselves, would have asked in silence.
    """
    if not {membership.role} & {
        *roles_at(Permission.SEE_BOARD_CASE, Scope.SCHOOL),
        *roles_at(Permission.EXPORT_YEAR, Scope.SCHOOL),
    }:
        return
    about = str(membership.school_id)
    asked = YearExport.objects.filter(school=membership.school_id)
    asked = asked.filter(requested_at__gt=timezone.now() - LATELY).select_related("requested_by")
    for export in asked:
        key = str(export.public_id)
        notify(YEAR_ASKED, [membership.user_id], key, by=export.requested_by, about=about)


@transaction.atomic
def cancel_year(export: YearExport, by: User) -> None:
    """Cancel an export: nothing more is made, and what was made is removed.

    By whoever asked for it, while they may: else it is removed by its time.
    """
    access.check_school(by, Permission.EXPORT_YEAR, export.school_id)
    now = timezone.now()
    YearExport.objects.filter(pk=export.pk, cancelled_at=None).update(cancelled_at=now)
    export = YearExport.objects.select_for_update().get(pk=export.pk)
    if export.state != jobs.State.RUNNING:  # its worker sees so after the dossier in hand
        stop(export)


@transaction.atomic
def take_back(export: YearExport) -> None:
    """Remove a zip that holds what closed to whoever asked: they can ask for one without."""
    export = YearExport.objects.select_for_update().get(pk=export.pk)
    if export.state == jobs.State.READY:
        stop(export)


def holds_what_closed(export: YearExport) -> bool:
    """Tell whether a zip holds the dossier of a case that whoever asked may not export now."""
    return closed(export).exclude(sha256="").exists()


def closed(export: YearExport) -> QuerySet[DossierExport]:
    """Return the dossiers of an export whose cases closed to whoever asked for it."""
    export.requested_by.forget_memberships()
    return export.dossiers.exclude(case__in=cases_of(export).order_by().values("pk"))


def tidy() -> None:
    """Remove the dossiers by themselves of years that were given up, or that are gone."""
    over = (jobs.State.FAILED, jobs.State.EXPIRED)
    left = (jobs.State.READY, jobs.State.RUNNING)  # the latter in the hands of a worker that died
    for one in DossierExport.objects.filter(state__in=left, of_year__state__in=over):
        jobs.remove(one)


def stop(export: YearExport) -> None:
    """Remove what there is of an export that was cancelled."""
    jobs.remove(export)
    clear(export)


def clear(export: YearExport) -> None:
    """Remove the dossiers by themselves; their rows stay, and by their SHA-256 they are known."""
    for one in export.dossiers.exclude(state=jobs.State.EXPIRED):
        jobs.remove(one)
