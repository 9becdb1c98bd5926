"""How long a list of pupils takes, from the file to the last row; ``bench/imports`` runs it.

It leaves with 1 when a goal is missed.
"""

import argparse
import os
import sys
from unittest.mock import patch

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meldcode.settings")
django.setup()

from django.db import connection  # noqa: E402 - after the settings

from bench.databases import Country, drop, looking_into, prepare  # noqa: E402
from bench.goals import Goal, verdict  # noqa: E402
from bench.importing import (  # noqa: E402
    YEARS,
    Taken,
    a_school,
    as_csv,
    as_edexml,
    close_cases,
    first_list,
    take,
    year_later,
)
from bench.report import machine  # noqa: E402
from bench.world import Size  # noqa: E402

COUNTRY = Country("bench_list", lambda size, say: None)
# What issue 9 asks for, of a list of 5,000 pupils; a request reads and shows it.
SECONDS = 30.0
OF_A_REQUEST = 10.0
MEMORY = 150.0
STEPS = ("read", "keep", "preview", "apply")


def main(argv: list[str]) -> int:
    """Prepare, measure and report; return the exit code."""
    options = _options(argv)
    size = Size(options.pupils, 1, 0)
    try:
        with looking_into(prepare(COUNTRY, size, _say, fresh=True)):
            found = measure(options.pupils)
            return report(found)
    finally:
        drop(COUNTRY, size)


def measure(pupils: int) -> list[Taken]:
    """Bring the lists of two school years in, as EDEXML and as CSV. No worker is woken."""
    found = []
    with patch("cases.jobs.wake"):
        for name, written in (("EDEXML", as_edexml), ("CSV", as_csv)):
            by, pupils_now = a_school(), first_list(pupils)
            first = written(pupils_now)
            found.append(take(f"{name}, all new", first, by, {"new": pupils}))
            again = {"unchanged": pupils, "new": 0, "problems": 0}
            found.append(take(f"{name}, once more", first, by, again))
            close_cases(by.memberships.get().school)
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("ANALYZE")
            left = sum(one.year == YEARS for one in pupils_now)
            later = {"moved": pupils - left, "left": left, "new": left}
            second = written(year_later(pupils_now))
            found.append(take(f"{name}, a year later", second, by, later, full_list=True))
    return found


def report(found: list[Taken]) -> int:
    """Print the figures and the goals that are missed; return the exit code."""
    print(machine())
    print()
    print(table(found))
    print()
    return verdict("imports", goals(found))


def goals(found: list[Taken]) -> list[Goal]:
    """Return each goal with what was measured."""
    asked = max(one.times["read"] + one.times["keep"] + one.times["preview"] for one in found)
    return [
        Goal("a list, from file to done (s)", max(one.total for one in found), SECONDS),
        Goal("what a request does of it (s)", asked, OF_A_REQUEST),
        Goal("memory that it takes (MB)", max(one.memory for one in found) / 2**20, MEMORY),
    ]


def table(found: list[Taken]) -> str:
    """Return the figures as a table in Markdown."""
    head = ("list", "MB", *(f"{step} (s)" for step in STEPS), "all (s)", "memory (MB)", "does")
    lines = [head, ["---", *["---:"] * (len(head) - 2), "---"], *map(_cells, found)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cells(one: Taken) -> list[str]:
    does = ", ".join(f"{count:,} {name}" for name, count in one.counts.items() if count)
    times = [f"{one.times[step]:.2f}" if step in one.times else "–" for step in STEPS]
    memory = f"{one.memory / 2**20:.0f}"
    return [one.what, f"{one.size / 1e6:.1f}", *times, f"{one.total:.2f}", memory, does]


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/imports", description=__doc__)
    parser.add_argument("--pupils", type=int, default=5000, help="so many on a list (%(default)s)")
    return parser.parse_args(argv)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
