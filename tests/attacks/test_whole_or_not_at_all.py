"""Whoever changes how somebody signs in, and ends the session at that very moment, does so in no
silence: what stands was told to its owner, and has a row in the trail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
from allauth.mfa.base.internal import flows as factors
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import second_factor
from accounts.adapter import AccountAdapter
from accounts.models import Telling, User
from accounts.people.mails import tell_again
from audit.kinds import Kind
from audit.models import LogEntry
from tests.accounts.second_factors import app_shown, code, give_app, sign_in
from tests.attacks.passkey import Passkey
from tests.attacks.proof import shows
from tests.attacks.test_insider_races import in_between
from tests.attacks.test_while_sessions_end import ADD, CHANGE, MINE, SET_UP, by_password, is_in
from tests.factories import PASSWORD
from tests.test_role_matrix import FROM_LIBRARIES, all_patterns

pytestmark = pytest.mark.django_db(transaction=True)

OUT, REMOVE, NEW_CODES = (
    reverse(name)
    for name in ("account_logout", "mfa_deactivate_totp", "mfa_generate_recovery_codes")
)
# What changes how somebody signs in; the others of allauth do not.
CHANGES = {
    "account_change_password", "account_reset_password_from_key", "mfa_activate_totp",
    "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn", "mfa_edit_webauthn",
    "mfa_remove_webauthn",
}  # fmt: skip
CHANGE_NOTHING = {
    "account_login", "account_logout", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key_done", "account_set_password", "account_reauthenticate",
    "mfa_login_webauthn", "mfa_index", "mfa_authenticate", "mfa_reauthenticate",
    "mfa_view_recovery_codes", "mfa_list_webauthn", "mfa_reauthenticate_webauthn",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A form that a thief opened and sends, where it is halted, and how one sees what it did."""

    kind: Kind
    at: tuple[object, str]
    browser: Callable[[User], Client]
    opened: Callable[[Client, User], Callable[[], object]]
    state: Callable[[User], object]


def fresh(user: User) -> Client:
    browser = Client()
    sign_in(browser, user)
    return browser


def add_a_key(browser: Client, user: User) -> Callable[[], object]:
    key = Passkey(user)
    Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).delete()
    asked = browser.get(ADD).context["js_data"]["creation_options"]["publicKey"]["challenge"]
    form = {"name": "x", "credential": key.made(asked), "passwordless": "on"}
    return partial(browser.post, ADD, form)


def set_up(browser: Client, user: User) -> Callable[[], object]:
    secret, shown = app_shown(browser)
    return partial(browser.post, SET_UP, {**shown, "code": code(secret)})


def meant(page: str) -> Callable[..., Callable[[], object]]:
    return lambda browser, user: partial(browser.post, page, {"meant": "on"})


def change(browser: Client, user: User) -> Callable[[], object]:
    fields = {"oldpassword": PASSWORD, "password1": MINE, "password2": MINE}
    return partial(browser.post, CHANGE, fields)


def factors_of(user: User) -> list[object]:
    return list(Authenticator.objects.filter(user=user).order_by("pk").values_list("pk", "type"))


def secrets_of(user: User) -> list[object]:
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return [one.data["seed"] for one in codes]


CASES = {
    "adds a passkey": Change(
        Kind.FACTOR_ADDED, (WebAuthn, "add"), fresh, add_a_key, factors_of
    ),
    "sets up the first app": Change(
        Kind.FACTOR_ADDED, (TOTP, "activate"), by_password, set_up, factors_of
    ),
    "removes the app": Change(
        Kind.FACTOR_REMOVED, (factors, "delete_dangling_recovery_codes"), fresh,
        meant(REMOVE), factors_of,
    ),
    "makes new codes": Change(
        Kind.NEW_CODES, (RecoveryCodes, "activate"), fresh,
        meant(NEW_CODES), secrets_of,
    ),
    "changes the password": Change(
        Kind.NEW_PASSWORD, (AccountAdapter, "set_password"), fresh, change,
        lambda user: User.objects.get(pk=user.pk).password,
    ),
}  # fmt: skip


@pytest.fixture(params=CASES)
def what(request) -> Change:
    return CASES[request.param]


def told(what: Change) -> int:
    return LogEntry.objects.filter(kind=what.kind).count()


@shows("session-5")
@pytest.mark.parametrize("moment", ["before it", "within it"])
def test_who_signs_out_meanwhile_changes_nothing_in_silence(
    teacher, mailoutbox, monkeypatch, what, moment
):
    """The telling broke off where the session was gone: no mail, no row, and the key stood."""
    if moment == "within it" and connection.vendor == "sqlite":
        pytest.skip("SQLite lets one write at a time")
    thief, twin = what.browser(teacher), Client()
    send = what.opened(thief, teacher)
    twin.cookies[settings.SESSION_COOKIE_NAME] = thief.cookies[settings.SESSION_COOKIE_NAME].value
    before, rows, mails = what.state(teacher), told(what), len(mailoutbox)
    at = what.at if moment == "within it" else (second_factor, "is_owed")
    in_between(monkeypatch, *at, send, lambda: twin.post(OUT))
    is_done = what.state(teacher) != before
    assert is_done is (moment == "within it")
    assert (told(what) > rows, len(mailoutbox) > mails) == (is_done, is_done)
    assert not is_in(thief)
    assert not is_in(twin)


@shows("session-5")
def test_what_cannot_be_told_is_not_done(teacher, mailoutbox, monkeypatch, what):
    """A row that somebody held for longer than a page waits broke it off just as well."""
    thief = what.browser(teacher)
    thief.raise_request_exception = False
    send = what.opened(thief, teacher)
    before, mails = what.state(teacher), len(mailoutbox)

    def no_row(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr("audit.sign_ins.record", no_row)
    assert send().status_code == 503
    assert what.state(teacher) == before
    assert len(mailoutbox) == mails
    monkeypatch.undo()
    assert what.opened(thief, teacher)().status_code == 302
    assert what.state(teacher) != before
    assert len(mailoutbox) > mails


def test_a_process_that_ends_while_the_mail_goes_out_owes_it_still(
    teacher, mailoutbox, monkeypatch
):
    """It was to be told only where sending it had failed."""

    class Ended(BaseException):
        """The process ends."""

    def ends(*args, **kwargs):
        raise Ended

    browser = fresh(teacher)
    monkeypatch.setattr(EmailMessage, "send", ends)
    with pytest.raises(Ended):
        change(browser, teacher)()
    assert User.objects.get(pk=teacher.pk).check_password(MINE)
    monkeypatch.undo()
    tell_again(timezone.now() + timedelta(hours=1))
    assert "aanmeldt is gewijzigd" in mailoutbox[-1].subject
    assert not Telling.objects.exists()


def test_who_is_asked_for_a_code_while_the_key_is_renewed_is_signed_out_by_nothing(
    teacher, signed_in, settings
):
    """The session had gone on under another key already, and no cookie said so."""
    give_app(teacher)
    browser = signed_in(teacher, second_factor_ago=timedelta(hours=1))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    assert "reauthenticate" in browser.post(REMOVE, {"meant": "on"}).url
    assert browser.get(reverse("help")).status_code == 200
    assert is_in(browser)


def test_each_page_that_changes_how_somebody_signs_in_is_one_piece():
    whole = {
        name: getattr(view, "is_in_one_piece", False)
        for name, view in all_patterns()
        if name in FROM_LIBRARIES
    }
    assert whole == dict.fromkeys(CHANGES, True) | dict.fromkeys(CHANGE_NOTHING, False)
