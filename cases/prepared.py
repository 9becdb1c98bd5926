"""Questions that are always the same: Django writes them once, and PostgreSQL plans them once.

To write a query takes Django a millisecond and more, and to plan it takes PostgreSQL as long: ten
times what it takes to carry it out. What is always asked in the same words has *places*, which are
filled in each time, and each connection keeps the plan: a prepared statement. Behind a pooler that
gives each transaction another connection nobody keeps it (``DISABLE_SERVER_SIDE_CURSORS``, by which
Django is told of such a pooler).

What somebody may see is not asked like this: it follows from who asks.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any
from weakref import WeakSet

from django.db import NotSupportedError, connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from psycopg2.extensions import AsIs

from cases.among import as_parameter

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Place:
    """A place for a key or for several. ``mark``: what stands there while Django writes.

    No row has it, and it stands nowhere else in the query.
    """

    mark: int | list[int]

    @property
    def type(self) -> str:
        """Return as what PostgreSQL takes what is filled in."""
        return "bigint" if isinstance(self.mark, int) else "bigint[]"

    def filled(self, value: Any) -> Any:
        """Return a value as the database takes it."""
        return value if isinstance(self.mark, int) else as_parameter(value, connection.vendor)

    def holds(self, param: Any) -> bool:
        """Tell whether a parameter is this place."""
        mark = self.filled(self.mark)
        return type(param) is type(mark) and param == mark


class Prepared:
    """A query as Django wrote it, with places by name."""

    def __init__(self, sql: str, params: Sequence[Any], places: Mapping[str, Place]) -> None:
        self._sql, self._params, self._places = sql, params, places
        self._name = f"prepared_{next(_numbers)}"
        # Whichever connections of PostgreSQL have the plan.
        self._known_to: WeakSet[Any] = WeakSet()

    def ask(self, cursor: CursorWrapper, **values: Any) -> None:
        """Ask it, with a value for each place."""
        filled = {name: place.filled(values[name]) for name, place in self._places.items()}
        if self._is_known():
            places = ", ".join(["%s"] * len(filled))
            try:
                cursor.execute(f"EXECUTE {self._name} ({places})", list(filled.values()))
            except NotSupportedError:
                if connection.in_atomic_block:  # the transaction is lost
                    raise
                self._forget()
            else:
                return
        cursor.execute(self._sql, self._with(filled))

    def _forget(self) -> None:
        """Give a plan up whose table has another column since: an upgrade, while old code runs."""
        with connection.connection.cursor() as cursor:
            cursor.execute(f"DEALLOCATE {self._name}")
        self._known_to.discard(connection.connection)

    def _with(self, values: Mapping[str, Any]) -> list[Any]:
        return [values[self._names[n]] if n in self._names else param
                for n, param in enumerate(self._params)]  # fmt: skip

    @cached_property
    def _names(self) -> dict[int, str]:
        """Return which parameters are places, by their number.

        Raises ``LookupError`` where one stands nowhere: the query would be asked of the mark.
        """
        found = {
            number: name
            for number, param in enumerate(self._params)
            for name, place in self._places.items()
            if place.holds(param)
        }
        if missing := self._places.keys() - found.values():
            raise LookupError(f"No place in the query for: {', '.join(sorted(missing))}")
        return found

    def _is_known(self) -> bool:
        """Let the connection make the plan, where it can keep one; tell whether it has it.

        It outlives a transaction that is rolled back, and goes with the connection.
        """
        if connection.vendor != "postgresql":
            return False
        if connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
            return False
        if connection.connection not in self._known_to:
            numbers = {name: AsIs(f"${number}") for number, name in enumerate(self._places, 1)}
            types = ", ".join(place.type for place in self._places.values())
            # No question of a page: it is asked past those who count these.
            with connection.connection.cursor() as cursor:
                statement = f"PREPARE {self._name} ({types}) AS {self._sql}"
                cursor.execute(statement, self._with(numbers))
            self._known_to.add(connection.connection)
        return True


class ByKeys:
    """A queryset of the rows that some keys name. ``make``: from the keys to the queryset.

    Who asks for it has the keys from a query of what the user may see.
    """

    PLACES = {"keys": Place([-101])}

    def __init__(self, make: Callable[[list[int]], QuerySet]) -> None:
        self._make = make

    def read(self, keys: Sequence[int]) -> list[Model]:
        """Return the rows, in the order of the queryset."""
        if not keys:
            return []
        queryset, compiler, prepared = self._written
        with connection.cursor() as cursor:
            prepared.ask(cursor, keys=list(keys))
            rows = cursor.fetchall()
        return list(made_of(queryset.all(), copy(compiler), rows))

    @cached_property
    def _written(self) -> tuple[QuerySet, SQLCompiler, Prepared]:
        queryset = self._make(self.PLACES["keys"].mark)
        compiler = queryset.query.get_compiler(connection=connection)
        return queryset, compiler, Prepared(*compiler.as_sql(), self.PLACES)


def made_of(queryset: QuerySet, compiler: SQLCompiler, rows: list[Sequence[Any]]) -> QuerySet:
    """Let Django make of rows what it makes of a queryset's, without asking; return it.

    The compiler wrote the queryset's query, and is not used elsewhere meanwhile.
    """
    compiler.execute_sql = lambda *args, **kwargs: [rows]
    queryset.query.get_compiler = lambda *args, **kwargs: compiler
    try:
        len(queryset)
    finally:
        del queryset.query.get_compiler
    return queryset
