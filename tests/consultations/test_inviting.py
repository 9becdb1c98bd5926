"""Whoever chairs invites to what a teacher asked, and anew when all decline."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.roles import Role
from cases.errors import ActionError
from cases.models import ShutOut
from cases.notifications.outbox import deliver
from consultations.actions import ask_consultation
from consultations.inviting.actions import invite
from consultations.models import Invitation
from tests.factories import CaseFactory, InvitationFactory, PupilFactory, member

pytestmark = pytest.mark.django_db

QUESTION = "Hoe begin ik het gesprek?"


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


@pytest.fixture
def asked(case, teacher):
    """What a teacher asked who takes part, and may invite nobody."""
    assign_perm("cases.take_part", teacher, case)
    return ask_consultation(case, teacher, uuid.uuid4(), kind="family_worker", question=QUESTION)


def send(browser, consultation, *people):
    url = reverse("consultations:invite", args=[consultation.reference])
    chosen = [str(person.memberships.get().public_id) for person in people]
    return browser.post(url, {"invitees": chosen})


def test_a_teachers_question_reaches_the_family_worker(
    asked, coordinator, family_worker, signed_in
):
    page = signed_in(coordinator).get(reverse("consultations:detail", args=[asked.reference]))
    assert reverse("consultations:invite", args=[asked.reference]) in page.content.decode()
    assert send(signed_in(coordinator), asked, family_worker).status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.user, invitation.invited_by) == (family_worker, coordinator)
    assert invitation.buurtteam_id == asked.case.school.buurtteam_id
    assert deliver() == 1
    browser = signed_in(family_worker)
    browser.post(reverse("consultations:accept", args=[invitation.public_id]))
    room = browser.get(reverse("consultations:detail", args=[asked.reference]))
    assert QUESTION in room.content.decode()


def test_who_has_an_invitation_gets_no_second_one(asked, coordinator, family_worker, signed_in):
    chosen = list(family_worker.memberships.all())
    for __ in range(2):
        invite(asked, coordinator, chosen)
    assert Invitation.objects.count() == 1
    page = signed_in(coordinator).get(reverse("consultations:invite", args=[asked.reference]))
    assert family_worker.name not in page.content.decode()
    nobody = page.wsgi_request.path
    for ticked in ({}, {"invitees": [""]}):
        said = signed_in(coordinator).post(nobody, ticked).content.decode()
        assert "Kies wie je uitnodigt." in said, ticked


def test_another_is_invited_when_all_decline(asked, coordinator, family_worker):
    invite(asked, coordinator, family_worker.memberships.all())
    Invitation.objects.update(declined_at=timezone.now(), declined_why="Verlof.")
    colleague = member(Role.BUURTTEAM_WORKER, asked.case.school.buurtteam)
    invite(asked, coordinator, colleague.memberships.all())
    assert Invitation.objects.standing().get().user == colleague


def test_nobody_is_invited_who_is_kept_out_or_into_what_is_closed(
    asked, coordinator, family_worker, signed_in
):
    chosen = list(family_worker.memberships.all())
    kept_out = ShutOut.objects.create(
        pupil=asked.case.pupil, case=asked.case, user=family_worker, ground="family",
        set_by=coordinator,
    )  # fmt: skip
    with pytest.raises(ActionError):
        invite(asked, coordinator, chosen)
    assert send(signed_in(coordinator), asked, family_worker).status_code == 422
    kept_out.delete()
    type(asked).objects.update(closed_at=timezone.now(), outcome="Klaar.")
    with pytest.raises(ActionError):
        invite(asked, coordinator, chosen)
    assert not Invitation.objects.exists()


def test_a_family_worker_comes_only_where_names_were_looked_for(case, coordinator, family_worker):
    among_us = ask_consultation(
        case, coordinator, uuid.uuid4(), kind="colleague", question="Wat zie jij aan Roos?"
    )
    with pytest.raises(ActionError) as refused:
        invite(among_us, coordinator, family_worker.memberships.all())
    assert refused.value.field == "invitees"


def test_who_asked_but_does_not_chair_invites_nobody(asked, teacher, family_worker, signed_in):
    assert send(signed_in(teacher), asked, family_worker).status_code == 404
    assert not Invitation.objects.exists()


def test_nobody_is_said_to_be_invited_who_is_not(asked, coordinator, family_worker, signed_in):
    """A form of before a colleague withdrew the invitation says so, and nothing else."""
    browser = signed_in(coordinator)
    assert send(browser, asked, family_worker).status_code == 302
    Invitation.objects.update(withdrawn_at=timezone.now())
    assert send(browser, asked, family_worker).status_code == 422
    assert not Invitation.objects.standing().exists()


def test_who_was_invited_stands_in_that_order_whoever_answered_since(
    asked, coordinator, team_mate, family_worker, signed_in
):
    people = sorted((team_mate, family_worker), key=lambda one: -one.pk)
    for one in people:
        InvitationFactory(consultation=asked, user=one, invited_by=coordinator)
    first = Invitation.objects.get(user=people[0])
    first.accepted_at = timezone.now()
    first.save()
    page = signed_in(coordinator).get(reverse("consultations:detail", args=[asked.reference]))
    said = page.content.decode()
    assert said.index(f"<span>{people[0].name}") < said.index(f"<span>{people[1].name}")
