"""A list of people to invite, as a table says it: who, where, to which role; or why not.

Nothing of it is kept here: between looking and sending it waits, sealed, in the page of whoever
sent it (``seal``, ``unseal``).
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.crypto import cipher
from accounts.letters import normal
from accounts.models import Membership, RoleInvitation, School, User
from accounts.people.actions import PLAIN_ADDRESS
from accounts.people.names import HOLDS_LINK, holds_link
from accounts.people.roles import place_of
from accounts.roles import Role
from accounts.tables import Table, TableRow, Unreadable, one_line

# Each of them gets a mail while one waits for the page.
MOST = 100
# Seconds between looking and sending.
LASTS = 60 * 60

# fmt: off
# What is read → under which headings, without accents, capitals and signs between letters.
HEADINGS: dict[str, tuple[str, ...]] = {
    "name":   ("naam", "volledigenaam", "name"),
    "given":  ("roepnaam", "voornaam"),
    "prefix": ("tussenvoegsel", "tussenvoegsels", "tussenv", "voorvoegsel", "voorvoegsels"),
    "family": ("achternaam", "familienaam"),
    "email":  ("email", "emailadres", "mail", "mailadres", "emailwerk"),
    "role":   ("rol", "role", "functie"),
    "school": ("school", "schoolnaam"),
}
# How a role is called in a list, beside its code and its name in both languages.
CALLED: dict[Role, tuple[str, ...]] = {
    Role.TEACHER: ("teacher", "docent", "leraar", "leerkracht", "mentor"),
    Role.COORDINATOR: ("carecoordinator", "zorgcoordinator", "internbegeleider", "iber", "ib"),
    Role.ATTENTION_OFFICER: ("attentionofficer", "aandachtsfunctionaris"),
    Role.SCHOOL_LEADER: ("schoolleader", "schoolleider", "directeur", "rector"),
    Role.ADMINISTRATOR: ("administrator", "beheerder"),
    Role.BUURTTEAM_WORKER: ("buurtteamworker", "familyworker", "gezinswerker", "buurtteam",
                            "gezinswerkerbuurtteam", "familyworkerbuurtteam"),
}
# fmt: on
ROLES = {name: role for role, names in CALLED.items() for name in names}

WHY: dict[str, Promise] = {
    "no_name": _("The name is missing."),
    "long_name": _("The name is longer than 120 characters."),
    "link_in_name": HOLDS_LINK,
    "no_address": _("The e-mail address is missing."),
    "bad_address": _("No mail can go to this address. Look at it again."),
    "no_role": _("The role is missing. Add it, or choose above who gets which role."),
    "bad_role": _("This is no role that we know. The help below says which there are."),
    "bad_school": _("This is no school that you look after."),
    "no_team": _("This school has no buurtteam yet."),
    "yourself": _("You cannot invite yourself."),
    "twice": _("This address stands above for this role already."),
    "invited": _("Is invited already; no second mail goes out."),
    "here": _("Has this role already."),
}
# These are no mistake.
FINE = frozenset({"invited", "here"})


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a list. ``why``: why nobody is invited by it; empty: somebody is."""

    line: int
    name: str
    email: str
    role: str = ""
    school: int = 0
    why: str = ""

    @property
    def reason(self) -> str:
        """Return why nobody is invited by this row, in the language of the page."""
        return str(WHY[self.why]) if self.why else ""

    @property
    def is_wrong(self) -> bool:
        """Tell whether something is to be corrected."""
        return bool(self.why) and self.why not in FINE

    @property
    def role_label(self) -> str:
        """Return the role in the words of the page."""
        return str(Role(self.role).label) if self.role else ""


def look(table: Table, by: User, schools: list[School], school: School, role: str) -> list[Listed]:
    """Return what each row of a table does. ``role``, ``school``: of rows that name none.

    Raises ``Unreadable`` for a table without names and addresses, and for too long a list.
    """
    places = _places(table.headings)
    if "email" not in places or not ({"name", "family"} & places.keys()):
        raise Unreadable(
            _("There is no column with a name, or none with an e-mail address, in this file.")
        )
    if len(table.rows) > MOST:
        raise Unreadable(_("This list has more than %s people. Send it in parts.") % MOST)
    by_name = {_plain(one.name): one for one in schools}
    found = [_listed(row, places, by_name, school, role) for row in table.rows]
    return _against(found, by, schools)


def seal(people: Iterable[Listed], by: User) -> str:
    """Return those who are invited, for the page, so that nobody else reads or changes them."""
    rows = [[one.line, one.name, one.email, one.role, one.school] for one in people if not one.why]
    packed = zlib.compress(json.dumps(rows).encode())
    return cipher(f"accounts.people.listed:{by.pk}").encrypt(packed).decode()


def unseal(token: str, by: User) -> list[Listed] | None:
    """Return what was sealed for the same person, within the hour; else None."""
    try:
        packed = cipher(f"accounts.people.listed:{by.pk}").decrypt(token.encode(), ttl=LASTS)
    except (InvalidToken, ValueError):
        return None
    return [Listed(*row) for row in json.loads(zlib.decompress(packed))]


def _places(headings: Iterable[str]) -> dict[str, int]:
    named = {_plain(heading): place for place, heading in reversed(list(enumerate(headings)))}
    found = {}
    for code, names in HEADINGS.items():
        place = next((named[name] for name in names if name in named), None)
        if place is not None:
            found[code] = place
    return found


def _listed(
    row: TableRow,
    places: Mapping[str, int],
    schools: Mapping[str, School],
    school: School,
    role: str,
) -> Listed:
    said = {code: one_line(row.cells[place]) for code, place in places.items()}
    parts = (said.get("given"), said.get("prefix"), said.get("family"))
    name = said.get("name") or " ".join(filter(None, parts))
    email = said.get("email", "").lower()
    written, at = said.get("role", ""), said.get("school", "")
    meant = ROLES.get(_plain(written)) if written else role
    where = schools.get(_plain(at)) if at else school
    why = (
        _fault(name, email)
        or ("" if meant else "bad_role" if written else "no_role")
        or ("" if where else "bad_school")
        or ("" if any(place_of(meant, where).values()) else "no_team")
    )
    return Listed(row.line, name, email, meant or "", where.pk if where else 0, why)


def _fault(name: str, email: str) -> str:
    if not name:
        return "no_name"
    if len(name) > RoleInvitation._meta.get_field("name").max_length:
        return "long_name"
    if holds_link(name):
        return "link_in_name"
    if not email:
        return "no_address"
    try:
        validate_email(email)
    except ValidationError:
        return "bad_address"
    fits = len(email) <= RoleInvitation._meta.get_field("email").max_length
    return "" if fits and PLAIN_ADDRESS.fullmatch(email) else "bad_address"


def _against(found: list[Listed], by: User, schools: list[School]) -> list[Listed]:
    """Hold rows against who is here and who was invited, and against one another."""
    places = [school for school in schools if school.pk in {one.school for one in found}]
    held = Membership.objects.of_places(places).filter(ended_at__isnull=True)
    here = {
        (email.lower(), role, school)
        for email, role, school in held.values_list("user__email", "role", "school")
    }
    standing = RoleInvitation.objects.standing().filter(school__in=places)
    invited = set(standing.values_list("email", "role", "school"))
    seen: set[tuple[str, str, int]] = set()
    looked = []
    for one in found:
        key = (one.email, one.role, one.school)
        of_team = (one.email, one.role, None)  # a family worker belongs to no single school
        why = one.why or (
            "yourself" if one.email == by.email.lower()
            else "twice" if key in seen
            else "here" if {key, of_team} & here
            else "invited" if key in invited
            else ""
        )  # fmt: skip
        seen.add(key)
        looked.append(Listed(one.line, one.name, one.email, one.role, one.school, why))
    return looked


def _plain(text: str) -> str:
    letters = normal("NFKD", text.casefold())
    return "".join(sign for sign in letters if sign.isalnum())
