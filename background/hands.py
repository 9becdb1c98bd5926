"""How many hands of a web process work or wait at once for one: less than it has, some stay free.

A page of others in a tab in which ours was goes back and forth in its history, and stops each time
before anything is seen; browsers say of that what they say of somebody who goes back. So many of
them kept the web from answering anybody. And so did forms, and what systems send, that wait for
what somebody else writes.

What is larger than the proxy takes at once (``response_buffers`` of deploy/Caddyfile) keeps a hand
until it is read to its end, and nobody reads what they asked for to keep everybody out.
"""

import time
import weakref
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

NONE_FREE = _("Another large file is being fetched at this moment. Try again in a few minutes.")
# In each web process, which has four hands (Dockerfile): pages of one browser that nobody pressed,
# and forms of one person;
PAGES_AT_ONCE, FORMS_AT_ONCE = 2, 2
# calls of one school's systems, of all systems, and of these what writes for long;
CALLS_AT_ONCE, CALLS_OF_ALL, LONG_CALLS_OF_ALL = 1, 2, 1
# and large files that somebody fetches.
LARGE_AT_ONCE = 1

# Seconds for which one lets who was refused go first: they ask again after five.
WAITS_FOR = 12

_free = BoundedSemaphore(LARGE_AT_ONCE)


class InHand:
    """What this process has in hand, by whose it is."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._lock = Lock()
        self._busy: Counter[Hashable] = Counter()

    @contextmanager
    def take(self, whose: Hashable) -> Iterator[bool]:
        """Take something in hand while this lasts; yield whether it may be: else it is refused."""
        with self._lock:
            is_taken = self._busy[whose] < self._at_once
            self._busy[whose] += is_taken
        try:
            yield is_taken
        finally:
            with self._lock:
                self._busy[whose] -= is_taken
                if not self._busy[whose]:
                    del self._busy[whose]


class NoneFree(Exception):
    """Something that is wanted beside is not free: nothing was taken (``InTurn``)."""


class InTurn:
    """So many at once of all; whoever had it just now lets those go first who were refused.

    Who has hands enough to ask without end would be the one who asks first each time. Of several
    the one goes first who had it longest ago: nobody waits for whoever had it since. Nobody else
    waits for anybody: who was refused here may have been let in by another process.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._lock = Lock()
        self._busy = 0
        # Who had it, and who was refused → when, in seconds.
        self._had: dict[Hashable, float] = {}
        self._refused: dict[Hashable, float] = {}

    @contextmanager
    def take(self, whose: Hashable) -> Iterator[bool]:
        """Take something in hand while this lasts; yield whether it may be: else it is refused.

        Whoever raises ``NoneFree`` meanwhile had nothing of it, and keeps their turn.
        """
        now = time.monotonic()
        with self._lock:
            self._had, self._refused = _of_late(self._had, now), _of_late(self._refused, now)
            waited = self._refused.pop(whose, None) is not None
            is_taken = self._busy < self._at_once and not self._steps_back(whose)
            self._busy += is_taken
        had = is_taken
        try:
            yield is_taken
        except NoneFree:
            had = False
            raise
        finally:
            with self._lock:
                self._busy -= is_taken
                if had:
                    self._had[whose] = time.monotonic()
                elif waited or not is_taken:
                    self._refused[whose] = time.monotonic()

    def _steps_back(self, whose: Hashable) -> bool:
        had = self._had.get(whose)
        return had is not None and any(self._had.get(one, 0.0) < had for one in self._refused)


def _of_late(moments: dict[Hashable, float], now: float) -> dict[Hashable, float]:
    return {who: at for who, at in moments.items() if now - at < WAITS_FOR}


def handed_over(make: Callable[[], HttpResponseBase]) -> HttpResponseBase | None:
    """Return an answer that may be large, of which a process has one at a time.

    None: another one is being fetched; nothing was made.
    """
    if not _free.acquire(blocking=False):
        return None
    try:
        response = make()
    except BaseException:
        _free.release()
        raise
    # Once, whoever comes first: the server that is done with it, or Python that throws it away.
    response._resource_closers.append(weakref.finalize(response, _free.release))
    return response
