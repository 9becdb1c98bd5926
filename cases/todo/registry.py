"""The table of what can be asked of somebody, row by row, and the list that comes of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils.functional import Promise

from accounts import access
from accounts.access import Permission
from accounts.models import User
from cases.calendars import SchoolCalendar, of_schools
from cases.models import Case
from cases.todo.tasks import Asked, Task, in_order
from cases.together import read_together

# Of each row of the table: who has more than this looks at the list that it comes from.
LIMIT = 50

Found = TypeVar("Found")


@dataclass(slots=True)
class Reader:
    """For whom and when the list is made; what several rows of the table need is read once."""

    user: User
    now: datetime
    # What else the page asks, read with what the table asks.
    beside: tuple[QuerySet, ...] = ()
    # What each row of the table found, by its kind, once all were read.
    rows: dict[str, Sequence[Any]] = field(default_factory=dict)
    _read: dict[Callable[..., Any], Any] = field(default_factory=dict)
    _calendars: dict[int, SchoolCalendar] = field(default_factory=dict)

    def once(self, read: Callable[["Reader"], Found]) -> Found:
        """Return what a function reads for this reader, read the first time that it is asked."""
        if read not in self._read:
            self._read[read] = read(self)
        return self._read[read]

    def knows(self, calendars: dict[int, SchoolCalendar]) -> None:
        """Take what schools set, by primary key, that was read with something else."""
        self._calendars |= calendars

    def calendars(self, cases: Iterable[Case]) -> dict[int, SchoolCalendar]:
        """Return the calendars of the schools of cases; of each school read once."""
        new = [case for case in cases if case.school_id not in self._calendars]
        if new:
            found = of_schools(new)
            self._calendars |= {case.school_id: found[case.school_id] for case in new}
        return self._calendars


def _as_they_are(rows: list[Any], reader: Reader) -> list[Any]:
    return rows


def _nothing(row: Any) -> Any:
    return None


def _no_words(row: Any) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Provider:
    """One row of the table: a kind of task, who it is for, and how it reads.

    ``rows`` finds them, through the querysets that know who may see what, the first to show in
    front; ``prepare`` adds to those that are shown what their text needs, in as many queries as
    for one. ``part_of`` is the key of what the protocol asks of a case, ``covers`` the key of what
    is said more exactly here (``case:action``): then the first is left out.
    """

    kind: str
    asked: Asked
    whom: tuple[Permission, ...]
    rows: Callable[[Reader], Sequence[Any]]
    text: Promise | Callable[[Any], Promise | str]
    action: Promise | Callable[[Any], Promise | str]
    url: Callable[[Any], str]
    prepare: Callable[[list[Any], Reader], list[Any]] = _as_they_are
    reference: Callable[[Any], str] = _no_words
    due: Callable[[Any], datetime | None] = _nothing
    since: Callable[[Any], datetime | None] = _nothing
    is_moment: bool = False
    # What a mail says instead of the text: what kind of task it is, and nothing of the case.
    in_brief: Promise | str = ""
    urgent: Callable[[Any], bool] = _nothing
    about: Callable[[Any], str] = _no_words
    waits_for: Callable[[Any], Promise | str] = _no_words
    part_of: Callable[[Any], str] = _no_words
    covers: Callable[[Any], str] = _no_words


@dataclass(frozen=True, slots=True)
class TodoList:
    """All that is asked of somebody and by them, in order; ``cut``: there was more than fits."""

    tasks: list[Task]
    cut: bool

    def asked(self, how: Asked) -> list[Task]:
        """Return what is asked of them, or what they asked."""
        return [task for task in self.tasks if task.asked is how]


_table: dict[str, Provider] = {}


def declare(*providers: Provider) -> None:
    """Add rows to the table. Each room says its own, once its models are there."""
    _table.update((provider.kind, provider) for provider in providers)


def declared() -> tuple[Provider, ...]:
    """Return the rows of the table."""
    return tuple(_table.values())


def tasks_of(user: User, now: datetime) -> list[Task]:
    """Return what is asked of somebody and by them: what is past first, then by its time.

    Nothing of it is kept: it is what they may know of now. The number of queries does not grow.
    """
    return todo_list(Reader(user, now)).tasks


def todo_list(reader: Reader) -> TodoList:
    """Return the tasks of somebody, and whether they have more than is listed."""
    cut = False
    general: list[tuple[str, Task]] = []
    exact: list[tuple[str, Task]] = []
    for provider, rows in _read(reader):
        cut = cut or len(rows) > LIMIT
        for row in provider.prepare(list(rows[:LIMIT]), reader):
            key = provider.part_of(row)
            into = general if key else exact
            into.append((key or provider.covers(row), _task(provider, row)))
    return TodoList(in_order(_once(general, exact), reader.now), cut)


def _read(reader: Reader) -> list[tuple[Provider, Sequence[Any]]]:
    """Return the rows of the table that are for somebody with what they found: in one query."""
    found = [
        (provider, provider.rows(reader)[: LIMIT + 1])
        for provider in _table.values()
        if any(access.may(reader.user, permission) for permission in provider.whom)
    ]
    read_together(*(rows for __, rows in found if isinstance(rows, QuerySet)), *reader.beside)
    reader.rows = {provider.kind: rows for provider, rows in found}
    return found


def _task(provider: Provider, row: Any) -> Task:
    return Task(
        kind=provider.kind,
        asked=provider.asked,
        text=_words(provider.text, row),
        url=provider.url(row),
        action=_words(provider.action, row),
        reference=provider.reference(row),
        due=provider.due(row),
        is_moment=provider.is_moment,
        in_brief=provider.in_brief,
        since=provider.since(row),
        urgent=bool(provider.urgent(row)),
        about=provider.about(row),
        waits_for=provider.waits_for(row),
    )


def _words(words: Promise | Callable[[Any], Promise | str], row: Any) -> Promise | str:
    return words(row) if callable(words) else words


def _once(general: list[tuple[str, Task]], exact: list[tuple[str, Task]]) -> list[Task]:
    """Leave out what the protocol asks where a room says it more exactly, which keeps its time."""
    asked = dict(general)
    covered = {key for key, __ in exact}
    found = [task for key, task in general if key not in covered]
    return found + [_with_time_of(task, asked.get(key)) for key, task in exact]


def _with_time_of(task: Task, general: Task | None) -> Task:
    if general is None:
        return task
    due = min((moment for moment in (task.due, general.due) if moment), default=None)
    return replace(task, due=due, urgent=task.urgent or general.urgent)
