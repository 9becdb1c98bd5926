"""What stands around the cases of a demo school: its contact book, and its care team's meetings."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from accounts.models import School, User
from accounts.roles import Role
from cases.contact_book.organisations import Organisation
from cases.models import Case, Contact
from consultations.models import AgendaItem, Meeting
from meldcode.demo.events import business_day

MEETS_AT, PLACE = time(15, 30), "Zorgkamer, begane grond"
# The one before was held a week ago; the next is within days.
BACK, AHEAD = -5, 2
ON_AGENDA = 3


class Entry(NamedTuple):
    """An entry of the contact book. No Dutch subscriber's number starts with a zero."""

    organisation: Organisation
    name: str
    telephone: str
    hours: str
    at_night: bool = False
    # Days since somebody checked it.
    checked: int = 40


BOOK = (
    Entry(Organisation.SAVE, "SAVE-team Kromhoek", "030 000 20 10", "ma t/m vr 9 tot 17 uur"),
    Entry(Organisation.VEILIG_THUIS, "Veilig Thuis, team van onze wijk", "030 000 20 20",
          "ma t/m vr 9 tot 17 uur"),
    Entry(Organisation.RAAD, "Raad voor de Kinderbescherming, regio Midden", "030 000 20 30",
          "ma t/m vr 9 tot 17 uur", checked=380),
    Entry(Organisation.YOUTH_DOCTOR, "Jeugdarts Femke Oldenziel", "030 000 20 40",
          "ma, di en do 8.30 tot 16 uur"),
    Entry(Organisation.POLICE, "Jeugdagent Ilse Brandsma", "030 000 20 50",
          "wisselende diensten", at_night=True),
)  # fmt: skip


def plant_around(school: School, crew: dict[str, User], now: datetime) -> None:
    """Fill the contact book, and plan a meeting with cases on its agenda. In a transaction."""
    today = timezone.localdate(now)
    for entry in BOOK:
        Contact.objects.create(
            school=school,
            organisation=entry.organisation,
            name=entry.name,
            telephone=entry.telephone,
            hours=entry.hours,
            at_night=entry.at_night,
            checked_on=today - timedelta(days=entry.checked),
        )
    chair = next(user for user in crew.values() if _is_coordinator(user))
    for days in (BACK, AHEAD):
        at = timezone.make_aware(datetime.combine(business_day(today, days), MEETS_AT))
        held = at + timedelta(hours=1) if days < 0 else None
        Meeting.objects.create(
            school=school, starts_at=at, place=PLACE, made_by=chair,
            closed_at=held, closed_by=chair if held else None,
        )  # fmt: skip
    # What stands in step 2 asks for the care team; the oldest first.
    asking = Case.objects.open().filter(school=school, restricted=False, step=2)
    for case in asking.order_by("opened_at")[:ON_AGENDA]:
        AgendaItem.objects.create(case=case, asked_by=chair, asked_at=now)


def _is_coordinator(user: User) -> bool:
    return user.memberships.filter(role=Role.COORDINATOR).exists()
