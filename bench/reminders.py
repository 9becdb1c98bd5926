"""How long it takes to write down all reminders that are due, beside the bare SQL for their rows.

``bench/reminders`` runs it. It leaves with 1 when a goal is missed.
"""

import argparse
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meldcode.settings")
django.setup()

from bench.databases import Country, drop, prepare  # noqa: E402 - after the settings
from bench.goals import Goal, verdict  # noqa: E402
from bench.report import machine  # noqa: E402
from bench.sweeping import Swept, measure  # noqa: E402
from bench.waiting import plant  # noqa: E402
from bench.world import Size  # noqa: E402

COUNTRY = Country("bench_due", plant)
# What the issue asks for: at the largest size, and of the largest beside the smallest.
TIMES_BARE = 8.0
TIMES_BARE_IDLE = 3.0
GROWTH = 1.3
MEMORY = 150 * 2**20


def main(argv: list[str]) -> int:
    """Prepare, measure and report; return the exit code."""
    options = _options(argv)
    sizes = [Size(cases, options.schools, options.own) for cases in options.cases]
    found = []
    try:
        for size in sizes:
            database = prepare(COUNTRY, size, _say, fresh=options.fresh)
            # Where there are fewer, each sweep says less of how long it takes.
            often = options.repetitions * (1 if size.cases == max(options.cases) else 5)
            found.append(measure(database, often, size.label, _say))
    finally:
        if not options.keep:
            for size in sizes:
                drop(COUNTRY, size)
    return report(found, [size.label for size in sizes])


def report(found: list[Swept], labels: list[str]) -> int:
    """Print the figures and the goals that are missed; return the exit code."""
    print(machine())
    print()
    print(table(found, labels))
    print()
    return verdict("reminders", goals(found))


def goals(found: list[Swept]) -> list[Goal]:
    """Return each goal with what was measured."""
    smallest, largest = found[0], found[-1]
    grown = largest.per_case / smallest.per_case
    memory = max(largest.growth)
    return [
        Goal("a sweep, as often as its bare rows", largest.times_bare, TIMES_BARE),
        Goal("memory that it takes (MB)", memory / 2**20, MEMORY / 2**20),
        Goal("a due case, as often as at the smallest size", grown, GROWTH),
        Goal("nothing due, as often as the bare look", largest.times_bare_idle, TIMES_BARE_IDLE),
    ]


def table(found: list[Swept], labels: list[str]) -> str:
    """Return the figures as a table in Markdown."""
    head = (
        "cases", "due", "reminders", "rows", "sweep (s)", "bare rows (s)", "times",
        "per due case (ms)", "memory (MB)", "nothing due (ms)", "bare look (ms)", "times",
    )  # fmt: skip
    lines = [head, ["---:"] * len(head), *map(_cells, labels, found)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cells(label: str, swept: Swept) -> list[str]:
    return [
        label,
        f"{swept.due:,}",
        f"{swept.given:,}",
        f"{swept.rows:,}",
        f"{min(swept.sweeps):.2f}",
        f"{min(swept.bare):.2f}",
        f"{swept.times_bare:.1f}",
        f"{swept.per_case:.2f}",
        f"{max(swept.growth) / 2**20:.0f}",
        f"{min(swept.idle) * 1000:.2f}",
        f"{min(swept.bare_idle) * 1000:.2f}",
        f"{swept.times_bare_idle:.1f}",
    ]


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/reminders", description=__doc__)
    parser.add_argument("--cases", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--schools", type=int, default=8_000)
    parser.add_argument("--own", type=int, default=1, help="cases of each of four schools")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--keep", action="store_true", help="leave the databases for the next run")
    parser.add_argument("--fresh", action="store_true", help="do not use what was kept")
    return parser.parse_args(argv)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
