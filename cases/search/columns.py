"""The words of a record as PostgreSQL finds them: a stored column, made by migrations.

No index of the words stands beside it, on purpose: a common word stands in the records of the whole
country, and an index of words answers with all of them. The records of one school are found by
their case, and their words lie ready in the row.
"""

from collections.abc import Sequence
from typing import Any

from django.db import migrations, models

COLUMN = "search_words"
DICTIONARY = "dutch"


class Says(models.Lookup):
    """``pk__says="blauwe plek"``: the row holds all of these words, in whatever form of them."""

    lookup_name = "says"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[object]]:
        """Return the condition, and what goes into it."""
        table = compiler.quote_name_unless_alias(self.lhs.alias)
        column = f"{table}.{connection.ops.quote_name(COLUMN)}"
        return f"{column} @@ plainto_tsquery('{DICTIONARY}', %s)", [self.rhs]


def words_of(app: str, model: str, fields: Sequence[str]) -> migrations.RunPython:
    """Return the operation that lets PostgreSQL keep the words of some fields; nothing elsewhere.

    A later migration that changes the type of such a field takes the column away first.
    """

    def add(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            quote, table = schema_editor.quote_name, _table(apps)
            text = " || ' ' || ".join(quote(field) for field in fields)
            schema_editor.execute(
                f"ALTER TABLE {quote(table)} ADD COLUMN {quote(COLUMN)} tsvector"
                f" GENERATED ALWAYS AS (to_tsvector('{DICTIONARY}', {text})) STORED"
            )

    def remove(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            quote, table = schema_editor.quote_name, _table(apps)
            schema_editor.execute(f"ALTER TABLE {quote(table)} DROP COLUMN {quote(COLUMN)}")

    def _table(apps: Any) -> str:
        return apps.get_model(app, model)._meta.db_table

    return migrations.RunPython(add, remove, elidable=False)
