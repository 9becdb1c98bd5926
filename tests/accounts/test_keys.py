"""A renewed SECRET_KEY: nobody loses a second factor, a session or what they typed."""

import io
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.fernet import InvalidToken
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts import sessions, typed
from accounts.crypto import cipher
from accounts.models import IdentityProvider
from accounts.roles import Role
from tests.accounts import second_factors
from tests.factories import PASSWORD, IdentityProviderFactory, UserFactory, member

pytestmark = pytest.mark.django_db

OTHER = "another-key-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLM"


def renew() -> str:
    said = io.StringIO()
    call_command("renew_key", stdout=said)
    return said.getvalue()


def test_a_key_is_renewed_in_steps_and_then_the_old_one_opens_nothing(client, school, settings):
    user = member(Role.TEACHER, school)
    secret = second_factors.give_app(user)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    IdentityProviderFactory(school=school, secret="van-de-school")
    second_factors.sign_in(client, user)
    before, draft = settings.SECRET_KEY, cipher("a draft").encrypt(b"Blauwe plek.")

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OTHER, [before]
    # While both hold: whoever was signed in still is, and what lies there is read.
    assert client.get(reverse("signals:mine")).status_code == 200
    assert cipher("a draft").decrypt(draft) == b"Blauwe plek."
    for __ in range(2):  # as often as one likes
        assert renew() == "Encrypted anew: 2 second factors, 1 providers.\n"

    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvalidToken):
        cipher("a draft").decrypt(draft)
    assert IdentityProvider.objects.get().secret == "van-de-school"
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    assert row.wrap().get_unused_codes() == codes
    assert second_factors.key_of(user) == secret


def test_who_writes_meanwhile_keeps_what_they_typed(client, school, settings):
    """Each page that was open was taken for that of somebody else, and emptied."""
    user = member(Role.TEACHER, school)
    key = second_factors.give_app(user)
    second_factors.sign_in(client, user)
    kept, asks = reverse("signals:new"), {sessions.BY_ITSELF: "true"}
    of = re.search(r'data-of="([^"]+)"', client.get(kept).content.decode()).group(1)
    away = Client()
    fields = {"facts": "Blauwe plek.", "typed_by": typed.token_for(user.pk)}
    login = away.post(kept, fields)["Location"]

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OTHER, [settings.SECRET_KEY]
    assert client.get(reverse("stay"), {"of": of}, headers=asks).status_code == 204
    assert client.get(reverse("stay"), {"of": "x" * len(of)}, headers=asks).status_code == 205
    away.post(login, {"login": user.email, "password": PASSWORD})
    away.post(reverse("mfa_authenticate"), {"code": second_factors.code(key, 1)})
    assert away.get(kept).context["form"]["facts"].value() == "Blauwe plek."


def test_what_no_key_can_read_is_told_and_the_rest_is_done(settings):
    lost, kept = UserFactory(), UserFactory()
    settings.SECRET_KEY = OTHER
    second_factors.give_app(lost)
    settings.SECRET_KEY = OTHER[::-1]
    secret = second_factors.give_app(kept)
    with pytest.raises(CommandError, match="No key can read 1 second factors and 0 providers"):
        renew()
    assert second_factors.key_of(kept) == secret
