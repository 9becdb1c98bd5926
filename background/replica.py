"""Figures from a copy of the database: they read much, and need not be of this very second.

Only what is counted within ``reading_from_replica`` goes there, and only while the copy keeps up:
what somebody may not know of any more must not be counted for them for hours. What decides who may
see or write anything, and every page of a case, asks the database itself.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connections
from django.db.models import Model

logger = logging.getLogger(__name__)

REPLICA = "replica"
# How far it may be behind. One that hears nothing at all for so long is not asked either.
MAY_LAG = timedelta(seconds=30)
# Of a copy that is cut off, what it received is what it replayed: so it must be connected, too.
KEEPS_UP = """
    SELECT EXISTS (
        SELECT 1 FROM pg_stat_wal_receiver
        WHERE status = 'streaming' AND last_msg_receipt_time > clock_timestamp() - %(lag)s
    ) AND (
        pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
        OR pg_last_xact_replay_timestamp() > clock_timestamp() - %(lag)s
    )
"""

_reading: ContextVar[bool] = ContextVar("reading_from_replica", default=False)


class Router:
    """Sends what is read within ``reading_from_replica`` to the copy, and nothing else."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        """Return the copy, or None: as always."""
        return REPLICA if _reading.get() else None

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        """Allow all: both are the same database."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        """Migrate the database itself: the copy follows."""
        return False if db == REPLICA else None


@contextmanager
def reading_from_replica() -> Iterator[None]:
    """Let querysets that are read in here ask the copy, where there is one that keeps up."""
    if not _keeps_up():
        yield
        return
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def _keeps_up() -> bool:
    if REPLICA not in connections:
        return False
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(KEEPS_UP, {"lag": MAY_LAG})
            if cursor.fetchone()[0]:
                return True
        logger.warning("The replica is behind, or cut off: figures ask the database itself")
    except DatabaseError as error:
        connections[REPLICA].close()
        logger.warning("The replica does not answer (%s)", type(error).__name__)
    return False
