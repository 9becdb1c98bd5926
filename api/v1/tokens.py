"""Who asks: the token, how often it may, and one call in its name."""

import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from allauth.core.internal import ratelimit
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from accounts.models import User
from api import secrets
from api.middleware import JSON
from api.models import ApiToken
from api.scopes import OF_AN_ADDRESS, SCOPES, WRONG_OF_AN_ADDRESS
from api.v1.problems import WRONG, Error, Problem
from audit.about import by_system
from background.hands import (
    CALLS_AT_ONCE,
    CALLS_OF_ALL,
    LONG_CALLS_OF_ALL,
    InHand,
    InTurn,
    NoneFree,
)

SENDS = ("POST", "PUT")
# Seconds after which a system sends again what came while another call of its school was in hand.
ANOTHER_IN_HAND = 5
# How often a long call looks at its end whether its token is free, and seconds in between.
LOOKS, BETWEEN_LOOKS = 20, 0.05

_of_school = InHand(CALLS_AT_ONCE)
_of_all, _of_all_long = InTurn(CALLS_OF_ALL), InTurn(LONG_CALLS_OF_ALL)


class SchoolToken(HttpBearer):
    """``Authorization: Bearer meldcode_…``, of a token that has a scope.

    ``asks``: the names that may stand in the address behind the question mark. ``is_long``: what
    it opens may take long.
    """

    def __init__(self, scope: str, *, asks: Iterable[str] = (), is_long: bool = False) -> None:
        super().__init__()
        self.scope, self.asks, self.is_long = scope, frozenset(asks), is_long

    def __call__(self, request: HttpRequest) -> ApiToken:
        """Return the token that was brought. Raises ``Problem`` for whoever may not go on.

        A wrong one is counted by its address, and keeps no right one of that address waiting.
        """
        token = self.authenticate(request, _brought(request))
        if token is None:
            _count(request, "wrong", WRONG_OF_AN_ADDRESS)
            raise Problem("no_token")
        _count(request, "address", OF_AN_ADDRESS)
        if self.scope not in token.scopes:
            raise Problem("scope")
        # Before anything of it is read, and counted as none of those that a token may.
        request.in_hand.enter_context(a_hand_free(token, is_long=self.is_long))
        _count(request, self.scope, SCOPES[self.scope].rates, key=str(token.public_id))
        if request.method in SENDS and request.content_type != JSON:
            raise Problem("content_type")
        # A slip in "dry_run" is no reason to change a school.
        if set(request.GET) - self.asks or any(len(told) > 1 for __, told in request.GET.lists()):
            raise Problem("invalid", [Error("", "extra_forbidden", str(WRONG["extra_forbidden"]))])
        today = timezone.localdate()
        if token.last_used_on != today:
            ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
        return token

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Return the token of a text; None when it is none, over or revoked: all the same."""
        if not secrets.is_one(token):
            return None
        found = ApiToken.objects.working().filter(secret_hash=secrets.hashed(token))
        return found.select_related("school").first()


@contextmanager
def call(token: ApiToken, *people: User, is_long: bool = False) -> Iterator[None]:
    """Let what is done in here be one transaction in the name of the token's system.

    Raises ``Problem`` when the token was revoked meanwhile: it is held until all stands. Of what
    ``is_long`` it is asked at the end, which undoes all: who revokes it waits for none of that, and
    nor does a signal by the same token that waits for a pupil of the list.
    ``people``: whose roles are held too, first, as everywhere.
    """
    with transaction.atomic(), by_system(token.name):
        for person in people:
            person.hold_memberships()
        if not is_long:
            _hold(token)
        yield
        if is_long:
            _hold_at_the_end(token)


@contextmanager
def a_hand_free(token: ApiToken, *, is_long: bool = False) -> Iterator[None]:
    """Take a hand for a call of a token while this lasts.

    Raises ``Problem`` when another call of the school is in hand here, or too many of all schools:
    those that wait for one another keep out everybody else.
    """
    turns = [_of_all, _of_all_long] if is_long else [_of_all]
    try:
        with ExitStack() as hands:
            # Who has one themselves stands in nobody's way by asking for more.
            if not hands.enter_context(_of_school.take(token.school_id)):
                raise NoneFree
            # Each of them is asked, and so knows who was refused.
            taken = [hands.enter_context(one.take(token.school_id)) for one in turns]
            if not all(taken):
                raise NoneFree
            yield
    except NoneFree as none_free:
        again = {"Retry-After": str(ANOTHER_IN_HAND)}
        raise Problem("too_often", headers=again) from none_free


def _hold(token: ApiToken) -> None:
    held = ApiToken.objects.working().select_for_update(no_key=True).filter(pk=token.pk)
    if held.first() is None:
        raise Problem("no_token")


def _hold_at_the_end(token: ApiToken) -> None:
    """Hold the token, unless what holds it waits for this transaction: a signal of its own, for a
    pupil of the list. A revocation, which is over soon, is waited for.
    """
    working = ApiToken.objects.working().filter(pk=token.pk)
    for __ in range(LOOKS):
        if working.select_for_update(no_key=True, skip_locked=True).first() is not None:
            return
        if not working.exists():
            raise Problem("no_token")
        time.sleep(BETWEEN_LOOKS)


def _brought(request: HttpRequest) -> str:
    scheme, __, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def _count(request: HttpRequest, what: str, rates: tuple[str, ...], key: str | None = None) -> None:
    """Count one more of something. Raises ``Problem`` when that is too many."""
    for rate in rates:
        of = f"{rate}/ip" if key is None else f"{rate}/key"
        used = ratelimit.consume(
            request, app="api", action=what, config={what: of}, key=key, limit_get=True
        )
        if used is None:
            wait = int(ratelimit.parse_rate(of).duration)
            raise Problem("too_often", headers={"Retry-After": str(wait)})
