"""What holds for every address of the API, before anything else looks at the request."""

from collections.abc import Callable
from contextlib import ExitStack

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import translation
from django.utils.cache import patch_vary_headers

from api.v1.problems import MEDIA_TYPE, OF_STATUS, Problem

AT = "/api/"
JSON = "application/json"


class ApiMiddleware:
    """A token opens the API and nothing else does: no cookie is read or set, nobody is signed in.

    What is sent is JSON, and comes in to its end before anybody looks whose token it is: whoever
    holds its end back would be known for as long as they like. Every refusal is a problem in JSON,
    whoever in the house refused: no page. In the language that the client asks for; a page goes by
    the user's own choice, and here there is no user.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request to the API; any other passes."""
        if not request.path_info.startswith(AT):
            return self.get_response(request)
        request.COOKIES = {}
        language = translation.get_language_from_request(request)
        # As if it had been chosen with the button of the pages.
        request.COOKIES = {settings.LANGUAGE_COOKIE_NAME: language}
        with translation.override(language):
            response = self._answer(request)
        patch_vary_headers(response, ("Accept-Language", "Authorization"))
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.content_type != JSON:  # so that nothing takes it for a form
            request.content_type = "application/octet-stream"
        try:
            _ = request.body
        except RequestDataTooBig:
            return Problem("too_large").answer()
        except UnreadablePostError:
            return Problem("bad_request").answer()
        with ExitStack() as request.in_hand:  # what is taken for this call (``api.v1.tokens``)
            return _as_problem(self.get_response(request))


def _as_problem(response: HttpResponse) -> HttpResponse:
    """Return a page that says what is wrong as a problem that says it."""
    is_ours = response.headers.get("Content-Type", "").startswith(MEDIA_TYPE)
    if response.status_code < 400 or is_ours:
        return response
    code = OF_STATUS.get(response.status_code, "bad_request")
    kept = {
        name: response.headers[name]
        for name in ("Allow", "Retry-After")
        if name in response.headers
    }
    return Problem(code, headers=kept).answer()
