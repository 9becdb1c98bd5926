"""Who takes away access waits for a row longer than other pages do (``meldcode.watch``)."""

from threading import get_ident

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

# The threads that take access away at this moment: all that hangs on it goes along, and who writes
# that by the thousand keeps theirs no longer (``meldcode.watch``).
TAKING_AWAY: set[int] = set()
# How often one begins anew where somebody held what one does not wait for.
TRIES = 5
# Longer than the longest list takes (ten thousand pupils: half a minute), as PostgreSQL has it.
AT_MOST = "90s"


def wait_for(rows: QuerySet, *, longer: bool = False) -> None:
    """Wait until nobody holds rows, with nothing in hand: before a transaction, not in one.

    Whoever waits for them behind the roles of colleagues, which they hold by then, keeps those from
    saving meanwhile. ``longer``: than other pages do.
    """
    if not connection.in_atomic_block:
        with transaction.atomic():
            if longer:
                wait_longer()
            list(rows.select_for_update(no_key=True).values("pk"))


def is_held(error: OperationalError) -> bool:
    """Tell whether a question failed because somebody else holds its row (PostgreSQL)."""
    return getattr(error.__cause__, "pgcode", "") == "55P03"


def wait_longer() -> None:
    """Wait, in this transaction, for as long as the longest list takes; and work for as long as it
    takes.

    Else whoever writes one long list after another keeps their own role, or a colleague's: each
    page gives up after some seconds, and nothing is saved.
    """
    TAKING_AWAY.add(get_ident())
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = 0")
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [AT_MOST])
