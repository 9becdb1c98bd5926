"""The databases of a bench: made, filled, kept or dropped; and which one the app looks into."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from bench.world import Size

ALIAS = "default"
# How the comment of each of our databases begins.
OURS = "Meldcode bench"


Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Country:
    """What a bench fills its databases with: by which name they go, and how they are filled."""

    name: str
    plant: Callable[[Size, Say], None]

    def database(self, size: Size) -> str:
        """Return the name of the database of a size."""
        return f"{self.name}_{size.label}"


class NotOurs(Exception):
    """A database has the name of one of ours, and is not."""


def prepare(country: Country, size: Size, say: Say, *, fresh: bool) -> BaseDatabaseWrapper:
    """Return a connection to the database of a size, which is made and filled where it is not.

    One that was kept but holds something else than this size is made anew, and so is each with
    ``fresh``.
    """
    name = country.database(size)
    server = connections[ALIAS]
    if not fresh and _comment(server, name) == _mark(size):
        say(f"{size.label}: as it was kept")
        return _connect(name)
    make(country, size)
    made = _connect(name)
    with looking_into(made):
        call_command("migrate", verbosity=0)
        country.plant(size, say)
        say(f"{size.label}: vacuum analyze")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            # Marked last: what was broken off halfway is not taken for a whole one.
            cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{_mark(size)}'")
    return made


def make(country: Country, size: Size) -> None:
    """Make an empty database of this name and size; an earlier one of ours goes."""
    drop(country, size)
    name = country.database(size)
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{OURS}: being filled'")


def drop(country: Country, size: Size) -> None:
    """Remove the database of a size. Raises ``NotOurs`` when somebody else made it."""
    name, server = country.database(size), connections[ALIAS]
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
    country = f"{size.cases} cases, {size.schools} schools, {size.own} of their own"
    return f"{OURS}: {country}, tables {_tables()}"


def _tables() -> str:
    """Return a mark of what the tables look like: another once there is a further migration."""
    newest = sorted(MigrationLoader(None).graph.leaf_nodes())
    return sha256(repr(newest).encode()).hexdigest()[:12]


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
