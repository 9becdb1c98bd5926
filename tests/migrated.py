"""A database with all migrations: made once, then copied. They take half a minute each time.

It is kept beside what pytest keeps, for as long as nothing changes of which migrations are made.
"""

import ast
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.db import OperationalError, connection
from django.db.backends.sqlite3.creation import DatabaseCreation
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).parents[1]
# On PostgreSQL: what the names of the databases begin with, how many of before are kept for other
# checkouts, and what makes them wait for one another.
MIGRATED, KEPT, LOCK = "migrated_tests_", 3, 71_504_022
# What is read to fill a database of another server.
READ = "read_from_tests"


def sources() -> set[Path]:
    """Return the files of all migrations, with what they read of ours, and what that reads."""
    loader = MigrationLoader(None)
    modules = {migration.__module__ for migration in loader.disk_migrations.values()}
    found = {Path(sys.modules[name].__file__) for name in modules}
    waiting = [path for path in found if ROOT in path.parents]
    while waiting:
        new = set(_read_by(waiting.pop())) - found
        found |= new
        waiting += new
    return found


def _read_by(path: Path) -> Iterator[Path]:
    """Yield the modules of ours that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            place = ROOT / name.replace(".", "/")
            yield from (one for one in (place.with_suffix(".py"), place / "__init__.py")
                        if one.is_file())  # fmt: skip


def digest() -> str:
    """Return what is another as soon as migrating could make something else."""
    said = hashlib.sha256(repr((django.VERSION, settings.INSTALLED_APPS)).encode())
    for path in sorted(sources()):
        said.update(path.read_bytes())
    return said.hexdigest()[:16]


def _migrate(address: str) -> None:
    """Migrate a database by its address, in a process of its own."""
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": address}, check=True)


@contextmanager
def copied_on_sqlite(folder: Path) -> Iterator[None]:
    """Let each test database, which is a file, be a copy of one that was migrated."""
    made = folder / f"{digest()}.sqlite3"
    with (folder / "lock").open("w") as lock:
        # The first process of a test run makes it, the others wait and find it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for old in folder.glob("*.sqlite3*"):
                old.unlink()
            half = made.with_suffix(".sqlite3-half")
            _migrate(f"sqlite:///{half}")
            half.rename(made)
    create = DatabaseCreation._create_test_db

    def create_filled(creation: DatabaseCreation, *args: object, **options: object) -> str:
        name = create(creation, *args, **options)
        shutil.copyfile(made, name)
        return name

    with mock.patch.object(DatabaseCreation, "_create_test_db", create_filled):
        yield


@contextmanager
def copied_on_postgres(_folder: Path) -> Iterator[None]:
    """Let PostgreSQL copy each test database from one that was migrated."""
    name = f"{MIGRATED}{digest()}"
    half = f"half_{MIGRATED}"
    with connection._nodb_cursor() as cursor:
        # Until this connection ends: so other checkouts on the same server wait as well.
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC",
            [f"{MIGRATED}%"],
        )
        there = [row[0] for row in cursor.fetchall()]
        if name not in there:
            for old in (half, *there[KEPT:]):
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
            cursor.execute(f'CREATE DATABASE "{half}"')
            _migrate(_address_of(half))
            cursor.execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')
    with mock.patch.dict(connection.settings_dict["TEST"], TEMPLATE=name):
        yield


def copy_to(address: str, pg_dump: str) -> None:
    """Fill an empty database of another PostgreSQL with what is copied here, or by migrating it.

    ``pg_dump`` is where that program is.
    """
    try:
        with copied_on_postgres(ROOT), connection._nodb_cursor() as cursor:
            made = connection.settings_dict["TEST"]["TEMPLATE"]
            # A copy: PostgreSQL makes none of a database to which somebody is connected, and the
            # other tests make theirs at this moment.
            cursor.execute(f'DROP DATABASE IF EXISTS "{READ}"')
            cursor.execute(f'CREATE DATABASE "{READ}" TEMPLATE "{made}"')
            words = ["--dbname", _address_of(READ), "--no-owner", "--no-privileges"]
            dump = subprocess.run([pg_dump, *words], check=True, stdout=subprocess.PIPE).stdout
            cursor.execute(f'DROP DATABASE "{READ}"')
    except (OperationalError, subprocess.CalledProcessError):
        # Of what is named only the kind may be known (script/test), or it is of a later version.
        _migrate(address)
        return
    psql = str(Path(pg_dump).with_name("psql"))
    words = ["--quiet", "--output", os.devnull, "--set", "ON_ERROR_STOP=1", "--dbname", address]
    subprocess.run([psql, *words], input=dump, check=True)


def _address_of(name: str) -> str:
    """Return the address of another database beside ours."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


COPIED = {"sqlite": copied_on_sqlite, "postgresql": copied_on_postgres}
