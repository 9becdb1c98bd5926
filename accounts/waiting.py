"""Who takes away access waits for a row longer than other pages do (``meldcode.watch``)."""

from django.db import connection


def wait_longer() -> None:
    """Wait, in this transaction, for as long as PostgreSQL is given for a question at all.

    Else whoever writes one long list after another keeps their own role, or a colleague's: each
    page gives up after some seconds, and nothing is saved.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = 0")
