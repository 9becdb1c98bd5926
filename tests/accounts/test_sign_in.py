"""Signing in with a password, and what is said to whoever cannot."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import User
from meldcode import settings as real_settings
from tests.accounts.page import Page
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

LOGIN = reverse("account_login")
WRONG = "Het e-mailadres of het wachtwoord klopt niet."
TOO_OFTEN = "Te vaak fout. Wacht even, of kies een nieuw wachtwoord."
EVIL = ("https://evil.example/", "//evil.example", r"\\evil.example", "javascript:alert(1)", "\x00")


def sign_in(client, user, password=PASSWORD, **more):
    return client.post(LOGIN, {"login": user.email, "password": password, **more})


def test_a_password_is_kept_with_argon2_and_opens_the_door(client, settings):
    settings.PASSWORD_HASHERS = real_settings.PASSWORD_HASHERS
    user = User.objects.create_user("Anna@School.example", PASSWORD, name="Anna")
    assert user.email == "anna@school.example"
    assert user.password.startswith("argon2$argon2id$")
    assert sign_in(client, user)["Location"] == "/"
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("password", [PASSWORD, "een heel andere lange zin"])
def test_no_answer_repeats_the_password_to_a_script_either(client, teacher, password):
    asked = client.post(
        LOGIN,
        {"login": teacher.email, "password": password},
        headers={"x-requested-with": "XMLHttpRequest"},
    )
    assert asked.status_code == (302 if password == PASSWORD else 200)
    assert password not in asked.content.decode()


def test_capitals_in_the_address_do_not_matter(client, teacher):
    response = client.post(LOGIN, {"login": teacher.email.upper(), "password": PASSWORD})
    assert response.status_code == 302


@pytest.mark.parametrize(
    ("data", "field", "dutch", "english"),
    [
        ({"login": ""}, "login", "Dit veld is verplicht.", "This field is required."),
        ({"password": ""}, "password", "Dit veld is verplicht.", "This field is required."),
        ({"login": "geen adres"}, "login", "geldig e-mailadres", "valid email address"),
        ({"login": "a" * 321 + "@a.nl"}, "login", "niet meer dan 320", "at most 320"),
        ({"login": "a\x00@a.nl"}, "login", "Null-tekens", "Null characters"),
        ({"password": "a\x00"}, "password", "Null-tekens", "Null characters"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(client, data, field, dutch, english):
    typed = {"login": "anna@school.example", "password": PASSWORD, **data}
    for language, message in (("nl", dutch), ("en", english)):
        client.cookies["language"] = language
        response = client.post(LOGIN, typed)
        page = Page(response)
        assert field in response.context["form"].errors
        assert message in page.at(field)
        assert page.language == language
        assert PASSWORD not in page.html
        assert "_auth_user_id" not in client.session


def test_a_megabyte_of_password_is_just_wrong(client, teacher):
    assert WRONG in Page(sign_in(client, teacher, "a" * 1024 * 1024)).text


def test_a_wrong_password_and_an_unknown_address_sound_the_same(client, teacher):
    wrong = Page(sign_in(client, teacher, "iets anders"))
    unknown = Page(client.post(LOGIN, {"login": "niemand@school.example", "password": PASSWORD}))
    assert WRONG in wrong.text
    assert wrong.text == unknown.text


def test_after_five_wrong_passwords_an_account_waits_for_a_while(client, teacher):
    for _attempt in range(5):
        assert WRONG in Page(sign_in(client, teacher, "geraden")).text
    assert TOO_OFTEN in Page(sign_in(client, teacher)).text
    assert sign_in(client, UserFactory()).status_code == 302
    cache.clear()  # that while later
    client.logout()
    assert sign_in(client, teacher).status_code == 302


def test_a_flood_from_one_address_gets_a_page_that_says_so(client):
    answers = [
        client.post(LOGIN, {"login": f"{number}@a.nl", "password": "a"}) for number in range(101)
    ]
    assert answers[-1].status_code == 429
    page = Page(answers[-1])
    assert "Je probeerde het te vaak in korte tijd." in page.text
    assert 'href="tel:112"' in page.html


def test_somebody_who_left_is_told_so_and_not_let_in(client, teacher):
    User.objects.filter(pk=teacher.pk).update(is_active=False)
    response = client.post(LOGIN, {"login": teacher.email, "password": PASSWORD}, follow=True)
    assert response.status_code == 200
    assert "Dit account is gesloten. Vraag het je beheerder." in Page(response).text
    assert "_auth_user_id" not in client.session


def test_somebody_who_left_while_signed_in_is_out_at_once(signed_in, teacher):
    browser = signed_in(teacher)
    User.objects.filter(pk=teacher.pk).update(is_active=False)
    assert browser.get("/signals/")["Location"] == f"{LOGIN}?next=/signals/"


def test_without_a_password_nobody_gets_in_by_password(client):
    user = User.objects.create_user("nieuw@school.example", name="Nieuw")
    for password in ("", "!", user.password):
        assert "_auth_user_id" not in sign_in(client, user, password).client.session


@pytest.mark.parametrize("place", EVIL)
def test_signing_in_leads_to_no_stranger(client, teacher, place):
    assert sign_in(client, teacher, next=place)["Location"] == "/"
    client.logout()
    response = client.post(f"{LOGIN}?next={place}", {"login": teacher.email, "password": PASSWORD})
    assert response["Location"] == "/"


def test_signing_in_leads_to_the_page_that_was_asked_for(client, teacher):
    asked = client.get("/signals/new/")
    assert asked["Location"] == f"{LOGIN}?next=/signals/new/"
    page = Page(client.get(asked["Location"]))
    assert 'name="next" value="/signals/new/"' in page.html
    assert sign_in(client, teacher, next="/signals/new/")["Location"] == "/signals/new/"


def test_signing_out_asks_first_and_ends_the_session(signed_in, teacher):
    browser = signed_in(teacher)
    assert browser.get(reverse("account_logout")).status_code == 200
    assert browser.get("/signals/").status_code == 200
    assert browser.post(reverse("account_logout"))["Location"] == LOGIN
    assert browser.get("/signals/").status_code == 302


def test_a_password_is_changed_by_whoever_knows_the_old_one(signed_in, teacher, client):
    browser, url = signed_in(teacher), reverse("account_change_password")
    new = "paard stal klok regen"
    for data, field in (
        ({"oldpassword": "fout", "password1": new, "password2": new}, "oldpassword"),
        ({"oldpassword": PASSWORD, "password1": "te kort", "password2": "te kort"}, "password1"),
        ({"oldpassword": PASSWORD, "password1": new, "password2": "anders"}, "password2"),
    ):
        response = browser.post(url, data)
        message = response.context["form"].errors[field][0]
        assert message in Page(response).at(field)
    assert (
        browser.post(url, {"oldpassword": PASSWORD, "password1": new, "password2": new}).status_code
        == 302
    )
    assert browser.get("/signals/").status_code == 200
    assert WRONG in Page(sign_in(client, teacher)).text
    assert sign_in(client, teacher, new).status_code == 302
