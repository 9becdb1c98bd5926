"""A second factor: set up at once, given at each sign-in, asked again where it counts."""

import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils.html import escape

from accounts.roles import Role
from tests.accounts.page import Page
from tests.accounts.second_factors import LOGIN, app_shown, code, give_app, sign_in, wrong_code
from tests.attacks.passkey import Passkey
from tests.factories import PASSWORD, CaseFactory, member
from tests.test_role_matrix import MATRIX, PUBLIC, all_patterns

pytestmark = pytest.mark.django_db

SETUP = reverse("mfa_index")
GIVE = reverse("mfa_authenticate")
AGAIN = reverse("mfa_reauthenticate")


def by_password(browser, user, path=LOGIN):
    return browser.post(path, {"login": user.email, "password": PASSWORD})


def test_whoever_has_none_sees_no_page_but_where_one_sets_it_up(client, coordinator):
    by_password(client, coordinator)
    case = CaseFactory(pupil__school=coordinator.memberships.get().school)
    for page in ("/", "/cases/", f"/cases/{case.reference}/", "/help/", "/signals/new/"):
        assert client.get(page).url == SETUP, page
    assert "Stel eerst een tweede factor in" in Page(client.get(SETUP)).text


def set_up(browser):
    """Set an app up as a person does; return its key and the page with the recovery codes."""
    url = reverse("mfa_activate_totp")
    secret, shown = app_shown(browser)
    return secret, browser.get(browser.post(url, {**shown, "code": code(secret)}).url)


def test_a_wrong_code_sets_nothing_up(client, teacher):
    by_password(client, teacher)
    url = reverse("mfa_activate_totp")
    secret, shown = app_shown(client)
    form = client.post(url, {**shown, "code": wrong_code(secret)}).context["form"]
    assert "code" in form.errors
    assert form.secret == secret  # the app has it already
    assert not Authenticator.objects.exists()


def test_setting_up_an_app_opens_the_door_and_gives_recovery_codes(
    client, transactional_db, teacher
):
    by_password(client, teacher)
    secret, answer = set_up(client)
    shown = answer.context["unused_codes"]
    assert len(shown) == 10
    assert shown[0] in answer.content.decode()
    assert client.get("/signals/").status_code == 200
    # Shown once: whoever sits down at the open screen later sees no code.
    assert shown[0] not in client.get(reverse("mfa_view_recovery_codes")).content.decode()
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not [one for one in shown if one in kept]
    assert {address for message in mail.outbox for address in message.to} == {teacher.email}
    assert all("Was jij dit niet?" in message.body for message in mail.outbox)
    assert mail.outbox[0].subject == "Meldcode: Een app met codes is ingesteld"
    assert "De app is ingesteld." in Page(answer).text


def test_on_the_phone_that_has_the_app_one_opens_it_there(client, teacher):
    by_password(client, teacher)
    page = client.get(reverse("mfa_activate_totp"))
    assert f'href="{escape(page.context["totp_url"])}"' in page.content.decode()
    assert page.context["totp_url"].startswith("otpauth://totp/")


def test_a_password_alone_does_not_sign_in(client, teacher):
    give_app(teacher)
    assert by_password(client, teacher, f"{LOGIN}?next=/signals/new/").url == GIVE
    assert "_auth_user_id" not in client.session
    assert client.get("/signals/").url.startswith(LOGIN)


def test_the_code_of_the_app_signs_in_where_one_wanted_to_be(client, teacher):
    assert sign_in(client, teacher, f"{LOGIN}?next=/signals/new/").url == "/signals/new/"
    assert client.get("/signals/new/").status_code == 200


def test_a_code_works_once(client, teacher):
    secret = give_app(teacher)
    by_password(client, teacher)
    given = code(secret)  # in the next half minute there is another one
    assert client.post(GIVE, {"code": given}).status_code == 302
    client.logout()
    by_password(client, teacher)
    replayed = client.post(GIVE, {"code": given})
    assert Page(replayed).at("code")
    assert "_auth_user_id" not in client.session


def test_after_five_wrong_codes_one_waits(client, teacher):
    secret = give_app(teacher)
    by_password(client, teacher)
    for _guess in range(5):
        client.post(GIVE, {"code": wrong_code(secret)})
    assert client.post(GIVE, {"code": code(secret)}).status_code == 200
    assert "_auth_user_id" not in client.session
    cache.clear()  # that while later
    assert client.post(GIVE, {"code": code(secret)}).status_code == 302


def test_a_recovery_code_signs_in_once(client, transactional_db, teacher):
    by_password(client, teacher)
    codes = set_up(client)[1].context["unused_codes"]
    for expected in (302, 200):
        client.logout()
        by_password(client, teacher)
        assert client.post(GIVE, {"code": codes[0]}).status_code == expected


def test_a_session_from_before_the_factor_was_set_up_must_give_it_too(signed_in, teacher):
    browser = signed_in(teacher, second_factor_ago=None)
    give_app(teacher)
    assert browser.get("/signals/").url == f"{AGAIN}?next=%2Fsignals%2F"


def test_without_one_a_demo_lets_people_in(signed_in, teacher, settings):
    settings.MFA_OBLIGATORY = False
    assert signed_in(teacher, second_factor_ago=None).get("/signals/").status_code == 200


def test_whoever_set_one_up_in_the_demo_is_asked_for_it(signed_in, teacher, settings):
    settings.MFA_OBLIGATORY = False
    give_app(teacher)
    assert signed_in(teacher, second_factor_ago=None).get("/signals/").status_code == 302


def test_in_production_it_cannot_be_switched_off():
    environment = {**os.environ, "MFA_OBLIGATORY": "false", "DEMO": "false", "DEBUG": "false"}
    command = [sys.executable, "manage.py", "check"]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert "MFA_OBLIGATORY may be false in a demo only." in said.stderr


# Which pages ask a second factor of at most 15 minutes ago; a test holds each of them to it.
ASK_AGAIN = {
    "audit:export",
    "cases:dossier",
    "cases:emergency",
    "cases:export_download",
    "cases:year_download",
    "cases:years",
    "referrals:copy_download",
    "referrals:request_copy",
    "people:invite",
    "people:invite_list",
    "people:send_invitations",
    "people:give_role",
    "people:end_role",
    "people:reset_second_factor",
    "sso:add",
    "sso:change",
    "sso:saml_add",
    "sso:switch",
    "cases:approve_destruction",
    "cases:lift_hold",
    "systems:new",
}


def test_which_pages_ask_it_again():
    asking = {
        name for name, view in all_patterns() if getattr(view, "asks_fresh_second_factor", False)
    }
    assert asking == ASK_AGAIN
    assert not [name for name in asking if MATRIX[name] == PUBLIC]


@pytest.mark.parametrize(
    "ago", [timedelta(minutes=14, seconds=50), timedelta(minutes=15, seconds=5)]
)
def test_it_is_fresh_for_fifteen_minutes(signed_in, administrator, ago):
    give_app(administrator)
    answer = signed_in(administrator, second_factor_ago=ago).get(reverse("people:invite"))
    if ago < timedelta(minutes=15):
        assert answer.status_code == 200
    else:
        assert answer.url == f"{AGAIN}?next=%2Fpeople%2Finvite%2F"


def test_what_was_typed_comes_back_after_the_code(signed_in, administrator):
    secret = give_app(administrator)
    browser, url = signed_in(administrator), reverse("people:invite")
    form = browser.get(url).context["form"]
    session = browser.session
    session["account_authentication_methods"][0]["at"] -= 3600
    session.save()
    typed = {
        "typed_by": form.initial["typed_by"],
        "name": "Noor de Wit",
        "email": "noor@school.example",
        "role": "teacher",
    }
    asked = browser.post(url, typed)
    assert "nog niet verstuurd" in Page(browser.get(asked.url)).text
    assert asked.url == f"{AGAIN}?next=%2Fpeople%2Finvite%2F"
    back = browser.post(asked.url, {"code": code(secret), "next": url})
    assert back.url == url
    again = Page(browser.get(url))
    assert again.typed["name"] == ["Noor de Wit"]
    assert again.typed["role"] == ["teacher"]


def test_giving_it_again_leads_to_no_stranger(signed_in, administrator):
    secret = give_app(administrator)
    answer = signed_in(administrator).post(AGAIN, {"code": code(secret), "next": "//evil.example"})
    assert answer.url == "/"


def test_a_password_is_not_enough_to_change_ones_factors(signed_in, teacher):
    give_app(teacher)
    browser = signed_in(teacher, second_factor_ago=timedelta(hours=1))
    remove = reverse("mfa_deactivate_totp")
    assert browser.post(remove).url.startswith(AGAIN)
    # The page that asks a password sends one on to the code.
    by_pass = browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert by_pass.url.startswith(AGAIN)
    assert browser.post(remove).url.startswith(AGAIN)
    assert Authenticator.objects.filter(user=teacher).exists()


def test_whoever_removes_their_last_one_sets_up_a_new_one_at_once(signed_in, teacher):
    give_app(teacher)
    browser = signed_in(teacher)
    browser.post(reverse("mfa_deactivate_totp"), {"meant": "on"})
    assert not Authenticator.objects.filter(user=teacher).exists()
    browser.post(reverse("account_logout"))
    by_password(browser, teacher)
    assert browser.get("/signals/").url == SETUP


def test_the_role_does_not_matter(client, school):
    for role in Role:
        place = school.buurtteam if role == Role.BUURTTEAM_WORKER else school
        user = member(role, place)
        by_password(client, user)
        assert client.get("/").url == SETUP, role
        client.logout()


def test_a_code_is_typed_with_a_thumb(client, teacher):
    give_app(teacher)
    page = client.get(by_password(client, teacher).url).content.decode()
    (field,) = re.findall(r'<input[^>]*name="code"[^>]*>', page)
    assert 'inputmode="numeric"' in field
    assert " autofocus" in field


def test_taking_a_passkey_away_takes_a_tick_too(coordinator, signed_in):
    """One press may have been meant for another page."""
    Passkey(coordinator)
    browser = signed_in(coordinator)
    key = Authenticator.objects.get(user=coordinator, type=Authenticator.Type.WEBAUTHN)
    remove = reverse("mfa_remove_webauthn", args=[key.pk])
    refused = browser.post(remove)
    assert "Kruis het vakje aan" in refused.content.decode()
    assert Authenticator.objects.filter(pk=key.pk).exists()
    assert browser.post(remove, {"meant": "on"}).status_code == 302
    assert not Authenticator.objects.filter(pk=key.pk).exists()
