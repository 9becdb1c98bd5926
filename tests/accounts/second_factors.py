"""A second factor for a test's person, and signing in with it."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.adapter import MFAAdapter
from accounts.models import User
from tests.factories import PASSWORD

LOGIN = reverse("account_login")


def give_app(user: User) -> str:
    """Give somebody an app with codes; return its key."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def key_of(user: User) -> str:
    """Return the key of somebody's app; they get one if they have none."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return MFAAdapter().decrypt(found.data["secret"]) if found else give_app(user)


def app_shown(browser: Client) -> tuple[str, dict[str, str]]:
    """Open the page on which an app is set up; return its key, and what is sent with a code."""
    form = browser.get(reverse("mfa_activate_totp")).context["form"]
    return form.secret, {"app": form["app"].value()}


def code(secret: str, ahead: int = 0) -> str:
    """Return the code that the app shows now, or ``ahead`` half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def wrong_code(secret: str) -> str:
    """Return six digits that the app shows neither now nor just before or after."""
    shown = {code(secret, ahead) for ahead in (-1, 0, 1)}
    return next(guess for guess in ("000000", "111111", "222222", "333333") if guess not in shown)


def sign_in(browser: Client, user: User, path: str = LOGIN) -> HttpResponse:
    """Sign in as a person does: password, then the code of their app."""
    secret = key_of(user)
    browser.post(path, {"login": user.email, "password": PASSWORD})
    return browser.post(reverse("mfa_authenticate"), {"code": code(secret)})
