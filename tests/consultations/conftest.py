"""A consultation that runs, and who takes part in it."""

import pytest
from django.utils import timezone

from accounts.roles import Role
from consultations.models import Consultation
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    InvitationFactory,
    PupilFactory,
    SignalFactory,
    member,
)


@pytest.fixture
def case(school):
    """A case with one signal, about a pupil of an uncommon name."""
    pupil = PupilFactory(school=school, given_name="Jasmijn", family_name="Okkerse")
    case = CaseFactory(pupil=pupil)
    SignalFactory(case=case, facts="Jasmijn huilde. Haar moeder Fatima was boos. Sem zag het.")
    return case


@pytest.fixture
def consultation(case, coordinator) -> Consultation:
    """A question of the coordinator to the family worker, without the name."""
    return ConsultationFactory(case=case, author=coordinator, question="Hoe lees jij dit?")


@pytest.fixture
def invitation(consultation, family_worker, coordinator, school):
    """The family worker's invitation, accepted."""
    return InvitationFactory(
        consultation=consultation,
        user=family_worker,
        buurtteam=school.buurtteam,
        invited_by=coordinator,
        accepted_at=timezone.now(),
    )


@pytest.fixture
def team_mate(school):
    """A second family worker of the same buurtteam."""
    return member(Role.BUURTTEAM_WORKER, school.buurtteam, name="Noor Kuipers")
