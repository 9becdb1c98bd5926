"""The table of what was measured, and whether the goals hold."""

import os
import platform
from collections.abc import Iterator
from importlib.metadata import version

import django
from django.db import connection

from bench.goals import Goal
from bench.measure import Measured
from bench.questions import Question

# At the largest size, nothing is more times slower than at the smallest.
GROWTH = 1.5
# Judged by the best of all runs, as is how much faster than guardian we are (bench/people.py). On
# a machine that others use, a query of two milliseconds waits for its turn as long as one of a
# hundred: the median then tells about them.

Row = tuple[Question, list[Measured]]


def growth(found: list[Measured]) -> float:
    """Return how many times longer the largest size takes than the smallest, each at its best."""
    return found[-1].ours.best / found[0].ours.best


def faster(found: list[Measured]) -> float:
    """Return how many times faster we are than guardian at the largest size, each at its best."""
    return found[-1].guardians.best / found[-1].ours.best


def faster_in_the_database(found: list[Measured]) -> float:
    """Return how many times less the database has to do for us, at the largest size.

    Around it both sides pay the same: a query is written, and objects are made of its rows.
    """
    return found[-1].guardians.database / found[-1].ours.database


def goals(rows: list[Row]) -> list[Goal]:
    """Return each goal with what was measured."""
    return [goal for row in rows for goal in _goals(*row)]


def _goals(question: Question, found: list[Measured]) -> Iterator[Goal]:
    who = f"{question.person.label}, {question.what}"
    if question.raced:
        what = f"{who}, times faster than guardian"
        yield Goal(what, faster(found), question.person.goal, at_least=True)
    yield Goal(f"{who}, times slower at the largest size", growth(found), GROWTH)


def table(rows: list[Row], labels: list[str]) -> str:
    """Return the figures as a table in Markdown, in milliseconds."""
    small, large = labels[0], labels[-1]
    head = (
        "who", "asks for", "answer",
        f"median {small}", f"median {large}", "p99", f"best {small}", f"best {large}",
        "of which database", "growth",
        f"guardian's median {large}", "best", "faster",
        "by medians", "in the database", "without groups",
    )  # fmt: skip
    lines = [_line(head), _line(["---"] * 2 + ["---:"] * (len(head) - 2))]
    return "\n".join(lines + [_line(_cells(*row)) for row in rows])


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(question: Question, found: list[Measured]) -> list[str]:
    first, last = found[0], found[-1]
    cells = [
        question.person.label,
        question.what,
        str(last.ours.answer),
        f"{first.ours.median:.2f}",
        f"{last.ours.median:.2f}",
        f"{last.ours.p99:.2f}",
        f"{first.ours.best:.2f}",
        f"{last.ours.best:.2f}",
        f"{last.ours.database:.2f}",
        f"{growth(found):.2f}",
    ]
    if not last.guardians.times:
        return [*cells, *[""] * 6]
    return [
        *cells,
        f"{last.guardians.median:.1f}",
        f"{last.guardians.best:.1f}",
        f"{faster(found):.1f}×",
        f"{last.guardians.median / last.ours.median:.1f}×",
        f"{faster_in_the_database(found):.1f}×",
        f"{last.spared.best:.1f}",
    ]


def machine() -> str:
    """Return in a line what it was measured on, and with what."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{os.cpu_count()} processors ({platform.machine()}), load {load};"
        f" {_server()}; Python {platform.python_version()},"
        f" Django {django.get_version()}, guardian {version('django-guardian')}"
    )


def _server() -> str:
    if connection.vendor != "postgresql":
        return connection.display_name
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (server,) = cursor.fetchone()
        cursor.execute("SHOW shared_buffers")
        (buffers,) = cursor.fetchone()
    return f"PostgreSQL {server}, shared buffers {buffers}"
