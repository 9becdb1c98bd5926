"""Whoever is invited hears of it by mail: once, without a name or a word, also after a fault."""

import uuid
from datetime import timedelta

import pytest
from celery import current_app
from django.core import mail
from django.utils import timezone

from accounts.people.actions import end_role
from accounts.roles import Role
from cases.notifications import tasks
from cases.notifications.outbox import DELIVER, deliver
from consultations.actions import ask_consultation, tell_invited
from consultations.answering.actions import hand_over_invitation
from consultations.models import Invitation
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    InvitationFactory,
    PupilFactory,
    member,
)

pytestmark = pytest.mark.django_db

QUESTION = "Hoe lees je de blauwe plekken?"


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


@pytest.fixture
def invited(case, family_worker, coordinator):
    return invite(case, family_worker, coordinator)


def invite(case, user, by, **fields):
    consultation = ConsultationFactory(case=case, author=by, question=QUESTION)
    return tell_invited(
        InvitationFactory(
            consultation=consultation, user=user, invited_by=by,
            buurtteam=case.school.buurtteam, **fields,
        )
    )  # fmt: skip


def tell():
    return deliver()


def test_who_is_invited_is_told_at_once(
    case, coordinator, family_worker, monkeypatch, django_capture_on_commit_callbacks
):
    queued = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, args, **more: queued.append((name, args))
    )
    with django_capture_on_commit_callbacks(execute=True):
        ask_consultation(
            case, coordinator, uuid.uuid4(), kind="family_worker", question=QUESTION,
            invitees=family_worker.memberships.all(),
        )  # fmt: skip
    assert queued == [(DELIVER, [])]  # nothing of the case goes through the broker
    assert tasks.deliver.name == DELIVER
    tasks.deliver()
    assert [message.to for message in mail.outbox] == [[family_worker.email]]


def test_the_mail_says_reference_and_link_and_nothing_else(invited, family_worker, settings):
    assert tell() == 1
    (message,) = mail.outbox
    said = message.subject + message.body + str(message.extra_headers)
    consultation = invited.consultation
    assert consultation.reference in message.body
    assert f"{settings.SITE_URL}/consultations/" in message.body
    case = consultation.case
    pupil = case.pupil
    for word in (
        pupil.given_name, pupil.family_name, case.school.name, case.reference, QUESTION,
        invited.invited_by.name, family_worker.name,
    ):  # fmt: skip
        assert word not in said


def test_nobody_is_told_twice_and_two_invitations_make_one_mail(
    case, invited, family_worker, coordinator
):
    other = CaseFactory(pupil=PupilFactory(school=case.school))
    second = invite(other, family_worker, coordinator)
    assert tell() == 1
    assert tell() == 0
    (message,) = mail.outbox
    assert {invited.consultation.reference, second.consultation.reference} <= set(
        message.body.split()
    )


ENDED = ("accepted_at", "declined_at", "withdrawn_at", "handed_over_at")


@pytest.mark.parametrize("ended", ENDED)
def test_who_answered_or_is_not_invited_any_more_is_not_told(
    case, family_worker, coordinator, ended
):
    why = {"declined_why": "Verlof."} if ended == "declined_at" else {}
    invite(case, family_worker, coordinator, **{ended: timezone.now()}, **why)
    assert tell() == 0


def test_nor_is_who_left_the_team(invited, family_worker, administrator, school):
    end_role(family_worker.memberships.get(), administrator, school)
    Invitation.objects.update(withdrawn_at=None)
    mail.outbox.clear()
    assert tell() == 0


def test_a_colleague_who_takes_over_is_told_too(case, invited, family_worker):
    tell()
    colleague = member(Role.BUURTTEAM_WORKER, case.school.buurtteam)
    hand_over_invitation(invited, family_worker, colleague)
    mail.outbox.clear()
    assert tell() == 2  # and who asked: that somebody else takes part now
    assert [colleague.email] in [letter.to for letter in mail.outbox]


def test_who_takes_over_late_hears_of_it_all_the_same(invited, family_worker, school):
    """What nobody answered keeps its day; whoever takes it over was not told on that day."""
    Invitation.objects.update(invited_at=timezone.now() - timedelta(days=9))
    tell()
    mail.outbox.clear()
    invited.refresh_from_db()
    mate = member(Role.BUURTTEAM_WORKER, school.buurtteam)
    hand_over_invitation(invited, family_worker, mate)
    assert tell() == 2
    assert [mate.email] in [letter.to for letter in mail.outbox]
