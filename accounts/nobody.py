"""What is done behind what somebody does, and says nothing of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from auditlog.context import auditlog_value


@contextmanager
def in_nobodys_name() -> Iterator[None]:
    """Let what is written down in here say nothing of who asks for a page.

    In their own trail it would count what they may not know of, and elsewhere say where they work.
    By hand: auditlog's own ``set_actor(None)`` forgets them for the rest of the page as well.
    """
    token = auditlog_value.set({"signal_duid": None})
    try:
        yield
    finally:
        auditlog_value.reset(token)
