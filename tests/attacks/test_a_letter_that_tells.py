"""Letters that told somebody of what is kept from them, by whom they went to. All failed once."""

import uuid
from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.models import User
from accounts.people.actions import end_role, give_role
from accounts.roles import Role
from cases.actions import add_participant
from cases.destruction.listing import list_all
from cases.models import Case, Destruction, Envelope, Notification
from cases.need_to_know.actions import shut_out
from cases.notifications import channels
from cases.notifications.kinds import (
    DESTROYED,
    DESTRUCTION_LISTED,
    REQUEST_DUE,
    RESPONSIBLE,
    SHUT_OUT,
    known,
)
from cases.notifications.outbox import deliver
from cases.notifications.telling import notify
from signals.actions import file_signal
from tests.cases.test_destruction import over
from tests.cases.test_rights_requests import ask
from tests.factories import CaseFactory, PupilFactory, member

pytestmark = pytest.mark.django_db


def again(person):
    return User.objects.get(pk=person.pk)


@pytest.fixture
def refused(teacher, monkeypatch, time_machine):
    """Return what lets the letters to a teacher be given up: no mail server takes them."""
    real = channels.ByMail.send

    def send(self, envelope, told):
        if envelope.recipient == teacher:
            raise SMTPRecipientsRefused({teacher.email: (550, b"no such user")})
        return real(self, envelope, told)

    def give_up():
        for __ in range(40):
            time_machine.move_to(timezone.now() + timedelta(minutes=30))
            deliver()
        assert Envelope.objects.dead().filter(recipient=teacher).exists()

    monkeypatch.setattr(channels.ByMail, "send", send)
    return give_up


def shown(browser, person):
    """Tell whether somebody stands among those whom a letter did not reach."""
    return person.name in browser.get(reverse("background:work")).content.decode()


def test_of_a_signal_for_the_board_no_letter_names_the_writer(
    school, teacher, administrator, refused, signed_in
):
    """Who looks after the letters may be whom it is about."""
    leads = member(Role.SCHOOL_LEADER, school).memberships.get()
    file_signal(
        PupilFactory(school=school), teacher, uuid.uuid4(), categories=["hygiene"], facts="x",
        severe=False, acute=False, observed_at=timezone.now(), about_staff=True,
    )  # fmt: skip
    end_role(leads, administrator, school)  # the signal has no reader any more: its writer is told
    refused()
    assert not shown(signed_in(administrator), teacher)


def test_nor_one_about_a_pupil_from_whom_the_administrator_is_kept(
    school, teacher, coordinator, administrator, refused, signed_in
):
    case = CaseFactory(pupil=PupilFactory(school=school))
    shut_out(case, coordinator, administrator, ground="family", explanation="")
    add_participant(case, coordinator, teacher, hand_over=False)
    refused()
    assert not shown(signed_in(again(administrator)), teacher)


def test_any_other_does(school, teacher, coordinator, administrator, refused, signed_in):
    case = CaseFactory(pupil=PupilFactory(school=school))
    add_participant(case, coordinator, teacher, hand_over=False)
    refused()
    assert shown(signed_in(administrator), teacher)


def test_a_conflict_is_told_to_nobody_before_their_role_begins(
    school, administrator, coordinator, teacher
):
    """They take part in the case already, and may not see who is kept out of it."""
    officer = member(Role.ATTENTION_OFFICER, school)
    case = CaseFactory(pupil=PupilFactory(school=school))
    assign_perm("cases.take_part", teacher, case)
    starts_on = timezone.localdate() + timedelta(days=60)
    give_role(school, administrator, teacher, role=Role.COORDINATOR, starts_on=starts_on)
    shut_out(case, coordinator, officer, ground="family", explanation="")
    told = Notification.objects.filter(recipient=teacher).exclude(kind=RESPONSIBLE)
    assert SHUT_OUT not in {one.kind for one in known(again(teacher), told)}
    teacher.memberships.filter(role=Role.COORDINATOR).update(starts_on=timezone.localdate())
    assert SHUT_OUT in {one.kind for one in known(again(teacher), told)}


@pytest.mark.parametrize("told", [True, False])
def test_nor_one_of_what_was_destroyed_unless_they_were_told_of_it_too(
    school, teacher, administrator, refused, signed_in, told
):
    """It hangs on no case, for that is gone; it may have been one for the board."""
    run = Destruction.objects.create(school=school, first_by=administrator, second_by=teacher)
    people = [administrator.pk, teacher.pk] if told else [teacher.pk]
    notify(DESTROYED, people, str(run.public_id), about=str(run.public_id))
    give_role(school, administrator, teacher, role=Role.SCHOOL_LEADER, starts_on=None)
    refused()
    assert shown(signed_in(administrator), teacher) is told


@pytest.mark.parametrize("restricted", [True, False])
def test_nor_one_of_a_list_on_which_the_administrator_sees_nothing(
    school, teacher, administrator, refused, signed_in, restricted
):
    give_role(school, administrator, teacher, role=Role.SCHOOL_LEADER, starts_on=None)
    case = CaseFactory(pupil__school=school)
    over(case)
    Case.objects.filter(pk=case.pk).update(restricted=restricted)
    list_all(date(timezone.localdate().year, 11, 1))
    assert Notification.objects.filter(recipient=teacher, kind=DESTRUCTION_LISTED).exists()
    refused()
    assert shown(signed_in(administrator), teacher) is not restricted


@pytest.mark.parametrize("kept_from", ["this pupil", "another", "nobody"])
def test_nor_one_of_a_request_about_a_pupil_from_whom_the_administrator_is_kept(
    school, teacher, coordinator, administrator, refused, signed_in, kept_from
):
    """Any other is shown: somebody waits for an answer, by a legal term. And if the letters about
    others went from the page, it would tell that they are kept from somebody."""
    give_role(school, administrator, teacher, role=Role.COORDINATOR, starts_on=None)
    case, another = (CaseFactory(pupil=PupilFactory(school=school)) for __ in range(2))
    if kept_from != "nobody":
        of = case if kept_from == "this pupil" else another
        shut_out(of, coordinator, administrator, ground="family", explanation="")
    made = ask(case.pupil, coordinator)
    notify(REQUEST_DUE, [teacher.pk], str(made.public_id), about=str(made.public_id))
    refused()
    assert shown(signed_in(again(administrator)), teacher) is (kept_from != "this pupil")
