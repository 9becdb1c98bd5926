"""What somebody typed is never lost: kept when the session ended in the middle of writing.

Every form carries a sealed token that says who it was shown to. When it is sent without a valid
session (or with a stale CSRF token), its fields are kept, encrypted, in the new session; after the
same person has signed in again, and only for them, the page of the form shows them once more.

Each such form makes a session in the database, without anybody signed in: so there is an end to how
much is kept of one, and how often for one person.
"""

import hashlib
from base64 import urlsafe_b64decode
from typing import Any

from allauth.core import ratelimit
from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from accounts.crypto import cipher, opened_number, sealed_number, signs

TOKEN_FIELD = "typed_by"  # noqa: S105 - the name of a field, no secret
SESSION_KEY = "typed"
SALT = "accounts.typed"
OWNER = "accounts.typed.owner"
LASTS = 24 * 3600  # seconds
# Bytes as a form sends them: a hundred pages of plain text.
LARGEST = 300_000
# Forms, one in each tab of those that somebody writes in; and letters of all, encrypted.
MOST, LARGEST_OF_ALL = 4, 600_000
# A password is chosen anew, a secret is typed anew: they lie nowhere but where they belong.
SECRETS = ("password", "client_secret")
# And a list of people is pasted anew: it is kept nowhere.
LEFT_OUT = ("csrfmiddlewaretoken", TOKEN_FIELD, "people", *SECRETS)


def token_for(user_id: int) -> str:
    """Return the token that a form carries: for whom it was shown."""
    return sealed_number(user_id, OWNER)


def shown_to(request: HttpRequest) -> int | None:
    """Return the key of whom a form that was sent was shown to; None: this site did not show it."""
    return _owner(request.POST.get(TOKEN_FIELD, ""))


def keep(request: HttpRequest) -> bool:
    """Keep what a form brought, for the person it was shown to.

    False when it carries no token, or brings too much: the latter is said on the next page.
    """
    owner = shown_to(request)
    if owner is None or (request.user.is_authenticated and request.user.pk != owner):
        return False
    text = packed(request.POST)
    if len(text) > LARGEST or not _has_room(request, owner):
        messages.error(
            request,
            _(
                "What you typed was too much to keep. Open the form again: there may be a draft of "
                "it. If not, type it once more."
            ),
        )
        return False
    kept = {place: one for place, one in _kept(request).items() if place != _place(request)}
    kept[_place(request)] = {"owner": owner, "fields": cipher(SALT).encrypt(text).decode()}
    while len(kept) > MOST or sum(len(one["fields"]) for one in kept.values()) > LARGEST_OF_ALL:
        del kept[next(iter(kept))]
    request.session[SESSION_KEY] = kept
    return True


def _has_room(request: HttpRequest, owner: int) -> bool:
    """Count by the page that the form stood on, and by whose it is: whoever has one page of theirs,
    without a session, keeps nothing of theirs from being kept.
    """
    # Its bytes: their spelling in letters can be varied.
    sealed = urlsafe_b64decode(request.POST[TOKEN_FIELD].encode())
    page = hashlib.sha256(sealed).hexdigest()
    of_page = ratelimit.consume(request, action="keep_typed_of_a_page", key=page)
    return bool(of_page and ratelimit.consume(request, action="keep_typed", key=str(owner)))


def packed(fields: QueryDict) -> bytes:
    """Return what a form brought, as a form sends it, without what is not kept."""
    fields = fields.copy()
    for name in LEFT_OUT:
        fields.pop(name, None)
    return fields.urlencode().encode()


def take(request: HttpRequest) -> QueryDict | None:
    """Return what the user had typed on this very page, once; None when there is nothing."""
    kept = _kept(request)
    found = next((kept.pop(place) for place in _places(request) if place in kept), None)
    if found is None or found["owner"] != request.user.pk:
        return None
    request.session[SESSION_KEY] = kept
    if not kept:
        del request.session[SESSION_KEY]
    try:
        return QueryDict(cipher(SALT).decrypt(found["fields"].encode()).decode())
    except InvalidToken:
        return None


def _kept(request: HttpRequest) -> dict[str, dict[str, Any]]:
    """Return what was kept, by the place of each form; one of before this version was alone."""
    kept = request.session.get(SESSION_KEY) or {}
    return dict(kept) if "place" not in kept else {kept["place"]: kept}


def _place(request: HttpRequest) -> str:
    """Return what stands for the page of a form, and its school: an address can hold a name."""
    return _places(request)[0]


def _places(request: HttpRequest) -> list[str]:
    """Return by what it may have been kept, also before SECRET_KEY was renewed."""
    return signs(SALT, request.get_full_path())


def _owner(token: str) -> int | None:
    return opened_number(token, OWNER, LASTS)
