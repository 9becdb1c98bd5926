"""Rooms that an insider could still enter, or enter unseen: failed when they were written."""

import uuid

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.people import actions as people
from accounts.roles import Role
from audit.models import LogEntry
from cases.actions import close_case, guidance_for, outcomes
from cases.models import Case
from consultations.models import Advice
from referrals.models import Decision
from tests.factories import (
    PASSWORD,
    BuurtteamFactory,
    CaseFactory,
    ConsultationFactory,
    InvitationFactory,
    PupilFactory,
    SchoolFactory,
    SignalFactory,
    member,
)
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(school, coordinator, family_worker):
    case = CaseFactory(pupil=PupilFactory(school=school), step=5)
    SignalFactory(case=case)
    asked = ConsultationFactory(case=case, author=coordinator)
    InvitationFactory(
        consultation=asked,
        user=family_worker,
        buurtteam=school.buurtteam,
        accepted_at=timezone.now(),
    )
    Decision.objects.create(
        case=case,
        author=coordinator,
        decided_at=timezone.now(),
        report=False,
        report_grounds="x",
        help="none",
        help_grounds="y",
        idempotency_key=uuid.uuid4(),
    )
    return case, asked


def test_a_worker_is_out_when_the_case_closes(room, coordinator, family_worker, signed_in):
    case, asked = room
    allowed = outcomes(guidance_for(case).closing_grounds)
    close_case(case, coordinator, outcome=allowed[0], grounds="Klaar.", agreements="a")
    answer = signed_in(family_worker).get(reverse("consultations:detail", args=[asked.reference]))
    assert answer.status_code == 404


def test_nothing_is_written_in_a_closed_case(room, coordinator, family_worker, signed_in):
    case, asked = room
    Case.objects.filter(pk=case.pk).update(
        closed_at=timezone.now(), outcome="other", closing_grounds="x"
    )
    signed_in(family_worker).post(
        reverse("consultations:detail", args=[asked.reference]), {"text": "Nog iets."}
    )
    assert not Advice.objects.exists()


def test_every_school_of_a_buurtteam_hears_of_a_new_worker(
    school, administrator, django_capture_on_commit_callbacks
):
    other = SchoolFactory(buurtteam=school.buurtteam)
    leader = member(Role.SCHOOL_LEADER, other)
    person = member(Role.TEACHER, school)
    with django_capture_on_commit_callbacks(execute=True):
        people.give_role(school, administrator, person, role=Role.BUURTTEAM_WORKER)
    assert leader.email in {sent.to[0] for sent in mail.outbox}


def test_in_an_emergency_files_are_read_like_the_case_and_it_is_written_down(signed_in):
    world = World()
    reader = world.people["sister_leader"]
    url = reverse("cases:file", args=[world.case.reference, world.attachment.public_id])
    assert signed_in(reader).get(url).status_code == 200
    assert LogEntry.objects.get_for_object(world.attachment).filter(actor=reader).exists()
    assert signed_in(reader).get(f"/cases/{world.case.reference}/dossier/").status_code == 404


def test_strangers_do_not_fill_the_table_of_sessions(school):
    for n in range(5):
        Client().get(reverse("people:open_invitation", args=[f"wie{n}"]))
    assert not Session.objects.exists()


def test_a_new_password_stands_in_the_trail(teacher, signed_in):
    browser = signed_in(teacher)
    before = LogEntry.objects.count()
    new = "een heel andere zin 77"
    browser.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    teacher.refresh_from_db()
    assert teacher.check_password(new)
    assert LogEntry.objects.count() > before


# --- The school works with another buurtteam now: the former one brought its own people in
def test_a_former_team_lets_nobody_new_in(room, school, family_worker, signed_in):
    __, asked = room
    colleague = member(Role.BUURTTEAM_WORKER, school.buurtteam)
    school.buurtteam = BuurtteamFactory()
    school.save()
    own = asked.invitations.get()
    url = reverse("consultations:hand_over", args=[own.public_id])
    signed_in(family_worker).post(url, {"to": colleague.public_id})
    assert not asked.invitations.filter(user=colleague).exists()
    own.refresh_from_db()
    assert own.stands
