"""No request keeps a web process busy for ever, whatever somebody sends.

What a stranger sends is read by parsers that are not ours, and there is always one more way to make
one of them work for hours. gunicorn ends a process that no longer answers it; one that answers,
while a thread of it works on, it leaves alone. So each process looks at what its threads use.
"""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread, get_ident
from typing import Any

from accounts.waiting import TAKING_AWAY

logger = logging.getLogger(__name__)

# Seconds of the processor: no page of ours takes two. Waiting (for a slow line) is none.
MOST_SECONDS = 20.0
# But of who takes access away: else whoever lets much hang on theirs keeps it.
MOST_SECONDS_TO_END = 600.0
# And for a row that somebody else writes: a form does so in a moment, a long list in a minute.
MOST_SECONDS_OF_WAITING = 5.0
# Seconds between two looks; and that a process which ends has for what its other threads do.
PAUSE, GRACE = 5.0, 10.0

Start = Callable[..., object]
Application = Callable[[dict[str, object], Start], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class _Running:
    """A request at work: the clock of its thread, and what it showed at the start."""

    clock: int
    since: float

    def used(self) -> float:
        """Return the seconds of the processor that it took; of a thread that is gone, none."""
        try:
            return time.clock_gettime(self.clock) - self.since
        except OSError:
            return 0.0


class Watch:
    """The requests of one process, each of which takes so many seconds at most."""

    def __init__(
        self,
        most: float = MOST_SECONDS,
        pause: float = PAUSE,
        grace: float = GRACE,
        *,
        to_end: float = MOST_SECONDS_TO_END,
    ) -> None:
        self._most, self._pause, self._grace, self._to_end = most, pause, grace, to_end
        self._running: dict[int, _Running] = {}

    def start(self) -> None:
        """Look at the requests from now on, and end the process when one took too much."""
        Thread(target=self._look_on, name="watch", daemon=True).start()

    @contextmanager
    def over(self) -> Iterator[None]:
        """Watch over what this thread does."""
        thread = get_ident()
        TAKING_AWAY.discard(thread)  # where a request before this one ended in no way of ours
        clock = time.pthread_getcpuclockid(thread)
        self._running[thread] = _Running(clock, time.clock_gettime(clock))
        try:
            yield
        finally:
            del self._running[thread]
            TAKING_AWAY.discard(thread)

    def too_much(self) -> float:
        """Return the seconds of a request that took too much; 0: none did.

        More is let be where access is taken away in this process, and no more than that may take:
        it would be ended with the other one, and whoever opens a costly page on and on kept their
        role.
        """
        running = dict(self._running)
        used = max((one.used() for one in running.values()), default=0.0)
        may = self._to_end if TAKING_AWAY & running.keys() else self._most
        return used if used > may else 0.0

    def _look_on(self) -> None:
        while not (used := self.too_much()):
            time.sleep(self._pause)
        # Not of which address: that can be about somebody.
        logger.error("A request took %.0f seconds of the processor; its process ends.", used)
        # gunicorn takes no more requests for it, and starts another one when it is gone.
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(self._grace)
        os.kill(os.getpid(), signal.SIGKILL)


def bound_questions(
    databases: dict[str, dict[str, Any]],
    seconds: float = MOST_SECONDS,
    waits: float = MOST_SECONDS_OF_WAITING,
) -> None:
    """Let PostgreSQL leave off what a page asks of it when it takes so many seconds, or when it
    ``waits`` so many for what somebody else is writing.

    It would work on when the process that asked is gone; and whoever waits for it keeps a hand of
    the web. ``databases``: as settings have them, before anything is asked.
    """
    for database in databases.values():
        if database["ENGINE"] == "django.db.backends.postgresql":
            options = database.setdefault("OPTIONS", {})
            bound = f"-c statement_timeout={seconds * 1000:.0f} -c lock_timeout={waits * 1000:.0f}"
            options["options"] = f"{options.get('options', '')} {bound}".strip()


def watched(application: Application, watch: Watch) -> Application:
    """Return an application of which each request is watched over."""

    def answer(environ: dict[str, object], start_response: Start) -> Iterable[bytes]:
        with watch.over():
            return application(environ, start_response)

    return answer
