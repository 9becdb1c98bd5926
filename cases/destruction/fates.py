"""THE table of what destroying a case, or a pupil, does with each kind of row.

Each room says it of its own (``destroyed.py``, declared in its ``apps.py``): cases knows no step
app. A test walks every model with a way to a case or a pupil, and fails where one stands nowhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of the rows of a model.

    ``case``, ``pupil``: ways from a row to the case, or to the pupil, with which it goes; several
    where there are several. ``files``: its fields of files, which go from the store. ``emptied``:
    the row stays, with these values in the place of what it said. ``stays``: as it is. ``untold``:
    which rows the trail of their case shows alone (``audit.sight.declare_within``); a certificate
    that counted these, or their files, would tell of them.
    """

    model: type[models.Model]
    case: tuple[str, ...] = ()
    pupil: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    emptied: Mapping[str, Any] = field(default_factory=dict)
    stays: bool = False
    untold: Q | None = None

    def rows(self, kind: str, pk: int) -> models.QuerySet:
        """Return the rows that go with a case or a pupil (``kind``)."""
        ways: tuple[str, ...] = getattr(self, kind)
        condition = Q(pk__in=())
        for way in ways:
            condition |= Q(**{way: pk})
        return self.model._base_manager.filter(condition)


_table: dict[type[models.Model], Fate] = {}


def declare(*fates: Fate) -> None:
    """Add a room's rows to the table."""
    _table.update((fate.model, fate) for fate in fates)


def table() -> Iterator[Fate]:
    """Yield the whole table."""
    yield from _table.values()


@dataclass(slots=True)
class Found:
    """All rows that go, by model, and what the files of them are called."""

    keys: list[tuple[Fate, list[int]]]
    files: list[str]
    # How many rows of each model, and how many files, a certificate counts.
    counts: dict[str, int]
    counted_files: int

    @classmethod
    def of(cls, kind: str, pk: int) -> "Found":
        """Find what goes with a case or a pupil: all of it, before any of it goes."""
        keys: list[tuple[Fate, list[int]]] = []
        counts: dict[str, int] = {}
        files: set[str] = set()
        untold_files: set[str] = set()
        for fate in (one for one in table() if not one.stays):
            rows = fate.rows(kind, pk)
            found = list(rows.values_list("pk", flat=True).distinct())
            if not found:
                continue
            keys.append((fate, found))
            untold = rows.none() if fate.untold is None else rows.filter(fate.untold)
            for name in fate.files:
                files.update(one for one in rows.values_list(name, flat=True) if one)
                untold_files.update(untold.values_list(name, flat=True))
            told = len(found) - untold.distinct().count()
            if told and not fate.emptied and not fate.model._meta.auto_created:
                counts[fate.model._meta.label] = told
        return cls(keys, sorted(files), counts, len(files - untold_files))

    def erase(self) -> None:
        """Remove the rows.

        Below the managers, which refuse it, and without telling the audit of each row what it
        held: one row of the audit says that the case is gone. Foreign keys are looked at when the
        transaction ends, so that the order says nothing.
        """
        for fate, keys in self.keys:
            for start in range(0, len(keys), CHUNK):
                rows = fate.model._base_manager.filter(pk__in=keys[start : start + CHUNK])
                if fate.emptied:
                    rows.update(**fate.emptied)
                else:
                    rows._raw_delete(rows.db)
