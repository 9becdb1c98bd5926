"""How long somebody stays signed in: half an hour of rest, twelve hours in all."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession, UserSessionManager
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.crypto import signs
from accounts.models import User
from accounts.session_store import SessionStore

SIGNED_IN_AT = "signed_in_at"
# Sessions of one person at once: far more than anybody has browsers.
MOST = 20
# To their provider, and in from there → seconds: in which they come back, and are led on.
LED_OUT, LED_IN = "out", "in"
LED = {LED_OUT: 30 * 60, LED_IN: 60}
# What a browser says of a link that stands on a page of others, also of a neighbour's; and of one
# that somebody pressed.
OTHER_SITES, PRESSED = {"cross-site", "same-site"}, "?1"
# A working link to a new password signs out whoever is signed in as somebody else.
SIGNS_OUT = "account_reset_password_from_key"
# 64 bits: of two people no page is taken for the other's.
SIGNS = 16
# The header in which a script says that it asks by itself, as when it tries again (drafts.js).
BY_ITSELF = "Meldcode-By-Itself"


def begin(request: HttpRequest, user: User, **kwargs: object) -> None:
    """Write down when the session began (Django's ``user_logged_in``).

    At once: its row is there already, and says nothing. Whoever looks at their sessions at this
    moment would take this one from the list, and so end it.
    """
    request.session[SIGNED_IN_AT] = timezone.now().timestamp()
    request.session.save()
    _end_the_oldest(user)


def _end_the_oldest(user: User) -> None:
    """Make room for one more session of somebody: each sign-in looks at all that stand."""
    mine = UserSession.objects.filter(user=user).order_by("-created_at", "-pk")
    if too_many := list(mine.values_list("session_key", flat=True)[MOST - 1 :]):
        Session.objects.filter(session_key__in=too_many).delete()
        UserSession.objects.filter(session_key__in=too_many).delete()


def renew(request: HttpRequest, user: User, **kwargs: object) -> None:
    """Go on under another key where somebody who is signed in shows again who they are, or sets up
    their first second factor (allauth's ``authentication_step_completed``).

    Else whoever holds a copy of the cookie waits for that, and is as fresh (ASVS 3.2.1).
    """
    if request.user.is_authenticated and request.user == user:
        request.session.cycle_key()


def follow(session_key: str, new: str, **kwargs: object) -> None:
    """Let the list of one's own sessions know one by its new key (``session_renewed``)."""
    UserSession.objects.filter(session_key=session_key).update(session_key=new)


def standing(user: User) -> list[tuple[UserSession, Session]]:
    """Return the sessions of somebody that stand, each with its row; forget those that ended.

    All at once: allauth asks the database three times for each.
    """
    listed = list(UserSession.objects.filter(user=user))
    keys = [one.session_key for one in listed]
    rows = Session.objects.filter(expire_date__gt=timezone.now()).in_bulk(keys)
    found = [(one, rows[one.session_key]) for one in listed if one.session_key in rows]
    found = [(one, row) for one, row in found if _is_theirs(row, user)]
    kept = {one.session_key for one, __ in found}
    # By its key: one that goes on under another since has its row still.
    if over := [key for key in keys if key not in kept]:
        UserSession.objects.filter(session_key__in=over).delete()
    return found


def look_at_all_at_once() -> None:
    """Let allauth look so too, at each sign-in: else it reads each by itself."""

    def purge_and_list(manager: UserSessionManager, user: User) -> list[UserSession]:
        return [one for one, __ in standing(user)]

    UserSessionManager.purge_and_list = purge_and_list


def _is_theirs(row: Session, user: User) -> bool:
    """Tell whether a session is somebody's still: what ends all of them did not since."""
    held = SessionStore().decode(row.session_data)
    against = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    said = held.get(HASH_SESSION_KEY, "")
    return held.get(SESSION_KEY) == str(user.pk) and any(
        constant_time_compare(said, one) for one in against
    )


def ends_at(request: HttpRequest) -> datetime:
    """Return when the session ends however busy one is; one of unknown age is over."""
    began = request.session.get(SIGNED_IN_AT, 0)
    longest = timedelta(seconds=settings.SESSION_LONGEST)
    return datetime.fromtimestamp(began, timezone.get_current_timezone()) + longest


def asked_by_itself(response: HttpResponse) -> HttpResponse:
    """Mark an answer for which a page asks by itself: nobody need be there, so it is no sign of
    that anybody is (``SessionMiddleware``)."""
    response.asked_by_itself = True
    return response


def is_asked_by_itself(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether a page asked by itself: the answer is marked so, or its script says it."""
    return getattr(response, "asked_by_itself", False) or BY_ITSELF in request.headers


def lead(request: HttpRequest, response: HttpResponse) -> None:
    """Let a browser know for a while that somebody is led to their provider, or in from there.

    In a cookie of its own: who asks without a press is answered before any session is read.
    """
    if way := getattr(request, "is_led", ""):
        response.set_cookie(
            settings.LED_COOKIE_NAME, way, max_age=LED[way], secure=settings.TLS,
            httponly=True, samesite="Lax",
        )  # fmt: skip


def was_led_in_just_now(request: HttpRequest) -> bool:
    """Tell whether a provider answered for somebody a moment ago: they come from there."""
    return request.COOKIES.get(settings.LED_COOKIE_NAME) == LED_IN


def is_at_provider(request: HttpRequest) -> bool:
    """Tell whether somebody was led to their provider from here, and did not come back yet."""
    return request.COOKIES.get(settings.LED_COOKIE_NAME) == LED_OUT


def is_opened_by_nobody(request: HttpRequest) -> bool:
    """Tell whether a page of another site opened one of ours without anybody's press.

    It does so in its own tab, and stops before the answer comes: nobody sees any of it. A browser
    that does not say who pressed (Safari) has each link of another site taken for such a one.
    """
    return (
        request.headers.get("sec-fetch-site") in OTHER_SITES
        and request.headers.get("sec-fetch-user") != PRESSED
        and not was_led_in_just_now(request)
    )


def sign_of(user_id: int) -> str:
    """Return a sign of somebody, for their own pages: by it one knows whether it is they still."""
    return _signs_of(user_id)[0]


def is_sign_of(user_id: int, said: str) -> bool:
    """Tell whether a page of somebody says so, also of before SECRET_KEY was renewed."""
    return said in _signs_of(user_id)


def _signs_of(user_id: int) -> list[str]:
    return [one[:SIGNS] for one in signs("accounts.sessions.sign_of", str(user_id))]


def is_over(request: HttpRequest) -> bool:
    """Tell whether somebody was signed in for too long."""
    return ends_at(request) <= timezone.now()
