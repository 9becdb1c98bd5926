"""Two allowed actions at once, each waiting for what the other held. Each failed on its day."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Membership
from accounts.people import actions as people
from accounts.roles import Role
from cases import actions as of_cases
from cases.models import Case
from consultations import actions as consultations
from consultations.models import Consultation, Invitation
from tests.attacks.test_insider_races import in_between
from tests.factories import CaseFactory, PupilFactory, member

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time"),
]


@pytest.fixture
def case(school) -> Case:
    return CaseFactory(pupil=PupilFactory(school=school))


# --- Who asks for a consultation held the case and waited for the roles of whom they invite; who
# ends such a role holds it, and waits for the cases that hang on it
def test_inviting_somebody_whose_role_is_ended_at_that_moment(
    school, case, coordinator, administrator, monkeypatch
):
    teacher = member(Role.TEACHER, school)
    of_cases.add_participant(case, coordinator, teacher, hand_over=False)
    role = teacher.memberships.get()
    said = in_between(
        monkeypatch,
        consultations,
        "check",
        lambda: consultations.ask_consultation(
            case, coordinator, uuid.uuid4(), invitees=[role], kind="care_team", question="Wat nu?"
        ),
        lambda: people.end_role(role, administrator, school),
    )
    role.refresh_from_db()
    assert role.ended_at
    assert isinstance(said, (Consultation, consultations.ActionError)), repr(said)
    assert not Invitation.objects.standing().exists()


# --- Who gives a role held its person for themselves, so that nobody could tell them a thing; who
# ends a role tells whoever takes over, and holds what the other one names
def test_giving_the_place_of_somebody_whose_role_is_ended_at_that_moment(
    school, case, administrator, monkeypatch
):
    leaves, takes_over = member(Role.COORDINATOR, school), member(Role.ATTENTION_OFFICER, school)
    Case.objects.filter(pk=case.pk).update(responsible=leaves)
    role, other = leaves.memberships.get(), member(Role.ADMINISTRATOR, school)
    before = timezone.localdate() - timedelta(days=1)
    takes_over.memberships.create(
        role=Role.COORDINATOR, school=school, starts_on=before, ends_on=before
    )
    said = in_between(
        monkeypatch,
        people,
        "overlaps",
        lambda: people.give_role(school, other, takes_over, role=Role.COORDINATOR, replaces=role),
        lambda: people.end_role(role, administrator, school),
    )
    role.refresh_from_db()
    case.refresh_from_db()
    assert (bool(role.ended_at), case.responsible) == (True, takes_over)
    assert isinstance(said, Membership), repr(said)
