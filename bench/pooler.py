"""What a pooler between web and database costs, and what it spares: pages with it and without it.

``bench/pooler`` runs it. PgBouncer gives each transaction a connection, whoever held it before; so
nothing is kept in one, as the plans of what is asked often (``cases/prepared.py``). Several webs go
through it, as in a country: each of their threads holds a connection of its own without it.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.with_floor")
django.setup()

import psycopg2  # noqa: E402 - after the settings
from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402

from bench import pages  # noqa: E402
from bench.databases import drop, prepare  # noqa: E402
from bench.goals import Goal, verdict  # noqa: E402
from bench.report import machine  # noqa: E402
from bench.serving import free_port, serving  # noqa: E402
from bench.visiting import NotThere, Place, Visits, alone, crowd, together  # noqa: E402
from bench.world import Size  # noqa: E402

POOL = 8
WEBS = 3
# How Django is told of such a pooler: it keeps nothing in a connection then.
TOLD = "?disable_server_side_cursors=true"
SETTINGS = """
[databases]
* = host={host} port={port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
auth_type = any
pool_mode = transaction
default_pool_size = {pool}
max_client_conn = 500
ignore_startup_parameters = extra_float_digits,options
unix_socket_dir =
logfile = {folder}/log
pidfile = {folder}/pid
"""


def main(argv: list[str]) -> int:
    """Prepare, measure and print; return the exit code."""
    options = _options(argv)
    if not shutil.which("pgbouncer"):
        sys.exit("bench/pooler needs pgbouncer.")
    size = Size(options.cases, options.schools, options.own)
    pages.gather_static_files()
    try:
        database = prepare(pages.COUNTRY, size, pages.say, fresh=options.fresh)
        asked = pages.asked_of(size, database)
        database.close()
        with ExitStack() as stack:
            return _measure(size, asked, options, stack)
    finally:
        connections.close_all()
        if not options.keep:
            drop(pages.COUNTRY, size)


def _measure(size: Size, asked: list, options: argparse.Namespace, stack: ExitStack) -> int:
    name = pages.COUNTRY.database(size)
    direct = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    pooled = _pooler(direct, stack) + f"/{name}{TOLD}"
    ports = {}
    for way, url in (("direct", direct), ("pooled", pooled)):
        started = [
            stack.enter_context(
                serving(pages.APPLICATION, settings.ALLOWED_HOSTS[0], {"DATABASE_URL": url})
            )
            for __ in range(WEBS)
        ]
        ports[way] = [one.port for one in started]
    places = [Place(way, found[0], asked) for way, found in ports.items()]
    fetch = pages.fetching()
    together(places, fetch, 1, pages.EACH)  # to warm up
    by_one = alone(places, fetch, options.repetitions)
    by_many = together(places, fetch, options.rounds, pages.EACH)
    held = {way: _held(direct, found, asked, options.rounds) for way, found in ports.items()}

    print(machine())
    print(f"\n{size.cases:,} cases, {size.schools:,} schools; a pool of {POOL}\n")
    print("| page | clients | direct (ms) | pooled (ms) | times |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for clients, found in ((1, by_one), (pages.CLIENTS, by_many)):
        for page, (one, other) in zip(asked, found, strict=True):
            a, b = one.page.samples.median, other.page.samples.median
            print(f"| {page.name} | {clients} | {a:.1f} | {b:.1f} | {b / a:.2f} |")
    print(
        f"\n{WEBS} webs of 8 threads, {pages.CLIENTS} clients at each:"
        f" {held['direct']} connections of the database at most, {held['pooled']} with the pooler\n"
    )
    return verdict("pooler", [Goal("connections with a pooler", held["pooled"], POOL)])


def _pooler(direct: str, stack: ExitStack) -> str:
    """Start PgBouncer before a database; return where it listens, as the beginning of an URL."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir="/tmp")))
    folder.chmod(0o777)  # it runs as another user, and there is no secret in it
    server, port = urlsplit(direct), free_port()
    (folder / "settings.ini").write_text(
        SETTINGS.format(
            host=server.hostname, port=server.port, user=server.username,
            listen=port, pool=POOL, folder=folder,
        )
    )  # fmt: skip
    (folder / "settings.ini").chmod(0o644)
    words = ["pgbouncer", str(folder / "settings.ini")]
    if os.geteuid() == 0:  # it refuses to run as root
        words = ["runuser", "-u", "postgres", "--", *words]
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)  # noqa: S603
    stack.callback(process.wait)
    stack.callback(process.terminate)
    for __ in range(100):
        with suppress(psycopg2.OperationalError):
            url = f"postgres://{server.username}@127.0.0.1:{port}"
            psycopg2.connect(f"{url}/{server.path.lstrip('/')}").close()
            return url
        time.sleep(0.1)
    sys.exit("PgBouncer did not answer.")


def _held(direct: str, ports: list[int], asked: list, rounds: int) -> int:
    """Let several webs be asked at once; return how many connections the database had at most.

    Those that the other webs keep meanwhile are not counted.
    """
    name, most, ended = urlsplit(direct).path.lstrip("/"), 0, threading.Event()
    with closing(psycopg2.connect(direct)) as watching:
        watching.autocommit = True
        cursor = watching.cursor()
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid()",
            [name],
        )

        def watch() -> None:
            nonlocal most
            while not ended.wait(0.05):
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = %s AND pid <> pg_backend_pid()",
                    [name],
                )
                most = max(most, cursor.fetchone()[0])

        watcher = threading.Thread(target=watch)
        watcher.start()
        for page in asked:
            crowds = [
                threading.Thread(
                    target=_crowd, args=(port, page.addresses, page.cookies, rounds)
                )
                for port in ports
            ]  # fmt: skip
            for one in crowds:
                one.start()
            for one in crowds:
                one.join()
        ended.set()
        watcher.join()
    return most


def _crowd(port: int, addresses: list[str], cookies: list[str], rounds: int) -> None:
    def fetch(*asked: object) -> bytes:
        with suppress(NotThere):  # its connection was ended a moment ago
            return pages.fetching()(*asked)
        return b""

    crowd(fetch, port, addresses, cookies, rounds, Visits())


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/pooler", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--schools", type=int, default=8_000)
    parser.add_argument("--own", type=int, default=125, help="cases of each measured school")
    parser.add_argument("--repetitions", type=int, default=60, help="with one client, each page")
    parser.add_argument("--rounds", type=int, default=4, help="with several clients")
    parser.add_argument("--keep", action="store_true", help="leave the database for the next run")
    parser.add_argument("--fresh", action="store_true", help="do not use what was kept")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
