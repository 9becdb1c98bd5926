"""Two allowed actions at once, each waiting for what the other held. Each failed on its day."""

import uuid

import pytest
from django.db import connection

from accounts.people.actions import end_role
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
        lambda: end_role(role, administrator, school),
    )
    role.refresh_from_db()
    assert role.ended_at
    assert isinstance(said, (Consultation, consultations.ActionError)), repr(said)
    assert not Invitation.objects.standing().exists()
