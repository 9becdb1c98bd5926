"""Half of a sign-in, kept until that was over. Each failed on the day it was written."""

from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, User
from accounts.people.actions import end_role, invite, reset_second_factor
from accounts.roles import Role
from cases.notifications.kinds import SEVERE
from cases.notifications.telling import notify
from tests.accounts.invitations import send
from tests.accounts.second_factors import LOGIN, code, give_app, sign_in
from tests.factories import PASSWORD, CaseFactory, PupilFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db

GIVE = reverse("mfa_authenticate")
NEW = "paard stal klok regen"


def half_way(user) -> Client:
    """Return the browser of a thief who gave a password, and waits with the code."""
    thief = Client()
    assert thief.post(LOGIN, {"login": user.email, "password": PASSWORD})["Location"] == GIVE
    return thief


def gets_in(thief: Client, secret: str) -> bool:
    """Tell whether the second half opens the door."""
    thief.post(GIVE, {"code": code(secret)})
    return thief.get(reverse("help")).status_code == 200


def choose_new_password(user) -> None:
    """Let somebody choose a new password, elsewhere."""
    person = User.objects.get(pk=user.pk)
    person.set_password(NEW)
    person.save()


def test_who_waits_with_the_code_gets_in(teacher):
    secret = give_app(teacher)
    assert gets_in(half_way(teacher), secret)


def test_but_not_once_a_new_password_was_chosen(teacher):
    secret = give_app(teacher)
    thief = half_way(teacher)
    choose_new_password(teacher)
    assert not gets_in(thief, secret)


def test_nor_once_all_sessions_were_ended(teacher, school, administrator):
    secret = give_app(teacher)
    thief = half_way(teacher)
    end_role(teacher.memberships.get(), administrator, school)
    assert not gets_in(thief, secret)


def test_nor_with_the_app_that_was_set_up_after_a_reset(teacher, school, administrator):
    give_app(teacher)
    thief = half_way(teacher)
    reset_second_factor(school, administrator, teacher)
    assert not gets_in(thief, give_app(teacher))


def test_their_half_is_gone_with_it(teacher):
    secret = give_app(teacher)
    thief = half_way(teacher)
    User.objects.filter(pk=teacher.pk).update(session_epoch=7)
    assert not gets_in(thief, secret)
    assert thief.get(GIVE)["Location"] == LOGIN
    assert "account_login" not in thief.session


def test_the_owner_begins_anew(teacher):
    secret = give_app(teacher)
    owner = half_way(teacher)
    User.objects.filter(pk=teacher.pk).update(session_epoch=7)
    owner.post(GIVE, {"code": code(secret, -1)})
    sign_in(owner, teacher)
    assert owner.get(reverse("help")).status_code == 200


def test_a_half_that_is_over_counts_no_wrong_codes(teacher):
    """Five of these kept out who had chosen a new password by then."""
    secret = give_app(teacher)
    thief = half_way(teacher)
    choose_new_password(teacher)
    for __ in range(5):
        assert thief.post(GIVE, {"code": "000000"})["Location"] == LOGIN
    owner = Client()
    owner.post(LOGIN, {"login": teacher.email, "password": NEW})
    assert gets_in(owner, secret)


def test_no_role_is_accepted_in_a_session_without_the_owners_second_factor(
    teacher, monkeypatch, django_capture_on_commit_callbacks
):
    """A page that is open to everybody asked for none, whoever held the invitation."""
    elsewhere, secrets = SchoolFactory(), []
    thief = Client()
    thief.post(LOGIN, {"login": teacher.email, "password": PASSWORD})
    secret = give_app(teacher)  # after it: that session stays, and waits for it
    by = member(Role.ADMINISTRATOR, elsewhere)
    monkeypatch.setattr("accounts.people.mails.send_invitation", lambda *a: secrets.append(a[1]))
    with django_capture_on_commit_callbacks(execute=True):
        invite(elsewhere, by, uuid4(), email=teacher.email, name="Anke", role=Role.COORDINATOR)
    accept = reverse("people:invitation")
    thief.get(reverse("people:open_invitation", args=secrets))
    for ask in (thief.get, thief.post):
        assert ask(accept)["Location"].startswith(reverse("mfa_reauthenticate"))
    thief.post(reverse("set_language"), {"language": "en"})
    assert not teacher.memberships.filter(school=elsewhere).exists()
    assert User.objects.get(pk=teacher.pk).language == "nl"

    owner = half_way(teacher)
    assert gets_in(owner, secret)
    owner.get(reverse("people:open_invitation", args=secrets))
    assert send(owner, {"agreed": "on"})["Location"] == reverse("home")
    assert teacher.memberships.filter(school=elsewhere).exists()


def test_half_of_somebody_who_is_gone_leads_to_the_beginning(teacher):
    give_app(teacher)
    thief = half_way(teacher)
    Membership.objects.filter(user=teacher).delete()
    Authenticator.objects.filter(user=teacher).delete()
    User.objects.filter(pk=teacher.pk).delete()
    assert thief.get(GIVE)["Location"] == LOGIN


@pytest.mark.parametrize("has_factor", [False, True])
@pytest.mark.parametrize(
    "name", ["mfa_index", "accessibility", "sso:start", "people:invitation", "mfa_reauthenticate"]
)
def test_a_password_alone_reads_no_bell_no_navigation_and_no_role(
    signed_in, school, coordinator, settings, name, has_factor
):
    """The owner set their second factor up elsewhere, later, or has yet to: this session gave none.
    How many messages wait changes as something severe happens in a case: a clock of that."""
    settings.MFA_OBLIGATORY = True
    thief = signed_in(coordinator, second_factor_ago=None)
    if has_factor:
        give_app(coordinator)
    notify(SEVERE, [coordinator.pk], "1", case=CaseFactory(pupil=PupilFactory(school=school)))
    page = thief.get(reverse(name), follow=True).content.decode()
    assert "</html>" in page
    assert "bell-count" not in page
    assert reverse("notifications:list") not in page
    assert reverse("cases:dashboard") not in page
    role = str(coordinator.current_memberships[0])
    assert role not in page
    assert coordinator.name not in page
    assert reverse("account_logout") in page

    own = signed_in(coordinator).get(reverse(name), follow=True).content.decode()
    assert "bell-count" in own
    assert role in own
    assert reverse("cases:dashboard") in own
