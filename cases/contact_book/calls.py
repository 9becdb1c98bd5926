"""Whom to call, as buttons: the numbers of the whole country, and those of the school's book."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission
from accounts.models import Buurtteam, School, User
from cases.deadlines import is_business_day
from cases.models import Contact
from cases.protocol import CONTACTS
from cases.protocol.contacts import BUURTTEAM

# When most organisations answer; after it, who may be called at night stands first.
OPENS, CLOSES = time(8, 30), time(17)


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to call, as a big button. ``note``: when they answer."""

    telephone: str
    href: str
    label: Promise | str
    urgent: bool
    note: Promise | str = ""
    at_night: bool = False


class Numbers:
    """The numbers of one school, for one page: read once, and only when something tells to call.

    ``book`` may be read together with what else a page asks (``cases.together``).
    ``school``: None for who reads no school's book, and sees the numbers of ``teams`` alone.
    ``now``: the server's clock.
    """

    def __init__(
        self,
        school: School | None,
        teams: Sequence[Buurtteam] = (),
        *,
        now: datetime | None = None,
    ) -> None:
        self.school = school
        self.teams = [school.buurtteam] if school and school.buurtteam else list(teams)
        self.out_of_hours = out_of_hours(now or timezone.now())

    @cached_property
    def book(self) -> QuerySet[Contact]:
        """Return the entries of the school's contact book."""
        return self.school.contacts.standing() if self.school else Contact.objects.none()

    def of(self, code: str) -> list[Call]:
        """Return whom to call for one organisation: everywhere first, then here."""
        found, contact = [], CONTACTS[code]
        if contact.telephone:
            found.append(
                Call(
                    contact.telephone,
                    contact.href,
                    contact.label,
                    contact.urgent,
                    contact.note,
                    contact.at_night,
                )
            )
        if code == BUURTTEAM:
            found += [
                Call(team.telephone, f"tel:{team.telephone_href}", team.name, urgent=False)
                for team in self.teams
                if team.telephone
            ]
        return found + [call_of(entry) for entry in self.book if entry.organisation == code]


def numbers_in_case(user: User, school: School, *, now: datetime | None = None) -> Numbers:
    """Return the numbers of one school for somebody who sees a case of it.

    Its book is its own people's: who came in by emergency access sees the case and no entry of it.
    """
    if school.pk in access.school_ids(user, Permission.SEE_CONTACTS):
        return Numbers(school, now=now)
    return Numbers(None, [school.buurtteam] if school.buurtteam else [], now=now)


def out_of_hours(now: datetime) -> bool:
    """Tell whether most organisations are closed: at night, in the weekend, on a holiday."""
    here = timezone.localtime(now)
    return not (is_business_day(here.date()) and OPENS <= here.time() < CLOSES)


def call_of(entry: Contact) -> Call:
    """Return the button of an entry of the contact book."""
    organisation = str(entry.get_organisation_display())
    known = organisation.casefold() in entry.name.casefold()
    notes = ["" if known else organisation, entry.hours, _("also at night") * entry.at_night]
    return Call(
        entry.telephone,
        f"tel:{entry.telephone_href}",
        entry.name,
        urgent=False,
        note=" · ".join(note for note in notes if note),
        at_night=entry.at_night,
    )


def calls_for(codes: Iterable[str], numbers: Numbers) -> tuple[Call, ...]:
    """Return whom to call, as buttons; out of hours those first who may be called at night."""
    found = [call for code in codes for call in numbers.of(code)]
    if numbers.out_of_hours:
        found.sort(key=lambda call: not call.at_night)
    return tuple(found)
