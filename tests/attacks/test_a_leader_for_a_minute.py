"""Who gives roles took a case away from whoever leads, by roles of a minute or of a day.

Each of these failed on its day: the rules looked at who held a role at that very moment.
"""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.people.actions import end_role
from accounts.roles import Role
from audit.models import Flag
from audit.unusual import tell
from cases.models import Case, Notification, ShutOut
from cases.notifications.kinds import SHUT_OUT, known
from signals.actions import file_signal, told_of
from signals.kinds import UNREAD
from tests.factories import PupilFactory, member

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def pupil(school):
    return PupilFactory(school=school)


@pytest.fixture
def leader(school):
    return member(Role.SCHOOL_LEADER, school)


@pytest.fixture
def both(school):
    """Somebody who looks after the program and is of the care team too."""
    one = member(Role.ADMINISTRATOR, school)
    Membership.objects.create(user=one, role=Role.COORDINATOR, school=school)
    return one


def log(pupil, by, **more):
    return file_signal(
        pupil, by, uuid.uuid4(), categories=["tired"], facts="Moe.", severe=False, acute=False,
        observed_at=timezone.now(), **more,
    )  # fmt: skip


def keep_out(browser, case, person):
    return browser.post(
        reverse("cases:shut_out", args=[case.reference]),
        {"person": str(person.public_id), "ground": "other", "explanation": "Kent de familie."},
    )


def test_nobody_who_gives_roles_takes_a_case_from_the_leader(
    school, pupil, leader, both, teacher, signed_in
):
    ordinary, board = log(pupil, teacher).case, log(pupil, teacher, about_staff=True).case
    browser, helper = signed_in(both), member(Role.TEACHER, school)
    today = timezone.localdate()
    for ends_on in ("", today + timedelta(days=1)):
        data = {"role": Role.SCHOOL_LEADER, "starts_on": today, "ends_on": ends_on}
        browser.post(reverse("people:give_role", args=[helper.public_id]), data)
        given = helper.memberships.get(role=Role.SCHOOL_LEADER, ended_at=None)
        refused = keep_out(browser, ordinary, leader)
        assert refused.status_code == 422
        assert "Alleen een andere schoolleider" in refused.content.decode()
        browser.post(reverse("people:end_role", args=[given.public_id]))
    assert not ShutOut.objects.exists()
    assert Case.objects.visible_to(leader).filter(pk=board.pk).exists()
    assert told_of(pupil)


@pytest.mark.parametrize("until", [None, 0, 30])
def test_a_leader_leaves_somebody_behind_who_leads_for_good(
    school, pupil, leader, teacher, until, signed_in
):
    """A substitute keeps out whom they replace: on the day after their last nobody would see it."""
    ends_on = None if until is None else timezone.localdate() + timedelta(days=until)
    other = member(Role.SCHOOL_LEADER, school)
    Membership.objects.filter(user=other).update(ends_on=ends_on)
    answer = keep_out(signed_in(other), log(pupil, teacher).case, leader)
    assert answer.status_code == (302 if until is None else 422)
    assert ShutOut.objects.filter(user=leader).exists() == (until is None)


def test_whoever_leads_from_some_day_on_is_a_leader_here_too(
    school, pupil, leader, coordinator, teacher, signed_in
):
    """Kept out on the eve, they would be the only one left on the day."""
    next_one = member(Role.TEACHER, school)
    tomorrow = timezone.localdate() + timedelta(days=1)
    next_one.memberships.create(role=Role.SCHOOL_LEADER, school=school, starts_on=tomorrow)
    case = log(pupil, teacher).case
    assert keep_out(signed_in(coordinator), case, next_one).status_code == 422
    assert keep_out(signed_in(leader), case, next_one).status_code == 302


def test_nobody_is_kept_out_while_their_role_is_over_for_a_minute(
    school, pupil, leader, both, teacher, signed_in
):
    board = log(pupil, teacher, about_staff=True).case
    browser, give = signed_in(both), reverse("people:give_role", args=[leader.public_id])

    def given(role):
        browser.post(give, {"role": role, "starts_on": timezone.localdate()})
        return leader.memberships.filter(role=role, ended_at=None).get()

    given(Role.TEACHER)
    led = leader.memberships.get(role=Role.SCHOOL_LEADER)
    browser.post(reverse("people:end_role", args=[led.public_id]))
    assert keep_out(browser, log(pupil, teacher).case, leader).status_code == 422
    given(Role.SCHOOL_LEADER)
    assert Case.objects.visible_to(leader).filter(pk=board.pk).exists()
    # Who led long ago is a colleague as any.
    leader.memberships.filter(role=Role.SCHOOL_LEADER, ended_at=None).delete()
    leader.memberships.filter(role=Role.SCHOOL_LEADER).update(
        ended_at=timezone.now() - timedelta(days=31)
    )
    assert keep_out(browser, log(pupil, teacher).case, leader).status_code == 302


def test_who_led_lately_is_kept_out_by_an_interim_leader(
    school, pupil, leader, coordinator, teacher, signed_in
):
    """They are in nobody's line any more: nobody for good has to stay beside them."""
    Membership.objects.filter(user=leader).update(
        ended_at=timezone.now(), ends_on=timezone.localdate()
    )
    leader.memberships.create(role=Role.TEACHER, school=school)
    interim = member(Role.SCHOOL_LEADER, school)
    interim.memberships.update(ends_on=timezone.localdate() + timedelta(days=60))
    case = log(pupil, teacher).case
    assert keep_out(signed_in(coordinator), case, leader).status_code == 422
    assert keep_out(signed_in(interim), case, leader).status_code == 302


def test_a_role_that_never_began_protects_nobody(school, pupil, coordinator, teacher, signed_in):
    accused = member(Role.COORDINATOR, school)
    accused.memberships.create(
        role=Role.SCHOOL_LEADER, school=school, ended_at=timezone.now(),
        starts_on=timezone.localdate() + timedelta(days=300),
        ends_on=timezone.localdate() + timedelta(days=300),
    )  # fmt: skip
    member(Role.SCHOOL_LEADER, school)
    case = log(pupil, teacher).case
    assert keep_out(signed_in(coordinator), case, accused).status_code == 302


# --- What prevents it ends where the next leader was kept out before they led, or two work together
@pytest.mark.parametrize("author", ["a teacher", "who is kept out"])
def test_who_wrote_for_the_board_is_told_that_nobody_is_left_to_read_it(
    school, pupil, leader, both, teacher, author, signed_in
):
    next_one, officer = member(Role.TEACHER, school), member(Role.ATTENTION_OFFICER, school)
    writer = teacher if author == "a teacher" else next_one
    signal = log(pupil, writer, about_staff=True)
    browser, ordinary = signed_in(both), log(pupil, teacher).case
    assert keep_out(browser, ordinary, next_one).status_code == 302
    Notification.objects.all().delete()
    browser.post(
        reverse("people:give_role", args=[next_one.public_id]),
        {"role": Role.SCHOOL_LEADER, "starts_on": timezone.localdate()},
    )
    # Who runs cases hears that somebody who leads from now on is kept out.
    told = Notification.objects.filter(kind=SHUT_OUT).values_list("recipient", flat=True)
    assert set(told) == {leader.pk, officer.pk}
    assert not Notification.objects.filter(kind=UNREAD).exists()
    browser.post(reverse("people:end_role", args=[leader.memberships.get().public_id]))
    unread = Notification.objects.filter(kind=UNREAD)
    if author == "who is kept out":  # and leads: it would tell them
        assert not unread.exists()
        return
    assert (unread.get().recipient, unread.get().about) == (teacher, signal.reference)
    assert unread.get().case == signal.case  # with which it goes
    teacher.forget_memberships()
    assert known(teacher, [unread.get()])
    page = signed_in(teacher).get(reverse("signals:detail", args=[signal.reference]))
    assert "0900-111 3 111" in page.content.decode()


def test_who_wrote_much_is_told_once_that_nobody_is_left(school, pupil, leader, teacher):
    """Of each signal, in the transaction that ends the role: by thousands one kept it."""
    for __ in range(3):
        last = log(pupil, teacher, about_staff=True)
    end_role(leader.memberships.get(), member(Role.ADMINISTRATOR, school), school)
    assert Notification.objects.get(kind=UNREAD).about == last.reference


def test_while_somebody_is_left_nobody_is_told_of_it(school, pupil, leader, teacher, administrator):
    log(pupil, teacher, about_staff=True)
    other = member(Role.SCHOOL_LEADER, school)
    end_role(leader.memberships.get(), administrator, school)
    assert not Notification.objects.filter(kind=UNREAD).exists()
    end_role(other.memberships.get(), administrator, school)
    assert Notification.objects.filter(kind=UNREAD).count() == 1


def test_no_coordinator_lets_a_leader_in_whom_another_leader_keeps_out(
    school, pupil, leader, coordinator, teacher, signed_in
):
    """By the ordinary case: so who is spoken of in the board's came to read it."""
    other = member(Role.SCHOOL_LEADER, school)
    case = log(pupil, teacher).case
    assert keep_out(signed_in(leader), case, other).status_code == 302
    board = log(pupil, teacher, about_staff=True).case
    end = reverse("cases:end_shut_out", args=[case.reference, ShutOut.objects.get().public_id])
    refused = signed_in(coordinator).post(end, {"why": "Vergissing."})
    assert refused.status_code == 422
    assert "alleen een andere leider beëindigt dit" in refused.content.decode()
    assert not Case.objects.visible_to(other).filter(pk=board.pk).exists()
    assert signed_in(leader).post(end, {"why": "Vergissing."}).status_code == 302
    # Nor where the case is gone in which it was set, nor what a coordinator set before they led.
    assert keep_out(signed_in(coordinator), case, teacher).status_code == 302
    teacher.memberships.create(role=Role.SCHOOL_LEADER, school=school)
    for standing in (
        ShutOut.objects.standing().get(user=teacher),
        ShutOut.objects.create(
            pupil=pupil, user=other, ground="family", set_by=leader, set_at=NOW, kept_out_since=NOW
        ),
    ):
        end = reverse("cases:end_shut_out", args=[case.reference, standing.public_id])
        assert signed_in(coordinator).post(end, {"why": "Vergissing."}).status_code == 422
        assert signed_in(leader).post(end, {"why": "Vergissing."}).status_code == 302


def test_a_flag_waits_for_somebody_who_looks_at_it(school, administrator, mailoutbox):
    flag = Flag.objects.create(
        school=school, user=administrator, rule="many_cases", count=30, day=NOW.date(),
        of_administrator=True,
    )  # fmt: skip
    tell(NOW)
    flag.refresh_from_db()
    assert flag.told_at is None
    member(Role.SCHOOL_LEADER, school)
    tell(NOW)
    flag.refresh_from_db()
    assert flag.told_at is not None
    assert len(mailoutbox) == 1


def test_who_leads_no_more_is_responsible_for_no_case_of_the_board(
    school, pupil, leader, teacher, administrator
):
    leader.memberships.create(role=Role.COORDINATOR, school=school)
    other = member(Role.SCHOOL_LEADER, school)
    board, ordinary = log(pupil, teacher, about_staff=True).case, log(pupil, teacher).case
    Case.objects.filter(pk__in=[board.pk, ordinary.pk]).update(responsible=leader)
    end_role(leader.memberships.get(role=Role.SCHOOL_LEADER), administrator, school)
    board.refresh_from_db()
    ordinary.refresh_from_db()
    assert (board.responsible, ordinary.responsible) == (other, leader)
