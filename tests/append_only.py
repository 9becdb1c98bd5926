"""The log without its triggers, for a moment: as an attacker who owns the database has it."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.db import connection

migration = import_module("audit.migrations.0002_append_only")


@contextmanager
def unprotected() -> Iterator[None]:
    """Take the triggers off, and put them back."""
    on_sqlite = connection.vendor == "sqlite"
    _run(migration.SQLITE_BACK if on_sqlite else migration.POSTGRESQL_BACK)
    try:
        yield
    finally:
        _run(migration.SQLITE if on_sqlite else migration.POSTGRESQL)


def _run(statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
