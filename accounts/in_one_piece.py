"""What changes how somebody signs in is done whole, or not at all.

Libraries keep a new passkey, an app, a password, and then tell of it, one after another: the trail,
the mail to its owner, the sessions that end. Whoever signed out at that very moment, or waited for
a row, broke that off in the middle: what was changed stood, and nobody heard of it.
"""

from collections.abc import Callable
from functools import wraps
from types import SimpleNamespace
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.recovery_codes.internal import flows as codes
from allauth.mfa.totp.internal import flows as apps
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.errors import CHANGED_MEANWHILE
from accounts.models import User

View = Callable[..., HttpResponse]


def in_one_piece(view: View) -> View:
    """Declare that a view changes how somebody signs in: in one transaction, from a session that
    stands until that is over.

    The person is held first and then their session, as whoever ends all of them has it. What ends
    it at this moment comes before, and nothing is changed; or after, and ends what was changed as
    if it had stood for long, told to its owner.
    """

    @wraps(view)
    def whole(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        before = _state(request)
        try:
            with transaction.atomic():
                if request.user.is_authenticated:
                    _hold(request)
                return view(request, *args, **kwargs)
        except BaseException:
            # Nothing of it stands, nor what the session would remember of it, nor a new key: the
            # browser goes on by the one that it has.
            if _state(request) != before:
                request.session.is_interrupted = True
            raise

    whole.is_in_one_piece = True
    return whole


def _state(request: HttpRequest) -> tuple[str | None, dict[str, Any]]:
    return request.session.session_key, dict(request.session.items())


def _hold(request: HttpRequest) -> None:
    """Hold who is signed in, and the session. Raises ``ImmediateHttpResponse`` where it ended."""
    user = request.user
    now = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    is_same = now.get_session_auth_hash() == user.get_session_auth_hash()
    if not (is_same and request.session.hold()):
        messages.error(request, CHANGED_MEANWHILE)
        raise ImmediateHttpResponse(redirect("account_login"))


def tell_at_once() -> None:
    """Let allauth tell of an app and of codes as it does of passkeys: in the transaction that keeps
    them. It waits for its end, after which nothing is undone.
    """
    here = SimpleNamespace(atomic=transaction.atomic, on_commit=lambda tell: tell())
    for flows in (apps, codes):
        flows.transaction = here
