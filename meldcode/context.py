"""What every page shows: navigation by role, who is signed in, whom to call, a demo or not."""

from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import access, second_factor, sessions, theme
from accounts.access import Permission
from accounts.models import User
from cases.notifications.reading import unread_count
from cases.protocol import CONTACTS


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry of the navigation."""

    label: Promise
    icon: str
    url: str
    active: bool
    # The letter that leads there; empty: none.
    key: str
    # Where a phone's bar is full: behind "Your account", on a phone alone.
    seldom: bool


# Who sees which entry: by the permission that its page asks for; None: everybody signed in.
NAVIGATION: tuple[tuple[str, Promise, str, Permission | None], ...] = (
    ("todo", _("My tasks"), "check", Permission.SEE_TASKS),
    ("cases:dashboard", _("Cases"), "folder", Permission.SEE_DASHBOARD),
    ("signals:new", _("Log a signal"), "plus", Permission.LOG_SIGNAL),
    ("signals:mine", _("My signals"), "signal", Permission.SEE_OWN_SIGNALS),
    ("consultations:inbox", _("Advice asked for"), "inbox", Permission.ADVISE),
    ("cases:exportable", _("Dossiers"), "file-pdf", Permission.LIST_EXPORTABLE),
    ("cases:year_report", _("Year report"), "chart", Permission.WRITE_YEAR_REPORT),
    ("people:people", _("People"), "people", Permission.SEE_PEOPLE),
    ("audit:school", _("Trail"), "eye", Permission.SEE_AUDIT),
    ("background:work", _("Background"), "clock", Permission.SEE_BACKGROUND),
    ("help", _("Help"), "help", None),
)
# The letter on the keyboard of what one goes to often; the same in each language.
KEYS = {
    "todo": "t",
    "cases:dashboard": "c",
    "signals:new": "n",
    "signals:mine": "m",
    "consultations:inbox": "a",
    "cases:exportable": "d",
    "people:people": "p",
    "help": "h",
}

# A bar that is longer than this keeps what one opens a few times a year for the account's menu.
FITS = 7
SELDOM = ("cases:year_report", "people:people", "audit:school", "background:work")


def page(request: HttpRequest) -> dict[str, object]:
    """Return the context of the base template. Error pages can come without a user."""
    user = getattr(request, "user", None)
    shown = {"demo": settings.DEMO, "national": CONTACTS, "look": theme.look_of(request)}
    if user is None or not user.is_authenticated:
        return shown
    shown |= {
        # Seconds of rest, and the moment (ms since 1970) at which it ends however busy one is.
        "session_rest": settings.SESSION_COOKIE_AGE,
        "session_of": sessions.sign_of(user.pk),
        "session_ends": int(sessions.ends_at(request).timestamp() * 1000),
    }
    # A page for everybody says nothing of somebody to whoever knows a password of theirs alone.
    return shown if second_factor.is_owed(request) else shown | _of(user, request.path)


def _of(user: User, path: str) -> dict[str, object]:
    """Return what a page shows to somebody who showed that it is them."""
    memberships, permissions = user.current_memberships, access.permissions_of(user)
    places = [
        (label, icon, reverse(name), KEYS.get(name, ""), name in SELDOM)
        for name, label, icon, permission in NAVIGATION
        if permission is None or permission in permissions
    ]
    return {
        "navigation": [
            NavigationItem(label, icon, url, path == url, key, seldom and len(places) > FITS)
            for label, icon, url, key, seldom in places
        ],
        # Asked by a page that shows the bell, and by no part of one.
        "unread_count": partial(unread_count, user),
        "role_label": " · ".join(str(m) for m in memberships),
        "permissions": {permission.value for permission in permissions},
    }
