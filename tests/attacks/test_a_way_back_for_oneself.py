"""What a coordinator left behind for themselves as a teacher: it outlived their days."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from accounts.people.winding_up import wind_up_expired
from accounts.roles import Role
from cases.actions import add_participant
from cases.errors import ActionError
from cases.models import Case
from tests.factories import CaseFactory, PupilFactory, member


@pytest.fixture
def case(school) -> Case:
    return CaseFactory(pupil=PupilFactory(school=school))


@pytest.fixture
def substitute(school) -> User:
    """A teacher who takes the coordinator's place until today."""
    teacher = member(Role.TEACHER, school)
    Membership.objects.create(
        user=teacher, role=Role.COORDINATOR, school=school, ends_on=timezone.localdate()
    )
    return teacher


@pytest.mark.django_db
def test_a_substitute_keeps_no_case_by_adding_themselves(signed_in, substitute, case):
    page = signed_in(substitute)
    sent = {"person": str(substitute.public_id), "hand_over": "on", "idempotency_key": uuid.uuid4()}
    page.post(reverse("cases:participants", args=[case.reference]), sent)
    wind_up_expired(timezone.now() + timedelta(days=1))
    after = User.objects.get(pk=substitute.pk)
    assert [m.role for m in after.current_memberships] == [Role.TEACHER]
    assert not Case.objects.visible_to(after).filter(pk=case.pk).exists()


@pytest.mark.django_db
def test_nor_past_the_form(substitute, case):
    with pytest.raises(ActionError):
        add_participant(case, substitute, substitute, hand_over=False)


@pytest.mark.django_db
def test_what_a_colleague_gave_stays(substitute, case, coordinator):
    add_participant(case, coordinator, substitute, hand_over=False)
    wind_up_expired(timezone.now() + timedelta(days=1))
    after = User.objects.get(pk=substitute.pk)
    assert Case.objects.visible_to(after).filter(pk=case.pk).exists()
