"""What it brings to cut the table of cases by school: the same questions on one table and on parts.

``bench/partitions`` runs it. The cut table stands beside the other one under the same name, in a
schema of its own that the second connection finds first: the program asks both, and knows of
neither. Only questions of its own are asked, and no others are added: what a foreign key may lead
to must be unique, and the key of a row alone is not where rows are cut by school. So a cut table
takes the school into the key of each of the tables below it, and here these have no foreign key.
"""

import argparse
import os
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meldcode.settings")
django.setup()

from django.db import connection, connections, transaction  # noqa: E402 - after the settings
from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402

from bench.databases import ALIAS, Country, drop, looking_into, prepare  # noqa: E402
from bench.measure import Measured, Unlike, measure  # noqa: E402
from bench.people import gather  # noqa: E402
from bench.questions import Question, questions  # noqa: E402
from bench.report import machine  # noqa: E402
from bench.world import Size, plant  # noqa: E402
from cases.models import Case  # noqa: E402

COUNTRY = Country("bench", plant)
SCHEMA = "parted"
TABLE = Case._meta.db_table
# So many rows are written one by one, each in a transaction of its own.
WRITES = 300


def main(argv: list[str]) -> int:
    """Prepare, measure and print; return the exit code."""
    options = _options(argv)
    size = Size(options.cases, options.schools, options.own)
    try:
        whole = prepare(COUNTRY, size, _say, fresh=options.fresh)
        with looking_into(whole):
            _cut(options.parts)
            sizes = _sizes()
        parted = _finds_first(whole, SCHEMA)
        rows = _ask(size, whole, parted, options.repetitions)
        rows += _write(whole, parted)
        with looking_into(whole), connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
    finally:
        if not options.keep:
            drop(COUNTRY, size)
    print(machine())
    print(f"\n{size.cases:,} cases, {size.schools:,} schools, {options.parts} parts;"
          f" {sizes[0]} in one table, {sizes[1]} in parts\n")  # fmt: skip
    print("| what | one table (ms) | in parts (ms) | times |\n| --- | ---: | ---: | ---: |")
    for what, one, other in rows:
        print(f"| {what} | {one:.2f} | {other:.2f} | {other / one:.2f} |")
    return 0


def _cut(parts: int) -> None:
    """Make the cut table, with the rows and the indexes of the other one."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
        cursor.execute(
            f"CREATE TABLE {SCHEMA}.{TABLE} (LIKE public.{TABLE} INCLUDING DEFAULTS)"
            " PARTITION BY HASH (school_id)"
        )
        for number in range(parts):
            cursor.execute(
                f"CREATE TABLE {SCHEMA}.{TABLE}_{number} PARTITION OF {SCHEMA}.{TABLE}"
                f" FOR VALUES WITH (MODULUS {parts}, REMAINDER {number})"
            )
        _say("copying the rows")
        cursor.execute(f"INSERT INTO {SCHEMA}.{TABLE} SELECT * FROM public.{TABLE}")  # noqa: S608
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes"
            " WHERE schemaname = 'public' AND tablename = %s",
            [TABLE],
        )
        for name, made in cursor.fetchall():
            # What is unique of itself cannot be promised across parts: an index finds it as well.
            made = made.replace("CREATE UNIQUE INDEX", "CREATE INDEX")
            cursor.execute(made.replace(f" ON public.{TABLE} ", f" ON {SCHEMA}.{TABLE} "))
            _say(f"index {name}")
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {SCHEMA}.{TABLE}")


def _sizes() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_size_pretty(pg_total_relation_size(%s::regclass)),"
            " pg_size_pretty(sum(pg_total_relation_size(inhrelid)))"
            " FROM pg_inherits WHERE inhparent = %s::regclass",
            [f"public.{TABLE}", f"{SCHEMA}.{TABLE}"],
        )
        return cursor.fetchone()


def _finds_first(database: BaseDatabaseWrapper, schema: str) -> BaseDatabaseWrapper:
    """Return a connection to the same database that looks for tables in a schema first."""
    made = connections.create_connection(ALIAS)
    asked = database.settings_dict["OPTIONS"]
    options = f"{asked.get('options', '')} -c search_path={schema},public"
    made.settings_dict = {**database.settings_dict, "OPTIONS": {**asked, "options": options}}
    return made


def _ask(
    size: Size, whole: BaseDatabaseWrapper, parted: BaseDatabaseWrapper, often: int
) -> list[tuple[str, float, float]]:
    """Ask both what is asked of cases; return what it took in the database (ms, median)."""
    with looking_into(parted), connection.cursor() as cursor:
        cursor.execute(f"SELECT '{TABLE}'::regclass = '{SCHEMA}.{TABLE}'::regclass")
        if cursor.fetchone() != (True,):
            raise Unlike("The parts are not asked.")
    with looking_into(whole):
        asked = questions(gather(size))
        # As the sweep of reminders looks: at all schools at once.
        due = Question(asked[0].person, "what is due in the country", _due)
    rows = []
    for one in [*asked, due]:
        alone = Question(one.person, one.what, one.ours)
        _say(f"{one.person.label}: {one.what}")
        found = measure([(alone, whole), (alone, parted)], often)
        rows.append((f"{one.person.label}: {one.what}", *map(_of_database, found)))
    return rows


def _due(_: object) -> int:
    return len(Case.objects.filter(next_due__isnull=False).order_by("next_due")[:200])


def _of_database(found: Measured) -> float:
    return median(found.ours.of_database)


def _write(
    whole: BaseDatabaseWrapper, parted: BaseDatabaseWrapper
) -> list[tuple[str, float, float]]:
    """Change rows in both by turns, found by their key and by their reference."""
    ways: dict[str, Callable[[Case], dict]] = {
        "a change, found by its key": lambda case: {"pk": case.pk},
        "a change, found by key and school": lambda case: {
            "pk": case.pk, "school_id": case.school_id,
        },
    }  # fmt: skip
    with looking_into(whole):
        cases = list(Case.objects.order_by("reference").only("pk", "school_id")[:WRITES])
    rows = []
    for what, found_by in ways.items():
        times: dict[int, list[float]] = {0: [], 1: []}
        for case in cases:
            for number, database in enumerate((whole, parted)):
                with looking_into(database):
                    began = perf_counter()
                    with transaction.atomic():
                        Case.objects.filter(**found_by(case)).update(closing_told="gewijzigd")
                    times[number].append((perf_counter() - began) * 1000)
        rows.append((what, median(times[0]), median(times[1])))
    return rows


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/partitions", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--schools", type=int, default=8_000)
    parser.add_argument("--own", type=int, default=125, help="cases of each measured school")
    parser.add_argument("--parts", type=int, default=32)
    parser.add_argument("--repetitions", type=int, default=30)
    parser.add_argument("--keep", action="store_true", help="leave the database for the next run")
    parser.add_argument("--fresh", action="store_true", help="do not use what was kept")
    return parser.parse_args(argv)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
