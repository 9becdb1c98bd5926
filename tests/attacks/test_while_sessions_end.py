"""What is sent at the moment at which one's sessions end: a password, a second factor."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.base.internal import flows as factors
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import flows
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.internal import flows as renaming
from allauth.mfa.webauthn.internal.auth import WebAuthn
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import second_factor
from accounts.errors import ActionError
from accounts.models import User
from accounts.password_forms import ChangePasswordForm, ResetPasswordKeyForm
from accounts.people.actions import end_role, reset_second_factor
from accounts.roles import Role
from accounts.sso import actions as sso
from tests.accounts.oidc import DOMAIN, at_provider, back, come_in, person, provider_of, way
from tests.accounts.page import Page
from tests.accounts.second_factors import LOGIN, app_shown, code, give_app, sign_in
from tests.accounts.test_password_reset import ask, choose
from tests.attacks.passkey import Passkey
from tests.attacks.proof import shows
from tests.attacks.test_insider_races import in_between
from tests.factories import PASSWORD, member

pytestmark = pytest.mark.django_db

AGAIN, ADD, SET_UP = (
    reverse(name) for name in ("account_reauthenticate", "mfa_add_webauthn", "mfa_activate_totp")
)
BY_PASSKEY = reverse("mfa_login_webauthn")
CHANGE = reverse("account_change_password")
MINE, OWNERS = "paard stal klok regen", "fiets brug wolk lamp"
at_once = pytest.mark.django_db(transaction=True)


def by_password(user) -> Client:
    """Return the browser of somebody who gave the password, and needs no more yet."""
    browser = Client()
    browser.post(LOGIN, {"login": user.email, "password": PASSWORD})
    return browser


def by_key(browser: Client, key: Passkey) -> Client:
    """Sign in by a passkey alone, if it does."""
    asked = browser.get(BY_PASSKEY, headers={"x-requested-with": "XMLHttpRequest"}).json()
    challenge = asked["request_options"]["publicKey"]["challenge"]
    browser.post(BY_PASSKEY, {"credential": key.answer(challenge)})
    return browser


def is_in(browser: Client) -> bool:
    """Tell whether a browser is signed in, whatever it sees."""
    return browser.get(CHANGE).status_code == 200


def change(browser: Client, new: str) -> None:
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    browser.post(CHANGE, fields)


def set_up(browser: Client) -> None:
    """Set an app up, as a person does."""
    secret, shown = app_shown(browser)
    browser.post(SET_UP, {**shown, "code": code(secret)})


@shows("code-8")
@pytest.mark.parametrize("said_again", [False, True])
def test_a_password_alone_adds_no_second_factor_to_another(teacher, said_again):
    """Said again while there was none, it counted for a quarter of an hour."""
    thief = by_password(teacher)
    if said_again:
        assert thief.post(AGAIN, {"password": PASSWORD}).status_code == 302
    Passkey(teacher)  # the owner sets theirs up
    for page in (ADD, SET_UP):
        assert "reauthenticate" in thief.get(page).headers.get("Location", "")
    assert Authenticator.objects.get(user=teacher).type == Authenticator.Type.WEBAUTHN


def test_nor_does_it_show_which_there_are(teacher):
    thief = by_password(teacher)
    assert thief.get(reverse("mfa_index")).status_code == 200
    Passkey(teacher)
    for name in ("mfa_index", "mfa_list_webauthn"):
        assert "reauthenticate" in thief.get(reverse(name)).headers.get("Location", "")


@at_once
def test_a_password_is_enough_for_the_first(teacher):
    browser = by_password(teacher)
    set_up(browser)
    assert browser.get(reverse("help")).status_code == 200
    assert is_in(browser)


@at_once
@shows("session-5")
@pytest.mark.parametrize("by_whom", ["the administrator", "its owner"])
def test_a_passkey_that_is_renamed_meanwhile_does_not_come_back(
    teacher, administrator, school, monkeypatch, by_whom
):
    """A script that renames it on and on kept it through each reset."""
    thief, owner = Client(), Client()
    sign_in(thief, teacher)
    key = Passkey(teacher)
    by_key(owner, key)
    page = re.search(
        r"/account/second-factor/webauthn/keys/[^/]+/edit/",
        thief.get(reverse("mfa_list_webauthn")).content.decode(),
    ).group(0)

    def takes_away():
        if by_whom == "its owner":
            owner.post(page.replace("edit", "remove"), {"meant": "on"})
        else:
            reset_second_factor(school, administrator, teacher)

    in_between(
        monkeypatch, renaming, "raise_if_reauthentication_required",
        lambda: thief.post(page, {"name": "x"}), takes_away,
    )  # fmt: skip
    assert not Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).exists()
    assert not is_in(by_key(Client(), key))


@shows("session-2")
def test_what_was_given_by_a_passkey_that_is_gone_counts_no_more(teacher):
    """Who holds it was signed in by it, fresh, and added another one."""
    owner, thief, stolen = Client(), Client(), Passkey(teacher)
    sign_in(owner, teacher)
    by_key(thief, stolen)
    assert is_in(thief)
    page = re.search(
        r"/account/second-factor/webauthn/keys/[^/]+/edit/",
        owner.get(reverse("mfa_list_webauthn")).content.decode(),
    ).group(0)
    owner.post(page.replace("edit", "remove"), {"meant": "on"})
    assert not Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).exists()
    assert not is_in(thief)
    assert thief.get(ADD).status_code == 302
    assert is_in(owner)
    assert owner.get(ADD).status_code == 200  # still fresh


@at_once
@shows("session-2")
def test_nor_where_they_end_the_session_in_which_it_is_removed(teacher, monkeypatch):
    """New recovery codes of theirs end all other sessions, at the moment of the removal."""
    owner, thief, stolen = Client(), Client(), Passkey(teacher)
    sign_in(owner, teacher)
    by_key(thief, stolen)
    page = re.search(
        r"/account/second-factor/webauthn/keys/[^/]+/edit/",
        owner.get(reverse("mfa_list_webauthn")).content.decode(),
    ).group(0)
    in_between(
        monkeypatch, renaming, "raise_if_reauthentication_required",
        lambda: owner.post(page.replace("edit", "remove"), {"meant": "on"}),
        lambda: thief.post(reverse("mfa_generate_recovery_codes"), {"meant": "on"}),
    )  # fmt: skip
    assert not Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).exists()
    assert not is_in(thief)
    assert thief.get(ADD).status_code == 302


@at_once
@shows("session-2")
def test_nor_does_an_old_recovery_code(teacher):
    owner = Client()
    sign_in(owner, teacher)
    thief = by_password(teacher)
    codes = RecoveryCodes.activate(teacher).get_unused_codes()
    thief.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert is_in(thief)
    owner.post(reverse("mfa_generate_recovery_codes"), {"meant": "on"})
    assert not is_in(thief)
    assert is_in(owner)


@at_once
@shows("session-5")
def test_who_takes_one_away_meanwhile_keeps_no_session_by_it(
    teacher, administrator, school, monkeypatch
):
    """It gives their own session another hash: not one that was ended at that moment."""
    thief, spare = Client(), Passkey(teacher)
    sign_in(thief, teacher)
    page = re.search(
        r"/account/second-factor/webauthn/keys/[^/]+/edit/",
        thief.get(reverse("mfa_list_webauthn")).content.decode(),
    ).group(0)
    in_between(
        monkeypatch, factors, "delete_dangling_recovery_codes",
        lambda: thief.post(page.replace("edit", "remove"), {"meant": "on"}),
        lambda: reset_second_factor(school, administrator, teacher),
    )  # fmt: skip
    assert not is_in(thief)
    assert thief.get(SET_UP).status_code == 302
    assert not is_in(by_key(Client(), spare))


@at_once
@shows("session-5", "sso-3")
@pytest.mark.parametrize("at", [(SocialAccount, "from_db"), (sso, "is_vouched_for")])
def test_a_link_to_a_provider_that_is_cut_meanwhile_lets_nobody_in(
    school, administrator, monkeypatch, at
):
    """Who sets the provider and resets the factor chooses both moments; it was made anew."""
    noor = member(Role.COORDINATOR, school, email=f"noor@{DOMAIN}")
    provider_of(school)
    give_app(noor)
    sub = person("s1", email=noor.email)
    come_in(Client(), noor.email, sub)
    thief = Client()
    answer = at_provider(way(thief, noor.email), sub)
    in_between(
        monkeypatch, *at,
        lambda: back(thief, answer), lambda: reset_second_factor(school, administrator, noor),
    )  # fmt: skip
    assert not is_in(thief)
    assert thief.get(SET_UP).status_code == 302
    assert not SocialAccount.objects.exists()
    # And by that school account one comes in no more until there is a second factor.
    back(thief, at_provider(way(thief, noor.email), sub))
    assert not is_in(thief)


@at_once
@shows("session-5")
def test_a_new_password_brings_no_session_back_that_ended(
    teacher, administrator, school, monkeypatch
):
    browser = Client()
    sign_in(browser, teacher)
    assert is_in(browser)
    in_between(
        monkeypatch, ChangePasswordForm, "clean",
        lambda: change(browser, MINE),
        lambda: end_role(teacher.memberships.get(), administrator, school),
    )  # fmt: skip
    assert not is_in(browser)
    assert User.objects.get(pk=teacher.pk).session_epoch == teacher.session_epoch + 1


@at_once
@shows("session-5")
def test_who_knows_the_old_password_does_not_undo_the_new_one(teacher, monkeypatch):
    thief = Client()
    sign_in(thief, teacher)
    owner = User.objects.get(pk=teacher.pk)

    def owner_chooses() -> None:
        owner.set_password(OWNERS)
        owner.save(update_fields=["password"])

    in_between(monkeypatch, ChangePasswordForm, "clean", lambda: change(thief, MINE), owner_chooses)
    assert User.objects.get(pk=teacher.pk).check_password(OWNERS)
    assert not is_in(thief)


@at_once
@shows("session-5")
def test_who_chooses_one_by_mail_comes_first(teacher, client, mailoutbox, monkeypatch):
    thief = Client()
    sign_in(thief, teacher)
    ask(client, teacher.email)
    link = re.search(r"https?://[^/]+(/\S+)", mailoutbox[-1].body).group(1)
    in_between(
        monkeypatch,
        ResetPasswordKeyForm,
        "clean",
        lambda: choose(client, link, OWNERS),
        lambda: change(thief, MINE),
    )
    assert User.objects.get(pk=teacher.pk).check_password(OWNERS)
    assert not is_in(thief)


@at_once
@shows("session-5")
@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writes at a time: the link first")
def test_nor_does_a_link_count_that_ends_at_that_moment(
    teacher, administrator, school, mailoutbox, monkeypatch
):
    """It was looked at before, and the second factor that was asked beside it was gone by then."""
    give_app(teacher)
    ask(Client(), teacher.email)
    link = re.search(r"https?://[^/]+(/\S+)", mailoutbox[-1].body).group(1)
    said = in_between(
        monkeypatch,
        ResetPasswordKeyForm,
        "clean",
        lambda: choose(Client(), link, MINE),
        lambda: reset_second_factor(school, administrator, teacher),
    )
    assert not User.objects.get(pk=teacher.pk).check_password(MINE)
    assert "Je account is intussen veranderd" in Page(said).text


@at_once
@shows("session-5")
@pytest.mark.parametrize("before", [True, False])
def test_a_passkey_signs_nobody_in_whose_session_ends_before_it_stands(
    teacher, mailoutbox, monkeypatch, before
):
    """It stood for a moment, before it was looked at whose session had made it. What came first is
    told to its owner, and stands.
    """
    thief, elsewhere, owner = Client(), Client(), Client()
    sign_in(thief, teacher)
    ask(owner, teacher.email)
    link = re.search(r"https?://[^/]+(/\S+)", mailoutbox[-1].body).group(1)
    key = Passkey(teacher)
    Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).delete()
    asked = thief.get(ADD).context["js_data"]["creation_options"]["publicKey"]["challenge"]
    form = {"name": "x", "credential": key.made(asked), "passwordless": "on"}
    at = (second_factor, "is_owed") if before else (WebAuthn, "add")
    mailoutbox.clear()
    in_between(
        monkeypatch, *at,
        lambda: thief.post(ADD, form), lambda: choose(owner, link, OWNERS),
    )  # fmt: skip
    assert User.objects.get(pk=teacher.pk).check_password(OWNERS)
    assert not is_in(thief)
    stands = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).exists()
    assert stands is not before
    assert is_in(by_key(elsewhere, key)) is stands
    assert len(mailoutbox) == 1 + stands


@at_once
@shows("session-5")
def test_no_second_factor_outlives_the_reset_of_all(teacher, administrator, school, monkeypatch):
    thief = by_password(teacher)
    in_between(
        monkeypatch, ActivateTOTPForm, "clean_code",
        lambda: set_up(thief),
        lambda: reset_second_factor(school, administrator, teacher),
    )  # fmt: skip
    assert not Authenticator.objects.filter(user=teacher).exists()
    assert not is_in(thief)


@at_once
@shows("session-5")
def test_no_recovery_codes_outlive_the_reset_of_all(teacher, administrator, school, monkeypatch):
    thief = Client()
    sign_in(thief, teacher)
    in_between(
        monkeypatch, flows, "raise_if_reauthentication_required",
        lambda: thief.post(reverse("mfa_generate_recovery_codes"), {"meant": "on"}),
        lambda: reset_second_factor(school, administrator, teacher),
    )  # fmt: skip
    assert not Authenticator.objects.filter(user=teacher).exists()
    assert not is_in(thief)


@at_once
def test_a_reset_on_and_on_keeps_nobody_from_setting_one_up(teacher, administrator, school):
    """It ended their sessions each time, told nobody, and there was never one to take."""
    reset_second_factor(school, administrator, teacher)
    setting_up = by_password(teacher)
    with pytest.raises(ActionError, match="zojuist"):
        reset_second_factor(school, administrator, teacher)
    set_up(setting_up)
    assert is_in(setting_up)
    reset_second_factor(school, administrator, teacher)  # there is one to take, which all are told
    assert not is_in(setting_up)


def test_what_the_next_page_tells_somebody_is_told_to_nobody_else(teacher, coordinator, signed_in):
    """The page did not come; the next one at that browser read it, and whoever had the cookie."""
    browser = signed_in(teacher)
    name = settings.MESSAGES_COOKIE_NAME
    said = "Alles is als gelezen gemarkeerd."
    kept = browser.post(reverse("notifications:read_all")).cookies[name].value
    for other in (Client(), signed_in(coordinator)):
        other.cookies[name] = kept
        answer = other.get(reverse("help"), follow=True)
        assert said not in answer.content.decode()
    browser.cookies[name] = kept
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert said not in browser.get(reverse("help")).content.decode()
    browser.cookies[name] = kept
    assert said in browser.get(reverse("help")).content.decode()
