"""The peer: django-helpdesk in an environment of its own, on a database of its own, served as ours.

Its project stands in ``bench/helpdesk``; nothing of it is imported here.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.db import connections

from bench.databases import ALIAS, Country, drop, make
from bench.serving import Server, serving
from bench.visiting import get
from bench.world import Size

PROJECT = Path(__file__).resolve().parent / "helpdesk"
# Its database is filled by its own project.
COUNTRY = Country("bench_helpdesk", lambda size, say: None)
APPLICATION = "django.core.wsgi:get_wsgi_application()"
HOST = "helpdesk.bench.example"
COOKIE = "sessionid"
DASHBOARD, LIST, WELL = "/dashboard/", "/tickets/", "/login/"
# What its page then asks for: as many rows as its people have set from the start.
ROWS = re.compile(rb'"(/datatables_ticket_list/[^"]+)"')
FIRST_ROWS = "?draw=1&start=0&length=25&search%5Bvalue%5D=&search%5Bregex%5D=false"


@dataclass(frozen=True, slots=True)
class Peer:
    """An environment with the peer in it, and the sessions of the two who ask: by what they see."""

    python: Path
    variables: dict[str, str]
    sessions: dict[str, str]


def install(folder: Path, project: Path = PROJECT) -> Path:
    """Make an environment in a folder, from a project's lock alone; return its Python."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)  # noqa: S603
    python = folder / "bin" / "python"
    lock = ["--require-hashes", "--only-binary", ":all:", "-r", str(project / "requirements.txt")]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *lock], check=True)  # noqa: S603
    return python


@contextmanager
def filled(python: Path, size: Size, queues: int, opened: int, *, keep: bool) -> Iterator[Peer]:
    """Fill a database for the peer; ``opened`` of a hundred tickets are open."""
    make(COUNTRY, size)
    try:
        variables = _variables(size)
        run = partial(
            subprocess.run,
            cwd=PROJECT,
            env=os.environ | variables,
            check=True,
            stdout=subprocess.PIPE,
        )
        run([python, "-m", "django", "migrate", "--verbosity", "0"])
        numbers = [str(number) for number in (size.cases, queues, opened)]
        printed = run([python, "filling.py", *numbers]).stdout
        yield Peer(python, variables, json.loads(printed))
    finally:
        if not keep:
            drop(COUNTRY, size)


@contextmanager
def served(peer: Peer) -> Iterator[Server]:
    """Serve the peer by the command that serves ours."""
    with serving(
        APPLICATION,
        HOST,
        peer.variables,
        python=str(peer.python),
        folder=PROJECT,
        well=WELL,
    ) as server:
        yield server


def _variables(size: Size) -> dict[str, str]:
    """Return what its settings read: the same server and user as ours."""
    ours = connections[ALIAS].settings_dict
    return {
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONPATH": str(PROJECT),
        "PYTHONDONTWRITEBYTECODE": "1",
        # It warns at each request that it compares a day with a moment.
        "PYTHONWARNINGS": "ignore",
        "SECRET_KEY": os.environ["SECRET_KEY"],
        "PEER_DATABASE": COUNTRY.database(size),
        **{f"PEER_{name}": str(ours[name] or "") for name in ("USER", "PASSWORD", "HOST", "PORT")},
    }


def page(port: int, address: str, cookie: str) -> bytes:
    """Ask for a page of theirs; return it."""
    return get(HOST, port, address, cookie, COOKIE)


def with_rows(port: int, address: str, cookie: str) -> bytes:
    """Ask for the list, and for its rows: without them there is nothing to see. Return both."""
    frame = page(port, address, cookie)
    return frame + page(port, rows_of(frame), cookie)


def rows_of(frame: bytes) -> str:
    """Return the address from which the list has its first rows fetched."""
    return ROWS.search(frame)[1].decode() + FIRST_ROWS
