"""Reading rows of many tables in one query, which Django writes once in the life of a process.

A page about one thing asks a dozen tables for a row or two each: asking takes longer than finding.
Here each table is a part of one ``UNION ALL``, its rows come as JSON, and what changes from one
page to the next (the keys) is filled in. What a part may show is its own queryset's business.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Field,
    QuerySet,
    UUIDField,
    Value,
)
from django.db.models.functions import JSONArray

from accounts.at_rest.fields import Told
from accounts.at_rest.texts import opened
from cases.prepared import Place, Prepared

# Rows and what they are read as: a queryset, and the paths of its columns.
Part = tuple[QuerySet, Sequence[str]]
Read = Callable[[Any], Any]


class AtOnce:
    """Some parts by name, read together. ``make``: returns them, with places for the keys."""

    def __init__(
        self, parts: Callable[[], Mapping[str, Part]], places: Mapping[str, Place]
    ) -> None:
        self._make, self._places = parts, places

    def read(self, **keys: int) -> dict[str, list[list[Any]]]:
        """Return the rows of each part, in one query; each row has its columns in their order."""
        prepared, readers = self._written
        found: dict[str, list[list[Any]]] = {name: [] for name in readers}
        with connection.cursor() as cursor:
            prepared.ask(cursor, **keys)
            for name, row in cursor.fetchall():
                pairs = zip(readers[name], json.loads(row), strict=True)
                found[name].append([read(value) for read, value in pairs])
        return found

    @cached_property
    def _written(self) -> tuple[Prepared, dict[str, list[Read]]]:
        """Let Django write the query, and look up how each column is read."""
        parts = self._make()
        first, *others = (
            rows.order_by().values_list(Value(name, CharField()), JSONArray(*columns))
            for name, (rows, columns) in parts.items()
        )
        compiler = first.union(*others, all=True).query.get_compiler(connection=connection)
        readers = {
            name: [_reader(_field(rows, path)) for path in columns]
            for name, (rows, columns) in parts.items()
        }
        return Prepared(*compiler.as_sql(), self._places), readers


def _field(rows: QuerySet, path: str) -> Field:
    return rows.query.names_to_path(path.split("__"), rows.model._meta)[1]


def _moment(text: str) -> datetime:
    # SQLite keeps moments without their zone, in UTC.
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


# How a column is read that JSON does not know.
READERS: tuple[tuple[type[Field], Read], ...] = (
    (DateTimeField, _moment),
    (DateField, date.fromisoformat),
    (UUIDField, UUID),
    (BooleanField, bool),
)


def _reader(field: Field) -> Read:
    if isinstance(field, Told):
        return lambda value: None if value is None else opened(value, field.place)
    read = next((read for kind, read in READERS if isinstance(field, kind)), None)
    if read is None:
        return lambda value: value
    return lambda value: None if value is None else read(value)
