"""Coming by a role that one was not given (ASVS 4.1). More of it: tests/accounts/test_people.py."""

import uuid

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, RoleInvitation, User
from accounts.people import actions
from accounts.roles import Role
from cases.models import Case
from tests.accounts.every_form import written
from tests.accounts.invitations import send
from tests.accounts.page import Page
from tests.attacks.proof import shows
from tests.factories import CaseFactory, RoleInvitationFactory, SchoolFactory, UserFactory, member

pytestmark = pytest.mark.django_db

HERE = reverse("people:invitation")
NEW = {"name": "Noor", "password": "paard stal klok regen"}
YES = {"agreed": "on"}


def opened(browser: Client) -> Client:
    """Follow the link of an invitation."""
    browser.get(reverse("people:open_invitation", args=["geheim"]))
    return browser


@shows("role-1")
@pytest.mark.parametrize("state", ["withdrawn_at", "expires_at", "accepted_at"])
def test_one_that_is_over_gives_nothing_to_who_is_signed_in(state, teacher, signed_in):
    invitation = RoleInvitationFactory(secret="geheim", email=teacher.email, role="coordinator")
    browser = opened(signed_in(teacher))
    # Over between the page and the button, too.
    assert "Zorgco" in Page(browser.get(HERE)).text
    RoleInvitation.objects.update(**{state: timezone.now()})
    before = written()
    assert send(browser, YES).status_code == 200
    assert written() == before
    with pytest.raises(PermissionDenied):
        actions.accept(invitation, teacher)


@shows("role-1")
def test_one_press_accepts_nothing(teacher, signed_in):
    """A stranger's page that goes away under a double click leaves its second half to ours."""
    invitation = RoleInvitationFactory(secret="geheim", email=teacher.email, role="coordinator")
    browser = opened(signed_in(teacher))
    asks = f"Ja, ik wil deze rol bij {invitation.school.name}"
    assert asks in Page(browser.get(HERE)).text
    before = written()
    answer = send(browser, {})
    assert answer.status_code == 422
    assert "Zet een vinkje als je deze rol wilt." in Page(answer).at("agreed")
    assert written() == before
    assert send(browser, YES).status_code == 302
    assert teacher.memberships.filter(role="coordinator").exists()


@shows("role-1")
def test_accepted_twice_it_gives_one_role(teacher, signed_in):
    RoleInvitationFactory(secret="geheim", email=teacher.email, role="coordinator")
    first, second = opened(signed_in(teacher)), opened(signed_in(teacher))
    assert send(first, YES).status_code == 302
    assert send(second, YES).status_code == 200
    assert teacher.memberships.filter(role="coordinator").count() == 1


@shows("role-1")
def test_an_address_that_only_looks_the_same_is_another(signed_in, school):
    invitation = RoleInvitationFactory(secret="geheim", email="kees@school.example", school=school)
    for address in ("\u212aees@school.example", "keeſ@school.example", "kees@school.example.nl",
                    "kees+a@school.example", "kees@schoo1.example"):  # fmt: skip
        if address.lower() == invitation.email:
            continue  # the sign of kelvin is a k in small letters: no account can hold it
        stranger = member(Role.TEACHER, email=address)
        send(opened(signed_in(stranger)), YES)
        assert not stranger.memberships.filter(school=school).exists(), address
    assert User.objects.create_user("\u212aees@school.example", name="K").email == invitation.email


@shows("role-1")
def test_the_link_of_somebody_who_has_an_account_makes_no_second_one(client):
    user = UserFactory(email="noor@school.example")
    RoleInvitationFactory(secret="geheim", email=user.email)
    browser = opened(client)
    before = written()
    assert send(browser, NEW).status_code == 200
    assert "_auth_user_id" not in client.session
    assert written() == before


@shows("role-5")
@pytest.mark.parametrize("since", ["2020-01-01", None])
def test_a_role_that_one_holds_already_stays_as_it_is(since, teacher, signed_in):
    school = teacher.memberships.get().school
    teacher.memberships.update(starts_on=since or timezone.localdate())
    RoleInvitationFactory(secret="geheim", email=teacher.email, school=school)
    browser = opened(signed_in(teacher))
    answer = send(browser, YES, follow=True)
    assert answer.status_code == 200
    assert teacher.memberships.count() == 1
    said = Page(answer).text
    assert ("Deze rol heeft deze persoon in die tijd al." in said) == bool(since)


# --- As an administrator --------------------------------------------------------------------------
@shows("role-3")
def test_an_administrator_gives_nothing_to_themselves_by_any_form(administrator, signed_in):
    browser, own = signed_in(administrator), administrator.public_id
    before = written()
    role = {"role": "coordinator", "starts_on": timezone.localdate().isoformat()}
    for name in ("people:give_role", "people:reset_second_factor"):
        assert browser.post(reverse(name, args=[own]), role).status_code == 404
    for address in (administrator.email, f" {administrator.email.upper()} "):
        invited = {"name": "Ik", "email": address, "role": "coordinator"}
        assert browser.post(reverse("people:invite"), invited).status_code == 422
    assert written() == before


@shows("role-3")
def test_an_administrator_gives_no_role_at_a_school_of_others(administrator, school):
    elsewhere, key = SchoolFactory(), uuid.uuid4()
    there, here = member(Role.TEACHER, elsewhere), member(Role.TEACHER, school)
    for person, place in ((there, school), (here, elsewhere), (there, elsewhere)):
        with pytest.raises(PermissionDenied):
            actions.give_role(place, administrator, person, role=Role.COORDINATOR)
    with pytest.raises(PermissionDenied):
        actions.invite(elsewhere, administrator, key, email="a@b.nl", name="A", role=Role.TEACHER)
    with pytest.raises(PermissionDenied):
        actions.reset_second_factor(elsewhere, administrator, there)


@shows("role-3")
def test_whoever_was_administrator_until_a_minute_ago_gives_nothing(administrator, school):
    # One row, held by two: the role ends while a form of theirs is on its way.
    late = User.objects.get(pk=administrator.pk)
    actions.end_role(administrator.memberships.get(), member(Role.ADMINISTRATOR, school), school)
    with pytest.raises(PermissionDenied):
        actions.give_role(school, late, member(Role.TEACHER, school), role=Role.COORDINATOR)


@shows("role-3")
@pytest.mark.parametrize("role", [r for r in Role if r != Role.ADMINISTRATOR])
def test_no_other_role_reaches_the_people(role, school, signed_in):
    user = member(role, school.buurtteam if role == Role.BUURTTEAM_WORKER else school)
    other = member(Role.TEACHER, school)
    browser, before = signed_in(user), written()
    for name, of in (
        ("people:invite", []),
        ("people:give_role", [other.public_id]),
        ("people:end_role", [other.memberships.get().public_id]),
        ("people:reset_second_factor", [other.public_id]),
    ):
        assert browser.post(reverse(name, args=of), {"role": "administrator"}).status_code == 404
    assert written() == before


@shows("role-4")
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ATTENTION_OFFICER, Role.SCHOOL_LEADER])
def test_who_comes_in_by_a_second_address_does_not_do_so_in_silence(
    role, administrator, school, client, signed_in, django_capture_on_commit_callbacks
):
    leader, other = member(Role.SCHOOL_LEADER, school), member(Role.ADMINISTRATOR, school)
    case = CaseFactory(pupil__school=school)
    assert not Case.objects.visible_to(administrator).exists()
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(administrator).post(
            reverse("people:invite"), {"name": "Ik", "email": "ik@thuis.example", "role": role}
        )
    link = next(word for word in mail.outbox[-1].body.split() if "/invitation/" in word)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        client.get(link.partition(".example")[2])
        send(client, NEW)
    second = User.objects.get(email="ik@thuis.example")
    assert case in Case.objects.visible_to(second)
    told = {message.to[0]: message.body for message in mail.outbox}
    assert {leader.email, other.email} <= set(told)
    assert "Noor" in told[leader.email]
    held = Membership.objects.get(user=second)
    assert RoleInvitation.objects.get(accepted_by=second).invited_by == administrator
    assert held.role == role


@shows("role-4")
def test_a_leader_whose_role_is_ended_first_hears_of_that(
    administrator, school, django_capture_on_commit_callbacks
):
    leader = member(Role.SCHOOL_LEADER, school)
    with django_capture_on_commit_callbacks(execute=True):
        actions.end_role(leader.memberships.get(), administrator, school)
    assert leader.email in {message.to[0] for message in mail.outbox}


@pytest.mark.parametrize("has_account", [True, False])
def test_the_form_of_one_invitation_takes_no_other_one(
    school, teacher, signed_in, client, has_account
):
    """A link of somebody else, opened meanwhile: the account became theirs, or the role another."""
    email = teacher.email if has_account else "noor@school.example"
    for whose, at in (("mine", school), ("theirs", SchoolFactory(name="De Horizon"))):
        RoleInvitationFactory(
            school=at, secret=whose,
            email=email if has_account or whose == "mine" else "kwaad@evil.example",
        )  # fmt: skip
    browser = signed_in(teacher) if has_account else client
    browser.get(reverse("people:open_invitation", args=["mine"]))
    of = {"of": browser.get(HERE).context["form"]["of"].value()}
    browser.get(reverse("people:open_invitation", args=["theirs"]))
    answer = browser.post(HERE, of | (YES if has_account else NEW))
    assert "Dit is een andere uitnodiging" in answer.content.decode()
    assert not Membership.objects.filter(school__name="De Horizon").exists()
    assert not User.objects.filter(email="kwaad@evil.example").exists()
    browser.get(reverse("people:open_invitation", args=["mine"]))
    browser.post(HERE, of | (YES if has_account else NEW))
    assert Membership.objects.filter(school=school, user__email=email).exists()
