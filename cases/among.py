"""Asking for the rows of a thousand keys, without preparing each of them in Python."""

from django.core.exceptions import EmptyResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup
from django.db.models.sql.compiler import SQLCompiler


class Among(Lookup):
    """``case_id__among=keys``: as ``in``, for keys as they stand in the database and nothing else.

    PostgreSQL gets them as one parameter. ``in`` looks at each, in each of a sweep's queries.
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
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s)", [*before, keys]
        return f"{column} IN ({', '.join(['%s'] * len(keys))})", [*before, *keys]
