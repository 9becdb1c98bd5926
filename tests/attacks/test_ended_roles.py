"""What was left behind where a role ended. Each failed on the day it was written."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from accounts.people.actions import accept_as_new, end_role, join
from accounts.roles import Role
from cases import actions
from cases.errors import ActionError
from cases.models import Case, CaseUserObjectPermission, EmergencyAccess, ShutOut
from cases.need_to_know.actions import end_shut_out, open_in_emergency, shut_out
from consultations.actions import ask_consultation
from consultations.answering.actions import hand_over_invitation
from consultations.models import Consultation, Invitation
from tests.attacks.test_insider_races import in_between
from tests.factories import (
    BoardFactory,
    CaseFactory,
    ConsultationFactory,
    InvitationFactory,
    PupilFactory,
    RoleInvitationFactory,
    SchoolFactory,
    member,
)

FAMILY = {"ground": "family", "explanation": ""}
at_once = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time"),
]


@pytest.fixture
def case(school) -> Case:
    return CaseFactory(pupil=PupilFactory(school=school))


def back_as(person: User, role: Role, school) -> User:
    """Return the person, who was given a role again."""
    Membership.objects.create(user=person, role=role, school=school)
    return User.objects.get(pk=person.pk)


# --- Emergency access lasted on beside the role, and came back with a next one
@pytest.mark.django_db
def test_emergency_access_does_not_come_back_with_a_next_role(school, case):
    school.board = BoardFactory()
    school.save()
    sister = SchoolFactory(board=school.board)
    leader = member(Role.SCHOOL_LEADER, sister)
    reason = "De school is dicht en de politie belt."
    open_in_emergency(school, leader, uuid.uuid4(), reference=case.reference, reason=reason)
    end_role(leader.memberships.get(), member(Role.ADMINISTRATOR, sister), sister)
    again = back_as(leader, Role.SCHOOL_LEADER, sister)
    assert not Case.objects.visible_to(again).filter(pk=case.pk).exists()


@pytest.mark.django_db
def test_it_stays_with_who_leads_another_school_of_the_board(school, case):
    school.board = BoardFactory()
    school.save()
    sister = SchoolFactory(board=school.board)
    leader = member(Role.SCHOOL_LEADER, sister)
    Membership.objects.create(
        user=leader, role=Role.SCHOOL_LEADER, school=SchoolFactory(board=school.board)
    )
    reason = "De school is dicht en de politie belt."
    open_in_emergency(school, leader, uuid.uuid4(), reference=case.reference, reason=reason)
    ended = leader.memberships.get(school=sister)
    end_role(ended, member(Role.ADMINISTRATOR, sister), sister)
    still = User.objects.get(pk=leader.pk)
    assert Case.objects.visible_to(still).filter(pk=case.pk).exists()


# --- An administrator until yesterday, whom beat has not wound up yet, left a way in
@pytest.fixture
def left_behind(school, administrator):
    """An invitation by an administrator whose last day was yesterday."""
    invited = RoleInvitationFactory(
        school=school, role=Role.COORDINATOR, invited_by=administrator, secret="link"
    )
    yesterday = timezone.localdate() - timedelta(days=1)
    administrator.memberships.update(ends_on=yesterday, starts_on=yesterday)
    return invited


@pytest.mark.django_db
def test_an_invitation_opens_nothing_once_its_sender_may_invite_nobody(left_behind, client):
    client.get(reverse("people:open_invitation", args=["link"]))
    assert left_behind.school.name not in client.get(reverse("people:invitation")).content.decode()
    with pytest.raises(PermissionDenied):
        accept_as_new(left_behind, name="Iemand", password="een lange zin voor later")
    assert not User.objects.filter(email=left_behind.email).exists()


@pytest.mark.django_db
def test_nor_by_the_school_account(left_behind):
    assert join(email=left_behind.email, name="Iemand", school=left_behind.school) is None


@pytest.mark.django_db
def test_one_from_the_command_line_has_no_sender(school):
    invited = RoleInvitationFactory(school=school)
    assert accept_as_new(invited, name="Iemand", password="een lange zin voor later")


# --- Given while the role ended, and there again with a next one
def ask(case, by, invited):
    fields = {"kind": "colleague", "question": "Wat zie jij?", "shared": "Hij is stil."}
    return ask_consultation(case, by, uuid.uuid4(), invitees=[invited], **fields)


@pytest.mark.django_db
def test_whose_role_ended_while_somebody_wrote_is_not_invited(
    school, case, coordinator, administrator, teacher
):
    chosen = teacher.memberships.get()
    end_role(chosen, administrator, school)
    with pytest.raises(ActionError):
        ask(case, coordinator, chosen)
    assert not Invitation.objects.of(back_as(teacher, Role.TEACHER, school)).exists()


@pytest.mark.django_db
def test_nor_who_was_kept_out_meanwhile(school, case, coordinator, teacher):
    other = member(Role.COORDINATOR, school)
    shut_out(case, other, teacher, **FAMILY)
    with pytest.raises(ActionError):
        ask(case, coordinator, teacher.memberships.get())
    end_shut_out(ShutOut.objects.get(), case, other, why="Toch niet.")
    assert not Invitation.objects.of(teacher).exists()


# --- Somebody who also looks after the school kept what they were invited to as a teacher
@pytest.mark.django_db
def test_a_role_that_advises_nobody_keeps_no_invitation(school, case, administrator, teacher):
    Membership.objects.create(user=teacher, role=Role.ADMINISTRATOR, school=school)
    asked = ConsultationFactory(case=case, kind="colleague")
    InvitationFactory(consultation=asked, user=teacher, accepted_at=timezone.now())
    end_role(teacher.memberships.get(role=Role.TEACHER), administrator, school)
    again = back_as(teacher, Role.TEACHER, school)
    assert not Consultation.objects.visible_to(again).filter(pk=asked.pk).exists()
    assert not Invitation.objects.giving_access_to(again).exists()


@pytest.mark.django_db
def test_what_ended_with_its_case_stays_ended_when_a_role_ends(
    school, case, administrator, coordinator, teacher
):
    asked = ConsultationFactory(case=case, kind="colleague")
    invited = InvitationFactory(consultation=asked, user=teacher, accepted_at=timezone.now())
    Case.objects.filter(pk=case.pk).update(
        closed_at=timezone.now(), closed_by=coordinator, outcome="cleared",
        closing_grounds="Opgehelderd.",
    )  # fmt: skip
    end_role(teacher.memberships.get(), administrator, school)
    again = back_as(teacher, Role.TEACHER, school)
    assert list(Invitation.objects.ended_with_consultation(again)) == [invited]
    assert not Invitation.objects.of(again).exists()


@pytest.mark.django_db
def test_one_that_advises_does(school, case, administrator, teacher):
    Membership.objects.create(user=teacher, role=Role.ATTENTION_OFFICER, school=school)
    asked = ConsultationFactory(case=case, kind="colleague")
    invited = InvitationFactory(consultation=asked, user=teacher, accepted_at=timezone.now())
    end_role(teacher.memberships.get(role=Role.TEACHER), administrator, school)
    assert Invitation.objects.standing().filter(pk=invited.pk).exists()
    still = User.objects.get(pk=teacher.pk)
    assert Invitation.objects.giving_access_to(still).filter(pk=invited.pk).exists()


@pytest.fixture
def colleague(school) -> User:
    """Somebody of the same buurtteam as the family worker."""
    return member(Role.BUURTTEAM_WORKER, school.buurtteam)


@pytest.fixture
def joined(school, case, family_worker) -> Invitation:
    """The family worker's invitation, accepted."""
    return InvitationFactory(
        consultation=ConsultationFactory(case=case),
        user=family_worker,
        buurtteam=school.buurtteam,
        accepted_at=timezone.now(),
    )


class TestAtOnce:
    """Two at the same moment."""

    pytestmark = at_once

    def test_who_is_let_in_while_their_role_ends_keeps_nothing(
        self, school, case, coordinator, administrator, teacher, monkeypatch
    ):
        said = in_between(
            monkeypatch,
            actions,
            "assign_perm",
            lambda: actions.add_participant(case, coordinator, teacher, hand_over=True),
            lambda: end_role(teacher.memberships.get(), administrator, school),
        )
        case.refresh_from_db()
        assert not CaseUserObjectPermission.objects.filter(user=teacher).exists(), said
        assert case.responsible == coordinator

    def test_who_takes_a_case_on_while_their_role_ends_is_not_left_with_it(
        self, school, case, coordinator, administrator, monkeypatch
    ):
        other = member(Role.COORDINATOR, school)
        said = in_between(
            monkeypatch,
            actions,
            "check",
            lambda: actions.take_on(case, coordinator),
            lambda: end_role(coordinator.memberships.get(), administrator, school),
        )
        case.refresh_from_db()
        assert case.responsible == other, said

    def test_whose_role_ended_first_takes_nothing_on(
        self, school, case, coordinator, administrator
    ):
        assert coordinator.current_memberships
        end_role(coordinator.memberships.get(), administrator, school)
        with pytest.raises(PermissionDenied):
            actions.take_on(case, coordinator)

    def test_what_is_handed_over_while_a_role_ends_does_not_come_back(
        self, school, administrator, family_worker, joined, colleague, monkeypatch
    ):
        said = in_between(
            monkeypatch,
            Invitation.objects,
            "create",
            lambda: hand_over_invitation(joined, family_worker, colleague),
            lambda: end_role(colleague.memberships.get(), administrator, school),
        )
        Membership.objects.create(
            user=colleague, role=Role.BUURTTEAM_WORKER, buurtteam=school.buurtteam
        )
        again = User.objects.get(pk=colleague.pk)
        assert not Invitation.objects.of(again).exists(), said

    def test_an_emergency_that_begins_while_a_role_ends_does_not_come_back(
        self, school, case, monkeypatch
    ):
        school.board = BoardFactory()
        school.save()
        sister = SchoolFactory(board=school.board)
        leader = member(Role.SCHOOL_LEADER, sister)
        reason = "De school is dicht en de politie belt."
        said = in_between(
            monkeypatch,
            EmergencyAccess.objects,
            "create",
            lambda: open_in_emergency(
                school, leader, uuid.uuid4(), reference=case.reference, reason=reason
            ),
            lambda: end_role(leader.memberships.get(), member(Role.ADMINISTRATOR, sister), sister),
        )
        again = back_as(leader, Role.SCHOOL_LEADER, sister)
        assert not Case.objects.visible_to(again).filter(pk=case.pk).exists(), said
