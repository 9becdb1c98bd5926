"""What an insider got through: each test failed on the day it was written."""

import uuid
from contextlib import suppress
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.models import Membership, RoleInvitation
from accounts.people import actions as people
from accounts.roles import Role
from accounts.sso import actions as sso
from accounts.sso.actions import Refused, admit
from audit.export import lines
from audit.models import LogEntry
from cases.dossier.actions import request_export
from cases.dossier.contents import dossier
from cases.errors import ActionError
from cases.models import Case, OutboxMessage
from cases.need_to_know.actions import end_emergency, end_shut_out, open_in_emergency, shut_out
from consultations.models import Advice, Consultation
from signals.actions import file_signal, find_unfounded
from tests.accounts.invitations import send
from tests.factories import (
    BoardFactory,
    CaseFactory,
    ConsultationFactory,
    IdentityProviderFactory,
    InvitationFactory,
    PupilFactory,
    RoleInvitationFactory,
    SchoolFactory,
    SignalFactory,
    member,
)

pytestmark = pytest.mark.django_db
CONCERNED = {"ground": "concerned", "explanation": "Hij zou haar hebben aangeraakt."}
FAMILY = {"ground": "family", "explanation": ""}


@pytest.fixture
def leader(school):
    return member(Role.SCHOOL_LEADER, school)


@pytest.fixture
def pupil(school):
    return PupilFactory(school=school, given_name="Ties", family_name="Rozendal")


def signal(pupil, by, **more):
    return file_signal(
        pupil,
        by,
        uuid.uuid4(),
        categories=[],
        facts="Zag iets.",
        observed_at=timezone.now(),
        severe=False,
        acute=False,
        **more,
    )


def correct(browser, one):
    """Send a correction of a signal, and return what the author reads then."""
    fields = {
        "facts": "Beter gezien.",
        "reason": "Anders.",
        "urgency": "normal",
        "observed_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
    }
    return page(browser.post(reverse("signals:correct", args=[one.reference]), fields))


def page(response):
    return response.content.decode()


# --- F1 the board's case shows in the other case of the same pupil
@pytest.mark.parametrize("who", ["coordinator", "participant"])
def test_what_the_board_keeps_out_does_not_show_in_the_normal_case(
    who, school, pupil, coordinator, leader, signed_in
):
    accused, participant = member(Role.TEACHER, school), member(Role.TEACHER, school)
    normal = CaseFactory(pupil=pupil)
    assign_perm("cases.take_part", participant, normal)
    board = signal(pupil, member(Role.TEACHER, school), about_staff=True).case
    shut_out(board, leader, accused, **CONCERNED)
    reader = {"coordinator": coordinator, "participant": participant}[who]
    text = page(signed_in(reader).get(reverse("cases:detail", args=[normal.reference])))
    assert CONCERNED["explanation"] not in text
    assert accused.name not in text


def test_nor_on_the_page_of_conflicts(school, pupil, coordinator, leader, signed_in):
    accused = member(Role.TEACHER, school)
    normal = CaseFactory(pupil=pupil)
    board = signal(pupil, member(Role.TEACHER, school), about_staff=True).case
    shut_out(board, leader, accused, **CONCERNED)
    text = page(signed_in(coordinator).get(reverse("cases:shut_out", args=[normal.reference])))
    assert CONCERNED["explanation"] not in text


def test_nor_in_the_dossier_that_an_administrator_exports(school, pupil, administrator, leader):
    accused = member(Role.TEACHER, school)
    normal = CaseFactory(pupil=pupil)
    board = signal(pupil, member(Role.TEACHER, school), about_staff=True).case
    shut_out(board, leader, accused, **CONCERNED)
    export = request_export(normal, administrator, uuid.uuid4(), "Verzoek om inzage.")
    texts = [entry.text for entry in dossier(export, timezone.localtime()).timeline]
    assert not any(CONCERNED["explanation"] in text for text in texts)


# --- F2 the accused coordinator shuts the leader out of the board's case about themselves
def test_nobody_takes_the_board_case_away_from_its_last_reader(school, pupil, coordinator, leader):
    board = signal(pupil, member(Role.TEACHER, school), about_staff=True).case
    own = signal(pupil, coordinator).case  # the coordinator opens a case by a signal of their own
    OutboxMessage.objects.all().delete()
    with suppress(ActionError):
        shut_out(own, coordinator, leader, **FAMILY)
    assert Case.objects.visible_to(leader).filter(pk=board.pk).exists()


def test_a_leader_is_not_shut_out_in_silence(school, pupil, coordinator, leader):
    case = CaseFactory(pupil=pupil)
    try:
        shut_out(case, coordinator, leader, **FAMILY)
    except ActionError:
        return
    assert OutboxMessage.objects.exists()  # nobody at all is told


# --- F3 trail of a conflict of interest lands in the newest case
def test_a_conflict_stands_in_the_trail_of_the_case_where_it_was_set(
    school, pupil, coordinator, leader, signed_in, teacher
):
    normal = CaseFactory(pupil=pupil)
    signal(pupil, member(Role.TEACHER, school), about_staff=True)
    shut_out(normal, coordinator, teacher, **FAMILY)
    row = LogEntry.objects.get(content_type__model="shutout")
    assert (row.case_reference, row.for_board) == (normal.reference, False)


# --- F4 oracles for an author
def test_an_author_does_not_learn_that_the_case_was_closed(school, pupil, teacher, signed_in):
    one = signal(pupil, teacher)
    Case.objects.filter(pk=one.case_id).update(
        closed_at=timezone.now(), outcome="unfounded", closing_grounds="Niets."
    )
    answer = correct(signed_in(teacher), one)
    assert "afgesloten" not in answer.lower()  # "opgesloten" is one of the categories
    assert "niet meer verbeteren" in answer
    assert "Beter gezien." in answer  # nothing that was typed is lost


def test_whom_a_conflict_keeps_out_does_not_learn_of_a_finding(
    school, pupil, teacher, coordinator, signed_in
):
    one = signal(pupil, teacher)
    find_unfounded(one, coordinator, uuid.uuid4(), grounds="Er was niets.")
    shut_out(one.case, coordinator, teacher, **CONCERNED)
    assert "ongegrond" not in correct(signed_in(teacher), one).lower()


# --- F5 reading without a trace
def test_no_text_is_read_without_a_row(school, pupil, coordinator, teacher, signed_in):
    case = CaseFactory(pupil=pupil)
    one = SignalFactory(case=case, author=teacher, facts="Blauwe plek op de arm.")
    asked = ConsultationFactory(case=case, author=coordinator)
    Advice.objects.create(consultation=asked, author=teacher, text="Bel vandaag nog.")
    browser = signed_in(coordinator)
    silent = []
    for url, words in (
        (reverse("signals:unfounded", args=[one.reference]), "Blauwe plek"),
        (reverse("consultations:outcome", args=[asked.reference]), "Bel vandaag"),
        (reverse("signals:detail", args=[one.reference]), "Blauwe plek"),
        (reverse("cases:whole", args=[case.reference]), "Blauwe plek"),
        (reverse("consultations:detail", args=[asked.reference]), "Bel vandaag"),
    ):
        before = LogEntry.objects.count()
        assert words in page(browser.get(url))
        if LogEntry.objects.count() == before:
            silent.append(url)
    assert silent == []


# --- F6 emergency access comes back at once, and a sister's leader cannot be kept out
def test_a_leader_of_a_sister_school_can_be_kept_out(school, coordinator, leader, pupil):
    school.board = BoardFactory()
    school.save()
    sister = member(Role.SCHOOL_LEADER, SchoolFactory(board=school.board))
    case = CaseFactory(pupil=pupil)
    given = open_in_emergency(
        school, sister, uuid.uuid4(), reference=case.reference, reason="x" * 30
    )
    end_emergency(given, coordinator)
    shut_out(case, coordinator, sister, **FAMILY)
    with pytest.raises(ActionError):
        open_in_emergency(school, sister, uuid.uuid4(), reference=case.reference, reason="x" * 30)


# --- F7 somebody who left
def test_who_left_is_not_taken_hold_of_by_their_old_school(school, administrator):
    other = SchoolFactory()
    victim = member(Role.SCHOOL_LEADER, other)
    Membership.objects.create(
        user=victim,
        role=Role.TEACHER,
        school=school,
        starts_on=timezone.localdate() - timedelta(days=900),
        ends_on=timezone.localdate() - timedelta(days=800),
        ended_at=timezone.now() - timedelta(days=800),
    )
    Authenticator.objects.create(user=victim, type="totp", data={"secret": "x"})
    with suppress(ActionError, PermissionDenied):
        people.give_role(school, administrator, victim, role=Role.TEACHER)
        people.reset_second_factor(school, administrator, victim)
    assert Authenticator.objects.filter(user=victim).exists()


def test_a_role_that_begins_some_day_lets_their_old_school_keep_no_hand_on_them(
    school, administrator, signed_in
):
    victim = member(Role.SCHOOL_LEADER, SchoolFactory())
    later = timezone.localdate() + timedelta(days=700)
    victim.memberships.create(role=Role.TEACHER, school=school, starts_on=later)
    Authenticator.objects.create(user=victim, type="totp", data={"secret": "x"})
    page = signed_in(administrator).get(reverse("people:person", args=[victim.public_id]))
    assert "Tweede factor" not in page.content.decode()
    with pytest.raises(PermissionDenied):
        people.reset_second_factor(school, administrator, victim)
    assert Authenticator.objects.filter(user=victim).exists()


def test_an_invitation_ends_with_the_role_of_who_sent_it(school, administrator):
    other = member(Role.ADMINISTRATOR, school)
    invited = people.invite(
        school,
        administrator,
        uuid.uuid4(),
        email="x@elders.example",
        name="X",
        role=Role.SCHOOL_LEADER,
    )
    people.end_role(administrator.memberships.get(), other, school)
    assert not RoleInvitation.objects.standing().filter(pk=invited.pk).exists()


def test_an_invitation_until_a_day_that_is_past_opens_nothing_and_breaks_nothing(school):
    yesterday = timezone.localdate() - timedelta(days=1)
    RoleInvitationFactory(school=school, ends_on=yesterday, secret="geheim-x", email="n@s.example")
    browser = Client(raise_request_exception=False)
    browser.get(reverse("people:open_invitation", args=["geheim-x"]))
    answer = send(browser, {"name": "N", "password": "een lange zin voor de toets 2"})
    assert answer.status_code != 500


def test_sso_with_an_overlapping_invitation_does_not_break(school):
    provider = IdentityProviderFactory(school=school)
    provider.domains.create(domain="school.example")
    person = member(Role.TEACHER, school)
    Authenticator.objects.create(user=person, type="totp", data={"secret": "x"})
    RoleInvitationFactory(
        school=school,
        email=person.email,
        role=Role.TEACHER,
        ends_on=timezone.localdate() + timedelta(days=9),
    )
    admit(provider, "sub", {"email": person.email, "email_verified": True})


# --- F8 domain of somebody else
def test_a_school_does_not_claim_the_domain_of_another(school, monkeypatch):
    monkeypatch.setattr(sso.discovery, "read", lambda issuer: {"issuer": issuer})
    thief = member(Role.ADMINISTRATOR, school)
    other = SchoolFactory()
    for n in range(3):
        member(Role.TEACHER, other, email=f"juf{n}@delinde.example")
    with pytest.raises(ActionError):
        sso.add(
            school,
            thief,
            uuid.uuid4(),
            kind="other",
            name="Schoolaccount De Linde",
            location="https://kwaad.example",
            client_id="a",
            client_secret="b",
            domains=["delinde.example"],
        )


# --- F9 numbers of rows
def test_the_copy_does_not_show_that_rows_were_left_out(
    school, pupil, leader, administrator, signed_in
):
    signed_in(administrator).get(reverse("audit:school"))
    signal(pupil, member(Role.TEACHER, school), about_staff=True)
    signed_in(administrator).get(reverse("audit:school"))
    rows = list(lines(LogEntry.objects.of_school(school, administrator)))[1:-1]
    assert [int(row.split(";")[0]) for row in rows] == list(range(1, len(rows) + 1))


# --- F10 successor
def test_nobody_who_is_kept_out_becomes_responsible(school, pupil, teacher, leader):
    kept_out, other = member(Role.COORDINATOR, school), member(Role.COORDINATOR, school)
    case = CaseFactory(pupil=pupil, responsible=leader)
    admin = member(Role.ADMINISTRATOR, school)
    shut_out(case, other, kept_out, **FAMILY)
    people.end_role(leader.memberships.get(), admin, school)
    case.refresh_from_db()
    assert case.responsible_id != kept_out.pk


# --- F11 a letter that becomes another one when it is made small
def test_a_look_alike_of_an_address_is_somebody_else(school):
    provider = IdentityProviderFactory(school=school)
    provider.domains.create(domain="school.example")
    victim = member(Role.COORDINATOR, school, email="karel@school.example")
    Authenticator.objects.create(user=victim, type="totp", data={"secret": "x"})
    with pytest.raises(Refused):
        admit(provider, "sub", {"email": "\u212aarel@school.example", "email_verified": True})


def test_a_conflict_of_the_board_ends_with_the_board_alone(school, pupil, coordinator, leader):
    """One set in each case: ending it in one leaves that in the other."""
    second = member(Role.SCHOOL_LEADER, school)
    member(Role.COORDINATOR, school)
    board = signal(pupil, member(Role.TEACHER, school), about_staff=True).case
    normal = CaseFactory(pupil=pupil)
    in_normal = shut_out(normal, leader, second, **FAMILY)
    in_board = shut_out(board, leader, second, **CONCERNED)
    assert in_normal != in_board
    with pytest.raises(PermissionDenied):
        end_shut_out(in_normal, board, leader, why="De zaak over de juf is klaar.")
    end_shut_out(in_normal, normal, leader, why="Toch geen familie.")
    assert not Case.objects.visible_to(second).filter(pk=board.pk).exists()


def test_an_emergency_access_ends_with_a_conflict_and_says_by_whom(
    school, pupil, coordinator, leader
):
    school.board = BoardFactory()
    school.save()
    sister = member(Role.SCHOOL_LEADER, SchoolFactory(board=school.board))
    case = CaseFactory(pupil=pupil)
    given = open_in_emergency(
        school, sister, uuid.uuid4(), reference=case.reference, reason="x" * 30
    )
    shut_out(case, coordinator, sister, **FAMILY)
    given.refresh_from_db()
    assert (given.is_running, given.ended_by) == (False, coordinator)


def test_what_somebody_had_before_a_conflict_does_not_come_back(
    school, pupil, coordinator, family_worker
):
    case = CaseFactory(pupil=pupil)
    room = ConsultationFactory(case=case, author=coordinator)
    InvitationFactory(
        consultation=room,
        user=family_worker,
        buurtteam=school.buurtteam,
        accepted_at=timezone.now(),
    )
    standing = shut_out(case, coordinator, family_worker, **FAMILY)
    end_shut_out(standing, case, coordinator, why="Verhuisd.")
    assert not Consultation.objects.visible_to(family_worker).exists()
