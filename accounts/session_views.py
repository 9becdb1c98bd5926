"""One's own sessions: where one is signed in, and a button to end each."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import sessions
from accounts.access import SIGNED_IN, open_to
from accounts.signals import others_ended, session_ended

# Words of a User-Agent → how people call it; the first that fits.
DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One session, as its owner knows it again."""

    sign: str
    device: str
    address: str
    began_at: datetime
    last_seen_at: datetime
    is_current: bool


def own_sessions(request: HttpRequest) -> list[OwnSession]:
    """Return the user's sessions that still stand, the latest used first."""
    if request.session.modified:  # by another SECRET_KEY: its row says so first, or it is purged
        request.session.save()
    rest = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    found = [
        OwnSession(
            sign_of(session),
            device(session.user_agent),
            session.ip,
            session.created_at,
            # Each request puts the end of the session half an hour ahead.
            row.expire_date - rest,
            session.session_key == request.session.session_key,
        )
        for session, row in sessions.standing(request.user)
    ]
    return sorted(found, key=lambda session: session.last_seen_at, reverse=True)


def device(user_agent: str) -> str:
    """Return browser and device in words, as far as the browser says."""
    known = [
        next((name for word, name in table if word in user_agent), "")
        for table in (BROWSERS, DEVICES)
    ]
    return ", ".join(filter(None, known)) or _("Unknown browser")


def sign_of(session: UserSession) -> str:
    """Return what a page says of a session instead of its number.

    All sessions are counted through: two numbers of one's own would tell how many people signed in
    meanwhile, at all schools.
    """
    return salted_hmac("accounts.sessions", str(session.pk), algorithm="sha256").hexdigest()[:16]


@open_to(SIGNED_IN)
def own(request: HttpRequest) -> HttpResponse:
    """Show where one is signed in."""
    return render(request, "account/sessions.html", {"sessions": own_sessions(request)})


@open_to(SIGNED_IN)
@require_POST
def end(request: HttpRequest, session: str) -> HttpResponse:
    """End one of one's own sessions."""
    mine = UserSession.objects.filter(user=request.user)
    ended = next((one for one in mine if sign_of(one) == session), None)
    if ended is None:
        raise Http404
    with transaction.atomic():  # it may go on under another key at this moment
        ended = mine.select_for_update().filter(pk=ended.pk).first()
        if ended is not None:
            ended.end()
            session_ended.send(sender=UserSession, session_key=ended.session_key)
    messages.success(request, _("That session is ended."))
    return redirect("sessions")


@open_to(SIGNED_IN)
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one, which goes on under another key: whoever holds a
    copy of its cookie is out too.
    """
    request.session.cycle_key()
    others = UserSession.objects.filter(user=request.user)
    for other in others.exclude(session_key=request.session.session_key):
        other.end()
    others_ended.send(sender=UserSession, request=request, user=request.user)
    messages.success(request, _("All your other sessions are ended."))
    return redirect("sessions")
