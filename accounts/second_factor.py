"""The second factor: when it was last given, and what asks for a fresh one.

Source: docs/security.md, "Signing in". Whoever took over an open session, or a phone that was left
on a table, can read on until it ends; they can export, raise nobody's role and destroy nothing.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, update_session_auth_hash
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import typed
from accounts.crypto import signs
from accounts.models import User
from accounts.signals import others_ended

FRESH_FOR = timedelta(minutes=15)

# The page on which one gives it to sign in.
TO_SIGN_IN = "mfa_authenticate"
# The pages on which one gives it; and those on which one sets the first one up.
TO_GIVE = frozenset({"mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_reauthenticate"})
# And to stay on these pages ("stay"): one fetches a telephone meanwhile.
TO_SET_UP = frozenset({"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "stay"})

View = Callable[..., HttpResponse]


def given_at(request: HttpRequest) -> datetime | None:
    """Return when this session last gave a second factor; None when it never did."""
    last = _last(request)
    return datetime.fromtimestamp(last["at"], UTC) if last else None


def given_last(request: HttpRequest) -> str:
    """Return which second factor this session gave last; none, or new: set up within a day.

    Whoever comes by one adds others: these are one.
    """
    last = _last(request)
    if last is None:
        return ""
    of_before = Authenticator.objects.filter(
        pk=last.get("id"), created_at__lt=timezone.now() - timedelta(days=1)
    )
    return str(last["id"]) if of_before.exists() else "new"


def came_by_password(request: HttpRequest) -> bool:
    """Tell whether this session began by a password, or gave it since."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "password" for record in records)


def _last(request: HttpRequest) -> dict[str, Any] | None:
    records = get_authentication_records(request, request.user)
    given = [record for record in records if record.get("method") == "mfa"]
    return max(given, key=itemgetter("at"), default=None)


def is_fresh(request: HttpRequest) -> bool:
    """Tell whether the second factor was given at most ``FRESH_FOR`` ago."""
    given = given_at(request)
    return given is not None and timezone.now() - given <= FRESH_FOR


def just_signed_in(request: HttpRequest) -> bool:
    """Tell whether somebody showed who they are at most ``FRESH_FOR`` ago, as well as they can."""
    if has_one(request.user):
        return is_fresh(request)
    records = get_authentication_records(request, request.user)
    latest = max((record["at"] for record in records), default=0)
    return timezone.now().timestamp() - latest <= FRESH_FOR.total_seconds()


def has_one(user: User) -> bool:
    """Tell whether the user set up a second factor."""
    return is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])


def done_key(kind: str, user: User) -> str:
    """Return under what is counted how often somebody set up a second factor of a kind."""
    return f"{kind}:{user.pk}"


def count_as_given(request: HttpRequest, user: User, kind: str) -> None:
    """Write down in the session that the user gave a second factor now, and of which kind."""
    record_authentication(request, user, method="mfa", type=kind)


def count_new_one(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: object
) -> None:
    """Whoever just set a second factor up has just used it (allauth's ``authenticator_added``)."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES and request.user == user:
        count_as_given(request, user, authenticator.type)


def end_what_it_gave(request: HttpRequest, user: User, **kwargs: object) -> None:
    """End all other sessions of whoever takes a second factor away, or gets new recovery codes
    (``authenticator_removed``, ``authenticator_reset``).

    It was lost, or is somebody else's: what they gave by it would count on as theirs, as fresh too,
    and add another. Their own session stands until that is over (``accounts.in_one_piece``).
    """
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    if request.user == user:
        update_session_auth_hash(request, user)
        others_ended.send(sender=User, request=request, user=user)


def let_none_come_back() -> None:
    """Let a factor that was taken away meanwhile stay away, whatever is written of it.

    allauth writes one whole where it is renamed; of a row that is gone Django would make it anew.
    So whoever renamed theirs on and on kept it through a reset.
    """
    write = Authenticator.save

    @wraps(write)
    def save(self: Authenticator, *args: object, **kwargs: object) -> None:
        if not self._state.adding:
            kwargs["force_update"] = True
        try:
            write(self, *args, **kwargs)
        except DatabaseError as error:
            if type(error) is not DatabaseError:  # of the database itself
                raise
            raise ImmediateHttpResponse(redirect("account_login")) from error

    Authenticator.save = save


def used_keys(user_id: int, code: str) -> list[str]:
    """Return under which keys the cache remembers that somebody used a code: that of today first,
    then those of before SECRET_KEY was renewed.

    It says neither whose nor which: whoever reads Redis, and takes the mark away, gave it again.
    """
    said = f"{user_id} {normalize_user_code(code)}"
    return [f"accounts.code_used:{mark}" for mark in signs("accounts.code_used", said)]


def hide_used_codes() -> None:
    """Let allauth's own mark of a used code say as little."""

    def key(self: TOTP, code: str) -> str:
        return f"allauth.{used_keys(self.instance.user_id, code)[0]}"

    TOTP._get_used_cache_key = key


def is_spared(user: User) -> bool:
    """Tell whether the demo lets this user do without (``MFA_OBLIGATORY``, never in production)."""
    return not settings.MFA_OBLIGATORY and not has_one(user)


def is_missing(request: HttpRequest) -> bool:
    """Tell whether this session still has to give the second factor that its owner has."""
    return has_one(request.user) and given_at(request) is None


def is_owed(request: HttpRequest) -> bool:
    """Tell whether this session gave none, and is to: there is no page for it but to do so."""
    return given_at(request) is None and not is_spared(request.user)


def ask_for_it(request: HttpRequest, *, then: str = "") -> HttpResponse:
    """Ask for the second factor again; what was typed is kept and comes back afterwards.

    ``then``: where one goes on to, when it is not the page itself; nothing is kept for it.
    """
    if request.method == "POST" and not then and typed.keep(request):
        messages.info(request, _("What you typed is kept, and not sent yet: do that afterwards."))
    by_code = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
    page = "mfa_reauthenticate" if by_code else "mfa_reauthenticate_webauthn"
    query = urlencode({REDIRECT_FIELD_NAME: then or request.get_full_path()})
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
