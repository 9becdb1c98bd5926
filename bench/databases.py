"""The databases of a bench: made, filled, kept or dropped; and which one the app looks into."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from bench.world import Size, plant

ALIAS = "default"
# How the comment of each of our databases begins.
OURS = "Meldcode bench"


class NotOurs(Exception):
    """A database has the name of one of ours, and is not."""


def prepare(size: Size, say: Callable[[str], object], *, fresh: bool) -> BaseDatabaseWrapper:
    """Return a connection to the database of a size, which is made and filled where it is not.

    One that was kept but holds something else than this size is made anew, and so is each with
    ``fresh``.
    """
    name = f"bench_{size.label}"
    server = connections[ALIAS]
    if not fresh and _comment(server, name) == _mark(size):
        say(f"{size.label}: as it was kept")
        return _connect(name)
    drop(size)
    with server.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{OURS}: being filled'")
    made = _connect(name)
    with looking_into(made):
        call_command("migrate", verbosity=0)
        plant(size, say)
        say(f"{size.label}: vacuum analyze")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            # Marked last: what was broken off halfway is not taken for a whole one.
            cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{_mark(size)}'")
    return made


def drop(size: Size) -> None:
    """Remove the database of a size. Raises ``NotOurs`` when somebody else made it."""
    name, server = f"bench_{size.label}", connections[ALIAS]
    found = _comment(server, name)
    if found is None:
        return
    if not found.startswith(OURS):
        raise NotOurs(f"The database {name} was not made by a bench: look what it is.")
    with server.cursor() as cursor:
        # By force: what broke off may have left a connection open.
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def looking_into(database: BaseDatabaseWrapper) -> Iterator[None]:
    """Let every query go to this database for a while."""
    before = connections[ALIAS]
    connections[ALIAS] = database
    try:
        yield
    finally:
        connections[ALIAS] = before


def _mark(size: Size) -> str:
    return f"{OURS}: {size.cases} cases, {size.schools} schools, {size.own} of their own"


def _comment(server: BaseDatabaseWrapper, name: str) -> str | None:
    """Return the comment on a database: empty without one, None where it is not."""
    with server.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(shobj_description(oid, 'pg_database'), '')"
            " FROM pg_database WHERE datname = %s",
            [name],
        )
        row = cursor.fetchone()
    return row and row[0]


def _connect(name: str) -> BaseDatabaseWrapper:
    made = connections.create_connection(ALIAS)
    made.settings_dict = {**made.settings_dict, "NAME": name}
    return made
