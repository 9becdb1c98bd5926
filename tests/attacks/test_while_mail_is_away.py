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
from tests.accounts.second_factors import give_app
from tests.factories import PASSWORD, IdentityProviderFactory, RoleInvitationFactory, member

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
        assert client.post(reverse("people:invitation"), sent).status_code == 302
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
    assert {to for sent in mailoutbox for to in sent.to} == {administrator.email, teacher.email}
    later()
    away.clear()
    later()
    assert [sent.to for sent in mailoutbox].count([leader.email]) == 1
    assert [sent.to for sent in mailoutbox].count([teacher.email]) == 1


def test_what_a_process_did_that_died_before_it_could_tell_is_told(
    school, administrator, leader, teacher, later, mailoutbox
):
    give_role(school, administrator, teacher, role=Role.COORDINATOR)  # nothing comes after
    assert not mailoutbox
    later()
    assert [leader.email] in [sent.to for sent in mailoutbox]


def test_who_leads_has_it_in_the_application_too(school, administrator, leader, teacher):
    """No mailbox takes a mail with a name in it that filters of mail are made to refuse."""
    told = Notification.objects.filter(kind=PEOPLE_CHANGED)
    give_role(school, administrator, teacher, role=Role.COORDINATOR)
    assert [one.recipient for one in told] == [leader]
    switch(IdentityProviderFactory(school=school), administrator, on=False)
    assert len(told) == 1  # until it is read
    told.update(read_at=timezone.now())
    switch(IdentityProviderFactory(school=school), administrator, on=False)
    assert len(told.all()) == 2
    assert known(leader, told.all()) == list(told.all())


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
    later()
    assert Telling.objects.exists()
    later(TRIED)
    assert not Telling.objects.exists()
