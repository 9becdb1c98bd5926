"""Headers that no library of ours sets."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

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
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
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
