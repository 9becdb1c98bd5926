"""The devices on which somebody wants to be told: adding one, and all that ends one."""

import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from cases.errors import ActionError
from cases.models import PushSubscription
from cases.notifications.push import envelope, services

# More than anybody has; each message goes to all of them.
AT_MOST = 10


@transaction.atomic
def add_device(
    person: User, *, endpoint: str, public_key: str, secret: str, device: str, session_key: str
) -> str:
    """Tell somebody on this browser from now on; whoever was told on it before is told no more.

    Returns the word by which that browser is known from now on: it stands in its cookie alone.
    Raises ``ActionError`` for an address of no push service that we know, or a key that is none;
    ``PermissionDenied`` when the session of ``session_key`` was ended meanwhile.
    """
    _check(endpoint, public_key, secret)
    User.objects.select_for_update(no_key=True).get(pk=person.pk)  # two clicks: one row
    # Whoever ends a session does that first, and then takes its devices: this one with them.
    standing = Session.objects.filter(session_key=session_key).select_for_update(no_key=True)
    if not list(standing.values_list("pk")):
        raise PermissionDenied
    own = PushSubscription.objects.filter(user=person).exclude(endpoint=endpoint)
    if own.count() >= AT_MOST:
        raise ActionError(_("You are told on ten devices already. Remove one first."))
    PushSubscription.objects.filter(endpoint=endpoint).exclude(user=person).delete()
    word = secrets.token_urlsafe(32)
    PushSubscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={
            "user": person,
            "public_key": public_key,
            "secret": secret,
            "device": device[:60],
            "session_key": session_key,
            "holds_while": what_ends_sessions(person),
            "known_by": _hashed(word),
        },
    )
    return word


def _check(endpoint: str, public_key: str, secret: str) -> None:
    try:
        envelope.public_key(envelope.decoded(public_key))
        fits = len(envelope.decoded(secret)) == envelope.SECRET and len(endpoint) <= 1000
    except ValueError:
        fits = False
    if not fits or not services.is_known(endpoint):
        raise ActionError(
            _("This browser cannot be told: its push service is not one that Meldcode knows.")
        )


def what_ends_sessions(person: User) -> str:
    """Return what changes when all of somebody's sessions are ended, hashed.

    Without SECRET_KEY: where that is renewed, sessions go on, and so do devices.
    """
    return _hashed(f"{person.password} {person.session_epoch}")


def devices_of(person: User) -> list[PushSubscription]:
    """Return the devices of somebody that stand; what ended with their sessions is removed."""
    mine = PushSubscription.objects.filter(user=person)
    mine.exclude(holds_while=what_ends_sessions(person)).delete()
    return list(mine)


def _hashed(word: str) -> str:
    return hashlib.sha256(word.encode(errors="replace")).hexdigest()


def this_one(request: HttpRequest) -> QuerySet[PushSubscription]:
    """Return the subscription of the browser that asks, whoever is signed in there."""
    word = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    return PushSubscription.objects.filter(known_by=_hashed(word))


def signed_out(request: HttpRequest, **kwargs: Any) -> None:
    """Tell nobody on a browser any more on which somebody signed out (``user_logged_out``).

    Also where its cookie is gone: somebody else may have put the device there.
    """
    this_one(request).delete()
    if key := request.session.session_key:
        request.session.delete()  # Django does so after this: what is added in between would stay
        session_ended(key)


def signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Tell nobody else on a browser on which somebody signs in (``user_logged_in``).

    Their own device goes with their new session: it ends with that one.
    """
    here = this_one(request)
    here.exclude(user=user).delete()
    here.update(session_key=request.session.session_key)


def session_ended(session_key: str, **kwargs: Any) -> None:
    """Tell nobody on a browser whose session its owner ended from elsewhere."""
    PushSubscription.objects.filter(session_key=session_key).delete()


def session_renewed(session_key: str, new: str, **kwargs: Any) -> None:
    """Let a device end with its session, by whatever key that goes on."""
    PushSubscription.objects.filter(session_key=session_key).update(session_key=new)


def others_ended(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Tell somebody on no other browser than the one that asks: they ended all others.

    On that one on, also where that was by a new password or second factor (``password_changed``).
    """
    here = this_one(request).filter(user=user)
    PushSubscription.objects.filter(user=user).exclude(pk__in=here.values("pk")).delete()
    here.update(holds_while=what_ends_sessions(user))


def role_ended(membership: Membership, **kwargs: Any) -> None:
    """Tell somebody whose role ended on no device of before: they say so anew, if they still may.

    All their sessions ended then; what they added since, in another, stays.
    """
    devices_of(User.objects.get(pk=membership.user_id))
