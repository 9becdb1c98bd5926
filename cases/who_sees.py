"""Who may see what of a case, from the table of permissions and the grants: nothing by hand.

It says of each person what the gate to the case says (``Case.objects.permitted``), for all of them
at once; a test holds the two side by side.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import Permission, Scope
from accounts.models import Membership, User
from cases.models import Case, ShutOut
from cases.querysets import GRANTS

# What is shown of the table, in its order and in words.
SHOWN: dict[Permission, Promise] = {
    Permission.SEE_CASE: _("sees the whole case"),
    Permission.ASK_CONSULTATION: _("asks for consultations"),
    Permission.ATTACH_FILE: _("adds files"),
    Permission.MOVE_CASE: _("moves the case"),
    Permission.ASSIGN_CASE: _("decides who takes part"),
    Permission.EXPORT_DOSSIER: _("exports the dossier"),
    Permission.SEE_READERS: _("sees who looked"),
}


@dataclass(frozen=True, slots=True)
class Insight:
    """A person, in which roles, and what they may do with the case."""

    person: User
    roles: tuple[Promise | str, ...]
    permissions: frozenset[Permission]
    takes_part: bool
    responsible: bool

    @property
    def sees(self) -> bool:
        """Tell whether they see the case: who only takes along its dossier does not."""
        return Permission.SEE_CASE in self.permissions

    @property
    def words(self) -> list[Promise]:
        """Return what they may do, in words."""
        return [says for permission, says in SHOWN.items() if permission in self.permissions]


def who_sees(case: Case, grants: Iterable[tuple[int, str]]) -> list[Insight]:
    """Return everybody of the school who may do anything with a case, in one query.

    ``grants``: who holds which grant on it. Those who run it come last: first those of this case.
    """
    held: dict[int, set[str]] = {}
    for user_id, codename in grants:
        held.setdefault(user_id, set()).add(codename)
    people: dict[User, list[Membership]] = {}
    for membership in _members(case):
        people.setdefault(membership.user, []).append(membership)
    found = [_insight(case, user, roles, held) for user, roles in people.items()]
    return sorted(
        (insight for insight in found if insight.permissions),
        key=lambda one: (not one.responsible, not one.takes_part, not one.sees, one.person.name),
    )


def _members(case: Case) -> Iterable[Membership]:
    roles = {role for reach in Scope if reach for p in SHOWN for role in access.roles_at(p, reach)}
    shut_out = ShutOut.objects.standing().filter(pupil=case.pupil_id)
    members = Membership.objects.current().filter(school_id=case.school_id, role__in=roles)
    members = members.exclude(user__in=shut_out.values("user"))
    return members.select_related("user").order_by("user__name", "pk")


def _insight(
    case: Case, user: User, roles: list[Membership], held: Mapping[int, set[str]]
) -> Insight:
    granted = held.get(user.pk, set())
    open_to_them = not case.restricted or _reaches(Permission.SEE_BOARD_CASE, roles, set())
    permissions = {p for p in SHOWN if open_to_them and _reaches(p, roles, granted)}
    return Insight(
        person=user,
        roles=tuple(membership.get_role_display() for membership in roles),
        permissions=frozenset(permissions),
        takes_part=bool(granted) and bool(permissions),
        responsible=user.pk == case.responsible_id,
    )


def _reaches(permission: Permission, roles: list[Membership], granted: set[str]) -> bool:
    """Tell whether one of the roles gives a permission here: for all, or by a grant."""
    for membership in roles:
        reach = access.scope(membership.role, permission)
        if reach == Scope.SCHOOL or granted & set(GRANTS.get(reach, ())):
            return True
    return False
