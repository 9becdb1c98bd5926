"""One PostgreSQL, one Redis for all; a database, a letterbox and processes for each test."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from django.db import connection

from tests import migrated
from tests.faults import servers
from tests.faults.house import House
from tests.faults.letterbox import Letterbox
from tests.faults.servers import Postgres, Redis

TEMPLATE = "faults_template"
# Databases are not thrown away before the server is: that takes longer than making one.
numbers = count()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all that stands here, and leave it out where it cannot be tried, with why."""
    here = Path(__file__).parent
    why = servers.missing() and f"no {servers.missing()} to start and stop"
    if connection.vendor != "postgresql":
        why = "the faults are those of PostgreSQL and Redis: script/test has a stage for them"
    for item in items:
        if here in item.path.parents:
            item.add_marker("faults")
            if why:
                item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A folder that the user postgres can walk to."""
    folder = Path(tempfile.mkdtemp(prefix="meldcode-faults.", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    subprocess.Popen(["rm", "-rf", str(folder)])  # twenty thousand files: nobody waits for that


@pytest.fixture(scope="session")
def postgres(scratch: Path, django_db_blocker) -> Iterator[Postgres]:
    """A PostgreSQL with a database to copy."""
    server = Postgres(scratch)
    server.run(f"CREATE DATABASE {TEMPLATE}")
    with django_db_blocker.unblock():
        migrated.copy_to(server.address(TEMPLATE), server.program("pg_dump"))
    yield server
    server.crash()


@pytest.fixture(scope="session")
def redis(scratch: Path) -> Iterator[Redis]:
    """A Redis."""
    server = Redis(scratch)
    yield server
    server.go_on()
    server.crash()


def connect_to(server: Postgres, name: str) -> None:
    """Let this process, too, talk with a database of the server."""
    connection.close()
    place = {"HOST": "127.0.0.1", "PORT": server.port, "USER": "meldcode", "PASSWORD": ""}
    connection.settings_dict.update(place, NAME=name)


@pytest.fixture
def letterbox() -> Iterator[Letterbox]:
    """A mail server."""
    box = Letterbox().start()
    yield box
    box.stop()


@pytest.fixture
def house(postgres, redis, letterbox, tmp_path, django_db_blocker) -> Iterator[House]:
    """A house with a database of its own, in which nothing runs yet."""
    name = f"faults_{next(numbers)}"
    postgres.run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    redis.be_well()
    with django_db_blocker.unblock():
        connect_to(postgres, name)
        house = House(postgres, redis, letterbox, postgres.address(name), tmp_path)
        yield house
        house.end()
        connection.close()


@pytest.fixture
def opened(house: House, signed_in) -> Callable:
    """Return what lets somebody use the web of the house, signed in."""

    def open_for(user):
        return house.browser(signed_in(user))

    return open_for
