"""Writing many rows at once: on PostgreSQL as one parameter, in JSON.

Django's ``bulk_create`` and ``bulk_update`` write a piece of SQL for each value. Of a sweep's rows
that takes several times as long as the database needs to write them; a ``CASE WHEN`` of every row
for every column (``bulk_update``) takes longer than all the rest. Other databases get theirs by
Django.
"""

import json
from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db import connection
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault

M = TypeVar("M", bound=Model)


def insert_all(rows: Iterable[M]) -> list[M]:
    """Insert rows of one model, and return them with their keys. No signal is sent, as always."""
    rows = list(rows)
    if not rows or connection.vendor != "postgresql":
        return type(rows[0]).objects.bulk_create(rows) if rows else rows
    meta = rows[0]._meta
    fields = [
        field
        for field in meta.concrete_fields
        if not isinstance(getattr(rows[0], field.attname), DatabaseDefault)
    ]
    columns = ", ".join(_quoted(fields))
    for row, key in zip(rows, _keys(meta.db_table, meta.pk.column, len(rows)), strict=True):
        row.pk = key
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_quote(meta.db_table)} ({columns})"  # noqa: S608 - names of our models
            f" SELECT {columns} FROM json_to_recordset(%s) AS said ({_typed(fields)})",
            [_as_json(rows, fields)],
        )
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return rows


def update_all(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write these fields of rows of one model, found by their keys."""
    if not rows or connection.vendor != "postgresql":
        if rows:
            type(rows[0]).objects.bulk_update(rows, names)
        return
    meta = rows[0]._meta
    fields = [meta.get_field(name) for name in names]
    values = ", ".join(f"{column} = said.{column}" for column in _quoted(fields))
    table, key = _quote(meta.db_table), _quote(meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {values}"  # noqa: S608 - names of our models
            f" FROM json_to_recordset(%s) AS said ({_typed([meta.pk, *fields])})"
            f" WHERE {table}.{key} = said.{key}",
            [_as_json(rows, [meta.pk, *fields])],
        )


def _keys(table: str, column: str, count: int) -> list[int]:
    """Return so many new keys of a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(name) FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS name"
            " OFFSET 0) AS sequence, generate_series(1, %s)",
            [_quote(table), column, count],
        )
        return [key for (key,) in cursor.fetchall()]


def _as_json(rows: Iterable[Model], fields: Sequence[Field]) -> str:
    """Return the rows as JSON; a moment or an identity in words that the database reads back."""
    names = [(field.column, field.attname) for field in fields]
    return json.dumps(
        [{column: getattr(row, name) for column, name in names} for row in rows], default=str
    )


def _typed(fields: Sequence[Field]) -> str:
    types = (field.rel_db_type(connection) for field in fields)
    return ", ".join(
        f"{column} {kind}" for column, kind in zip(_quoted(fields), types, strict=True)
    )


def _quoted(fields: Sequence[Field]) -> list[str]:
    return [_quote(field.column) for field in fields]


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)
