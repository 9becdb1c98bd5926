"""How often one browser opens a page: no more often than anybody can press.

A page of others in a tab in which ours was goes back and forth in its history, and stops each time
before anything is seen; browsers say of that what they say of somebody who goes back. So many of
them kept the web from answering anybody.
"""

import time
from collections import deque
from threading import Lock

# Pages within so many seconds, of one browser in one web process; whoever presses takes longer.
MOST, WITHIN = 30, 5.0


class Turns:
    """The pages that each browser opened lately: of a moment, in this process."""

    def __init__(self, most: int = MOST, within: float = WITHIN) -> None:
        self._most, self._within = most, within
        self._lock = Lock()
        self._times: dict[int, deque[float]] = {}
        self._tidied_at = 0.0

    def takes(self, browser: str) -> bool:
        """Write down that a browser opens a page; tell whether it may. ``browser``: what is its own
        (a cookie), of which nothing is kept but a number.
        """
        now = time.monotonic()
        with self._lock:
            self._tidy(now)
            times = self._times.setdefault(hash(browser), deque(maxlen=self._most))
            is_full = len(times) == self._most and now - times[0] <= self._within
            if not is_full:
                times.append(now)
            return not is_full

    def _tidy(self, now: float) -> None:
        """Forget whoever opened nothing for a while, so that it does not grow."""
        if now - self._tidied_at <= self._within:
            return
        self._tidied_at = now
        over = [key for key, times in self._times.items() if now - times[-1] > self._within]
        for key in over:
            del self._times[key]
