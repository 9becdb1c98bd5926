"""Flags on reading told of cases that their readers may not know of. Each failed on its day."""

from datetime import timedelta

import pytest

from audit.models import Flag, Look
from audit.unusual import look
from cases.need_to_know.actions import shut_out
from tests.audit.test_unusual import DAY, Kind, happened
from tests.factories import CaseFactory, PupilFactory, SchoolFactory

pytestmark = pytest.mark.django_db


def test_reading_in_a_case_that_nobody_may_tell_the_administrator_of(
    school, coordinator, administrator, teacher
):
    Look.objects.create(pk=1, at=DAY - timedelta(days=1))
    hidden, other = (CaseFactory(pupil=PupilFactory(school=school)) for _ in range(2))
    night = DAY + timedelta(hours=12)
    happened(Kind.READ, teacher, night, case=hidden.reference)
    shut_out(hidden, coordinator, administrator, ground="family", explanation="")
    look(night + timedelta(minutes=5))
    assert not Flag.objects.exists()
    # What they may know of is counted, and nothing else with it.
    happened(Kind.READ, teacher, night + timedelta(minutes=6), case=other.reference)
    look(night + timedelta(minutes=10))
    assert Flag.objects.get().count == 1


def test_what_somebody_read_at_another_school_is_not_counted(school, coordinator):
    """The count said how many cases they opened elsewhere: the trail beside it has one."""
    Look.objects.create(pk=1, at=DAY - timedelta(days=1))
    elsewhere = SchoolFactory()
    night = DAY + timedelta(hours=12)
    for minute, place in enumerate((school, elsewhere, elsewhere, elsewhere)):
        case = CaseFactory(pupil=PupilFactory(school=place))
        happened(Kind.READ, coordinator, night + timedelta(minutes=minute), case=case.reference,
                 school=place)  # fmt: skip
    look(night + timedelta(minutes=10))
    assert dict(Flag.objects.values_list("school", "count")) == {school.pk: 1, elsewhere.pk: 3}
