"""What a request still did whose sender's role ended while it waited, say for a lock.

Who somebody is, is looked at when a request comes in; what it writes, it writes later. Each failed
on the day it was written.
"""

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import User
from accounts.people.actions import end_role
from accounts.roles import Role
from audit.actions import settle, take_copy
from audit.models import Flag
from cases.contact_book import actions as contacts
from cases.help_page import actions as help_page
from cases.school_periods import set_periods
from cases.vacations import actions as vacations
from consultations import actions as consultations
from consultations.answering.actions import decline_invitation
from consultations.meetings import actions as meetings
from consultations.times import actions as times
from signals.actions import correct_signal, file_signal
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    ContactFactory,
    HelpItemFactory,
    InvitationFactory,
    MeetingFactory,
    PupilFactory,
    SignalFactory,
    VacationFactory,
    member,
)

pytestmark = pytest.mark.django_db
DAYS = {"name": "Vrij", "first_day": date(2027, 3, 1), "last_day": date(2027, 3, 5)}
SAID = {
    "categories": ["tired"], "facts": "Moe.", "severe": False, "acute": False,
}  # fmt: skip


def somebody_else(school) -> User:
    return member(Role.COORDINATOR, school)


def consultation(school):
    case = CaseFactory(pupil=PupilFactory(school=school))
    return ConsultationFactory(case=case, author=somebody_else(school))


def conclude(by, school):
    consultations.record_outcome(
        consultation(school), by, held_at=timezone.now(), outcome="Klaar.", next_talk=""
    )


def advise(by, school):
    consultations.give_advice(consultation(school), by, uuid.uuid4(), "Bel ze.")


def propose(by, school):
    times.propose_times(consultation(school), by, [timezone.now() + timedelta(days=1)])


def signal(by, school):
    file_signal(PupilFactory(school=school), by, uuid.uuid4(), observed_at=timezone.now(), **SAID)


def correct(by, school):
    own = SignalFactory(case__pupil__school=school, author=by)
    reason = {"reason": "Verkeerd.", "observed_at": timezone.now()}
    correct_signal(own, by, uuid.uuid4(), **reason, **SAID)


def decline(by, school):
    mine = InvitationFactory(consultation=consultation(school), user=by, buurtteam=None)
    decline_invitation(mine, by, why="Geen tijd.")


def settle_flag(by, school):
    about = member(Role.TEACHER, school)
    day = timezone.localdate()
    settle(
        Flag.objects.create(rule="night", user=about, school=school, day=day, count=1), by, "Ok."
    )


COORDINATOR, ADMINISTRATOR, TEACHER = Role.COORDINATOR, Role.ADMINISTRATOR, Role.TEACHER
BOOK = {"organisation": "veilig_thuis", "name": "Iemand", "telephone": "0800-2000", "hours": ""}
ACTIONS = {
    "set_periods": (COORDINATOR, lambda by, s: set_periods(s, by, {"consult": 3})),
    "add_vacation": (COORDINATOR, lambda by, s: vacations.add_vacation(s, by, *DAYS.values())),
    "remove_vacation": (
        COORDINATOR, lambda by, s: vacations.remove_vacation(VacationFactory(school=s), by),
    ),
    "keep_lines": (COORDINATOR, lambda by, s: vacations.keep_lines(s, by, [])),
    "add_contact": (
        COORDINATOR, lambda by, s: contacts.add_contact(s, by, uuid.uuid4(), **BOOK),
    ),
    "remove_contact": (
        COORDINATOR, lambda by, s: contacts.remove_contact(ContactFactory(school=s), by),
    ),
    "help_page": (ADMINISTRATOR, lambda by, s: help_page.make_own(s, by)),
    "remove_item": (
        ADMINISTRATOR, lambda by, s: help_page.remove_item(HelpItemFactory(school=s), by),
    ),
    "plan_meeting": (
        COORDINATOR,
        lambda by, s: meetings.plan_meeting(
            s, by, uuid.uuid4(), starts_at=timezone.now(), place="Hier"
        ),
    ),
    "close_meeting": (
        COORDINATOR, lambda by, s: meetings.close_meeting(MeetingFactory(school=s), by),
    ),
    "settle": (ADMINISTRATOR, settle_flag),
    "copy": (ADMINISTRATOR, lambda by, s: take_copy(s, by, "Voor de FG.")),
    "outcome": (COORDINATOR, conclude),
    "advice": (COORDINATOR, advise),
    "times": (COORDINATOR, propose),
    "signal": (TEACHER, signal),
    "correction": (TEACHER, correct),
    "decline": (TEACHER, decline),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTIONS)
def test_whose_role_ended_while_their_request_waited_writes_nothing(school, administrator, name):
    role, act = ACTIONS[name]
    person = member(role, school)
    assert person.current_memberships  # as the request that comes in looks at them
    end_role(person.memberships.get(), administrator, school)
    with pytest.raises(PermissionDenied):
        act(person, school)
