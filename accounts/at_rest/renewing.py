"""Letting all that lies there lie as it would be kept now: with the first key, or with none.

People work meanwhile. Nobody waits for it but for a batch, and it waits for nobody: a row that
somebody holds is left for the next time round.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Model

from accounts.at_rest.fields import Placed
from accounts.at_rest.keys import Unreadable, encrypting
from accounts.at_rest.texts import MARK, PLAIN, beginning

BATCH = 200
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Renewed:
    """How many were done, how many no key can read, and how many others held all the time."""

    done: int = 0
    unread: int = 0
    held: int = 0

    def __add__(self, other: "Renewed") -> "Renewed":
        return Renewed(self.done + other.done, self.unread + other.unread, self.held + other.held)


def places() -> dict[type[Model], list[Placed]]:
    """Return all that is encrypted, by model."""
    found = {
        model: [one for one in model._meta.local_concrete_fields if isinstance(one, Placed)]
        for model in apps.get_models()
    }
    return {model: fields for model, fields in found.items() if fields}


def renew_texts(say: Callable[[str], None] = lambda line: None) -> Renewed:
    """Encrypt rows anew that are not as they would be written now; ``say`` hears of each table.

    What broke off goes on where it was. Nothing of it is a change: no moment, no version and no row
    of the audit comes of it.
    """
    found = Renewed()
    for model, fields in places().items():
        one = _Table(model, fields).renew()
        if one != Renewed():
            say(f"{model._meta.db_table}: {one.done}")
        found += one
    return found


class _Table:
    """The rows of a model, as the database has them."""

    def __init__(self, model: type[Model], fields: list[Placed]) -> None:
        quote = connection.ops.quote_name
        self._fields = fields
        self._table, self._pk = quote(model._meta.db_table), quote(model._meta.pk.column)
        self._columns = [quote(field.column) for field in fields]
        self._like: list[str] = []
        self._others = " OR ".join(self._is_otherwise(field) for field in fields)

    def _text(self, field: Placed) -> str:
        return f"CAST({connection.ops.quote_name(field.column)} AS text)"

    def _is_otherwise(self, field: Placed) -> str:
        """Return the condition on a row in which a field is not as it would be written now."""
        key, text = encrypting(), self._text(field)
        if key:
            self._like.append(f"{field.quote}{beginning(key)}%")
            return f"({text} <> '' AND {text} NOT LIKE %s)"
        self._like += [f"{field.quote}{MARK}%", f"{field.quote}{PLAIN}%"]
        return f"({text} LIKE %s AND {text} NOT LIKE %s)"

    def renew(self) -> Renewed:
        done = 0
        for __ in range(ROUNDS):
            this_time, unread, last = 0, 0, 0
            while rows := self._batch(last):
                last = rows[-1]
                made, lost = self._renew(rows)
                this_time, unread = this_time + made, unread + lost
            done += this_time
            held = self._left() - unread
            if not held:
                break
        return Renewed(done, unread, max(held, 0))

    def _batch(self, last: int) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {self._pk} FROM {self._table}"  # noqa: S608 - names of our own
                f" WHERE {self._pk} > %s AND ({self._others}) ORDER BY {self._pk} LIMIT {BATCH}",
                [last, *self._like],
            )
            return [pk for (pk,) in cursor.fetchall()]

    def _left(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT COUNT(*) FROM {self._table} WHERE {self._others}",  # noqa: S608
                self._like,
            )
            return cursor.fetchone()[0]

    @transaction.atomic
    def _renew(self, keys: list[int]) -> tuple[int, int]:
        marks = ", ".join(["%s"] * len(keys))
        texts = ", ".join(self._text(field) for field in self._fields)
        # Whoever holds a row goes first; and nobody waits for us who holds what we wait for.
        lock = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
        done = unread = 0
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {self._pk}, {texts} FROM {self._table}"  # noqa: S608
                f" WHERE {self._pk} IN ({marks}) AND ({self._others}){lock}",
                [*keys, *self._like],
            )
            for pk, *stored in cursor.fetchall():
                kept, lost = self._kept_now(stored)
                unread += lost
                if kept != stored:
                    self._write(cursor, pk, kept)
                    done += not lost
        return done, unread

    def _kept_now(self, stored: list[str | None]) -> tuple[list[str | None], bool]:
        """Return the texts of a row as they would be written; and whether one cannot be read."""
        kept, lost = [], False
        for field, text in zip(self._fields, stored, strict=True):
            try:
                kept.append(field.kept_now(text) if text else text)
            except Unreadable:
                kept.append(text)
                lost = True
        return kept, lost

    def _write(self, cursor: Any, pk: int, kept: list[str | None]) -> None:
        columns = ", ".join(
            f"{column} = {'%s::jsonb' if field.quote and _on_postgresql() else '%s'}"
            for field, column in zip(self._fields, self._columns, strict=True)
        )
        cursor.execute(
            f"UPDATE {self._table} SET {columns} WHERE {self._pk} = %s",  # noqa: S608
            [*kept, pk],
        )


def _on_postgresql() -> bool:
    return connection.vendor == "postgresql"


def renew_files() -> Renewed:
    """Encrypt files anew that do not lie there as they would be kept now."""
    done = unread = 0
    for name in _names():
        try:
            done += default_storage.renew(name)
        except Unreadable:
            unread += 1
    return Renewed(done, unread)


def _names() -> Iterator[str]:
    """Return the names of all files that are kept."""
    root = Path(default_storage.location)
    for folder, __, files in os.walk(root):
        for name in sorted(files):
            if not name.startswith("."):
                yield (Path(folder) / name).relative_to(root).as_posix()
