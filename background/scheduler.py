"""Beat, once however often it is started.

One beat holds the lease; another waits, and takes over when the first has gone. When each entry was
last started stands in the database too, and is noted in one transaction with putting it into the
queue: what could not be put in is tried again, and no two beats start the same twice. So there is
no schedule file, and none that can be corrupt.
"""

import logging
import os
import secrets
import socket
from datetime import timedelta
from typing import Any

from celery.beat import ScheduleEntry, Scheduler
from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from background.models import Beat, Due

logger = logging.getLogger(__name__)

# How long nobody else takes over from a beat that falls silent; and how often it says that it is
# there. By the clock of the database: machines may disagree about the time.
LEASE = timedelta(seconds=30)
LOOKS_EVERY = 5  # seconds
# An entry that was last run so far in the future was noted by a clock that has been set back.
AHEAD = timedelta(minutes=1)


class OneBeat(Scheduler):
    """Celery's scheduler, which shares its schedule with every other one through the database."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.me = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
        # None: not known yet, so that the first line of the log says it.
        self.holds: bool | None = None
        super().__init__(*args, **kwargs)

    def tick(self, **kwargs: Any) -> float:
        """Start what is due, if it is this beat's turn; return after how long to look again."""
        try:
            close_old_connections()
            if not self._take():
                return LOOKS_EVERY
            return self._start_due()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("Beat waits for the database: %s", type(error).__name__)
            connection.close()
            return LOOKS_EVERY

    def close(self) -> None:
        """Let the next one begin at once."""
        super().close()
        try:
            Beat.objects.filter(pk=1, holder=self.me).update(holder="", until=None)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("Beat could not say that it ends: %s", type(error).__name__)

    def _take(self) -> bool:
        """Take or renew the lease, and note the tick; tell whether it is ours."""
        Beat.objects.bulk_create([Beat(pk=1)], ignore_conflicts=True)
        free = Q(holder=self.me) | Q(until__isnull=True) | Q(until__lt=Now())
        held = Beat.objects.filter(free, pk=1).update(
            holder=self.me, until=Now() + LEASE, ticked_at=Now()
        )
        if bool(held) != self.holds:
            self.holds = bool(held)
            logger.warning("This beat %s", "begins" if held else "waits: another one runs")
        return self.holds

    def _start_due(self) -> float:
        last = dict(Due.objects.values_list("name", "last_run_at"))
        missing = [Due(name=name) for name in self.schedule if name not in last]
        Due.objects.bulk_create(missing, ignore_conflicts=True)
        waits = [self._start(entry, last.get(name)) for name, entry in self.schedule.items()]
        return min([LOOKS_EVERY, *waits])

    def _start(self, entry: ScheduleEntry, last: Any) -> float:
        """Start an entry if it is due; return after how many seconds it may be."""
        now = timezone.now()
        if last is not None and last <= now + AHEAD:
            entry.last_run_at = last
            due, seconds = entry.is_due()
            if not due:
                return seconds
        try:
            self._put(entry, last)
        except (DatabaseError, InterfaceError):
            raise
        except Exception as error:  # what brokers raise has no base in common
            logger.warning("Beat could not start %s: %s", entry.name, type(error).__name__)
        return LOOKS_EVERY

    @transaction.atomic
    def _put(self, entry: ScheduleEntry, last: Any) -> None:
        """Note that it starts and put it into the queue, or neither."""
        unchanged = Q(last_run_at=last) if last else Q(last_run_at__isnull=True)
        if not Due.objects.filter(unchanged, name=entry.name).update(last_run_at=timezone.now()):
            return  # another beat was faster
        expires = entry.schedule.run_every.total_seconds() if _is_interval(entry) else None
        self.app.send_task(
            entry.task,
            args=entry.args,
            kwargs=entry.kwargs,
            headers={"regular": True},
            **({"expires": expires} if expires else {}) | entry.options,
        )


def _is_interval(entry: ScheduleEntry) -> bool:
    return hasattr(entry.schedule, "run_every")
