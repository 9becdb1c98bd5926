"""What a signal that comes after another one loses: who is told of it, and whence it came."""

from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.roles import Role
from cases.models import Notification
from signals.actions import correct_signal, file_signal
from tests.factories import PupilFactory, member

pytestmark = pytest.mark.django_db


def log(pupil, by, **said):
    said = {"categories": [], "facts": "Iets.", "severe": False, "acute": False, **said}
    return file_signal(pupil, by, uuid4(), observed_at=timezone.now(), **said)


def test_who_leads_hears_at_once_of_a_severe_one_for_the_board(school, teacher, coordinator):
    """They were told of the first; whom it is about could log a harmless one before."""
    leader, kept = member(Role.SCHOOL_LEADER, school), member(Role.TEACHER, school)
    pupil = PupilFactory(school=school)
    log(pupil, kept, about_staff=True)
    told = Notification.objects.filter(recipient=leader)
    assert told.count() == 1
    log(pupil, teacher, about_staff=True)
    assert told.count() == 1
    signal = log(pupil, teacher, about_staff=True, severe=True, acute=True)
    assert told.count() == 2
    assert told.get(key=signal.reference).urgent
    assert not Notification.objects.exclude(recipient=leader).exists()


def test_a_corrected_one_says_still_by_which_system_it_came(school, teacher):
    first = log(PupilFactory(school=school), teacher, came_in_by="Leerlingvolg 1")
    again = correct_signal(
        first, teacher, uuid4(), reason="Tikfout.", categories=[], facts="Anders.",
        observed_at=timezone.now(), severe=False, acute=False,
    )  # fmt: skip
    assert again.came_in_by == "Leerlingvolg 1"
