"""How long our dashboard and list take beside django-helpdesk's, at as many cases as tickets.

``bench/peers`` runs it. It leaves with 1 when a goal is missed.
"""

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.with_floor")
django.setup()

from django.conf import settings  # noqa: E402 - after the settings
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.urls import reverse  # noqa: E402

from bench import peer  # noqa: E402
from bench.databases import Country, drop, looking_into, prepare  # noqa: E402
from bench.filing import plant  # noqa: E402
from bench.peer_report import FASTER, Asked, Race, report  # noqa: E402
from bench.serving import serving  # noqa: E402
from bench.visiting import Get, NotThere, Visits, crowd, get, pages_of  # noqa: E402
from bench.world import Size  # noqa: E402

APPLICATION = "meldcode.wsgi"
CLIENTS = 8
# A page is asked no more, with one client, once so much time went into it (seconds).
PATIENCE_SECONDS = 60.0
THEIRS, OURS = "django-helpdesk", "Meldcode"
DASHBOARD, LIST, TASKS = "dashboard", "list", "tasks"
CASE, TASK, TICKET, TICKET_ROW = b'"case-card', b"task-card", b'"tickettitle"', b'{"ticket": '


def main(argv: list[str]) -> int:
    """Prepare both sides, measure and report; return the exit code."""
    options = _options(argv)
    sizes = [Size(options.cases, options.schools, own) for own in options.own]
    _gather_static_files()
    with ExitStack() as stack:
        stack.callback(connections.close_all)
        python = options.environment
        if not python:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="meldcode-peer."))
            _say("django-helpdesk, from the lock")
            python = peer.install(Path(folder) / "environment")
        theirs = _their_side(stack, python, options)
        ours = [asked for size in sizes for asked in _our_side(stack, size, options)]
        asked = theirs + ours
        ask_all(asked, options.repetitions, options.rounds)
    return report(asked, races(theirs, ours))


def _their_side(stack: ExitStack, python: Path, options: argparse.Namespace) -> list[Asked]:
    """Fill and serve theirs; return its pages."""
    _say(f"django-helpdesk: {options.cases:,} tickets")
    size = Size(options.cases, options.schools, options.own[0])
    numbers = (options.queues, options.open)
    found = stack.enter_context(peer.filled(python, size, *numbers, keep=options.keep))
    port = stack.enter_context(peer.served(found)).port
    return [
        Asked(THEIRS, who, *page, sees, port, [found.sessions[key]] * CLIENTS)
        for who, key, sees in (
            ("who sees all", "all", options.cases),
            ("who has one queue", "queue", options.cases // options.queues),
        )
        for page in (
            (DASHBOARD, peer.page, peer.DASHBOARD, TICKET),
            (LIST, peer.with_rows, peer.LIST, TICKET_ROW),
        )
    ]


def _our_side(stack: ExitStack, size: Size, options: argparse.Namespace) -> list[Asked]:
    """Fill and serve a country of ours; return its pages."""
    country = Country(f"bench_peers_{size.own}", plant)
    if not options.keep:
        stack.callback(drop, country, size)
    database = prepare(country, size, _say, fresh=options.fresh)
    url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{country.database(size)}"
    host = settings.ALLOWED_HOSTS[0]
    port = stack.enter_context(serving(APPLICATION, host, {"DATABASE_URL": url})).port
    try:
        with looking_into(database):
            return our_pages(size, partial(get, host), port)
    finally:
        database.close()


def our_pages(size: Size, fetch: Get, port: int) -> list[Asked]:
    """Return the pages of the coordinator of the first school, with a session for each client."""
    pages = {page.name: page for page in pages_of(size, CLIENTS)}
    board, by_list = pages["dashboard, board"], pages["dashboard, list"]
    who = f"coordinator of {size.own:,} cases"
    return [
        Asked(OURS, who, what, fetch, address, row, size.own, port, board.cookies)
        for what, address, row in (
            (DASHBOARD, *board.addresses, CASE),
            (LIST, *by_list.addresses, CASE),
            (TASKS, reverse("todo"), TASK),
        )
    ]


def ask_all(asked: list[Asked], repetitions: int, rounds: int) -> None:
    """Ask every page by turns, with one client and then with several."""
    _say("warming up")
    for one in asked:
        one.body = one.fetch(one.port, one.address, one.cookies[0])
        if not one.rows:
            raise NotThere(f"{one.side}, {one.who}: nothing stands in the {one.what}")
        # Both workers, and all their threads, have then seen it.
        crowd(one.fetch, one.port, [one.address], one.cookies, 1, Visits())
    for clients in (1, CLIENTS):
        for turn in range(repetitions if clients == 1 else rounds):
            _say(f"clients: {clients}, turn {turn + 1}")
            for one in asked:
                visits = one.visits.setdefault(clients, Visits())
                if visits.seconds < PATIENCE_SECONDS:
                    crowd(one.fetch, one.port, [one.address], one.cookies[:clients], 1, visits)


def races(theirs: list[Asked], ours: list[Asked]) -> list[Race]:
    """Return what is compared with what; the goal is about what they show of all tickets.

    What our coordinator comes to first has no goal, and stands beside their dashboard, which is
    what they call their own first page.
    """
    beside = {DASHBOARD: DASHBOARD, LIST: LIST, TASKS: DASHBOARD}
    everybody = theirs[0].who
    return [
        Race(peers, own, FASTER if peers.who == everybody and own.what != TASKS else 0)
        for peers in theirs
        for own in ours
        if peers.what == beside[own.what]
    ]


def _gather_static_files() -> None:
    """Collect what pages name by its hash, where nobody did."""
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/peers", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, help="and as many tickets")
    parser.add_argument("--schools", type=int, default=8_000)
    parser.add_argument(
        "--own", type=int, nargs="+", default=[125, 2_500], help="cases of the measured school"
    )
    parser.add_argument("--queues", type=int, default=40)
    parser.add_argument("--open", type=int, default=40, help="of a hundred tickets, how many")
    parser.add_argument("--repetitions", type=int, default=30, help="with one client")
    parser.add_argument("--rounds", type=int, default=10, help=f"with {CLIENTS} clients at once")
    parser.add_argument(
        "--environment", type=Path, help="the Python of an environment that has the peer already"
    )
    parser.add_argument("--keep", action="store_true", help="leave the databases")
    parser.add_argument("--fresh", action="store_true", help="do not use what was kept of ours")
    return parser.parse_args(argv)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
