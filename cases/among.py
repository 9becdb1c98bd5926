"""Asking for the rows of a thousand keys, without preparing each of them in Python."""

import json
from collections.abc import Sequence

from django.core.exceptions import EmptyResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup
from django.db.models.sql.compiler import SQLCompiler

IN_SQLITE = "IN (SELECT value FROM json_each(%s))"


def as_parameter(keys: Sequence[int], vendor: str) -> list[int] | str:
    """Return keys as a database takes them: PostgreSQL as an array, SQLite as JSON."""
    return list(keys) if vendor == "postgresql" else json.dumps(list(keys))


class Among(Lookup):
    """``case_id__among=keys``: as ``in``, for keys as they stand in the database and nothing else.

    The database gets them as one parameter. ``in`` looks at each, in each of a sweep's queries.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[object]]:
        """Return the condition, and what goes into it."""
        keys = list(self.rhs)
        if not keys:
            raise EmptyResultSet
        column, before = self.process_lhs(compiler, connection)
        one = "= ANY(%s)" if connection.vendor == "postgresql" else IN_SQLITE
        return f"{column} {one}", [*before, as_parameter(keys, connection.vendor)]
