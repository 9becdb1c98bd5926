"""The second factor: when it was last given, and what asks for a fresh one.

Source: docs/security.md, "Signing in". Whoever took over an open session, or a phone that was left
on a table, can read on until it ends; they can export, raise nobody's role and destroy nothing.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts import typed
from accounts.models import User

FRESH_FOR = timedelta(minutes=15)

View = Callable[..., HttpResponse]


def given_at(request: HttpRequest) -> datetime | None:
    """Return when this session last gave a second factor; None when it never did."""
    records = get_authentication_records(request, request.user)
    moments = [record["at"] for record in records if record.get("method") == "mfa"]
    return datetime.fromtimestamp(max(moments), UTC) if moments else None


def is_fresh(request: HttpRequest) -> bool:
    """Tell whether the second factor was given at most ``FRESH_FOR`` ago."""
    given = given_at(request)
    return given is not None and timezone.now() - given <= FRESH_FOR


def has_one(user: User) -> bool:
    """Tell whether the user set up a second factor."""
    return is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])


def is_spared(user: User) -> bool:
    """Tell whether the demo lets this user do without (``MFA_OBLIGATORY``, never in production)."""
    return not settings.MFA_OBLIGATORY and not has_one(user)


def ask_for_it(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor again; what was typed is kept and comes back afterwards."""
    if request.method == "POST":
        typed.keep(request)
    by_code = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
    page = "mfa_reauthenticate" if by_code else "mfa_reauthenticate_webauthn"
    query = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
    return redirect(f"{reverse(page)}?{query}")


def fresh_second_factor(view: View) -> View:
    """Declare that a view asks for a second factor of at most 15 minutes ago.

    For exports, emergency access, changes of roles and destruction. The view must answer a GET too,
    with its form: that is where one comes back to. Stands below ``requires``: whoever may not be
    here is told so without being asked for a code.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not is_spared(request.user) and not is_fresh(request):
            return ask_for_it(request)
        return view(request, *args, **kwargs)

    guarded.asks_fresh_second_factor = True
    return guarded
