"""A click whose case a colleague closed at that very moment: an answer, and no error page."""

import pytest
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.roles import Role
from cases import actions
from cases.models import Case
from tests.factories import CaseFactory, PupilFactory, member


@pytest.fixture
def closes_meanwhile(monkeypatch):
    real = actions.check

    def check(user, permission, case):
        real(user, permission, case)
        Case.objects.filter(pk=case.pk).update(
            closed_at=timezone.now(), outcome="other", closing_grounds="Opgelost."
        )

    monkeypatch.setattr(actions, "check", check)


@pytest.mark.django_db
def test_ending_somebodys_part_in_a_case_that_is_closed_meanwhile(
    school, coordinator, signed_in, closes_meanwhile
):
    case, teacher = CaseFactory(pupil=PupilFactory(school=school)), member(Role.TEACHER, school)
    assign_perm("cases.take_part", teacher, case)
    answer = signed_in(coordinator).post(
        reverse("cases:remove_participant", args=[case.reference, teacher.public_id])
    )
    assert answer.status_code == 302
    assert not case.grants.filter(user=teacher).exists()
