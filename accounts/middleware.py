"""Sessions that rest, the language of the page, and what was typed when a session had ended."""

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.middleware import SessionMiddleware as DjangosSessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import escape_leading_slashes
from django.utils.translation import gettext as _

from accounts import second_factor, sessions, typed
from accounts.adapter import end_outlived_half
from accounts.models import User
from accounts.session_store import Key


class SessionMiddleware(DjangosSessionMiddleware):
    """Each request begins the half hour of rest anew, unless a page asks by itself.

    One on which a year of dossiers is made would keep its session awake all day, with nobody there.
    What the browser sends stands nowhere but in its cookie (``accounts.session_store``).
    """

    def process_request(self, request: HttpRequest) -> None:
        """Find the session of the browser's cookie."""
        cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        request.session = self.SessionStore(Key.of(cookie) if cookie else None)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Keep the session, with its end half an hour ahead."""
        if request.session.is_interrupted:  # the cookie is that of the other request by now
            here = escape_leading_slashes(request.get_full_path())
            return redirect(here) if request.method == "GET" else response
        if request.session.is_unknown and request.session.is_empty():
            # Left alone: another answer may have brought the cookie that goes on (``renew``).
            patch_vary_headers(response, ("Cookie",))
            return response
        by_itself = sessions.is_asked_by_itself(request, response)
        # Of what a provider leads back to, which such a page opens all the same.
        by_itself = by_itself or sessions.is_opened_by_nobody(request)
        # One that is over leaves the cookie alone too: by now it may be that of a new session.
        if by_itself and (not request.session.modified or request.session.is_empty()):
            patch_vary_headers(response, ("Cookie",))
            return response
        request.session.keeps_its_end = by_itself
        response = super().process_response(request, response)
        name = settings.SESSION_COOKIE_NAME
        if name in response.cookies and response.cookies[name].value:  # else it is deleted
            response.cookies[name] = request.session.session_key.cookie
        return response


class LanguageMiddleware:
    """Dutch first: the user's own choice, else the cookie of the language button, else Dutch.

    The browser's own wish is left aside: a school laptop set to English has a Dutch teacher.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language of the page."""
        language = self._language(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response

    def _language(self, request: HttpRequest) -> str:
        if request.user.is_authenticated:
            return request.user.language
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        return chosen if chosen in User.Language.values else settings.LANGUAGE_CODE


class SessionEndMiddleware:
    """A session lasts a working day at most, however busy somebody is (``accounts.sessions``)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign out whoever was signed in too long; what they typed is kept further on."""
        if request.user.is_authenticated and sessions.is_over(request):
            logout(request)
            messages.info(request, _("You were signed in for a whole day. Sign in again."))
        return self.get_response(request)


class SecondFactorMiddleware:
    """A second factor for everybody: without one, no page but those on which one sets it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        """Ask for the second factor, or to set one up, before the page that was asked for."""
        name = request.resolver_match.url_name
        if not request.user.is_authenticated and name == second_factor.TO_SIGN_IN:
            return end_outlived_half(request)
        if not request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if name in second_factor.TO_GIVE:
            return None
        if not second_factor.is_owed(request):
            return None
        if second_factor.has_one(request.user):
            return second_factor.ask_for_it(request)
        if name in second_factor.TO_SET_UP:
            return None
        if request.method == "POST":
            typed.keep(request)
        return redirect("mfa_index")


class AskedAgainMiddleware:
    """Whoever is to show again who they are does what they came for afterwards, by a press.

    allauth keeps what was sent, and does it when a code is given: sent at a screen that was left
    open (somebody else's passkey, an app to remove) it waited for its owner's next code.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Ask, in the place of allauth's own middleware."""
        if not isinstance(error, ReauthenticationRequired):
            return None
        if request.method == "POST":
            text = _("Nothing was changed yet. Show who you are first, and then do it once more.")
            messages.info(request, text)
        then = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
        ways = get_adapter().get_reauthentication_methods(request.user)
        if ways:
            return redirect(f"{ways[0]['url']}?{then}")
        logout(request)
        messages.info(request, _("Sign in again by your school, to show that it is you."))
        return redirect(f"{reverse('account_login')}?{then}")


class KeepTypedMiddleware:
    """A form sent after the session ended: keep what was typed, ask to sign in, bring it back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        """Keep the fields of a signed-out POST to a page that needs somebody signed in."""
        if request.method != "POST" or request.user.is_authenticated:
            return None
        if not getattr(view, "login_required", True) or not typed.keep(request):
            return None
        messages.info(
            request,
            _("You were signed out. Sign in again: what you typed is kept and comes back."),
        )
        return redirect_to_login(request.get_full_path())
