"""Asking every question many times, by turns, and the time that each took."""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.models import User
from bench.databases import looking_into
from bench.questions import Ask, Question

# guardian is asked less often where it is slow: this long for one question at one size.
PATIENCE_SECONDS = 3.0


class Unlike(Exception):
    """Two answers that should be the same are not: what was measured means nothing."""


@dataclass(slots=True)
class Samples:
    """How long a question took each time (milliseconds), and its answer."""

    answer: int = -1
    times: list[float] = field(default_factory=list)
    # Of each time, the part that went by in the database.
    of_database: list[float] = field(default_factory=list)

    @property
    def best(self) -> float:
        """Return the shortest time: what the work costs. What others add is waiting for a turn."""
        return min(self.times)

    @property
    def database(self) -> float:
        """Return the shortest time that went by in the database."""
        return min(self.of_database)

    @property
    def median(self) -> float:
        """Return the time in the middle."""
        return median(self.times)

    @property
    def p99(self) -> float:
        """Return the time that one in a hundred exceeds; with fewer samples, the longest."""
        return sorted(self.times)[int(len(self.times) * 0.99)]


@dataclass(slots=True)
class Measured:
    """One question at one size: ours, guardian's, and guardian's that is spared the groups."""

    ours: Samples = field(default_factory=Samples)
    guardians: Samples = field(default_factory=Samples)
    spared: Samples = field(default_factory=Samples)


# The same question at every size, with the database it is asked of.
Sides = list[tuple[Question, BaseDatabaseWrapper]]


def measure(sides: Sides, repetitions: int) -> list[Measured]:
    """Ask one question at every size by turns: what slows the machine down, slows all of them.

    Raises ``Unlike`` when the sizes answer differently, or guardian finds other cases than we do.
    """
    found = [Measured() for __ in sides]
    for turn in range(-1, repetitions):  # the first is to warm up
        for (question, database), measured in zip(sides, found, strict=True):
            with looking_into(database):
                _ask_all(question, measured, turn)
    _compare(sides, found)
    return found


def _ask_all(question: Question, measured: Measured, turn: int) -> None:
    who = question.person
    _ask(question.ours, who.user_id, measured.ours, turn)
    for ask, samples in (
        (question.guardians, measured.guardians),
        (question.spared, measured.spared),
    ):
        if ask and sum(samples.times) < PATIENCE_SECONDS * 1000:
            _ask(ask, who.twin_id, samples, turn)


def _ask(ask: Ask, user_id: int, samples: Samples, turn: int) -> None:
    # A new object, as in a request: what it remembers of itself is asked for again.
    user = User.objects.get(pk=user_id)
    queries = _Stopwatch()
    with connection.execute_wrapper(queries):
        start = perf_counter()
        samples.answer = int(ask(user))
        took = perf_counter() - start
    if turn >= 0:
        samples.times.append(took * 1000)
        samples.of_database.append(queries.total * 1000)


class _Stopwatch:
    """Adds up how long queries take (seconds); goes around each of them."""

    def __init__(self) -> None:
        self.total = 0.0

    def __call__(self, execute: Callable, *query: object) -> object:
        start = perf_counter()
        try:
            return execute(*query)
        finally:
            self.total += perf_counter() - start


def _compare(sides: Sides, found: list[Measured]) -> None:
    question = sides[0][0]
    answers = {measured.ours.answer for measured in found}
    if question.exact:
        answers |= {m.guardians.answer for m in found} | {m.spared.answer for m in found}
    if len(answers) > 1:
        raise Unlike(f"{question.person.label}, {question.what}: {sorted(answers)}")
