"""What somebody comes for beside their tasks: a few doors on the first page, by permission.

Each room declares its own, as it does its tasks. A door has at most one number, of what waits
behind it; all numbers come with one query.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts import access
from accounts.access import Permission
from accounts.models import RoleInvitation
from audit.models import Flag
from cases.models import Case, DossierExport, DueItem
from cases.notifications.watched import LETTERS, given_up
from cases.todo.of_schools import BUSY
from cases.todo.registry import Reader

Says = Callable[[int], Promise | str]


@dataclass(frozen=True, slots=True)
class Door:
    """A way on: who it is for, where it leads, and what waits there (or how much, once known).

    ``unless``: whoever holds this permission comes for something else. ``alarms``: what waits there
    went wrong.
    """

    name: str
    whom: Permission
    label: Promise
    icon: str
    url: Callable[[], str]
    waits: Callable[[Reader], QuerySet | int] | None = None
    says: Says = str
    unless: Permission | None = None
    alarms: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A door as the page shows it."""

    label: Promise
    icon: str
    url: str
    says: Promise | str
    alarms: bool


_table: dict[str, Door] = {}


def declare(*doors: Door) -> None:
    """Add doors. Each room says its own, once its models are there."""
    _table.update((door.name, door) for door in doors)


def doors_of(reader: Reader) -> list[Shown]:
    """Return the doors of somebody, in the order of the table."""
    doors = [door for door in _table.values() if _is_for(door, reader)]
    counts = _counted({door.name: door.waits(reader) for door in doors if door.waits})
    return [_shown(door, counts.get(door.name, 0)) for door in doors]


def _is_for(door: Door, reader: Reader) -> bool:
    other = door.unless is not None and access.may(reader.user, door.unless)
    return access.may(reader.user, door.whom) and not other


def _counted(waiting: dict[str, QuerySet | int]) -> dict[str, int]:
    """Count the rows of several querysets, in one question."""
    known = {name: rows for name, rows in waiting.items() if isinstance(rows, int)}
    parts, values = {}, []
    for name, rows in waiting.items():
        if name in known:
            continue
        with suppress(EmptyResultSet):  # nobody's: nothing is asked
            sql, params = rows.order_by().values("pk").query.sql_with_params()
            parts[name] = f"(SELECT COUNT(*) FROM ({sql}) counted)"  # noqa: S608 - Django wrote it
            values += params
    if not parts:
        return known
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts.values())}", values)
        return known | dict(zip(parts, cursor.fetchone(), strict=True))


def _shown(door: Door, count: int) -> Shown:
    says = door.says(count) if count else ""
    return Shown(door.label, door.icon, door.url(), says, door.alarms and count > 0)


def _open_cases(reader: Reader) -> QuerySet:
    return Case.objects.permitted(reader.user, Permission.SEE_DASHBOARD).open()


def _invited(reader: Reader) -> QuerySet:
    schools = access.school_ids(reader.user, Permission.MANAGE_PEOPLE)
    return RoleInvitation.objects.standing().filter(school_id__in=schools)


def _given_up(reader: Reader) -> QuerySet:
    return given_up(reader.user)


def _busy(reader: Reader) -> QuerySet:
    return DossierExport.objects.visible_to(reader.user).filter(state__in=BUSY)


def _flags(reader: Reader) -> QuerySet:
    return Flag.objects.visible_to(reader.user).standing()


def _due(reader: Reader) -> QuerySet:
    return DueItem.objects.waiting().visible_to(reader.user)


def _background() -> str:
    return f"{reverse('background:work')}#{LETTERS.name}"


# fmt: off
TABLE: tuple[Door, ...] = (
    Door("cases", Permission.SEE_DASHBOARD, _("All cases"), "folder",
         lambda: reverse("cases:dashboard"), _open_cases,
         lambda count: ngettext_lazy("%(count)s open", "%(count)s open", "count")
         % {"count": count}),
    Door("people", Permission.MANAGE_PEOPLE, _("People"), "people",
         lambda: reverse("people:people"), _invited,
         lambda count: ngettext_lazy(
             "%(count)s invitation waits", "%(count)s invitations wait", "count")
         % {"count": count}),
    Door("imports", Permission.SEE_IMPORTS, _("Pupils"), "upload",
         lambda: reverse("cases:imports")),
    Door("letters", Permission.SEE_BACKGROUND, _("Messages that did not arrive"), "mail",
         _background, _given_up, str, alarms=True),
    Door("background", Permission.SEE_BACKGROUND, _("Background"), "clock",
         lambda: reverse("background:work")),
    Door("exports", Permission.LIST_EXPORTABLE, _("Export dossiers"), "file-pdf",
         lambda: reverse("cases:exportable"), _busy,
         lambda count: ngettext_lazy(
             "%(count)s is being made", "%(count)s are being made", "count")
         % {"count": count}),
    Door("figures", Permission.WRITE_YEAR_REPORT, _("Year report"), "chart",
         lambda: reverse("cases:year_report")),
    Door("destruction", Permission.SEE_DESTRUCTION, _("Destruction"), "trash",
         lambda: reverse("cases:destruction"), _due,
         lambda count: ngettext_lazy(
             "%(count)s waits for approval", "%(count)s wait for approval", "count")
         % {"count": count}),
    Door("requests", Permission.SEE_REQUESTS, _("Requests of parents and pupils"), "inbox",
         lambda: reverse("cases:requests")),
    Door("unusual", Permission.WATCH_ADMINISTRATORS, _("Unusual reading"), "eye",
         lambda: reverse("audit:flags"), _flags, str, alarms=True),
)
# fmt: on
