"""What stood on after what it hung on was over. Each failed on the day it was written."""

import uuid

import pytest
from auditlog.context import set_actor
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.models import Membership, RoleInvitation, User
from accounts.people.actions import accept, accept_as_new, end_role, give_role
from accounts.roles import Role
from audit.kinds import Kind
from audit.models import LogEntry
from cases.errors import ActionError
from cases.models import Case, EmergencyAccess
from cases.need_to_know import actions as need_to_know
from consultations.answering import actions as answering
from consultations.models import Invitation
from tests.attacks.test_insider_races import in_between
from tests.factories import (
    BoardFactory,
    BuurtteamFactory,
    CaseFactory,
    ConsultationFactory,
    InvitationFactory,
    PupilFactory,
    RoleInvitationFactory,
    SchoolFactory,
    UserFactory,
    member,
)

at_once = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time"),
]


@pytest.fixture
def case(school) -> Case:
    return CaseFactory(pupil=PupilFactory(school=school))


def again(person: User, role: Role, **place: object) -> User:
    """Return the person, who was given a role once more."""
    Membership.objects.create(user=person, role=role, **place)
    return User.objects.get(pk=person.pk)


# --- A school that went to another buurtteam still let people into the one before
@pytest.fixture
def to_the_team(school, administrator) -> RoleInvitation:
    """An invitation to be a family worker of the school's buurtteam, which is another by now."""
    invited = RoleInvitationFactory(
        school=school,
        role=Role.BUURTTEAM_WORKER,
        buurtteam=school.buurtteam,
        invited_by=administrator,
    )
    school.buurtteam = BuurtteamFactory()
    school.save()
    return invited


@pytest.mark.django_db
def test_nobody_comes_to_a_buurtteam_that_the_school_left(to_the_team):
    with pytest.raises(PermissionDenied):
        accept_as_new(to_the_team, name="Iemand", password="een lange zin voor later")
    with pytest.raises(PermissionDenied):
        accept(to_the_team, UserFactory(email=to_the_team.email))


@pytest.mark.django_db
def test_nor_does_a_team_that_the_school_left_pass_its_place_on(school, case, family_worker):
    team = school.buurtteam
    colleague = member(Role.BUURTTEAM_WORKER, team)
    own = InvitationFactory(
        consultation=ConsultationFactory(case=case), user=family_worker, buurtteam=team
    )
    school.buurtteam = BuurtteamFactory()
    school.save()
    with pytest.raises(ActionError):
        answering.hand_over_invitation(own, family_worker, colleague)
    assert not Invitation.objects.of(colleague).exists()


# --- A row of the trail said that a role was given, twice
@pytest.mark.django_db
def test_a_role_that_is_there_already_is_not_given_once_more(school, administrator, teacher):
    with set_actor(administrator):
        for __ in range(2):
            give_role(school, administrator, teacher, role=Role.BUURTTEAM_WORKER)
    rows = LogEntry.objects.filter(school=school, actor=administrator, kind=Kind.MADE)
    assert rows.count() == 1


class TestAtOnce:
    """Two at the same moment."""

    pytestmark = at_once

    def test_whose_role_ends_while_a_colleague_hands_over_takes_nothing(
        self, school, case, coordinator, administrator, family_worker, monkeypatch
    ):
        team = school.buurtteam
        colleague = member(Role.BUURTTEAM_WORKER, team)
        room = ConsultationFactory(case=case, author=coordinator)
        own = InvitationFactory(consultation=room, user=family_worker, buurtteam=team)
        said = in_between(
            monkeypatch,
            answering,
            "partial",
            lambda: answering.hand_over_invitation(own, family_worker, colleague),
            lambda: end_role(colleague.memberships.get(), administrator, school),
        )
        back = again(colleague, Role.BUURTTEAM_WORKER, buurtteam=team)
        assert not Invitation.objects.of(back).exists(), said

    def test_who_comes_in_by_an_emergency_while_their_role_ends_keeps_nothing(
        self, school, case, monkeypatch
    ):
        school.board = BoardFactory()
        school.save()
        sister = SchoolFactory(board=school.board)
        leader = member(Role.SCHOOL_LEADER, sister)
        reason = "De school is dicht en de politie belt."
        said = in_between(
            monkeypatch,
            need_to_know,
            "sister_schools",
            lambda: need_to_know.open_in_emergency(
                school, leader, uuid.uuid4(), reference=case.reference, reason=reason
            ),
            lambda: end_role(leader.memberships.get(), member(Role.ADMINISTRATOR, sister), sister),
        )
        assert not EmergencyAccess.objects.running().exists(), said
