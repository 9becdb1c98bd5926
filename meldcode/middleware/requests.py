"""What is asked of every request, and headers that no library of ours sets."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from api.middleware import AT

# What the addresses of signing in, of providers and of one's account begin with.
SIGNING_IN = "/account/"
METHODS = ("GET", "HEAD", "POST")
NOTHING_ALLOWED = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


class KnownMethodsMiddleware:
    """Pages are read and forms are sent; whatever else a client asks for is asked in vain.

    For everybody and every address alike, so that the answer tells nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse what is neither reading nor sending."""
        # Each address of the API says itself what it takes: a list of pupils is put.
        if request.method not in METHODS and not request.path_info.startswith(AT):
            return HttpResponseNotAllowed(METHODS)
        return self.get_response(request)


class OwnCookiesMiddleware:
    """Reads the cookies that we set, by their very names; stands before whoever reads any.

    A neighbour (another name under the same domain) can set cookies for us too. ``__Host-`` keeps
    it from ours, but not from a name with a wide blank before it, which a browser takes for
    another name, and Django for ours: it could sign somebody out for good, or in as itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.own = {
            settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.MESSAGES_COOKIE_NAME,
            settings.DEVICE_COOKIE_NAME, settings.THEME_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME,
            settings.LED_COOKIE_NAME,
        }  # fmt: skip

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Leave all others out; of one that comes twice the first is the one for our own path.

        None of ours has a backslash, and of these Python (before 3.11.10 and 3.12.6) takes the
        square: in lines that follow each other that is minutes for one request.
        """
        found: dict[str, str] = {}
        for cookie in request.headers.get("cookie", "").split(";"):
            name, __, value = cookie.partition("=")
            if (name := name.strip(" \t")) in self.own and "\\" not in value:
                found.setdefault(name, value)
        request.META["HTTP_COOKIE"] = "; ".join(f"{name}={found[name]}" for name in found)
        return self.get_response(request)


class PermissionsPolicyMiddleware:
    """No page of ours needs camera, microphone or place; and none may be kept by a shared cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", NOTHING_ALLOWED)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response
