"""What stands around the cases of a demo school: its contact book, and its care team's meetings."""

import secrets
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from accounts.models import Membership, RoleInvitation, School, User
from accounts.people.actions import hashed
from accounts.roles import Role
from cases.contact_book.organisations import Organisation
from cases.models import Case, Contact, SavedView, SchoolVacation
from cases.protocol.vacations import MIDDLE, Vacation, of_region
from cases.siblings.actions import tie
from consultations.models import AgendaItem, Consultation, Meeting
from meldcode.demo.events import business_day

MEETS_AT, PLACE = time(15, 30), "Zorgkamer, begane grond"
AHEAD = 2  # business days
ON_AGENDA = 3
STUDY_DAY = 8  # business days ahead
MINUTES = (
    "We lazen de signalen samen, op volgorde, en hielden uit elkaar wat gezien is en wat wij "
    "ervan denken."
)


# Views of the dashboard that the coordinator saved: their name, and the filter.
VIEWS = (
    ("Ernstig en van niemand", "view=unassigned&urgency=severe"),
    ("Wegen en te laat", "step=4&overdue=yes"),
)


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
        Contact.objects.update_or_create(  # a story can have named it already
            school=school,
            organisation=entry.organisation,
            name=entry.name,
            defaults={
                "telephone": entry.telephone,
                "hours": entry.hours,
                "at_night": entry.at_night,
                "checked_on": today - timedelta(days=entry.checked),
            },
        )
    chair = next(user for user in crew.values() if _is_coordinator(user))
    for name, query in VIEWS:
        SavedView.objects.get_or_create(user=chair, name=name, defaults={"query": query})
    at = timezone.make_aware(datetime.combine(business_day(today, AHEAD), MEETS_AT))
    Meeting.objects.create(school=school, starts_at=at, place=PLACE, made_by=chair)
    _hold_the_last(school, chair)
    _tie_siblings(school, chair)
    _invite(school, crew)
    # What stands in step 2 asks for the care team; the oldest first.
    asking = Case.objects.open().filter(school=school, restricted=False, step=2)
    for case in asking.order_by("opened_at")[:ON_AGENDA]:
        AgendaItem.objects.create(case=case, asked_by=chair, asked_at=now)


def plant_vacations(school: School, crew: dict[str, User], now: datetime) -> None:
    """Take over the vacations to come of the region of Utrecht, and plan a study day."""
    today = timezone.localdate(now)
    chair = next(user for user in crew.values() if _is_coordinator(user))
    ahead = [one for one in of_region(MIDDLE, today) if one.first > today]
    study = business_day(today, STUDY_DAY)
    if not any(one.first <= study <= one.last for one in ahead):
        ahead.append(Vacation("Studiedag", study, study))
    SchoolVacation.objects.bulk_create(
        SchoolVacation(
            school=school, name=one.name, first_day=one.first, last_day=one.last, set_by=chair
        )
        for one in ahead
    )


def _tie_siblings(school: School, chair: User) -> None:
    """Note of two pupils with an open case, and of one without, whose sibling they are."""
    open_cases = Case.objects.open().filter(school=school, restricted=False)
    first, *others = [case.pupil for case in open_cases.order_by("pk").select_related("pupil")[:2]]
    for sibling in (*others, *school.pupils.filter(cases=None, left_on=None)[:1]):
        tie(first, chair, sibling)


def _invite(school: School, crew: dict[str, User]) -> None:
    """Let the administrator wait for somebody who was invited; nobody has the link's secret."""
    manages = Membership.objects.current().filter(school=school, role=Role.ADMINISTRATOR)
    administrator = manages.filter(user__in=crew.values()).first()
    if administrator is not None:
        RoleInvitation.objects.create(
            school=school,
            email=f"nieuw{school.pk}@demo.example",
            name="Marijn Oosterlaken",
            role=Role.TEACHER,
            secret_hash=hashed(secrets.token_urlsafe(32)),
            invited_by=administrator.user,
            expires_at=timezone.now() + timedelta(days=9),
        )


def _hold_the_last(school: School, chair: User) -> None:
    """Let the newest consultation of the care team come from a meeting, with its minutes."""
    of_team = Consultation.objects.filter(
        case__school=school, kind=Consultation.Kind.CARE_TEAM, closed_at__isnull=False
    )
    consultation = of_team.order_by("held_at").last()
    if consultation is None:
        return
    meeting = Meeting.objects.create(
        school=school,
        starts_at=consultation.held_at,
        place=PLACE,
        made_by=chair,
        closed_at=consultation.closed_at,
        closed_by=chair,
    )
    AgendaItem.objects.create(
        case=consultation.case,
        asked_by=consultation.author,
        asked_at=consultation.recorded_at,
        meeting=meeting,
        consultation=consultation,
        minutes=MINUTES,
    )


def _is_coordinator(user: User) -> bool:
    return user.memberships.filter(role=Role.COORDINATOR).exists()
