"""Two allowed actions at once, each waiting for what the other held. Each failed on its day."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Membership, RoleInvitation, User
from accounts.people import actions as people
from accounts.people import inviting, winding_up
from accounts.people.listed import Listed
from accounts.roles import Role
from cases import actions as of_cases
from cases import school_periods
from cases.destruction import counts
from cases.destruction.erasing import erase_case
from cases.models import Case, KeptCount, SchoolPeriod
from consultations import actions as consultations
from consultations.models import Consultation, Invitation
from tests.attacks.test_insider_races import in_between
from tests.factories import CaseFactory, PupilFactory, RoleInvitationFactory, SchoolFactory, member

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time"),
]


@pytest.fixture
def case(school) -> Case:
    return CaseFactory(pupil=PupilFactory(school=school))


# --- Who asks for a consultation held the case and waited for the roles of whom they invite; who
# ends such a role holds it, and waits for the cases that hang on it
def test_inviting_somebody_whose_role_is_ended_at_that_moment(
    school, case, coordinator, administrator, monkeypatch
):
    teacher = member(Role.TEACHER, school)
    of_cases.add_participant(case, coordinator, teacher, hand_over=False)
    role = teacher.memberships.get()
    said = in_between(
        monkeypatch,
        consultations,
        "check",
        lambda: consultations.ask_consultation(
            case, coordinator, uuid.uuid4(), invitees=[role], kind="care_team", question="Wat nu?"
        ),
        lambda: people.end_role(role, administrator, school),
    )
    role.refresh_from_db()
    assert role.ended_at
    assert isinstance(said, (Consultation, consultations.ActionError)), repr(said)
    assert not Invitation.objects.standing().exists()


# --- Who gives a role held its person for themselves, so that nobody could tell them a thing; who
# ends a role tells whoever takes over, and holds what the other one names
def test_giving_the_place_of_somebody_whose_role_is_ended_at_that_moment(
    school, case, administrator, monkeypatch
):
    leaves, takes_over = member(Role.COORDINATOR, school), member(Role.ATTENTION_OFFICER, school)
    Case.objects.filter(pk=case.pk).update(responsible=leaves)
    role, other = leaves.memberships.get(), member(Role.ADMINISTRATOR, school)
    before = timezone.localdate() - timedelta(days=1)
    takes_over.memberships.create(
        role=Role.COORDINATOR, school=school, starts_on=before, ends_on=before
    )
    said = in_between(
        monkeypatch,
        people,
        "overlaps",
        lambda: people.give_role(school, other, takes_over, role=Role.COORDINATOR, replaces=role),
        lambda: people.end_role(role, administrator, school),
    )
    role.refresh_from_db()
    case.refresh_from_db()
    assert (bool(role.ended_at), case.responsible) == (True, takes_over)
    assert isinstance(said, Membership), repr(said)


# --- Who comes in by their school's account held the invitations to it and waited for their roles,
# one of which was over; who ends one holds all, and waits for the invitations
def test_coming_in_by_the_school_s_account_while_a_role_is_ended(
    school, administrator, monkeypatch
):
    person, over = member(Role.TEACHER, school), timezone.localdate() - timedelta(days=1)
    elsewhere = member(Role.TEACHER).memberships.get().school
    person.memberships.create(role=Role.TEACHER, school=elsewhere, starts_on=over, ends_on=over)
    RoleInvitationFactory(school=school, email=person.email, role=Role.COORDINATOR)
    role = person.memberships.get(school=school)
    said = in_between(
        monkeypatch,
        winding_up,
        "in_nobodys_name",  # before what is over is ended
        lambda: people.join(email=person.email, name=person.name, school=school),
        lambda: people.end_role(role, administrator, school),
    )
    role.refresh_from_db()
    assert (said, bool(role.ended_at)) == (person, True)


# --- Who changes something of a school held it and waited for their own roles; who ends such a role
# holds it, and waits for the school. All hold their own roles first, with those of whom it concerns
def test_setting_periods_while_one_s_role_is_ended(school, coordinator, administrator, monkeypatch):
    role = coordinator.memberships.get()
    said = in_between(
        monkeypatch,
        school_periods,
        "own_days",
        lambda: school_periods.set_periods(school, coordinator, {"consult": 3}),
        lambda: people.end_role(role, administrator, school),
    )
    role.refresh_from_db()
    assert said is None
    # It was set while the role held: who ended it waited for that.
    assert SchoolPeriod.objects.get().set_at < role.ended_at


def test_two_administrators_who_end_one_another_s_roles(school, administrator, monkeypatch):
    other = member(Role.ADMINISTRATOR, school)
    mine, theirs = administrator.memberships.get(), other.memberships.get()

    def second():
        with pytest.raises(PermissionDenied):
            people.end_role(mine, other, school)

    said = in_between(
        monkeypatch,
        User,
        "hold_memberships",
        lambda: people.end_role(theirs, administrator, school),
        second,
    )
    assert said is None
    assert [role.ended_at for role in Membership.objects.filter(pk=mine.pk)] == [None]


# --- Of two who invite people of the same two schools by lists, each held one of these and waited
def test_two_lists_of_people_of_the_same_two_schools(school, administrator, monkeypatch):
    other, schools = member(Role.ADMINISTRATOR, school), [school, SchoolFactory()]
    for person in (administrator, other):
        person.memberships.create(role=Role.ADMINISTRATOR, school=schools[1])

    def invite(by, order):
        rows = [
            Listed(line=line, name="Noor", email=f"n{line}@{by.pk}.example",
                   role=Role.TEACHER, school=one.pk)
            for line, one in enumerate(order)
        ]  # fmt: skip
        return inviting.invite_all(rows, schools, User.objects.get(pk=by.pk), uuid.uuid4())

    said = in_between(
        monkeypatch,
        inviting,
        "uuid5",
        lambda: invite(administrator, schools),
        lambda: invite(other, schools[::-1]),
    )
    assert said == 2
    assert RoleInvitation.objects.standing().count() == 4


def test_two_who_let_one_another_take_part(school, case, monkeypatch):
    first, second = member(Role.COORDINATOR, school), member(Role.COORDINATOR, school)
    for person in (first, second):
        person.memberships.create(role=Role.TEACHER, school=school)
    other = CaseFactory(pupil=PupilFactory(school=school))
    said = in_between(
        monkeypatch,
        User,
        "hold_memberships",
        lambda: of_cases.add_participant(case, first, second, hand_over=False),
        lambda: of_cases.add_participant(other, second, first, hand_over=False),
    )
    assert said is None


# --- What two cases count for was added in the order in which each was walked
def test_two_cases_of_a_school_that_are_destroyed_at_once(school, administrator, monkeypatch):
    then = timezone.now() - timedelta(days=900)
    first, second = (
        CaseFactory(
            pupil__school=school,
            opened_at=then,
            closed_at=then,
            outcome="cleared",
            closing_grounds="Opgehelderd.",
        )
        for __ in range(2)
    )
    walked = {first.pk: [("decided",), ("signals",)], second.pk: [("signals",), ("decided",)]}
    monkeypatch.setattr(counts, "read", lambda only, year: only.get().pk)
    monkeypatch.setattr(counts, "names_of", lambda pk, year: walked[pk])

    def erase(case):
        with transaction.atomic():
            erase_case(case, "ABCDEFGH", administrator)

    said = in_between(
        monkeypatch, KeptCount.objects, "get_or_create",
        lambda: erase(first), lambda: erase(second),
    )  # fmt: skip
    assert said is None
    assert not Case.objects.exists()
    assert {row.count for row in KeptCount.objects.all()} == {2}
