"""Asking several questions in one query: querysets of whatever models, and all under one record.

A page that shows a dozen kinds of things would ask for each; asking takes longer than finding. Each
queryset is written by Django as always, with its conditions of access, its order and its limit; its
rows come as JSON in one column of one row, and Django makes of them what it would have made.
``cases.at_once`` does it for what is always the same question, and then writes it once.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Field,
    FileField,
    FloatField,
    ForeignKey,
    IntegerField,
    JSONField,
    Model,
    QuerySet,
    TextField,
    TimeField,
    UUIDField,
)
from django.db.models.sql.compiler import SQLCompiler

from cases.prepared import made_of

# A function of the database takes a hundred values (PostgreSQL).
AT_MOST = 50


def read_together(*querysets: QuerySet) -> None:
    """Fetch querysets of which nothing was fetched yet, in one query; their prefetches follow."""
    asked: list[tuple[QuerySet, SQLCompiler, str, Sequence[Any]]] = []
    for queryset in querysets:
        compiler = queryset.query.get_compiler(queryset.db)
        try:
            asked.append((queryset, compiler, *compiler.as_sql()))
        except EmptyResultSet:
            made_of(queryset, compiler, [])
    if not asked:
        return
    columns = ", ".join(_as_json(sql, compiler) for __, compiler, sql, __ in asked)
    with connections[querysets[0].db].cursor() as cursor:
        params = [param for *__, params in asked for param in params]
        cursor.execute(f"SELECT {columns}", params)
        answers = cursor.fetchone()
    for (queryset, compiler, *__), answer in zip(asked, answers, strict=True):
        made_of(queryset, compiler, _rows(answer, compiler))


def _as_json(sql: str, compiler: SQLCompiler) -> str:
    """Return a query as one value: its rows in their order, each in pieces of ``AT_MOST``."""
    names = [f"c{number}" for number in range(len(compiler.select))]
    array, gather = "json_array", "json_group_array"
    if connection.vendor == "postgresql":
        array, gather = "json_build_array", "json_agg"
    pieces = ", ".join(
        f"{array}({', '.join(names[start : start + AT_MOST])})"
        for start in range(0, len(names), AT_MOST)
    )
    return (
        f"(WITH part ({', '.join(names)}) AS ({sql})"  # noqa: S608 - written by Django
        f" SELECT CAST({gather}({array}({pieces})) AS text) FROM part)"
    )


def _rows(answer: str | None, compiler: SQLCompiler) -> list[tuple[Any, ...]]:
    """Return rows as the database would have given them."""
    readers = [_reader(expression.output_field) for expression, *__ in compiler.select]
    return [
        tuple(
            value if read is None or value is None else read(value)
            for read, value in zip(readers, (v for piece in row for v in piece), strict=True)
        )
        for row in json.loads(answer or "[]")
    ]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


# What PostgreSQL gives as a type of its own. SQLite keeps all as text and numbers.
READERS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (DateTimeField, _moment),
    (DateField, date.fromisoformat),
    (TimeField, time.fromisoformat),
    (UUIDField, UUID),
    (JSONField, json.dumps),
)


# What comes through JSON as it is.
PLAIN = (BooleanField, CharField, FileField, FloatField, IntegerField, TextField)


def _reader(field: Field) -> Callable[[Any], Any] | None:
    """Return what makes of JSON what PostgreSQL would have given; None: it is the same.

    Raises ``TypeError`` for a kind of field of which nobody decided that yet.
    """
    while isinstance(field, ForeignKey):
        field = field.target_field
    for kind, read in READERS:
        if isinstance(field, kind):
            return read if connection.vendor == "postgresql" else None
    if not isinstance(field, PLAIN):
        raise TypeError(f"How is a {type(field).__name__} read out of JSON?")
    return None


def fetch_under(
    root: Model, paths: Mapping[str, Sequence[str]], beside: Iterable[QuerySet] = ()
) -> None:
    """Fetch all that hangs under a record, as if it had been prefetched; in one query.

    ``paths``: from the record, parents first; and what comes with the rows of each
    (``select_related``). ``beside``: what else the page asks, fetched by the same query.
    """
    links = {path: _Link(type(root), path) for path in paths}
    found = {path: link.under(root, paths[path]) for path, link in links.items()}
    read_together(*found.values(), *beside)
    there: dict[str, list[Model]] = {"": [root]}
    for path, rows in found.items():
        there[path] = links[path].hang(list(rows), _parents(there, path))


def hang(model: type[Model], name: str, rows: Iterable[Model], parents: list[Model]) -> None:
    """Set rows of a relation of a model under their records, as if they had been prefetched."""
    _Link(model, name).hang(list(rows), parents)


def _parents(there: dict[str, list[Model]], path: str) -> list[Model]:
    above = path.rpartition("__")[0]
    if above not in there:  # a single one, which came with the rows above it
        higher, __, name = above.rpartition("__")
        ones = (getattr(record, name, None) for record in there[higher])
        there[above] = [one for one in ones if one is not None]
    return there[above]


class _Link:
    """A relation at the end of a path, and the way back to where the path begins."""

    def __init__(self, model: type[Model], path: str) -> None:
        back: list[str] = []
        for name in path.split("__"):
            link = model._meta.get_field(name)
            self.name, self.many = name, link.many_to_many
            if self.many:  # the rows between, each with what it leads to
                model = link.remote_field.through
                self.field = model._meta.get_field(link.m2m_field_name())
                self.target = link.m2m_reverse_field_name()
            else:
                model, self.field = link.related_model, link.field
            back.insert(0, self.field.name)
        self.model, self.back = model, "__".join(back)

    def under(self, root: Model, along: Sequence[str]) -> QuerySet:
        """Return the rows of the relation under a record."""
        rows = self.model._default_manager.filter(**{self.back: root})
        if not self.many:
            return rows.select_related(*along)
        target = self.model._meta.get_field(self.target).related_model
        order = (_through(self.target, name) for name in target._meta.ordering)
        along = (self.target, *(f"{self.target}__{name}" for name in along))
        return rows.select_related(*along).order_by(*order)

    def hang(self, rows: list[Model], parents: list[Model]) -> list[Model]:
        """Set rows under their parents, and return them."""
        by_key: dict[Any, list[Model]] = {parent.pk: [] for parent in parents}
        for parent in parents:
            under = getattr(parent, self.name).all()
            under._result_cache, under._prefetch_done = by_key[parent.pk], True
            parent.__dict__.setdefault("_prefetched_objects_cache", {})[self.name] = under
        known = {parent.pk: parent for parent in parents}
        for row in rows:
            key = getattr(row, self.field.attname)
            if key not in known:  # of a record that a correction replaced
                continue
            if not self.many:
                self.field.set_cached_value(row, known[key])
            by_key[key].append(getattr(row, self.target) if self.many else row)
        return rows


def _through(target: str, name: str) -> str:
    return f"-{target}__{name[1:]}" if name.startswith("-") else f"{target}__{name}"
