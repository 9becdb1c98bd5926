"""What a renewed SECRET_KEY must not make unreadable: what lies encrypted for long, and anew."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken, MultiFernet
from django.db import transaction
from django.db.models import QuerySet

from accounts import adapter
from accounts.crypto import cipher
from accounts.models import IdentityProvider
from accounts.sso import models as sso

# What of a second factor's data is encrypted, by allauth's names; of a passkey nothing is.
OF_A_FACTOR = ("secret", "seed")


def renew_factors() -> tuple[int, int]:
    """Encrypt second factors with SECRET_KEY; return how many, and how many no key can read."""
    return _renew(Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN), _factor)


def renew_providers() -> tuple[int, int]:
    """Encrypt providers' secrets with SECRET_KEY; return how many, and how many no key can read."""
    return _renew(IdentityProvider.objects.all(), _provider)


def _renew(rows: QuerySet, change: Callable[[Any], None]) -> tuple[int, int]:
    done = unread = 0
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = rows.select_for_update().filter(pk=pk).first()
            if row is None:
                continue  # removed meanwhile
            try:
                change(row)
                done += 1
            except InvalidToken:
                unread += 1
    return done, unread


def _factor(row: Authenticator) -> None:
    mfa = cipher(adapter.SALT)
    anew = {name: _anew(mfa, row.data[name]) for name in OF_A_FACTOR if name in row.data}
    row.data = {**row.data, **anew}
    row.save(update_fields=["data"])


def _provider(row: IdentityProvider) -> None:
    row.encrypted_secret = _anew(cipher(sso.SALT), row.encrypted_secret)
    row.save(update_fields=["encrypted_secret"])


def _anew(one: MultiFernet, encrypted: str) -> str:
    return one.rotate(encrypted).decode()
