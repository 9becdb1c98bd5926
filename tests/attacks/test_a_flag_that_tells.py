"""A flag about reading told of a case from which whoever gets it is kept. It failed on its day."""

from datetime import timedelta

import pytest

from audit.models import Flag, Look
from audit.unusual import look
from cases.need_to_know.actions import shut_out
from tests.audit.test_unusual import DAY, Kind, happened
from tests.factories import CaseFactory, PupilFactory

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
