"""One's own sessions: where one is signed in, and a button to end each."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

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

    pk: int
    device: str
    address: str
    began_at: datetime
    last_seen_at: datetime
    is_current: bool


def own_sessions(request: HttpRequest) -> list[OwnSession]:
    """Return the user's sessions that still stand, the latest used first."""
    standing = UserSession.objects.purge_and_list(request.user)
    ends = Session.objects.in_bulk([session.session_key for session in standing])
    rest = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    found = [
        OwnSession(
            session.pk,
            device(session.user_agent),
            session.ip,
            session.created_at,
            # Each request puts the end of the session half an hour ahead.
            ends[session.session_key].expire_date - rest,
            session.session_key == request.session.session_key,
        )
        for session in standing
        if session.session_key in ends
    ]
    return sorted(found, key=lambda session: session.last_seen_at, reverse=True)


def device(user_agent: str) -> str:
    """Return browser and device in words, as far as the browser says."""
    known = [
        next((name for word, name in table if word in user_agent), "")
        for table in (BROWSERS, DEVICES)
    ]
    return ", ".join(filter(None, known)) or _("Unknown browser")


@open_to(SIGNED_IN)
def own(request: HttpRequest) -> HttpResponse:
    """Show where one is signed in."""
    return render(request, "account/sessions.html", {"sessions": own_sessions(request)})


@open_to(SIGNED_IN)
@require_POST
def end(request: HttpRequest, session: int) -> HttpResponse:
    """End one of one's own sessions."""
    ended = get_object_or_404(UserSession, user=request.user, pk=session)
    ended.end()
    session_ended.send(sender=UserSession, session_key=ended.session_key)
    messages.success(request, _("That session is ended."))
    return redirect("sessions")


@open_to(SIGNED_IN)
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    others = UserSession.objects.filter(user=request.user)
    for other in others.exclude(session_key=request.session.session_key):
        other.end()
    others_ended.send(sender=UserSession, request=request, user=request.user)
    messages.success(request, _("All your other sessions are ended."))
    return redirect("sessions")
