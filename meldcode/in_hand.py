"""How much a web process does at once for one person: less than it has hands; some stay free.

A page of others in a tab in which ours was goes back and forth in its history, and stops each time
before anything is seen; browsers say of that what they say of somebody who goes back. So many of
them kept the web from answering anybody. And so did forms that wait for what somebody else writes.
"""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from threading import Lock

# Of each one, in a process that has four hands (Dockerfile).
AT_ONCE = 2


class InHand:
    """What this process has in hand, by whose it is."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
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
