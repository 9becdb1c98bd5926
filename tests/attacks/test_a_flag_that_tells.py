"""Flags on reading told of cases that their readers may not know of. Each failed on its day."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from audit.actions import settle
from audit.models import Flag, LogEntry, Look
from audit.unusual import look, tell
from cases.destruction.erasing import erase_case
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
    ShutOut.objects.update(set_at=DAY, kept_out_since=DAY)
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
    ShutOut.objects.update(set_at=DAY, kept_out_since=DAY)
    night = DAY + timedelta(hours=12)
    for case in (hidden, other):
        happened(Kind.READ, teacher, night, case=case.reference)
    look(night + timedelta(minutes=5))
    Flag.objects.update(raised_at=night + timedelta(minutes=5))
    assert Flag.objects.visible_to(administrator).get().count == 1


def test_a_leader_who_takes_the_administrators_role_too_sees_no_flag_of_what_is_kept_from_them(
    school, coordinator, administrator, teacher
):
    """As a leader they were told of administrators alone, and the flag counted what it counted."""
    leader, other, third = (member(Role.SCHOOL_LEADER, school) for __ in range(3))
    Membership.objects.filter(user__in=[leader, other]).update(
        starts_on=(DAY - timedelta(days=30)).date()
    )
    Look.objects.create(pk=1, at=DAY - timedelta(days=1))
    hidden, night = CaseFactory(pupil=PupilFactory(school=school)), DAY + timedelta(hours=12)
    shut_out(hidden, third, leader, ground="family", explanation="")
    ShutOut.objects.update(set_at=DAY - timedelta(days=2), kept_out_since=DAY - timedelta(days=2))
    happened(Kind.READ, teacher, night, case=hidden.reference)
    look(night + timedelta(minutes=5))
    Flag.objects.update(raised_at=night + timedelta(minutes=5))
    for person in (leader, other):
        Membership.objects.create(
            user=person, school=school, role=Role.ADMINISTRATOR, starts_on=timezone.localdate()
        )
    assert not Flag.objects.visible_to(leader).exists()
    assert Flag.objects.visible_to(other).exists()


def test_a_flag_does_not_come_back_once_its_case_is_destroyed(
    school, coordinator, administrator, teacher
):
    Look.objects.create(pk=1, at=DAY - timedelta(days=1))
    hidden, night = CaseFactory(pupil=PupilFactory(school=school)), DAY + timedelta(hours=12)
    happened(Kind.READ, teacher, night, case=hidden.reference)
    look(night + timedelta(minutes=5))
    Flag.objects.update(raised_at=night + timedelta(minutes=5))
    shut_out(hidden, coordinator, administrator, ground="family", explanation="")
    assert not Flag.objects.visible_to(administrator).exists()
    erase_case(hidden, "ABCDEFGH", coordinator)
    assert not Flag.objects.visible_to(administrator).exists()
    assert Flag.objects.visible_to(member(Role.ADMINISTRATOR, school)).exists()


def test_reading_that_was_not_counted_is_not_what_is_left_of_a_flag(
    school, coordinator, administrator, teacher
):
    """At night the teacher wrote in the one case and only read in the other, which is kept now."""
    Look.objects.create(pk=1, at=DAY - timedelta(days=1))
    hidden, other = (CaseFactory(pupil=PupilFactory(school=school)) for __ in range(2))
    night = DAY + timedelta(hours=12)
    for minutes, kind, case in (
        (0, Kind.READ, hidden),
        (1, Kind.READ, other),
        (2, Kind.MADE, other),
    ):
        happened(kind, teacher, night + timedelta(minutes=minutes), case=case.reference)
    look(night + timedelta(minutes=5))
    assert Flag.objects.visible_to(administrator).get().count == 1
    shut_out(hidden, coordinator, administrator, ground="family", explanation="")
    assert not Flag.objects.visible_to(administrator).exists()


@pytest.mark.parametrize(("kept", "left"), [(0, 27), (1, 26), (2, None)])
def test_of_many_cases_within_an_hour_those_are_left_that_were_within_it(
    school, coordinator, administrator, teacher, kept, left
):
    Look.objects.create(pk=1, at=DAY - timedelta(days=1))
    cases = [CaseFactory(pupil=PupilFactory(school=school)) for __ in range(35)]
    for number, case in enumerate(cases):
        later = timedelta(hours=3) if number >= 27 else timedelta()
        happened(Kind.READ, teacher, DAY + later + timedelta(seconds=number), case=case.reference)
    look(DAY + timedelta(hours=4))
    for case in cases[:kept]:
        shut_out(case, coordinator, administrator, ground="family", explanation="")
    seen = Flag.objects.visible_to(administrator).counted_for(administrator).first()
    assert (seen and seen.shown_count) == left


def test_what_a_colleague_found_out_of_what_is_kept_is_not_read(
    school, coordinator, administrator, teacher
):
    Look.objects.create(pk=1, at=DAY - timedelta(days=1))
    hidden, other = (CaseFactory(pupil=PupilFactory(school=school)) for __ in range(2))
    night = DAY + timedelta(hours=12)
    for case in (hidden, other):
        happened(Kind.READ, teacher, night, case=case.reference)
    look(night + timedelta(minutes=5))
    settle(Flag.objects.get(), administrator, "Moeder van de ene belde.")
    shut_out(hidden, coordinator, administrator, ground="family", explanation="")
    assert not Flag.objects.visible_to(administrator).exists()
    assert Flag.objects.visible_to(member(Role.ADMINISTRATOR, school)).exists()


def test_of_what_was_counted_at_two_schools_all_that_is_kept_is_left_out(
    school, coordinator, administrator, teacher
):
    """Who looks after both sees in their trails together one case too few for the other flag."""
    Look.objects.create(pk=1, at=DAY - timedelta(days=1))
    other = SchoolFactory()
    Membership.objects.create(
        user=administrator, school=other, role=Role.ADMINISTRATOR, starts_on=DAY.date()
    )
    cases = [
        CaseFactory(pupil=PupilFactory(school=place)) for place in [school] * 16 + [other] * 10
    ]
    for number, case in enumerate(cases):
        at = DAY + timedelta(seconds=number)
        happened(Kind.READ, teacher, at, case=case.reference, school=case.school)
    look(DAY + timedelta(hours=1))
    administrator.forget_memberships()
    flags = Flag.objects.visible_to(administrator)
    assert dict(flags.values_list("school", "count")) == {school.pk: 16, other.pk: 10}
    shut_out(cases[-1], member(Role.COORDINATOR, other), administrator, ground="family",
             explanation="")  # fmt: skip
    assert not flags.all().exists()


def test_a_flag_of_a_night_counts_what_was_read_in_it(school, coordinator, administrator, teacher):
    """It told how many within an hour: more than the trail shows there of what is left."""
    Look.objects.create(pk=1, at=DAY - timedelta(days=1))
    cases = [CaseFactory(pupil=PupilFactory(school=school)) for __ in range(5)]
    night = DAY + timedelta(hours=9, minutes=30)
    for case, hours in zip(cases, (0, 0, 0, 2, 4), strict=True):
        happened(Kind.READ, teacher, night + timedelta(hours=hours), case=case.reference)
        look(night + timedelta(hours=hours, minutes=5))
    shown = Flag.objects.visible_to(administrator).counted_for(administrator)
    assert shown.get().shown_count == 5
    shut_out(cases[0], coordinator, administrator, ground="family", explanation="")
    assert shown.all().get().shown_count == 4


def test_the_trail_does_not_tell_who_is_shown_a_flag(
    flagged, coordinator, administrator, signed_in
):
    """A colleague saw who looked at the trail and at no flag: so they are kept from its case."""
    other = member(Role.ADMINISTRATOR, flagged.school)
    shut_out(flagged.case, coordinator, administrator, ground="family", explanation="")
    link = reverse("audit:settle", args=[flagged.public_id])
    for page in ("school", "flags"):
        left = []
        for person in (administrator, other):
            seen = signed_in(person).get(reverse(f"audit:{page}")).content.decode()
            assert (link in seen) is (person == other)
            rows = LogEntry.objects.of_school(flagged.school, other).filter(actor=person)
            left.append(list(rows.order_by("pk").values_list("kind", flat=True)))
        assert left[0] == left[1] != []


def test_how_many_flags_wait_is_one_number_of_a_school(school, administrator):
    for count in (30, 40):
        one = Flag.objects.create(
            rule="many_cases", user=member(Role.TEACHER, school), school=school, day=DAY.date(),
            count=count,
        )  # fmt: skip
        for number in range(count):
            one.cases.create(reference=f"M-{number:06}")
    rows = Flag.objects.visible_to(administrator).order_by("school_id").values_list("school_id")
    assert [count for __, count in rows.annotate(count=Count("pk"))] == [2]


def test_the_trail_does_not_tell_who_is_kept_from_a_flag_that_there_is_one(
    flagged, coordinator, administrator, signed_in
):
    """That a colleague looked at flags stood there only where they saw one."""
    others = [member(Role.ADMINISTRATOR, flagged.school) for _ in range(2)]
    second = SchoolFactory()
    for person in (administrator, *others):
        Membership.objects.create(
            user=person, school=second, role=Role.ADMINISTRATOR, starts_on=DAY.date()
        )
    shut_out(flagged.case, coordinator, administrator, ground="family", explanation="")
    told = []
    for other in others:
        before = LogEntry.objects.latest("pk").pk
        assert signed_in(other).get(reverse("audit:flags")).status_code == 200
        left = LogEntry.objects.filter(pk__gt=before).order_by("pk")
        told.append([(row.kind, row.school_id) for row in left])
        Flag.objects.all().delete()
    assert told[0] == told[1] != []


@pytest.mark.parametrize("there_is_one", [True, False])
def test_looking_at_a_flag_and_settling_it_is_one_look(
    flagged, coordinator, administrator, signed_in, there_is_one
):
    """Three rows within a minute told who is kept from it that there is one."""
    other = member(Role.ADMINISTRATOR, flagged.school)
    shut_out(flagged.case, coordinator, administrator, ground="family", explanation="")
    if not there_is_one:
        Flag.objects.all().delete()
    browser = signed_in(other)
    browser.get(reverse("audit:flags"))
    if there_is_one:
        address = reverse("audit:settle", args=[flagged.public_id])
        browser.get(address)
        assert browser.post(address, {"why": "Las zich in."}).status_code == 302
        browser.get(reverse("audit:flags"))
    trail = LogEntry.objects.of_school(flagged.school, administrator)
    assert trail.filter(actor=other, kind=Kind.FLAGS_READ).count() == 1
