"""Setting how long a school keeps what, within the bounds (``cases.protocol.keeping``)."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission
from accounts.models import School, User
from cases.errors import ActionError
from cases.models import SchoolRetention
from cases.protocol.keeping import KEPT


def own_rows(school: School) -> dict[str, SchoolRetention]:
    """Return what a school set for itself, by kind."""
    return {row.kind: row for row in SchoolRetention.objects.filter(school=school)}


@transaction.atomic
def set_retention(school: School, by: User, wishes: Mapping[str, tuple[int, str]]) -> None:
    """Set years and reason by kind; what is the rule needs no row.

    Raises ``ActionError`` beyond the bounds, or longer than the rule without a reason.
    """
    access.check_school(by, Permission.SET_RETENTION, school.pk)
    School.objects.select_for_update(no_key=True).get(pk=school.pk)
    for code, (years, reason) in wishes.items():
        kind = KEPT[code]
        if not kind.least <= years <= kind.most:
            raise ActionError(_("This is outside the bounds."), field=f"{code}_years")
        if years > kind.years and not reason:
            raise ActionError(_("Write down why it is kept longer."), field=f"{code}_reason")
        _set(school, by, code, years, reason if years > kind.years else "")


def _set(school: School, by: User, code: str, years: int, reason: str) -> None:
    row = SchoolRetention.objects.filter(school=school, kind=code).first()
    if years == KEPT[code].years:
        if row is not None:
            row.delete()
        return
    if row is None:
        row = SchoolRetention(school=school, kind=code)
    elif (row.years, row.reason) == (years, reason):
        return
    row.years, row.reason, row.set_by, row.set_at = years, reason, by, timezone.now()
    row.save()
