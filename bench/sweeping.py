"""One sweep over a country, and the bare SQL that it is held against: how long, how much memory."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from bench.databases import looking_into
from bench.waiting import CASES, NEW, WRITTEN, begin_again, due, moment
from cases.reminders.sweep import BATCH, sweep

# How often the sweep that finds nothing is asked.
IDLE = 300
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(slots=True)
class Swept:
    """What came out at one size. Times in seconds, memory in bytes."""

    due: int = 0
    given: int = 0
    rows: int = 0
    sweeps: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    growth: list[int] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)
    bare_idle: list[float] = field(default_factory=list)

    @property
    def per_case(self) -> float:
        """Return what a due case costs at best, in milliseconds."""
        return min(self.sweeps) / self.due * 1000

    @property
    def times_bare(self) -> float:
        """Return how many times longer a sweep takes than to write its rows, each at its best."""
        return min(self.sweeps) / min(self.bare)

    @property
    def times_bare_idle(self) -> float:
        """Return how many times longer a sweep takes that finds nothing, each at its best."""
        return min(self.idle) / min(self.bare_idle)


class NothingGiven(Exception):
    """A sweep found nothing where something is due, or something where nothing is."""


def measure(
    database: BaseDatabaseWrapper, repetitions: int, label: str, say: Callable[[str], object]
) -> Swept:
    """Sweep, look when nothing is due, and write the same rows bare; by turns.

    Raises ``NothingGiven`` when nothing was measured.
    """
    swept = Swept()
    with looking_into(database):
        swept.due = due()
        for turn in range(repetitions):
            say(f"{label}: sweep {turn + 1} of {repetitions}")
            begin_again()
            _sweep(swept)
            _idle(swept)
            _write_bare(swept)
        begin_again()
    return swept


def _sweep(swept: Swept) -> None:
    now = moment()
    before = _memory("VmRSS")
    with suppress(OSError):  # the highest mark so far is of something else
        CLEAR.write_text("5")
    start = perf_counter()
    swept.given = sweep(now)
    swept.sweeps.append(perf_counter() - start)
    swept.growth.append(_memory("VmHWM") - before)
    if not swept.given:
        raise NothingGiven("The sweep found nothing to say.")


def _memory(line: str) -> int:
    """Return a figure of this process's memory as Linux knows it, in bytes."""
    found = next(text for text in STATUS.read_text().splitlines() if text.startswith(line))
    return int(found.split()[1]) * 1024


def _idle(swept: Swept) -> None:
    """Let nothing be due, beside the same look by an index and nothing else."""
    now = moment()
    bare = f"SELECT id FROM {CASES} WHERE next_due <= %s ORDER BY next_due LIMIT %s"  # noqa: S608
    for __ in range(IDLE):
        start = perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(bare, [now, BATCH])
            found = cursor.fetchall()
        swept.bare_idle.append(perf_counter() - start)
        start = perf_counter()
        given = sweep(now)
        swept.idle.append(perf_counter() - start)
        if given or found:
            raise NothingGiven("After a sweep something is due still.")


def _write_bare(swept: Swept) -> None:
    """Write the rows of the last sweep once more, by ``INSERT … SELECT`` alone."""
    with connection.cursor() as cursor:
        for model in WRITTEN:
            table = model._meta.db_table
            cursor.execute(f"DROP TABLE IF EXISTS bench_{table}")
            cursor.execute(
                f"CREATE TABLE bench_{table} AS"  # noqa: S608
                f" SELECT * FROM {table} WHERE {NEW[model]} ORDER BY id"
            )
            cursor.execute(f"ANALYZE bench_{table}")
        begin_again()
        written = 0
        start = perf_counter()
        with transaction.atomic():
            for model in WRITTEN:
                table = model._meta.db_table
                cursor.execute(f"INSERT INTO {table} SELECT * FROM bench_{table}")  # noqa: S608
                written += cursor.rowcount
        swept.bare.append(perf_counter() - start)
        for model in WRITTEN:
            cursor.execute(f"DROP TABLE bench_{model._meta.db_table}")
    swept.rows = written
