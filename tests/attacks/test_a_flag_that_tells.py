"""Flags on reading told of cases that their readers may not know of. Each failed on its day."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from audit.actions import settle
from audit.models import Flag, Look
from audit.unusual import look, tell
from cases.models import ShutOut
from cases.need_to_know.actions import shut_out
from tests.audit.test_unusual import DAY, Kind, happened
from tests.factories import CaseFactory, PupilFactory, SchoolFactory, member

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


@pytest.fixture
def flagged(school, teacher) -> Flag:
    """Somebody read in a case at night, and was flagged for it."""
    Look.objects.create(pk=1, at=DAY - timedelta(days=1))
    hidden, night = CaseFactory(pupil=PupilFactory(school=school)), DAY + timedelta(hours=12)
    happened(Kind.READ, teacher, night, case=hidden.reference)
    look(night + timedelta(minutes=5))
    Flag.objects.update(raised_at=night + timedelta(minutes=5))
    flag = Flag.objects.get()
    flag.case = hidden
    return flag


def test_a_flag_of_before_somebody_was_kept_from_its_case(flagged, coordinator, administrator):
    """It stood there, and in the trail beside it nothing: so something is kept from them."""
    other = member(Role.ADMINISTRATOR, flagged.school)
    for person in (administrator, other):
        assert Flag.objects.visible_to(person).exists()
    shut_out(flagged.case, coordinator, administrator, ground="family", explanation="")
    settle(flagged, other, "Las het dossier van Noor, om een telefoontje.")
    assert not Flag.objects.visible_to(administrator).exists()
    assert Flag.objects.visible_to(other).exists()


def test_a_mail_about_a_flag_that_waited_goes_to_who_sees_it(flagged, coordinator, administrator):
    other = member(Role.ADMINISTRATOR, flagged.school)
    shut_out(flagged.case, coordinator, administrator, ground="family", explanation="")
    mail.outbox.clear()
    Flag.objects.update(told_at=None)
    tell(timezone.now())
    assert [one.to for one in mail.outbox] == [[other.email]]


def test_a_flag_of_before_somebody_looked_after_the_school(flagged, coordinator):
    newcomer, other = (member(Role.TEACHER, flagged.school) for _ in range(2))
    shut_out(flagged.case, coordinator, newcomer, ground="family", explanation="")
    ShutOut.objects.update(set_at=DAY)
    since = timezone.localdate(flagged.raised_at)
    for person in (newcomer, other):
        Membership.objects.create(
            user=person, school=flagged.school, role=Role.ADMINISTRATOR, starts_on=since
        )
        person.forget_memberships()
    assert not Flag.objects.visible_to(newcomer).exists()
    assert Flag.objects.visible_to(other).exists()


def test_a_flag_of_before_counts_what_is_left(flagged, coordinator, administrator):
    """Whoever was flagged keeps who looks at it from one of the cases: the others stay there."""
    night, other = DAY + timedelta(hours=12), CaseFactory(pupil=PupilFactory(school=flagged.school))
    happened(Kind.READ, flagged.user, night + timedelta(minutes=6), case=other.reference)
    # By day nobody is flagged for it: what is left of a night is what was read in it.
    by_day = CaseFactory(pupil=PupilFactory(school=flagged.school))
    happened(Kind.READ, flagged.user, night - timedelta(hours=8), case=by_day.reference)
    look(night + timedelta(minutes=10))
    shut_out(flagged.case, coordinator, administrator, ground="family", explanation="")
    shown = Flag.objects.visible_to(administrator).counted_for(administrator).get()
    assert (shown.count, shown.shown_count) == (2, 1)
    shut_out(other, coordinator, administrator, ground="family", explanation="")
    assert not Flag.objects.visible_to(administrator).exists()


def test_a_flag_that_counts_others_stays_with_who_was_kept_out_before(
    school, coordinator, administrator, teacher
):
    """Who reads much would else read in that case too, and be seen by nobody."""
    Look.objects.create(pk=1, at=DAY - timedelta(days=1))
    hidden, other = (CaseFactory(pupil=PupilFactory(school=school)) for _ in range(2))
    shut_out(hidden, coordinator, administrator, ground="family", explanation="")
    ShutOut.objects.update(set_at=DAY)
    night = DAY + timedelta(hours=12)
    for case in (hidden, other):
        happened(Kind.READ, teacher, night, case=case.reference)
    look(night + timedelta(minutes=5))
    Flag.objects.update(raised_at=night + timedelta(minutes=5))
    assert Flag.objects.visible_to(administrator).get().count == 1
