"""How long the gate to every case takes in a small country and in a large one, beside guardian.

``bench/access`` runs it. It leaves with 1 when a goal is missed.
"""

import argparse
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meldcode.settings")
django.setup()

from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402 - after the settings

from bench.databases import Country, drop, looking_into, prepare  # noqa: E402
from bench.goals import verdict  # noqa: E402
from bench.measure import Sides, measure  # noqa: E402
from bench.people import gather  # noqa: E402
from bench.questions import Question, questions  # noqa: E402
from bench.report import Row, goals, machine, table  # noqa: E402
from bench.world import Size, plant  # noqa: E402

COUNTRY = Country("bench", plant)


def main(argv: list[str]) -> int:
    """Prepare, measure and report; return the exit code."""
    options = _options(argv)
    sizes = [Size(cases, options.schools, options.own) for cases in options.cases]
    try:
        databases = [prepare(COUNTRY, size, _say, fresh=options.fresh) for size in sizes]
        rows = ask_all(_asked(sizes[0], databases, options.only), options.repetitions)
    finally:
        if not options.keep:
            for size in sizes:
                drop(COUNTRY, size)
    return report(rows, [size.label for size in sizes])


def _asked(size: Size, databases: list[BaseDatabaseWrapper], only: str) -> list[Sides]:
    """Return every question, each with the databases that it is asked of."""
    per_database = []
    for database in databases:
        with looking_into(database):
            per_database.append(questions(gather(size)))
    return [
        list(zip(same, databases, strict=True))
        for same in zip(*per_database, strict=True)
        if only in f"{same[0].person.label}, {same[0].what}"
    ]


def ask_all(asked: list[Sides], repetitions: int) -> list[Row]:
    """Measure one question after the other, each at all sizes by turns."""
    rows = []
    for sides in asked:
        question: Question = sides[0][0]
        _say(f"{question.person.label}: {question.what}")
        rows.append((question, measure(sides, repetitions)))
    return rows


def report(rows: list[Row], labels: list[str]) -> int:
    """Print the figures and the goals that are missed; return the exit code."""
    print(machine())
    print()
    print(table(rows, labels))
    print()
    return verdict("access", goals(rows))


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/access", description=__doc__)
    parser.add_argument("--cases", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--schools", type=int, default=8_000)
    parser.add_argument(
        "--own", type=int, default=125, help="cases of each measured school, at every size"
    )
    parser.add_argument("--repetitions", type=int, default=30)
    parser.add_argument("--only", default="", help="questions whose name has this in it")
    parser.add_argument("--keep", action="store_true", help="leave the databases for the next run")
    parser.add_argument("--fresh", action="store_true", help="do not use what was kept")
    return parser.parse_args(argv)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
