"""What was done while mail was away, and told to nobody ever. All failed once."""

from datetime import timedelta

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse
from django.utils import timezone

from accounts.models import Telling, User
from accounts.people.actions import end_role, give_role, reset_second_factor
from accounts.people.mails import LATER, TRIED
from accounts.people.tasks import tell_again
from accounts.roles import Role
from accounts.sso.actions import switch
from audit.kinds import Kind
from audit.models import LogEntry
from cases.models import Notification
from cases.notifications.kinds import PEOPLE_CHANGED, known
from tests.accounts.invitations import send
from tests.accounts.second_factors import give_app
from tests.factories import (
    PASSWORD,
    IdentityProviderFactory,
    RoleInvitationFactory,
    SchoolFactory,
    member,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def away(monkeypatch):
    """Return a set of addresses to which no mail goes; with None in it, to nobody."""
    real, addresses = EmailBackend.send_messages, set()

    def send(backend, messages):
        if None in addresses or addresses & {to for one in messages for to in one.to}:
            raise ConnectionRefusedError
        return real(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    return addresses


@pytest.fixture
def later(time_machine):
    """Return what lets beat come by some minutes later."""

    def come_by(after=LATER):
        time_machine.move_to(timezone.now() + after + timedelta(seconds=1))
        tell_again()

    return come_by


@pytest.fixture
def leader(school):
    """Somebody who leads the school."""
    return member(Role.SCHOOL_LEADER, school)


def test_roles_factors_and_providers_are_told_once_it_is_back(
    school, administrator, leader, away, later, mailoutbox, django_capture_on_commit_callbacks
):
    friend, colleague = member(Role.TEACHER, school), member(Role.COORDINATOR, school)
    give_app(colleague)
    provider = IdentityProviderFactory(school=school, is_active=False)
    away.add(None)
    with django_capture_on_commit_callbacks(execute=True):
        end_role(give_role(school, administrator, friend, role=Role.COORDINATOR),
                 administrator, school)  # fmt: skip
        reset_second_factor(school, administrator, User.objects.get(pk=colleague.pk))
        switch(provider, administrator, on=True)
    later()
    assert not mailoutbox
    away.clear()
    later()
    told = [sent.subject for sent in mailoutbox if sent.to == [leader.email]]
    assert len(told) == len(set(told)) == 4
    later()
    assert [sent.subject for sent in mailoutbox if sent.to == [leader.email]] == told
    assert not Telling.objects.exists()


def test_who_comes_in_by_a_second_address_meanwhile_is_told_of(
    school, administrator, leader, away, later, mailoutbox, client,
    django_capture_on_commit_callbacks,
):  # fmt: skip
    RoleInvitationFactory(
        school=school, invited_by=administrator, role=Role.SCHOOL_LEADER,
        email="prive@mail.example", secret="een-link",
    )  # fmt: skip
    away.add(None)
    client.get(reverse("people:open_invitation", args=["een-link"]))
    sent = {"name": "Bea Brand", "password": "vier losse woorden 83"}
    with django_capture_on_commit_callbacks(execute=True):
        assert send(client, sent).status_code == 302
    away.clear()
    later()
    told = "".join(sent.body for sent in mailoutbox if sent.to == [leader.email])
    assert "Bea Brand (prive@mail.example)" in told


def test_one_mailbox_that_takes_nothing_is_tried_again_and_nobody_else_hears_it_twice(
    school, administrator, leader, teacher, away, later, mailoutbox,
    django_capture_on_commit_callbacks,
):  # fmt: skip
    away.add(leader.email)
    with django_capture_on_commit_callbacks(execute=True):
        give_role(school, administrator, teacher, role=Role.COORDINATOR)
    later()
    assert {to for sent in mailoutbox for to in sent.to} == {administrator.email, teacher.email}
    away.clear()
    later(timedelta(hours=1))
    assert [sent.to for sent in mailoutbox].count([leader.email]) == 1
    assert [sent.to for sent in mailoutbox].count([teacher.email]) == 1


def test_what_a_process_did_that_died_before_it_could_tell_is_told(
    school, administrator, leader, teacher, later, mailoutbox
):
    give_role(school, administrator, teacher, role=Role.COORDINATOR)  # nothing comes after
    assert not mailoutbox
    later()
    assert [leader.email] in [sent.to for sent in mailoutbox]


def test_who_leads_has_it_in_the_application_too(
    school, administrator, leader, teacher, signed_in, time_machine
):
    """No mailbox takes a mail with a name in it that filters of mail are made to refuse."""
    told = Notification.objects.filter(kind=PEOPLE_CHANGED)

    def change():
        switch(IdentityProviderFactory(school=school), administrator, on=False)
        return len(told.all())

    give_role(school, administrator, teacher, role=Role.COORDINATOR)
    assert [one.recipient for one in told] == [leader]
    assert change() == 1  # for a day, or until it is read
    signed_in(leader).get(reverse("people:people"))
    assert change() == 2
    time_machine.move_to(timezone.now() + timedelta(days=2))
    assert change() == 3
    assert known(User.objects.get(pk=leader.pk), told.all()) == list(told.all())
    away_too = SchoolFactory()
    leader.memberships.create(school=away_too, role=Role.SCHOOL_LEADER)
    switch(IdentityProviderFactory(school=away_too), member(Role.ADMINISTRATOR, away_too), on=False)
    assert len(told.all()) == 4


@pytest.mark.django_db(transaction=True)
def test_ones_own_new_password_and_second_factor_are_told_later_and_are_no_fault(
    teacher, signed_in, away, later, mailoutbox
):
    """It was so already; and no row said it, as the fault came before that."""
    give_app(teacher)
    browser = signed_in(teacher)
    new = "vier losse woorden 83"
    sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    away.add(None)
    assert browser.post(reverse("account_change_password"), sent).status_code == 302
    assert User.objects.get(pk=teacher.pk).check_password(new)
    assert LogEntry.objects.filter(kind=Kind.NEW_PASSWORD, actor=teacher).exists()
    away.clear()
    later()
    assert [sent.subject for sent in mailoutbox] == ["Meldcode: hoe je je aanmeldt is gewijzigd"]


def test_a_mailbox_that_is_gone_is_left_in_the_end(
    school, administrator, leader, teacher, away, later
):
    away.add(leader.email)
    give_role(school, administrator, teacher, role=Role.COORDINATOR)
    for __ in range(60):
        later(timedelta(hours=6))
    assert not Telling.objects.exists()


def test_no_try_is_left_out_where_nothing_ran_for_so_long(
    school, administrator, leader, teacher, later, mailoutbox
):
    give_role(school, administrator, teacher, role=Role.COORDINATOR)
    later(TRIED + timedelta(days=1))
    assert [leader.email] in [sent.to for sent in mailoutbox]


def test_an_address_that_takes_nothing_is_asked_once_a_run_and_seldomer_each_time(
    school, administrator, leader, away, later, monkeypatch
):
    """Asked for each change it kept what others wait for from being told for good."""
    asked, real = [], EmailBackend.send_messages

    def send(backend, messages):
        asked.extend(to for one in messages for to in one.to)
        return real(backend, messages)

    away.add(leader.email)
    monkeypatch.setattr(EmailBackend, "send_messages", send)
    for __ in range(5):
        give_role(school, administrator, member(Role.TEACHER, school), role=Role.COORDINATOR)
    later()
    assert asked.count(leader.email) == 1
    for __ in range(24 * 6):
        later(timedelta(minutes=10))
    assert asked.count(leader.email) < 40


def test_the_schools_of_then_are_told_and_no_other(
    school, administrator, leader, away, later, mailoutbox, django_capture_on_commit_callbacks
):
    """Asked when it is told, whoever's role was over by then was told of by nobody."""
    colleague, elsewhere = member(Role.COORDINATOR, school), SchoolFactory()
    give_app(colleague)
    their_leader = member(Role.SCHOOL_LEADER, elsewhere)
    away.add(None)
    with django_capture_on_commit_callbacks(execute=True):
        reset_second_factor(school, administrator, User.objects.get(pk=colleague.pk))
        end_role(colleague.memberships.get(), administrator, school)
        colleague.memberships.create(school=elsewhere, role=Role.TEACHER)
    away.clear()
    later()
    subjects = [sent.subject for sent in mailoutbox if sent.to == [leader.email]]
    assert "Meldcode: een tweede factor is gewist" in subjects
    assert [their_leader.email] not in [sent.to for sent in mailoutbox]


def test_nothing_is_told_to_an_account_that_was_closed(
    school, administrator, leader, away, later, mailoutbox, django_capture_on_commit_callbacks
):
    to_come = member(Role.TEACHER, school)
    away.add(None)
    with django_capture_on_commit_callbacks(execute=True):
        give_role(school, administrator, to_come, role=Role.ADMINISTRATOR)
    User.objects.filter(pk=to_come.pk).update(is_active=False)
    away.clear()
    later()
    assert [leader.email] in [sent.to for sent in mailoutbox]
    assert [to_come.email] not in [sent.to for sent in mailoutbox]


def test_looking_at_one_person_puts_out_no_bell_about_another(school, administrator, signed_in):
    """A leader of two schools looked at a teacher of the one, and had seen what changed at both."""
    leader, teacher = member(Role.SCHOOL_LEADER, school), member(Role.TEACHER, school)
    give_role(school, administrator, member(Role.TEACHER, school), role=Role.ADMINISTRATOR)
    rings = Notification.objects.filter(recipient=leader, kind=PEOPLE_CHANGED, read_at=None)
    browser = signed_in(leader)
    assert browser.get(reverse("people:person", args=[teacher.public_id])).status_code == 200
    assert rings.exists()
    browser.get(reverse("people:people"))
    assert not rings.exists()
