"""How much of a form, and how many at once, the web takes in hand."""

import codecs
import gc
import time
from collections.abc import Callable
from contextlib import suppress

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from background.hands import FORMS_AT_ONCE, InHand
from meldcode.middleware.parts import bound_parts
from meldcode.middleware.requests import SIGNING_IN
from meldcode.trouble import database_away

# Signs of a form that are written as a number ("%41") or are no plain letters: far more than all
# that anybody types. Each takes two hundred bytes while it is worked out.
MOST_SIGNS = 250_000
# Signs in a form of a page for everybody, which shows some of them again, each as up to six.
MOST_OF_A_STRANGER = 1_200_000
# Bytes of a form that is larger than any that people send: what is made of it is thrown away soon.
LARGE = 500_000
# Seconds between two times: it takes a tenth of one.
PAUSE = 0.5
# Signs in an address to go on to: more than a web server takes in a line. Pages repeat it.
LONGEST_WAY_ON = 4_100
WRITTEN_SO, PLAIN = "application/x-www-form-urlencoded", bytes(range(128))


class WholeFormMiddleware:
    """Reads a form to its end before anybody looks who sends it, as the UTF-8 that our pages are.

    Else whoever holds back the end of a form is known by then, and stays so for as long as they
    like: after a new password, the end of their session or of their role. Stands before sessions.

    What says of itself that it is written otherwise is not read: it may be any way that Python
    knows, and in one of them (punycode) seven megabytes take hours. Nor what is hardly anything but
    signs to work out: eight megabytes take six hundred of memory, and eight such forms at once all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        bound_parts()
        # Whether a page of a large form went out since: its parts hang together, and Python, as
        # ``wsgi`` has it, looks for such things after hundreds of requests.
        self._is_left, self._thrown_away_at = False, 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Wait for the whole form; of one that breaks off nothing is left, as Django has it."""
        if self._is_left and time.monotonic() - self._thrown_away_at > PAUSE:
            self._is_left, self._thrown_away_at = False, time.monotonic()
            gc.collect()
        if request.encoding and codecs.lookup(request.encoding).name != "utf-8":
            return HttpResponse(status=415)
        # By its one name: of another one of the same code Django makes no form, whenever it is
        # asked for one, also by the page that says so.
        request.encoding = "utf-8"
        with suppress(UnreadablePostError):
            if _is_laborious(request):
                raise RequestDataTooBig
            _ = request.POST
        response = self.get_response(request)
        if _length(request) > LARGE:
            response._resource_closers.append(self._leave)
        return response

    def _leave(self) -> None:
        self._is_left = True

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> None:
        """Refuse what is far too much for a page that is for everybody, and a way on without end.

        It would come back six times as large and more: beyond what the proxy takes from us
        (deploy/Caddyfile), and whoever reads no further keeps a hand of the web.
        """
        if request.method != "POST":
            return
        if len(request.POST.get(REDIRECT_FIELD_NAME, "")) > LONGEST_WAY_ON:
            raise RequestDataTooBig
        sent = sum(len(value) for __, values in request.POST.lists() for value in values)
        if sent > MOST_OF_A_STRANGER and not getattr(view, "login_required", True):
            raise RequestDataTooBig


def _length(request: HttpRequest) -> int:
    """Return how many bytes a request says that it sends; 0: it does not say so."""
    said = request.headers.get("content-length") or "0"
    return int(said) if str(said).isdecimal() and len(str(said)) < 20 else 0


def _is_laborious(request: HttpRequest) -> bool:
    """Tell whether a form holds more signs to work out than anybody types."""
    if request.method != "POST" or request.content_type != WRITTEN_SO:
        return False
    return request.body.count(b"%") + len(request.body.translate(None, PLAIN)) > MOST_SIGNS


class FormsInHandMiddleware:
    """Works on so many forms of one person at once in this process (``background.hands``).

    A form can wait for what somebody else is writing, and keeps its hand meanwhile: thirty of one
    person, sent while a long list of pupils was written down, kept the web from answering anybody.
    Of the others nothing is saved, as their page says, with the words that were typed. Not of one's
    account: whoever has somebody's session would keep its owner from ending it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._in_hand = InHand(FORMS_AT_ONCE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Take the form in hand, or say that it is not saved."""
        of_account = request.path_info.startswith(SIGNING_IN)
        if request.method != "POST" or of_account or not request.user.is_authenticated:
            return self.get_response(request)
        with self._in_hand.take(request.user.pk) as is_taken:
            return self.get_response(request) if is_taken else database_away(request)
