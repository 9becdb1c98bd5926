"""How long pages take in a small country and in a large one, beside a page without content.

``bench/pages`` runs it. It leaves with 1 when a goal is missed.
"""

import argparse
import os
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from time import perf_counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.with_floor")
django.setup()

from django.conf import settings  # noqa: E402 - after the settings
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402

from bench.databases import Country, drop, looking_into, prepare  # noqa: E402
from bench.filing import plant  # noqa: E402
from bench.page_report import report  # noqa: E402
from bench.serving import Workers, serving  # noqa: E402
from bench.visiting import (  # noqa: E402
    Page,
    Place,
    Visits,
    Weight,
    alone,
    compare,
    crowd,
    get,
    pages_of,
    together,
    weigh,
)
from bench.world import Size  # noqa: E402

COUNTRY = Country("bench_pages", plant)
APPLICATION = "meldcode.wsgi"
CLIENTS = 8
# How often each client asks in one go.
EACH = 5


def main(argv: list[str]) -> int:
    """Prepare, measure and report; return the exit code."""
    options = _options(argv)
    sizes = [Size(cases, options.schools, options.own) for cases in options.cases]
    gather_static_files()
    try:
        databases = [prepare(COUNTRY, size, say, fresh=options.fresh) for size in sizes]
        asked = [asked_of(size, database) for size, database in zip(sizes, databases, strict=True)]
        weights = _weigh_all(asked, databases)
        by_clients = _visit_all(sizes, asked, options)
        workers = measure_workers(sizes[-1], asked[-1], options.starts, options.requests)
        return report([size.label for size in sizes], asked[-1], weights, by_clients, workers)
    finally:
        connections.close_all()
        if not options.keep:
            for size in sizes:
                drop(COUNTRY, size)


def gather_static_files() -> None:
    """Collect what pages name by its hash, where nobody did."""
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        say("static files")
        call_command("collectstatic", interactive=False, verbosity=0)


def asked_of(size: Size, database: BaseDatabaseWrapper) -> list[Page]:
    """Return what is asked at a size, by people who signed in there."""
    with looking_into(database):
        return pages_of(size, CLIENTS)


def _weigh_all(asked: list[list[Page]], databases: list[BaseDatabaseWrapper]) -> list[list[Weight]]:
    """Return the weight of each page at each size; they show the same."""
    host, found = settings.ALLOWED_HOSTS[0], []
    for same in zip(*asked, strict=True):
        say(f"{same[0].name}: queries and bytes")
        weights = []
        for page, database in zip(same, databases, strict=True):
            with looking_into(database):
                weights.append(weigh(page, host))
        compare(same[0].name, weights)
        found.append(weights)
    return found


def _visit_all(sizes: list[Size], asked: list[list[Page]], options: argparse.Namespace) -> dict:
    """Ask all pages of all sizes, with one client and with several; return it by clients."""
    fetch, places = fetching(), []
    with ExitStack() as servers:
        for size, pages in zip(sizes, asked, strict=True):
            server = servers.enter_context(_serving(size))
            places.append(Place(size.label, server.port, pages))
        say("warming up")
        together(places, fetch, 1, EACH)
        say("1 client")
        found = {1: alone(places, fetch, options.repetitions)}
        say(f"{CLIENTS} clients")
        found[CLIENTS] = together(places, fetch, options.rounds, EACH)
    return found


def measure_workers(size: Size, pages: list[Page], starts: int, requests: int) -> Workers:
    """Start the web several times, and let the last one answer so many times each worker."""
    found, fetch = Workers(), fetching()
    for start in range(starts):
        say(f"start {start + 1} of {starts}")
        with _serving(size) as server:
            found.starts.append(server.started_in)
            began = perf_counter()
            fetch(server.port, pages[0].addresses[0], pages[0].cookies[0])
            found.first_pages.append(perf_counter() - began)
            if start + 1 < starts:
                continue
            place = Place(size.label, server.port, pages)
            together([place], fetch, 1, EACH)
            found.before = server.memory()
            found.requests = requests
            rounds = requests * len(server.workers) // (len(pages) * CLIENTS)
            for page in pages:
                crowd(fetch, server.port, page.addresses, page.cookies, rounds, Visits())
            found.after = server.memory()
    return found


def fetching() -> partial:
    """Return what asks for a page, as the proxy does."""
    return partial(get, settings.ALLOWED_HOSTS[0])


def _serving(size: Size) -> object:
    url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{COUNTRY.database(size)}"
    return serving(APPLICATION, settings.ALLOWED_HOSTS[0], {"DATABASE_URL": url})


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/pages", description=__doc__)
    parser.add_argument("--cases", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--schools", type=int, default=8_000)
    parser.add_argument(
        "--own", type=int, default=125, help="cases of each measured school, at every size"
    )
    parser.add_argument("--repetitions", type=int, default=200, help="with one client, each page")
    parser.add_argument(
        "--rounds", type=int, default=10, help=f"with {CLIENTS} clients, each page {EACH} times"
    )
    parser.add_argument("--starts", type=int, default=3, help="of the web, to measure it")
    parser.add_argument("--requests", type=int, default=1_000, help="of each worker, for memory")
    parser.add_argument("--keep", action="store_true", help="leave the databases for the next run")
    parser.add_argument("--fresh", action="store_true", help="do not use what was kept")
    return parser.parse_args(argv)


def say(line: str) -> None:
    """Tell how far it is."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
