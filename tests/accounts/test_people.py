"""Inviting people, giving and ending roles, replacing somebody for a time."""

import re
import uuid
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts import access
from accounts.errors import ActionError
from accounts.models import Membership, RoleInvitation, School, User
from accounts.people import actions
from accounts.people.roles import GIVEN_AT
from accounts.people.tasks import wind_up_memberships
from accounts.roles import Role
from cases.models import Case, CaseUserObjectPermission
from cases.reminders.ladder import members_of, recipients
from consultations.models import Consultation
from tests.accounts.invitations import send
from tests.accounts.page import Page
from tests.accounts.second_factors import LOGIN, give_app
from tests.attacks.proof import shows
from tests.factories import (
    PASSWORD,
    CaseFactory,
    ConsultationFactory,
    InvitationFactory,
    SchoolFactory,
    member,
)

pytestmark = pytest.mark.django_db

INVITE = reverse("people:invite")
HERE = reverse("people:invitation")
NEW = {"name": "Noor de Wit", "email": "Noor@School.example", "role": "teacher"}


def link_in_mail() -> str:
    """Return the link of the last invitation, without the host."""
    return re.search(r"https?://[^/]+(/invitation/\S+)", mail.outbox[-1].body).group(1)


@pytest.fixture
def invite(signed_in, administrator, django_capture_on_commit_callbacks):
    """Invite somebody as the administrator does, with the mail that follows."""

    def run(**changes):
        with django_capture_on_commit_callbacks(execute=True):
            return signed_in(administrator).post(INVITE, {**NEW, **changes})

    return run


def test_an_invited_person_makes_an_account_and_has_the_role(invite, school, client):
    assert invite().status_code == 302
    assert [message.to for message in mail.outbox] == [["noor@school.example"]]
    assert school.name in mail.outbox[0].body
    opened = client.get(link_in_mail())
    assert opened.url == HERE
    page = Page(client.get(HERE))
    assert page.typed["name"] == ["Noor de Wit"]
    assert "Docent" in page.text
    answer = send(client, {"name": "Noor de Wit", "password": "paard stal klok regen"})
    assert answer.status_code == 302
    user = User.objects.get(email="noor@school.example")
    assert [(m.role, m.school) for m in user.current_memberships] == [(Role.TEACHER, school)]
    # Signed in, and nowhere to go but where the second factor is set up.
    assert client.get("/signals/").url == reverse("mfa_index")
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_a_link_that_opens_nothing_forgets_the_one_before(invite, client):
    invite()
    link = link_in_mail()
    client.get(link)
    client.get(reverse("people:open_invitation", args=["niemand"]))
    assert "Deze link werkt niet (meer)" in Page(client.get(HERE)).text
    client.get(link)
    assert "Deze link werkt niet (meer)" not in Page(client.get(HERE)).text


@shows("role-1")
def test_a_link_works_once(invite, client):
    invite()
    link = link_in_mail()
    client.get(link)
    send(client, {"name": "Noor", "password": "paard stal klok regen"})
    other = Client()
    other.get(link)
    assert "Deze link werkt niet (meer)" in Page(other.get(HERE)).text
    assert User.objects.filter(email="noor@school.example").count() == 1


def test_a_weak_password_is_refused_at_its_field(invite, client):
    invite()
    client.get(link_in_mail())
    answer = send(client, {"name": "Noor de Wit", "password": "noordewit123"})
    assert answer.status_code == 422
    assert "lijkt te veel op" in Page(answer).at("password")
    assert not User.objects.filter(email="noor@school.example").exists()


@shows("role-1")
@pytest.mark.parametrize("secret", ["", "x", "../../etc", "a" * 300, "%00"])
def test_a_made_up_link_opens_nothing(client, secret):
    client.get(f"/invitation/{secret}/")
    assert "Deze link werkt niet (meer)" in Page(client.get(HERE)).text
    assert send(client, {"name": "Ik", "password": "paard stal klok regen"}).status_code == 200
    assert not User.objects.exists()


def test_the_database_knows_no_link(invite):
    invite()
    secret = link_in_mail().rstrip("/").rpartition("/")[2]
    kept = RoleInvitation.objects.values().get()
    assert secret not in str(kept)


@shows("role-1")
@pytest.mark.parametrize("state", ["withdrawn", "expired", "accepted"])
def test_one_that_is_over_gives_nothing(invite, client, state):
    invite()
    now = timezone.now()
    RoleInvitation.objects.update(
        **{
            "withdrawn": {"withdrawn_at": now},
            "expired": {"expires_at": now},
            "accepted": {"accepted_at": now},
        }[state]
    )
    client.get(link_in_mail())
    send(client, {"name": "Noor", "password": "paard stal klok regen"})
    assert not User.objects.filter(email="noor@school.example").exists()


@shows("role-1")
def test_a_second_invitation_takes_the_place_of_the_first(invite, client):
    invite()
    first = link_in_mail()
    invite()
    client.get(first)
    assert "Deze link werkt niet (meer)" in Page(client.get(HERE)).text
    client.get(link_in_mail())
    assert "Docent" in Page(client.get(HERE)).text


def test_somebody_with_an_account_signs_in_to_accept(invite, client, signed_in):
    other_school = SchoolFactory()
    noor = member(Role.TEACHER, other_school, email="noor@school.example")
    invite(role="coordinator")
    link = link_in_mail()
    client.get(link)
    page = Page(client.get(HERE))
    assert f"{LOGIN}?next={HERE}" in page.html
    send(client, {"name": "Dief", "password": "paard stal klok regen"})
    noor.refresh_from_db()
    assert noor.check_password(PASSWORD)
    browser = signed_in(noor)
    browser.get(link)
    send(browser, {"agreed": "on"})
    assert {m.role for m in User.objects.get(pk=noor.pk).current_memberships} == {
        Role.TEACHER,
        Role.COORDINATOR,
    }


@shows("role-1")
def test_somebody_else_cannot_accept_it(invite, teacher, signed_in):
    invite(role="school_leader")
    browser = signed_in(teacher)
    browser.get(link_in_mail())
    page = Page(send(browser, {"agreed": "on"}))
    assert "Deze uitnodiging is voor noor@school.example." in page.text
    assert {m.role for m in User.objects.get(pk=teacher.pk).current_memberships} == {Role.TEACHER}
    with pytest.raises(PermissionDenied):
        actions.accept(RoleInvitation.objects.get(), teacher)


@shows("role-3")
def test_an_administrator_cannot_raise_themselves(administrator, invite, signed_in, school):
    for address in (administrator.email, administrator.email.upper()):
        answer = invite(email=address, role="coordinator")
        assert answer.status_code == 422
        assert "Je kunt jezelf niet uitnodigen." in Page(answer).at("email")
    browser = signed_in(administrator)
    own = administrator.public_id
    assert browser.post(reverse("people:give_role", args=[own]), NEW).status_code == 404
    own_role = administrator.memberships.get().public_id
    assert browser.post(reverse("people:end_role", args=[own_role])).status_code == 404
    with pytest.raises(ActionError):
        actions.give_role(school, administrator, administrator, role=Role.COORDINATOR)


@shows("role-3")
def test_the_school_of_somebody_else_is_no_choice(administrator, invite):
    elsewhere = SchoolFactory()
    invite(school=elsewhere.pk)
    assert not RoleInvitation.objects.filter(school=elsewhere).exists()
    with pytest.raises(PermissionDenied):
        actions.invite(
            elsewhere, administrator, uuid.uuid4(), email="a@b.nl", name="A", role=Role.TEACHER
        )


@shows("role-3")
def test_a_role_that_is_not_there_is_refused(invite):
    answer = invite(role="superuser")
    assert answer.status_code == 422
    assert not RoleInvitation.objects.exists()


def test_every_role_can_be_given_and_no_other():
    assert set(GIVEN_AT) == set(Role)


def test_a_family_worker_comes_to_the_buurtteam_of_the_school(invite, school, client):
    invite(role="buurtteam_worker")
    client.get(link_in_mail())
    send(client, {"name": "Noor", "password": "paard stal klok regen"})
    held = Membership.objects.get(user__email="noor@school.example")
    assert (held.school, held.buurtteam) == (None, school.buurtteam)


def test_without_a_buurtteam_no_family_worker_is_invited(invite, school):
    School.objects.update(buurtteam=None)
    assert Page(invite(role="buurtteam_worker")).at("role")


def test_an_address_gets_five_invitations_a_day(invite):
    for __ in range(5):
        assert invite().status_code == 302
    page = Page(invite(name="Noor de Wit-Smit"))
    assert page.at("email")
    assert "Noor de Wit-Smit" in page.html
    assert invite(email="iemand.anders@school.example").status_code == 302
    assert len(mail.outbox) == 6
    RoleInvitation.objects.update(invited_at=timezone.now() - timedelta(days=1))
    assert invite().status_code == 302


def test_an_address_that_breaks_a_header_is_refused(invite):
    answer = invite(email="a@b.nl\r\nBcc: evil@evil.example")
    assert answer.status_code == 422
    answer = invite(name="Noor\r\nBcc: evil@evil.example")
    assert all("evil" not in str(message.message()["Subject"]) for message in mail.outbox)
    assert all(message.recipients() == ["noor@school.example"] for message in mail.outbox)


def test_whoever_leads_the_school_hears_of_each_role(
    school, administrator, teacher, django_capture_on_commit_callbacks
):
    leader = member(Role.SCHOOL_LEADER, school)
    with django_capture_on_commit_callbacks(execute=True):
        actions.give_role(school, administrator, teacher, role=Role.COORDINATOR)
    assert {message.to[0] for message in mail.outbox} == {
        leader.email,
        administrator.email,
        teacher.email,
    }


# --- Ending ---------------------------------------------------------------------------------------
def test_ending_a_role_ends_sessions_and_grants_and_hands_tasks_on(
    school, administrator, teacher, coordinator, signed_in
):
    case = CaseFactory(pupil__school=school, responsible=teacher)
    for grant in ("take_part", "handed_over"):
        assign_perm(f"cases.{grant}", teacher, case)
    browser = signed_in(teacher)
    assert browser.get(f"/cases/{case.reference}/").status_code == 200
    url = reverse("people:end_role", args=[teacher.memberships.get().public_id])
    assert "meteen uitgelogd" in Page(signed_in(administrator).get(url)).text
    signed_in(administrator).post(url)
    assert browser.get("/signals/").url.startswith(LOGIN)
    assert not CaseUserObjectPermission.objects.filter(user=teacher).exists()
    case.refresh_from_db()
    assert case.responsible == coordinator
    # Back again later, by an invitation: nothing of before comes along.
    Membership.objects.create(user=teacher, school=school, role=Role.TEACHER)
    again = User.objects.get(pk=teacher.pk)
    assert not Case.objects.visible_to(again).exists()


def test_what_is_not_through_this_role_stays(school, administrator, signed_in):
    person = member(Role.COORDINATOR, school)
    teaches = Membership.objects.create(user=person, role=Role.TEACHER, school=school)
    elsewhere = CaseFactory()
    Membership.objects.create(user=person, role=Role.TEACHER, school=elsewhere.school)
    assign_perm("cases.take_part", person, elsewhere)
    here = CaseFactory(pupil__school=school)
    assign_perm("cases.take_part", person, here)
    coordinates = person.memberships.get(role=Role.COORDINATOR)
    actions.end_role(coordinates, administrator, school)
    now = User.objects.get(pk=person.pk)
    assert set(Case.objects.visible_to(now)) == {here, elsewhere}
    actions.end_role(teaches, administrator, school)
    assert set(Case.objects.visible_to(User.objects.get(pk=person.pk))) == {elsewhere}


def test_where_nobody_is_left_tasks_wait_for_the_leader(school, administrator, teacher):
    case = CaseFactory(pupil__school=school, responsible=teacher)
    leader = member(Role.SCHOOL_LEADER, school)
    actions.end_role(teacher.memberships.get(), administrator, school)
    case.refresh_from_db()
    assert case.responsible == leader


def test_a_family_worker_who_leaves_sees_no_consultation(school, administrator, family_worker):
    consultation = ConsultationFactory(case__pupil__school=school)
    invitation = InvitationFactory(
        consultation=consultation,
        user=family_worker,
        buurtteam=school.buurtteam,
        accepted_at=timezone.now(),
    )
    assert Consultation.objects.visible_to(family_worker).exists()
    actions.end_role(family_worker.memberships.get(), administrator, school)
    invitation.refresh_from_db()
    assert invitation.withdrawn_at
    back = User.objects.get(pk=family_worker.pk)
    Membership.objects.create(user=back, role=Role.BUURTTEAM_WORKER, buurtteam=school.buurtteam)
    assert not Consultation.objects.visible_to(back).exists()


@shows("role-3")
def test_the_administrator_of_another_school_ends_nothing(teacher, signed_in):
    stranger = member(Role.ADMINISTRATOR)
    held = teacher.memberships.get()
    url = reverse("people:end_role", args=[held.public_id])
    assert signed_in(stranger).post(url).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.end_role(held, stranger, held.school)
    with pytest.raises(PermissionDenied):
        actions.end_role(held, stranger, stranger.memberships.get().school)


def test_a_last_day_that_is_past_is_wound_up_by_itself(school, coordinator):
    yesterday = timezone.localdate() - timedelta(days=1)
    trainee = member(Role.TEACHER, school)
    case = CaseFactory(pupil__school=school, responsible=trainee)
    assign_perm("cases.take_part", trainee, case)
    Membership.objects.filter(user=trainee).update(
        starts_on=yesterday - timedelta(days=30), ends_on=yesterday
    )
    assert not Case.objects.visible_to(User.objects.get(pk=trainee.pk)).exists()
    wind_up_memberships()
    held = Membership.objects.get(user=trainee)
    assert held.ended_at
    assert held.ends_on == yesterday
    assert not CaseUserObjectPermission.objects.filter(user=trainee).exists()
    case.refresh_from_db()
    assert case.responsible == coordinator
    wind_up_memberships()
    assert Membership.objects.get(user=trainee).ended_at == held.ended_at


# --- For a time -----------------------------------------------------------------------------------
def test_a_substitute_comes_and_goes(school, administrator, teacher, coordinator, signed_in):
    case = CaseFactory(pupil__school=school, responsible=coordinator)
    today = timezone.localdate()
    url = reverse("people:give_role", args=[teacher.public_id])
    answer = signed_in(administrator).post(
        url,
        {
            "role": "coordinator",
            "starts_on": today.isoformat(),
            "ends_on": (today + timedelta(days=14)).isoformat(),
            "replaces": str(coordinator.memberships.get().public_id),
        },
    )
    assert answer.status_code == 302
    substitute = User.objects.get(pk=teacher.pk)
    assert case in Case.objects.visible_to(substitute)
    members = members_of([case], timezone.now())[school.pk]
    assert recipients(case, 0, members) == {coordinator.pk, teacher.pk}
    Membership.objects.filter(replaces__isnull=False).update(
        starts_on=today - timedelta(days=20), ends_on=today - timedelta(days=1)
    )
    after = User.objects.get(pk=teacher.pk)
    assert case not in Case.objects.visible_to(after)
    assert access.may(after, access.Permission.LOG_SIGNAL)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": ""}, "ends_on"),
        ({"role": "teacher"}, "replaces"),
        ({"starts_on": "2020-01-01"}, "starts_on"),
        ({"starts_on": "9999-01-01"}, "starts_on"),
    ],
)
def test_a_substitute_that_cannot_be(
    school, administrator, teacher, coordinator, signed_in, changes, field
):
    today = timezone.localdate()
    data = {
        "role": "coordinator",
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=14)).isoformat(),
        "replaces": str(coordinator.memberships.get().public_id),
    }
    url = reverse("people:give_role", args=[teacher.public_id])
    answer = signed_in(administrator).post(url, {**data, **changes})
    assert answer.status_code == 422
    assert Page(answer).at(field)
    assert not Membership.objects.filter(replaces__isnull=False).exists()


def test_one_role_is_given_once(school, administrator, teacher):
    first = actions.give_role(school, administrator, teacher, role=Role.COORDINATOR)
    assert actions.give_role(school, administrator, teacher, role=Role.COORDINATOR) == first
    with pytest.raises(ActionError):
        actions.give_role(
            school,
            administrator,
            teacher,
            role=Role.COORDINATOR,
            ends_on=timezone.localdate() + timedelta(days=3),
        )


# --- A second factor that was lost ----------------------------------------------------------------
def test_a_lost_second_factor_is_reset_and_told(
    school, administrator, teacher, signed_in, django_capture_on_commit_callbacks
):
    give_app(teacher)
    browser = signed_in(teacher)
    url = reverse("people:reset_second_factor", args=[teacher.public_id])
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in(administrator).post(url).status_code == 302
    assert not Authenticator.objects.filter(user=teacher).exists()
    assert browser.get("/signals/").url.startswith(LOGIN)
    assert [teacher.email] in [message.to for message in mail.outbox]
    assert User.objects.get(pk=teacher.pk).check_password(PASSWORD)


def test_every_school_that_an_account_reaches_hears_of_a_reset(
    school, administrator, family_worker, django_capture_on_commit_callbacks
):
    """A reset lowers the guard of all of them: one school's administrator does it in the open."""
    elsewhere = SchoolFactory(buurtteam=school.buurtteam)
    unrelated = member(Role.SCHOOL_LEADER)
    leader = member(Role.SCHOOL_LEADER, elsewhere)
    give_app(family_worker)
    with django_capture_on_commit_callbacks(execute=True):
        actions.reset_second_factor(school, administrator, family_worker)
    told = {address for message in mail.outbox for address in message.to}
    assert told == {family_worker.email, administrator.email, leader.email}
    assert unrelated.email not in told


def test_that_of_a_former_colleague_is_not_theirs_to_reset(school, administrator, teacher):
    actions.end_role(teacher.memberships.get(), administrator, school)
    with pytest.raises(PermissionDenied):
        actions.reset_second_factor(school, administrator, teacher)


def test_nobody_resets_their_own(school, administrator, signed_in):
    url = reverse("people:reset_second_factor", args=[administrator.public_id])
    assert signed_in(administrator).post(url).status_code == 404


# --- The list -------------------------------------------------------------------------------------
def test_the_list_shows_ones_own_school_alone(signed_in, administrator, school, teacher):
    stranger = member(Role.TEACHER, name="Vreemde Vogel")
    page = Page(signed_in(administrator).get(reverse("people:people")))
    assert teacher.name in page.text
    assert "nog geen tweede factor" in page.text
    assert stranger.name not in page.text


def test_the_leader_reads_and_changes_nothing(signed_in, school, teacher):
    browser = signed_in(member(Role.SCHOOL_LEADER, school))
    page = browser.get(reverse("people:person", args=[teacher.public_id]))
    assert page.status_code == 200
    assert reverse("people:give_role", args=[teacher.public_id]) not in page.content.decode()


def test_single_sign_on_joins_whom_somebody_invited(school, administrator):
    assert actions.join(email="noor@school.example", name="Noor", school=school) is None
    actions.invite(school, administrator, uuid.uuid4(), **NEW)
    assert actions.join(email="noor@school.example", name="Noor", school=SchoolFactory()) is None
    user = actions.join(email="NOOR@school.example", name="Noor", school=school)
    assert not user.has_usable_password()
    assert [m.role for m in user.current_memberships] == [Role.TEACHER]
