"""The language of the page, and what was typed when a session had ended."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import typed
from accounts.models import User


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
        return redirect_to_login(request.path)
