"""Half of a sign-in, kept until that was over. Each failed on the day it was written."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.people.actions import end_role, reset_second_factor
from tests.accounts.second_factors import LOGIN, code, give_app, sign_in
from tests.factories import PASSWORD

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


def test_who_waits_with_the_code_gets_in(teacher):
    secret = give_app(teacher)
    assert gets_in(half_way(teacher), secret)


def test_but_not_once_a_new_password_was_chosen(teacher):
    secret = give_app(teacher)
    thief = half_way(teacher)
    person = User.objects.get(pk=teacher.pk)
    person.set_password(NEW)
    person.save()
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
