"""The field of what is told about a family."""

import json
from typing import Any

from django.core.exceptions import FieldError
from django.db import connection, models
from django.db.models.lookups import Exact, IContains

from accounts.at_rest.keys import encrypting, reading
from accounts.at_rest.texts import MARK, opened, shut


class Placed(models.Field):
    """A field that is encrypted for its place."""

    # Before the mark of what is encrypted, in the column.
    quote = ""

    @property
    def place(self) -> str:
        """Return where it stands: it is read nowhere else."""
        return f"{self.model._meta.db_table}.{self.column}"


class Told(Placed):
    """What is told about a family: encrypted on disk where there are keys, and read either way.

    The database can tell whether there is a text, and nothing else: what is searched goes through
    ``cases.search``. Which texts are of this kind, the models say.
    """

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Return the text as it is written."""
        value = super().get_db_prep_save(value, connection)
        return shut(value, self.place) if isinstance(value, str) else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Return the text as it was written."""
        return value if value is None else opened(value, self.place)

    def get_lookup(self, lookup_name: str) -> type[models.Lookup] | None:
        """Refuse what the database cannot tell of a text that is encrypted."""
        if reading() and lookup_name not in ANSWERED:
            raise FieldError(f"The database does not compare what is encrypted: {self}")
        return super().get_lookup(lookup_name)

    def kept_now(self, stored: str) -> str:
        """Return what stands in the column as it would be written now."""
        return shut(opened(stored, self.place), self.place)


class NarrativeField(Told, models.TextField):
    """A text that is encrypted on disk where there are keys (``DATA_KEYS``)."""


class NarrativeLine(Told, models.CharField):
    """A line of it. ``max_length`` is of the words; encrypted it is longer."""

    def db_type(self, connection: Any) -> str | None:
        """Return a type that has room; SQLite has it anyway."""
        return "text" if connection.vendor == "postgresql" else super().db_type(connection)

    def cast_db_type(self, connection: Any) -> str | None:
        """Return the same: a cast cuts off what is too long."""
        return self.db_type(connection)


@Told.register_lookup
class IsEmpty(Exact):
    """Whether there is a text; once there are keys, the only thing that it can be compared with."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Return the condition, and what goes into it."""
        if reading() and self.rhs != "":
            raise FieldError(f"The database does not compare what is encrypted: {self.lhs}")
        return super().as_sql(compiler, connection)


@Told.register_lookup
class Holds(IContains):
    """``icontains``: as it was written, where the database is a part of this process (SQLite)."""

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> tuple[str, list[Any]]:
        """Return the text as it was written."""
        sql, params = super().process_lhs(compiler, connection, lhs)
        if not reading():
            return sql, params
        if connection.vendor != "sqlite":
            raise FieldError(f"The database does not compare what is encrypted: {self.lhs}")
        return f"{FUNCTION}({sql}, %s)", [*params, self.lhs.output_field.place]


class NarrativeJSONField(Placed, models.JSONField):
    """Texts in an order of their own: encrypted, the column holds one string of JSON."""

    quote = '"'

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Return it as it is written."""
        return super().get_db_prep_save(self._shut(value), connection)

    def _shut(self, value: Any) -> Any:
        if value is None or not encrypting():
            return value
        return shut(json.dumps(value, cls=self.encoder), self.place)

    def kept_now(self, stored: str) -> str:
        """Return what stands in the column as it would be written now."""
        value = self.from_db_value(stored, None, connection)
        return json.dumps(self._shut(value), cls=self.encoder)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return it as it was written."""
        found = super().from_db_value(value, expression, connection)
        if isinstance(found, str) and found.startswith(MARK):
            return json.loads(opened(found, self.place), cls=self.decoder)
        return found


ANSWERED = ("exact", "isnull", "icontains")
FUNCTION = "meldcode_opened"


def teach_sqlite(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Let SQLite open texts in a query: it does so here, and nothing leaves the process."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(FUNCTION, 2, opened, deterministic=True)
