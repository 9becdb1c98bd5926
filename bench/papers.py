"""How long the PDF of a dossier takes, beside bare WeasyPrint on the same page; and its memory.

``bench/papers`` runs it. It leaves with 1 when a goal is missed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meldcode.settings")
django.setup()

from django.db import connections  # noqa: E402 - after the settings

from bench.databases import Country, drop, looking_into, prepare  # noqa: E402
from bench.goals import Goal, verdict  # noqa: E402
from bench.papering import Printed, plant, words_of  # noqa: E402
from bench.report import machine  # noqa: E402
from bench.world import Size  # noqa: E402
from cases.models import Case  # noqa: E402
from cases.names import visible  # noqa: E402

# What the issue asks for.
LENGTHS = (20, 200, 1_000)
TIMES_BARE = 1.15
GROWTH = 1.5
MEMORY = 400 * 2**20


@dataclass(slots=True)
class Measured:
    """One length: what each of our papers took, and each of bare WeasyPrint's."""

    entries: int
    ours: list[Printed] = field(default_factory=list)
    bare: list[Printed] = field(default_factory=list)
    # Words of the case that another program does not read in the paper.
    lost: list[str] = field(default_factory=list)

    @property
    def best(self) -> float:
        """Return the processor time of our paper, in seconds: what others do does not count."""
        return min(one.cpu for one in self.ours)

    @property
    def best_bare(self) -> float:
        """Return the processor time of the same page by WeasyPrint alone."""
        return min(one.cpu for one in self.bare)

    @property
    def per_page(self) -> float:
        """Return how long a page takes, in milliseconds."""
        return self.best / self.ours[0].pages * 1000

    @property
    def memory(self) -> int:
        """Return the most that a process ever held, in bytes, with Django and all."""
        return max(one.rss for one in self.ours)


def main(argv: list[str]) -> int:
    """Prepare, measure and report; return the exit code."""
    options = _options(argv)
    lengths = tuple(options.entries)
    country = Country("bench_papers", lambda size, say: plant(lengths, say))
    size = Size(sum(lengths), len(lengths), 1)
    found = []
    try:
        database = prepare(country, size, _say, fresh=options.fresh)
        url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{country.database(size)}"
        with looking_into(database):
            for length in lengths:
                case = Case.objects.get(pupil__given_name=f"Lang{length}").pk
                found.append(measure(case, length, url, options.repetitions))
    finally:
        connections.close_all()
        if not options.keep:
            drop(country, size)
    return report(found)


def measure(case: int, length: int, url: str, repetitions: int) -> Measured:
    """Make the paper of a case several times, ours and the bare one by turns."""
    found = Measured(length)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for turn in range(repetitions):
            _say(f"{length} entries, {turn + 1} of {repetitions}")
            found.ours.append(_child(url, "ours", str(case), name))
            if turn == 0:
                found.lost = lost(case, folder / "paper.pdf")
            found.bare.append(_child(url, "bare", name))
    return found


def _child(url: str, *arguments: str) -> Printed:
    ran = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "bench.papering", *arguments],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        check=True,
    )
    return Printed(**json.loads(ran.stdout.splitlines()[-1]))


def lost(case: int, paper: Path) -> list[str]:
    """Return the words of a case that another program does not find in its paper."""
    if not shutil.which("pdftotext"):
        return ["(no pdftotext: install poppler-utils)"]
    ran = subprocess.run(  # noqa: S603
        ["pdftotext", str(paper), "-"],  # noqa: S607 - where the system has it
        capture_output=True,
        check=True,
    )
    text = visible(ran.stdout.decode())
    there, joined = set(text.split()), "".join(text.split())
    # A line of Chinese ends where it is full, and not at a space.
    return sorted({word for word in words_of(case) if word not in there and word not in joined})


def report(found: list[Measured]) -> int:
    """Print the figures and the goals that are missed; return the exit code."""
    print(machine())
    print()
    print(table(found))
    print()
    return verdict("papers", goals(found))


def goals(found: list[Measured]) -> list[Goal]:
    """Return each goal with what was measured."""
    grown = max(one.per_page for one in found) / found[0].per_page
    asked = [
        Goal("a page of the longest, as often as one of the shortest", grown, GROWTH),
        Goal("memory (MB)", max(one.memory for one in found) / 2**20, MEMORY / 2**20),
    ]
    for one in found:
        what = f"{one.entries} entries, as often as bare WeasyPrint"
        asked.append(Goal(what, one.best / one.best_bare, TIMES_BARE))
        asked.append(Goal(f"{one.entries} entries, words lost", len(one.lost), 0))
    return asked


def table(found: list[Measured]) -> str:
    """Return the figures as a table in Markdown."""
    head = (
        "entries", "pages", "KB", "ours (s)", "of processor", "bare (s)", "of processor", "times",
        "per page (ms)", "memory (MB)", "bare memory (MB)", "words lost",
    )  # fmt: skip
    lines = [head, ["---:"] * len(head), *map(_cells, found)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cells(one: Measured) -> list[str]:
    return [
        f"{one.entries:,}",
        f"{one.ours[0].pages}",
        f"{one.ours[0].bytes // 1024:,}",
        f"{min(printed.seconds for printed in one.ours):.2f}",
        f"{one.best:.2f}",
        f"{min(printed.seconds for printed in one.bare):.2f}",
        f"{one.best_bare:.2f}",
        f"{one.best / one.best_bare:.2f}",
        f"{one.per_page:.1f}",
        f"{one.memory / 2**20:.0f}",
        f"{max(printed.rss for printed in one.bare) / 2**20:.0f}",
        f"{len(one.lost)}",
    ]


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/papers", description=__doc__)
    parser.add_argument("--entries", type=int, nargs="+", default=list(LENGTHS))
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--keep", action="store_true", help="leave the database for the next run")
    parser.add_argument("--fresh", action="store_true", help="do not use what was kept")
    return parser.parse_args(argv)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
