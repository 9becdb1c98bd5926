"""What stood on after what it hung on was over. Each failed on the day it was written."""

import uuid

import pytest
from auditlog.context import set_actor
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from accounts.models import Membership, RoleInvitation, User
from accounts.people import actions as people
from accounts.people.actions import accept, accept_as_new, end_role, give_role, join
from accounts.roles import Role
from audit.kinds import Kind
from audit.models import LogEntry
from cases.dossier.actions import request_export
from cases.errors import ActionError
from cases.jobs import AT_ONCE
from cases.models import Case, Destruction, DossierExport, EmergencyAccess, YearPaper
from cases.need_to_know import actions as need_to_know
from cases.notifications.reading import unread_count
from cases.notifications.telling import notify
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
from tests.test_concurrency import at_once as run_at_once

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
            "tell_invited",
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


# --- A second invitation to a role that one held waited until that role was ended, and opened it
@pytest.fixture
def sent_twice(school, administrator, teacher) -> RoleInvitation:
    """An invitation to what the teacher is already: nobody is told that there is an account."""
    return RoleInvitationFactory(school=school, email=teacher.email, invited_by=administrator)


@pytest.mark.django_db
def test_whose_role_ended_does_not_come_back_by_an_invitation_of_before(
    school, administrator, teacher, sent_twice
):
    end_role(teacher.memberships.get(), administrator, school)
    with pytest.raises(PermissionDenied):
        accept(sent_twice, User.objects.get(pk=teacher.pk))
    assert not Membership.objects.current().filter(user=teacher).exists()


@pytest.mark.django_db
def test_nor_by_the_account_of_their_school(school, administrator, teacher, sent_twice):
    end_role(teacher.memberships.get(), administrator, school)
    assert join(email=teacher.email, name="", school=school) is None


@pytest.mark.django_db
def test_nor_to_their_buurtteam_through_any_of_its_schools(school, administrator, family_worker):
    other = SchoolFactory(buurtteam=school.buurtteam)
    by_them = member(Role.ADMINISTRATOR, other)
    invited = RoleInvitationFactory(
        school=other,
        email=family_worker.email,
        role=Role.BUURTTEAM_WORKER,
        buurtteam=school.buurtteam,
        invited_by=by_them,
    )
    end_role(family_worker.memberships.get(), administrator, school)
    with pytest.raises(PermissionDenied):
        accept(invited, User.objects.get(pk=family_worker.pk))


@pytest.mark.django_db
def test_one_of_another_school_stands(school, administrator, teacher):
    elsewhere = SchoolFactory()
    invited = RoleInvitationFactory(
        school=elsewhere, email=teacher.email, invited_by=member(Role.ADMINISTRATOR, elsewhere)
    )
    end_role(teacher.memberships.get(), administrator, school)
    assert accept(invited, User.objects.get(pk=teacher.pk)).school == elsewhere


class TestAtTheVeryMoment:
    """What the last attackers left: nobody was held where something was given or counted."""

    pytestmark = at_once

    def test_who_asks_at_once_gets_no_more_papers_than_one_by_one(self, school, coordinator):
        cases = [CaseFactory(pupil=PupilFactory(school=school)) for __ in range(AT_ONCE + 3)]
        run_at_once(
            *(
                lambda of=case: request_export(of, coordinator, uuid.uuid4(), "Verzoek om inzage.")
                for case in cases
            )
        )
        assert DossierExport.objects.count() == AT_ONCE

    def test_whose_role_ends_while_they_invite_leaves_no_invitation(
        self, school, administrator, monkeypatch
    ):
        other = member(Role.ADMINISTRATOR, school)
        said = in_between(
            monkeypatch,
            people,
            "check",
            lambda: people.invite(
                school,
                administrator,
                uuid.uuid4(),
                email="vriend@elders.example",
                name="Een Vriend",
                role=Role.COORDINATOR,
            ),
            lambda: end_role(administrator.memberships.get(), other, school),
        )
        again(administrator, Role.ADMINISTRATOR, school=school)
        assert not RoleInvitation.objects.acceptable().exists(), said


# --- What was asked at one school was told on by a role at another
@pytest.mark.parametrize("kind", ["destroyed", "year_report_ready", "year_report_failed"])
def test_what_became_of_it_at_a_school_that_one_left_is_told_nobody(school, administrator, kind):
    leader, elsewhere = member(Role.SCHOOL_LEADER, school), SchoolFactory()
    if kind == "destroyed":
        made = Destruction.objects.create(
            school=school, first_by=administrator, second_by=leader, approved_at=timezone.now()
        )
    else:
        made = YearPaper.objects.create(school=school, year=2025, requested_by=leader)
    notify(kind, [leader.pk], str(made.public_id), about=str(made.public_id))
    assert unread_count(leader) == 1
    end_role(leader.memberships.get(), administrator, school)
    assert unread_count(again(leader, Role.SCHOOL_LEADER, school=elsewhere)) == 0
