"""What is asked of every request, and headers that no library of ours sets."""

import codecs
import gc
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import unquote, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import RequestDataTooBig
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    UnreadablePostError,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes

from accounts.sessions import (
    OTHER_SITES,
    PRESSED,
    is_at_provider,
    is_opened_by_nobody,
    lead,
    was_led_in_just_now,
)
from api.middleware import AT
from background.hands import FORMS_AT_ONCE, PAGES_AT_ONCE, InHand
from meldcode.trouble import database_away

METHODS = ("GET", "HEAD", "POST")
# What the addresses of signing in, of providers and of one's account begin with.
SIGNING_IN = "/account/"
# What a browser asks for by itself, where a page names no icon.
ICONS = {"/favicon.ico", "/apple-touch-icon.png", "/apple-touch-icon-precomposed.png"}
# What a browser says of what our own pages ask for.
OWN = "same-origin"
# What a browser says of what becomes a page, in a tab or window.
OPENED = "document"
# Whatever else has something in its address names somebody, or what is about them: more people can
# name it than may know of a case, or how it goes on. By the name of the URL.
OPENED_FROM_ELSEWHERE = {
    # Alike for everybody: help for a role, a part of the tour.
    "guide", "tour",
    # A provider or its hub leads back to these from its own site, or reads what we are.
    "sso:callback", "sso:saml_callback", "sso:saml_finish", "sso:saml_metadata",
    # A secret out of a mail that may be read in a browser: nobody else has it, and it shows nothing
    # before somebody goes on.
    "people:open_invitation", "account_reset_password_from_key",
}  # fmt: skip
# These name nothing, and one press on them does something: the second click on a neighbour's page,
# which closes itself in between, is none that somebody meant.
DONE_BY_ONE_PRESS = {
    "mfa_deactivate_totp", "mfa_generate_recovery_codes",
    "cases:contacts", "cases:vacations", "notifications:list", "people:people",
    "consultations:inbox", "cases:destruction", "cases:help_items", "cases:views",
    "cases:year_report", "background:work",
}  # fmt: skip
# A working link to a new password signs out whoever is signed in as somebody else.
SIGNS_OUT = "account_reset_password_from_key"
# To these a provider leads back without anybody's press. By the form of a hub comes no cookie: it
# counts what it is sent, and asks nothing of a session.
LED_BACK_TO, BY_A_FORM = {"sso:callback", "sso:saml_finish"}, {"sso:saml_callback"}
# What stands behind the question mark of where somebody is led on to by such a link.
ELSEWHERE = "elsewhere"
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
        """Leave all others out; of one that comes twice the first is the one for our own path."""
        found: dict[str, str] = {}
        for cookie in request.headers.get("cookie", "").split(";"):
            name, __, value = cookie.partition("=")
            if (name := name.strip(" \t")) in self.own:
                found.setdefault(name, value)
        request.META["HTTP_COOKIE"] = "; ".join(f"{name}={found[name]}" for name in found)
        return self.get_response(request)


class OwnPagesMiddleware:
    """A page of ours is opened; no other site has it as a picture, a script or a frame of its own.

    A neighbour's page could keep a session awake with nobody there, and ask anew what somebody is
    just answering: the key of an app, the question to a passkey. Stands before sessions.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse what a browser says is part of a page of others, or is fetched in advance.

        No page of ours has others fetched in advance; of what a page of others has, a browser says
        that nobody's page asked for it.
        """
        site = request.headers.get("sec-fetch-site", OWN)
        is_part = request.headers.get("sec-fetch-dest", OPENED) != OPENED
        said = (request.headers.get("sec-purpose", ""), request.headers.get("purpose", ""))
        in_advance = any("prefetch" in one.lower() for one in said)
        # What the browser fetches later, for a page that is closed by then, is nobody's either.
        if (site != OWN and is_part) or in_advance or _is_a_socket(request):
            return HttpResponse(status=403)
        if request.path_info in ICONS:  # ours is another; and nobody asked for any page
            return HttpResponse(status=404)
        return self.get_response(request)


def _is_a_socket(request: HttpRequest) -> bool:
    """Tell whether a script wants a socket, or reads for a page of others.

    Of a socket a browser says nothing but that, and from where. (By its token another system reads
    whatever it says of itself.)
    """
    if "sec-websocket-key" in request.headers or "sec-websocket-version" in request.headers:
        return True
    if "websocket" in request.headers.get("upgrade", "").lower():
        return True
    # Of what a form of a hub leads on to, a browser may say that it comes from nowhere.
    origin = request.headers.get("origin", "null")
    if origin == "null" or request.method == "POST" or request.path_info.startswith(AT):
        return False
    return origin.partition("://")[2] != request.get_host()


class OpenedByNobodyMiddleware:
    """Where a page of another site opens one of ours without anybody's press, or sends it a form, a
    page to go on from.

    It does so in its own tab, and stops: nobody sees it, and by how long the answer takes it knows
    whether somebody is signed in here, and kept a session awake, took what is shown once, put a new
    question in the place of one that somebody was answering. Stands before sessions: the same is
    said to everybody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._in_hand = InHand(PAGES_AT_ONCE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Say where it leads; and remember for a minute who is led in by a provider.

        Also where somebody pressed a form of theirs: it is refused in the end, by a page that has
        forms itself, and so took what the forms bear that somebody is filling in.
        """
        elsewhere = request.headers.get("sec-fetch-site") in OTHER_SITES
        is_asked = is_opened_by_nobody(request) or (elsewhere and request.method == "POST")
        if is_asked and not _leads_back(request):
            return _asks_first(request)
        cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        opens = request.method == "GET" and request.headers.get("sec-fetch-mode") == "navigate"
        if not (cookie and opens) or request.headers.get("sec-fetch-user") == PRESSED:
            return self._answer(request)
        # Several at once, without a press, are those of a tab that stops each (``hands``). Who
        # presses a slow link three times means it.
        with self._in_hand.take(cookie) as is_taken:
            return self._answer(request) if is_taken else _asks_first(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        lead(request, response)
        return response


def _asks_first(request: HttpRequest) -> HttpResponse:
    leads = {"leads_to": _address_of(request), "elsewhere": ELSEWHERE}
    page = render_to_string("opened_by_nobody.html", leads)
    return HttpResponse(page, headers={"Cache-Control": "no-store"})


def _leads_back(request: HttpRequest) -> bool:
    try:
        name = resolve(request.path_info).view_name
    except Resolver404:
        return False
    if request.method == "POST":
        return name in BY_A_FORM
    return name in LED_BACK_TO and is_at_provider(request)


def _address_of(request: HttpRequest) -> str:
    """Return a path as the address that it is: by its own signs it may ask something, or be another
    house.
    """
    return escape_leading_slashes(escape_uri_path(request.path))


class AskedFromElsewhereMiddleware:
    """Opens a page that another site's link leads to, and asks it nothing of what that link asks.

    Else whoever reads the length of answers along the way, and gets somebody to open a link, asks
    in their name: whom a search finds, which class has a case. Signing in is left alone, but for
    where it leads on to; and whom a provider let in just now comes from there, to where they were.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Lead on to the page without what stands behind its question mark."""
        elsewhere = request.headers.get("sec-fetch-site") in OTHER_SITES
        asks = request.META.get("QUERY_STRING") and request.method in ("GET", "HEAD")
        asked = self._without(request) if elsewhere and asks else None
        here = _address_of(request)
        return self.get_response(request) if asked is None else HttpResponseRedirect(here + asked)

    def _without(self, request: HttpRequest) -> str | None:
        """Return what is left of what a link asks; None: all of it."""
        if request.path_info.startswith(SIGNING_IN):
            query = request.GET.copy()
            asked = query.get(REDIRECT_FIELD_NAME, "")
            query[REDIRECT_FIELD_NAME] = leads = _way_on(asked)
            return None if leads == asked else f"?{query.urlencode()}"
        return None if was_led_in_just_now(request) else ""


class NamedFromElsewhereMiddleware:
    """Where another site's link names anything, a page to go on from; after signing in.

    The form of a signal names all pupils of a school to each teacher, by what stands in the address
    of their pages, and a paper names its case to parents; who worked on a case has the addresses of
    its reports and meetings still. By the length of such a page they would know whether there is a
    case, in which step it is, or what came of a report.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        """Say where it leads instead of opening it, whoever it is about."""
        by_a_link = request.headers.get("sec-fetch-site") in OTHER_SITES
        elsewhere = (by_a_link and not was_led_in_just_now(request)) or _says_elsewhere(request)
        asked_first = elsewhere and (
            _is_asked_first(request.resolver_match) or _would_sign_out(request)
        )
        if not asked_first:
            return None
        return render(request, "from_elsewhere.html", {"leads_to": _address_of(request)})


def _is_asked_first(found: ResolverMatch) -> bool:
    """Tell whether a page that a link of another site leads to is opened by a press alone."""
    if found.view_name in DONE_BY_ONE_PRESS:
        return True
    return bool(found.kwargs) and found.view_name not in OPENED_FROM_ELSEWHERE


def _would_sign_out(request: HttpRequest) -> bool:
    return request.resolver_match.view_name == SIGNS_OUT and request.user.is_authenticated


def _way_on(asked: str) -> str:
    """Return where a link of another site leads once somebody signed in, or gave a code once more.

    That step comes from a page of ours; so where it leads says from where it came.
    """
    try:
        parts = urlsplit(asked)
        found = resolve(unquote(parts.path)) if asked else None
    except ValueError:
        return ""
    except Resolver404:
        found = None
    named = asked and (found is None or _is_asked_first(found))
    query = f"{ELSEWHERE}=1" if named else ""
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _says_elsewhere(request: HttpRequest) -> bool:
    return f"{ELSEWHERE}=1" in request.META.get("QUERY_STRING", "").split("&")


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
