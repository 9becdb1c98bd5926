"""Who takes away access waits for a row longer than other pages do (``meldcode.watch``)."""

from django.db import connection

# Longer than the longest list takes (ten thousand pupils: half a minute), as PostgreSQL has it.
AT_MOST = "90s"


def wait_longer() -> None:
    """Wait, in this transaction, for as long as the longest list takes.

    Else whoever writes one long list after another keeps their own role, or a colleague's: each
    page gives up after some seconds, and nothing is saved.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = 0")
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [AT_MOST])
