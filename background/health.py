"""Whether what runs behind the pages is well: one table of checks, for the page of monitoring, the
metrics and the administrator's screen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from background import queue, sections
from background.models import Beat, Worker
from background.querysets import WORKER_GONE_AFTER

# Beat looks every five seconds; a second beat takes over after half a minute.
BEAT_SILENT_AFTER = timedelta(minutes=1)
# Mail is tried every five minutes: after an hour it is the line, not the moment.
UNSENT_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Check:
    """How one part is. ``wrong`` is a word for a machine, ``says`` a sentence for a person."""

    name: str
    well: bool
    says: Promise
    wrong: str = ""
    # Seconds since it was last seen, or for which the oldest waits.
    age: float | None = None


def database(now: datetime) -> Check:
    """Ask the database something."""
    says = _("The database does not answer.")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError) as error:
        return Check("database", False, says, type(error).__name__)
    return Check("database", True, says)


def broker(now: datetime) -> Check:
    """Ask the queue whether it takes work."""
    state = queue.state()
    says = _("The queue takes no work. Nothing is lost: what waits is done when it does.")
    return Check("broker", state.well, says, state.wrong)


def worker(now: datetime) -> Check:
    """Tell whether anybody does the work."""
    seen = Worker.objects.aggregate(seen=Max("seen_at"))["seen"]
    says = _(
        "No worker runs: no mail goes out and no document is made. Whoever runs the "
        "program must start one."
    )
    return _seen("worker", now, seen, WORKER_GONE_AFTER, says)


def beat(now: datetime) -> Check:
    """Tell whether anybody starts the regular work."""
    ticked = Beat.objects.aggregate(ticked=Max("ticked_at"))["ticked"]
    says = _(
        "Nothing starts the regular work: no reminder is given. Whoever runs the "
        "program must start beat."
    )
    return _seen("beat", now, ticked, BEAT_SILENT_AFTER, says)


def messages(now: datetime) -> Check:
    """Tell whether what is to be sent goes out."""
    oldest = min((u.oldest for u in sections.unsent().values() if u.oldest), default=None)
    age = (now - oldest).total_seconds() if oldest else None
    late = oldest is not None and now - oldest > UNSENT_AFTER
    says = _(
        "Mail has waited for more than an hour. Whoever runs the program must look "
        "at the mail server."
    )
    return Check("messages", not late, says, "late" if late else "", age)


def _seen(name: str, now: datetime, at: datetime | None, within: timedelta, says: Promise) -> Check:
    if at is None:
        return Check(name, False, says, "never seen")
    gone = now - at > within
    return Check(name, not gone, says, "silent" if gone else "", (now - at).total_seconds())


# In this order; what stands behind the first asks the database too.
CHECKS: tuple[Callable[[datetime], Check], ...] = (database, broker, worker, beat, messages)


def checks(now: datetime) -> list[Check]:
    """Ask every part; without a database only that."""
    first = database(now)
    if not first.well:
        return [first, broker(now)]
    return [first, *(ask(now) for ask in CHECKS[1:])]
