"""Whoever came in by the word of their school stays in while that word may be taken."""

from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.sso.actions import is_vouched_for


class StillVouchedForMiddleware:
    """Sign out whoever came in through a provider that may not vouch for them any more.

    It was switched off or changed, or they were given a role at another school meanwhile. One query
    a request, for them only.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        if request.user.is_authenticated and not _stands(request):
            logout(request)
            messages.info(
                request,
                _("Your school account does not sign you in here any more. Use your password."),
            )
        return self.get_response(request)


def _stands(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    trusts = {r.get("provider") for r in records if r.get("method") == "socialaccount"}
    return all(is_vouched_for(request.user, trust) for trust in trusts)
