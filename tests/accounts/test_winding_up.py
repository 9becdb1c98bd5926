"""What hung on a role that ended, taken back behind its end: once, and by nobody's next role."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from auditlog.context import set_actor
from celery.exceptions import SoftTimeLimitExceeded
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts import access
from accounts.errors import ActionError
from accounts.models import Membership, User
from accounts.people import actions
from accounts.people.tasks import wind_up_memberships
from accounts.roles import Role
from accounts.signals import membership_ended
from accounts.sso.actions import is_vouched_for
from audit.kinds import Kind
from audit.models import LogEntry
from cases.actions import add_participant
from cases.models import Case
from cases.need_to_know.actions import shut_out
from tests.accounts.oidc import provider_of
from tests.accounts.page import Page
from tests.accounts.second_factors import LOGIN
from tests.attacks.proof import shows
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    InvitationFactory,
    SchoolFactory,
    member,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def stuck():
    """Let nothing that hung on somebody's role be taken back, as long as they are in this set."""
    people = set()

    def fails(sender, membership, **more):
        if membership.user in people:
            raise ValueError("Tess van der Zwaan")

    membership_ended.connect(fails, weak=False)
    yield people
    membership_ended.disconnect(fails)


def test_a_role_that_cannot_be_wound_up_keeps_no_other_standing(school, stuck):
    yesterday = timezone.localdate() - timedelta(days=1)
    people = [member(Role.TEACHER, school) for __ in range(3)]
    held = Membership.objects.filter(user__in=people)
    held.update(starts_on=yesterday, ends_on=yesterday)
    stuck.add(people[1])
    with pytest.raises(ValueError, match="Tess"):  # so that the run stands as failed
        wind_up_memberships()
    assert not held.filter(ended_at=None).exists()
    assert set(held.filter(wound_up_at=None).values_list("user", flat=True)) == {people[1].pk}
    stuck.clear()
    wind_up_memberships()
    assert not held.filter(wound_up_at=None).exists()


@shows("role-9")
def test_a_role_ends_whatever_hangs_on_it(school, administrator, coordinator, signed_in, stuck):
    """What hangs on it is taken back behind that: else whoever piles that up keeps their role."""
    teacher = member(Role.TEACHER, school)
    case = CaseFactory(pupil__school=school, responsible=teacher)
    assign_perm("cases.take_part", teacher, case)
    theirs, page = signed_in(teacher), reverse("cases:detail", args=[case.reference])
    assert theirs.get(page).status_code == 200
    stuck.add(teacher)
    with pytest.raises(ValueError, match="Tess"):
        actions.end_role(teacher.memberships.get(), administrator, school)
    assert theirs.get(page).url.startswith(LOGIN)
    assert not Case.objects.visible_to(User.objects.get(pk=teacher.pk)).exists()
    # Nor by a next role: it opens nothing before the old one is wound up.
    invitation = actions.invite(
        school, administrator, uuid.uuid4(), email=teacher.email, name="Noor", role=Role.TEACHER
    )
    with pytest.raises(ValueError, match="Tess"):
        actions.accept(invitation, teacher)
    assert Membership.objects.current().filter(user=teacher).exists()
    back = User.objects.get(pk=teacher.pk)
    assert not access.may(back, access.Permission.LOG_SIGNAL)
    assert not Case.objects.visible_to(back).exists()
    stuck.clear()
    wind_up_memberships()
    case.refresh_from_db()
    assert case.responsible == coordinator
    back = User.objects.get(pk=teacher.pk)
    assert access.may(back, access.Permission.LOG_SIGNAL)
    assert not Case.objects.visible_to(back).exists()


def test_by_a_leader_s_role_that_waits_no_leader_is_kept_out(school):
    leader, other = (member(Role.SCHOOL_LEADER, school) for __ in range(2))
    other.memberships.create(role=Role.COORDINATOR, school=school)
    case = CaseFactory(pupil__school=school)
    earlier = other.memberships.get(role=Role.SCHOOL_LEADER)
    earlier.ended_at, earlier.ends_on = timezone.now(), timezone.localdate()
    earlier.save()
    next_one = other.memberships.create(
        role=Role.SCHOOL_LEADER, school=school, given_at=timezone.now()
    )
    about = {"ground": "family", "explanation": "Zijn broer."}
    with pytest.raises(ActionError, match="andere schoolleider"):
        shut_out(case, User.objects.get(pk=other.pk), leader, **about)
    Membership.objects.filter(pk=earlier.pk).update(wound_up_at=next_one.given_at)
    assert shut_out(case, User.objects.get(pk=other.pk), leader, **about)


def test_whose_role_waits_reads_so_and_is_not_turned_away(school, signed_in):
    person = member(Role.TEACHER, school)
    now = timezone.now()
    person.memberships.update(ended_at=now, ends_on=now)
    browser = signed_in(person)
    for __ in range(2):  # whose every role ended is written down, once an hour
        assert browser.get(reverse("signals:mine")).status_code == 404
    rows = LogEntry.objects.filter(kind=Kind.TURNED_AWAY)
    assert "Nog geen rol" in Page(browser.get("/")).text
    assert "enkele minuten" not in Page(browser.get("/")).text
    assert rows.count() == 1
    person.memberships.create(role=Role.TEACHER, school=school, given_at=timezone.now())
    assert browser.get(reverse("signals:mine")).status_code == 404
    assert "gaat over enkele minuten open" in Page(browser.get("/")).text
    assert rows.count() == 1


def test_whose_role_waits_takes_part_in_a_case_as_anybody(school, coordinator):
    """Refused, it would tell that a role of theirs at another school has just ended."""
    person, now = member(Role.TEACHER), timezone.now()
    person.memberships.update(ended_at=now, ends_on=now)
    person.memberships.create(role=Role.TEACHER, school=school, given_at=timezone.now())
    case = CaseFactory(pupil__school=school)
    add_participant(case, coordinator, User.objects.get(pk=person.pk), hand_over=False)
    assert not Case.objects.visible_to(User.objects.get(pk=person.pk)).exists()
    wind_up_memberships()
    assert Case.objects.visible_to(User.objects.get(pk=person.pk)).get() == case
    # Of one here what is given now would go with it.
    person.memberships.update(ended_at=timezone.now(), ends_on=now)
    person.memberships.create(role=Role.TEACHER, school=school, given_at=timezone.now())
    with pytest.raises(ActionError, match="deze school"):
        add_participant(case, coordinator, User.objects.get(pk=person.pk), hand_over=False)


@shows("role-9")
def test_a_role_of_tomorrow_keeps_nothing_that_hung_on_the_one_of_today(school, coordinator, stuck):
    """Also where it begins before that is taken back: until then it opens nothing."""
    midnight = timezone.localtime().replace(hour=23, minute=57)
    with time_machine.travel(midnight, tick=False):
        teacher, by = member(Role.TEACHER, school), member(Role.ADMINISTRATOR, school)
        teacher.memberships.create(role=Role.ADMINISTRATOR, school=school)
        tomorrow = timezone.localdate() + timedelta(days=1)
        teacher.memberships.filter(role=Role.TEACHER).update(ends_on=tomorrow - timedelta(days=1))
        teacher.memberships.create(role=Role.TEACHER, school=school, starts_on=tomorrow)
        case = CaseFactory(pupil__school=school, responsible=teacher)
        assign_perm("cases.take_part", teacher, case)
        stuck.add(teacher)
        with pytest.raises(ValueError, match="Tess"):
            actions.end_role(teacher.memberships.earliest("starts_on", "pk"), by, school)

    def sees(case):
        return Case.objects.visible_to(User.objects.get(pk=teacher.pk)).filter(pk=case.pk).exists()

    with time_machine.travel(midnight + timedelta(minutes=5), tick=False):
        assert not sees(case)
        with pytest.raises(ValueError, match="Tess"):
            wind_up_memberships()
        assert not sees(case)
        stuck.clear()
        wind_up_memberships()
        assert not sees(case)
        case.refresh_from_db()
        assert case.responsible == coordinator
        # And then the new one opens what it gives.
        assign_perm("cases.take_part", teacher, case)
        assert sees(case)


@pytest.mark.parametrize(("days", "goes_on"), [(1, True), (2, False)])
def test_a_role_that_begins_later_keeps_nothing_that_hung_on_one_that_is_over(
    school, days, goes_on
):
    """Also where beat was away meanwhile. From one day to the next it goes on."""
    teacher, start = member(Role.TEACHER, school), timezone.localtime().replace(hour=12)
    today = start.date()
    held = teacher.memberships.all()
    held.update(starts_on=today - timedelta(days=30), ends_on=today)
    teacher.memberships.create(
        role=Role.TEACHER, school=school, starts_on=today + timedelta(days=days)
    )
    case = CaseFactory(pupil__school=school)
    assign_perm("cases.take_part", teacher, case)
    with time_machine.travel(start + timedelta(days=4), tick=False):
        for __ in range(2):
            seen = Case.objects.visible_to(User.objects.get(pk=teacher.pk))
            assert seen.filter(pk=case.pk).exists() == goes_on
            wind_up_memberships()
        assert access.may(User.objects.get(pk=teacher.pk), access.Permission.LOG_SIGNAL)


@shows("role-9")
@pytest.mark.parametrize("ends", ["by the calendar", "by an administrator"])
@pytest.mark.parametrize("how", ["given", "accepted"])
def test_a_next_role_elsewhere_says_nothing_at_the_school_that_one_left(
    school, administrator, stuck, ends, how
):
    """Its administrator takes nothing back there: in the trail of a case stood who works where."""
    person, other = member(Role.TEACHER, school), SchoolFactory(buurtteam=school.buurtteam)
    asks, today = member(Role.ADMINISTRATOR, other), timezone.localdate()
    person.memberships.create(role=Role.TEACHER, school=other)
    case = CaseFactory(pupil__school=school, responsible=person)
    assign_perm("cases.take_part", person, case)
    held = person.memberships.get(school=school)
    if ends == "by the calendar":
        yesterday = today - timedelta(days=1)
        Membership.objects.filter(pk=held.pk).update(starts_on=yesterday, ends_on=yesterday)
    else:
        stuck.add(person)
        with pytest.raises(ValueError, match="Tess"):
            actions.end_role(held, administrator, school)
        stuck.clear()
    row = LogEntry.objects.latest("pk").pk
    with set_actor(asks if how == "given" else person, remote_addr="192.0.2.1"):
        if how == "given":
            actions.give_role(other, asks, person, role=Role.COORDINATOR)
            # By beat: how long it takes would tell them that it ended just now.
            assert person.memberships.get(pk=held.pk).is_to_wind_up
        else:
            actions.accept(
                actions.invite(
                    other, asks, uuid.uuid4(), email=person.email, name="Noor",
                    role=Role.COORDINATOR,
                ),
                person,
            )  # fmt: skip
    wind_up_memberships()
    rows = LogEntry.objects.filter(pk__gt=row, school=school)
    assert rows.filter(case_reference=case.reference).exists()
    assert set(rows.values_list("actor", "remote_addr")) == {(None, None)}
    # What they did at their own school says who.
    rows = LogEntry.objects.filter(pk__gt=row, school=other)
    whose = {(asks.pk if how == "given" else person.pk, "192.0.2.1")}
    assert set(rows.values_list("actor", "remote_addr")) == whose


def test_a_role_that_waits_counts_for_who_vouches_for_its_holder(school):
    """Else the school's provider lets its administrator in, minutes before another school's opens.

    The role that is wound up is one beside another at the school.
    """
    person, other = member(Role.TEACHER, school), SchoolFactory()
    provider = provider_of(school, person.email.partition("@")[2])
    assert is_vouched_for(person, provider.trust)
    person.memberships.create(role=Role.COORDINATOR, school=school, ended_at=timezone.now())
    person.memberships.create(role=Role.TEACHER, school=other)
    assert not is_vouched_for(User.objects.get(pk=person.pk), provider.trust)
    person.memberships.filter(school=other).delete()
    assert is_vouched_for(User.objects.get(pk=person.pk), provider.trust)


def test_of_two_roles_that_are_over_each_stands_in_the_trail_of_its_own_school(school):
    """Beat ended them at one moment, and said to the one that the other ended with it."""
    yesterday, elsewhere = timezone.localdate() - timedelta(days=1), SchoolFactory()
    person = member(Role.BUURTTEAM_WORKER, elsewhere.buurtteam)
    person.memberships.create(role=Role.TEACHER, school=school)
    person.memberships.update(starts_on=yesterday, ends_on=yesterday)
    wind_up_memberships()
    of_team = person.memberships.get(role=Role.BUURTTEAM_WORKER)
    assert not LogEntry.objects.filter(school=school, object_pk=str(of_team.pk)).exists()
    assert LogEntry.objects.filter(school=school, kind="changed").exists()


@pytest.mark.parametrize(("days", "stands"), [(1, True), (2, False)])
def test_a_family_worker_s_role_goes_on_from_one_day_to_the_next(
    school, family_worker, days, stands
):
    today = timezone.localdate()
    held = family_worker.memberships.all()
    held.update(starts_on=today - timedelta(days=9), ends_on=today)
    next_one = {"role": Role.BUURTTEAM_WORKER, "buurtteam": school.buurtteam}
    family_worker.memberships.create(**next_one, starts_on=today + timedelta(days=days))
    invitation = InvitationFactory(
        consultation=ConsultationFactory(case__pupil__school=school),
        user=family_worker, buurtteam=school.buurtteam, accepted_at=timezone.now(),
    )  # fmt: skip
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        wind_up_memberships()
    invitation.refresh_from_db()
    assert (invitation.withdrawn_at is None) == stands


def test_tasks_wait_for_who_got_the_role_again_where_nobody_else_has_it(
    school, administrator, stuck
):
    person = member(Role.COORDINATOR, school)
    case = CaseFactory(pupil__school=school, responsible=person)
    stuck.add(person)
    with pytest.raises(ValueError, match="Tess"):
        actions.end_role(person.memberships.get(), administrator, school)
    person.memberships.create(role=Role.COORDINATOR, school=school)
    stuck.clear()
    wind_up_memberships()
    case.refresh_from_db()
    assert case.responsible == person


@shows("count-2")
def test_whoever_ends_a_role_reads_nowhere_how_much_hung_on_it(school, administrator, teacher):
    """They once taught there too: their own trail counted the cases that the teacher was in."""
    administrator.memberships.create(role=Role.TEACHER, school=school)
    for __ in range(2):
        assign_perm("cases.take_part", teacher, CaseFactory(pupil__school=school))
    with set_actor(administrator):
        actions.end_role(teacher.memberships.get(), administrator, school)
    mine = {row.content_type.model for row in LogEntry.objects.mine(administrator)}
    assert "membership" in mine
    assert not teacher.memberships.filter(wound_up_at=None).exists()
    gone = LogEntry.objects.filter(content_type__model="caseuserobjectpermission", kind="removed")
    assert [row.actor for row in gone] == [None, None]
    assert "caseuserobjectpermission" not in mine


def test_what_ended_is_wound_up_once(school, administrator, teacher):
    asked = []

    def counts(sender, membership, **more):
        asked.append(membership)

    membership_ended.connect(counts, weak=False)
    try:
        actions.end_role(teacher.memberships.get(), administrator, school)
        wind_up_memberships()
        wind_up_memberships()
    finally:
        membership_ended.disconnect(counts)
    assert asked == [teacher.memberships.get()]


def test_who_is_told_to_stop_winds_up_no_further(school):
    """The clock is no fault of one role: what goes on behind it is killed in the midst of one."""
    yesterday = timezone.localdate() - timedelta(days=1)
    for __ in range(2):
        held = Membership.objects.filter(user=member(Role.TEACHER, school))
        held.update(starts_on=yesterday, ends_on=yesterday)
    asked = []

    def is_over(sender, membership, **more):
        asked.append(membership)
        raise SoftTimeLimitExceeded

    membership_ended.connect(is_over, weak=False)
    try:
        with pytest.raises(SoftTimeLimitExceeded):
            wind_up_memberships()
    finally:
        membership_ended.disconnect(is_over)
    assert len(asked) == 1


def test_a_role_that_takes_longer_than_a_run_keeps_no_other_waiting(school):
    people = [member(Role.TEACHER, school) for __ in range(2)]
    held = Membership.objects.filter(user__in=people)
    held.update(ended_at=timezone.now())

    def takes_long(sender, membership, **more):
        if membership.user == people[0]:
            raise SoftTimeLimitExceeded

    def is_left(person):
        return held.get(user=person).wound_up_at is None

    membership_ended.connect(takes_long, weak=False)
    try:
        for __ in range(100):
            if is_left(people[1]):
                with pytest.raises(SoftTimeLimitExceeded):
                    wind_up_memberships()
    finally:
        membership_ended.disconnect(takes_long)
    assert [is_left(person) for person in people] == [True, False]
