"""What another site's page may do with a page of ours: have it, open it, ask it, name with it."""

from collections.abc import Callable
from urllib.parse import unquote, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes

from accounts.sessions import (
    OTHER_SITES,
    PRESSED,
    SIGNS_OUT,
    is_at_provider,
    is_opened_by_nobody,
    lead,
    was_led_in_just_now,
)
from api.middleware import AT
from background.hands import PAGES_AT_ONCE, InHand
from meldcode.middleware.requests import SIGNING_IN

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
    "mfa_deactivate_totp", "mfa_generate_recovery_codes", "sessions", "account_logout",
    "cases:contacts", "cases:vacations", "notifications:list", "people:people",
    "consultations:inbox", "cases:destruction", "cases:emergency", "cases:help_items",
    "cases:views", "cases:year_report", "notifications:settings", "background:work",
}  # fmt: skip
# To these a provider leads back without anybody's press. By the form of a hub comes no cookie: it
# counts what it is sent, and asks nothing of a session.
LED_BACK_TO, BY_A_FORM = {"sso:callback", "sso:saml_finish"}, {"sso:saml_callback"}
# What stands behind the question mark of where somebody is led on to by such a link.
ELSEWHERE = "elsewhere"


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
        asked_first = elsewhere and _is_asked_first(request.resolver_match)
        if not (asked_first or _would_sign_out(request, elsewhere=elsewhere)):
            return None
        return render(request, "from_elsewhere.html", {"leads_to": _address_of(request)})


def _is_asked_first(found: ResolverMatch) -> bool:
    """Tell whether a page that a link of another site leads to is opened by a press alone."""
    if found.view_name in DONE_BY_ONE_PRESS:
        return True
    return bool(found.kwargs) and found.view_name not in OPENED_FROM_ELSEWHERE


def _would_sign_out(request: HttpRequest, *, elsewhere: bool) -> bool:
    """Tell whether a link would sign out whoever is signed in, without a press on a page of ours.

    A browser says that nobody's page led here of a link in a mail program; and of a tab that goes
    back in its history, from where another site leads on: there it asks whoever is somebody else.
    """
    found = request.resolver_match
    if found.view_name != SIGNS_OUT or not request.user.is_authenticated:
        return False
    by_us = request.headers.get("sec-fetch-site", OWN) == OWN
    theirs = found.kwargs["uidb36"].lower() == request.user.public_id.hex
    return elsewhere or not (by_us or theirs)


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
