"""What a row of the log is about: the school, and the case where there is one.

Each app says in its ``audited.py`` (``ABOUT``) how to get from a record to its case or its school;
the log itself knows neither.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from accounts.models import School

# From a record to its case, its school, or nothing.
Find = Callable[[models.Model], models.Model | None]

_FOUND_BY: dict[type[models.Model], Find] = {School: lambda school: school}


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose trail a row stands in. ``for_board``: of a case that only the board's line sees."""

    school_id: int | None = None
    case_reference: str = ""
    for_board: bool = False


def declare(model: type[models.Model], find: Find) -> None:
    """Remember how to get from a record of a model to its case or school."""
    _FOUND_BY[model] = find


_told_in: ContextVar[Subject | None] = ContextVar("told_in", default=None)


@contextmanager
def told_in(record: models.Model) -> Iterator[None]:
    """Let what is written down in here stand in the trail of a record, whatever it is about."""
    token = _told_in.set(subject_of(record))
    try:
        yield
    finally:
        _told_in.reset(token)


_apart: ContextVar[str | None] = ContextVar("apart", default=None)


@contextmanager
def apart_from(case_reference: str) -> Iterator[None]:
    """Let what is written down in here of other cases than this be shown by their own trail alone:
    beside each other rows of one moment say in the trail of a school which cases are one pupil's.
    """
    token = _apart.set(case_reference)
    try:
        yield
    finally:
        _apart.reset(token)


def stands_apart(case_reference: str) -> bool:
    """Tell whether what is written down now of a case is shown by its own trail alone."""
    return _apart.get() is not None and case_reference not in {"", _apart.get()}


_system: ContextVar[str] = ContextVar("system", default="")


@contextmanager
def by_system(name: str) -> Iterator[None]:
    """Let what is written down in here say that another system did it, and which: no person."""
    token = _system.set(name)
    try:
        yield
    finally:
        _system.reset(token)


def system() -> str:
    """Return the name of the system that does what is done now; empty: a person, or Meldcode."""
    return _system.get()


def subject_of(record: models.Model) -> Subject:
    """Return what a record is about. Nothing, when what it hung on is gone."""
    if (elsewhere := _told_in.get()) is not None:
        return elsewhere
    find = _FOUND_BY.get(type(record))
    try:
        found = find(record) if find else None
    except ObjectDoesNotExist:
        found = None
    if found is None:
        return Subject()
    if isinstance(found, School):
        return Subject(found.pk)
    return Subject(found.school_id, found.reference, found.restricted)


def neutral_name(record: models.Model) -> str:
    """Return what a record is called in the log: its reference or number, never a name or word."""
    name = getattr(record, "reference", None) or getattr(record, "public_id", None) or record.pk
    return f"{record._meta.model_name} {name}"
