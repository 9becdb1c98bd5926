"""The words of a record as PostgreSQL finds them: stored columns, made by migrations.

Of a text it is given letters and numbers alone. At each other sign its parser asks whether an
address of mail, a path, a word of several or a number below nought begins there, and reads on to
see: of eight thousand signs of "@1e" for three seconds, and of twice as many four times as long;
of twenty thousand of "-1-e" for two.

``search_words`` has the words of texts that can be read, and PostgreSQL fills it itself.
``sealed_words`` stands for the words of rows with encrypted texts: the program fills it
(``cases.search.sealed_words``), and PostgreSQL empties it when such a text changes.

No index of the words stands beside them, on purpose: a common word stands in the records of the
whole country, and an index of words answers with all of them. The records of one school are found
by their case, and their words lie ready in the row.
"""

import string
from collections.abc import Callable, Sequence
from typing import Any

from django.db import migrations, models

from accounts.at_rest.texts import MARK

COLUMN = "search_words"
SEALED = "sealed_words"
DICTIONARY = "dutch"
FORGET = "forget_sealed_words"
# What it is not given, each for a blank.
SIGNS = string.punctuation


def plain(text: str) -> str:
    """Return the SQL of a text as PostgreSQL is given it, to keep its words or to find them."""
    # The percent sign by its number: it has a meaning on the way.
    signs = SIGNS.replace("\\", r"\\").replace("%", r"\x25").replace("'", r"\'")
    return f"translate({text}, E'{signs}', '{' ' * len(SIGNS)}')"


def words(text: str) -> str:
    """Return the SQL of the words of a text."""
    return f"to_tsvector('{DICTIONARY}', {plain(text)})"


class Says(models.Lookup):
    """``pk__says=("blauwe plek", "'c2R…' & 'x7f…'")``: the row holds all of these words.

    In whatever form of them, and as they are known by in encrypted texts; these may be empty.
    """

    lookup_name = "says"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[object]]:
        """Return the condition, and what goes into it."""
        asked, sealed = self.rhs
        table, quote = compiler.quote_name_unless_alias(self.lhs.alias), connection.ops.quote_name
        said = f"{table}.{quote(COLUMN)} @@ plainto_tsquery('{DICTIONARY}', {plain('%s')})"
        if not sealed:
            return said, [asked]
        return f"({said} OR {table}.{quote(SEALED)} @@ CAST(%s AS tsquery))", [asked, sealed]


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
                f" GENERATED ALWAYS AS ({words(text)}) STORED"
            )

    def remove(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            quote, table = schema_editor.quote_name, _table(apps)
            schema_editor.execute(f"ALTER TABLE {quote(table)} DROP COLUMN {quote(COLUMN)}")

    def _table(apps: Any) -> str:
        return apps.get_model(app, model)._meta.db_table

    return migrations.RunPython(add, remove, elidable=False)


def add_function(apps: Any, schema_editor: Any) -> None:
    """Make what empties the sealed words of a row, for triggers to call."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE FUNCTION {FORGET}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN NEW.{SEALED} := NULL; RETURN NEW; END $$"
        )


def remove_function(apps: Any, schema_editor: Any) -> None:
    """Take it away again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP FUNCTION {FORGET}()")


def is_sealed(fields: Sequence[str], table: str = "") -> str:
    """Return the condition on a row that one of some columns is encrypted, as SQL.

    In these very words it stands in an index as well.
    """
    return " OR ".join(f"starts_with({table}{field}, '{MARK}')" for field in fields)


def waits(fields: Sequence[str]) -> str:
    """Return the condition on a row that its sealed words are still to be made, as SQL."""
    return f"{SEALED} IS NULL AND ({is_sealed(fields)})"


def sealed_words_of(
    app: str, model: str, fields: Sequence[str], readable: Sequence[str] = ()
) -> migrations.RunPython:
    """Return the operation that keeps the words of encrypted fields; PostgreSQL only.

    ``readable``: those of the fields that never are. The table is written anew, once.
    """
    sealed = [field for field in fields if field not in readable]

    def add(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            table = apps.get_model(app, model)._meta.db_table
            for statement in _with_sealed(table, fields, sealed):
                schema_editor.execute(statement)

    def remove(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            table = apps.get_model(app, model)._meta.db_table
            schema_editor.execute(f"DROP TRIGGER {FORGET} ON {table}")
            schema_editor.execute(f"ALTER TABLE {table} DROP COLUMN {SEALED}")
            schema_editor.execute(_search_words(table, fields))

    return migrations.RunPython(add, remove, elidable=False)


def words_anew(
    app: str,
    model: str,
    fields: Sequence[str],
    readable: Sequence[str] = (),
    before: Sequence[str] = (),
) -> migrations.RunPython:
    """Return the operation that makes the words of some fields anew, as they are made now.

    The table is written once. The program makes those of encrypted texts anew in the background; a
    text is found again once it has. ``before``: the fields that it was of, where one of them is
    new; on the way back it is of those again.
    """

    def anew(fields: Sequence[str]) -> Callable[[Any, Any], None]:
        sealed = [field for field in fields if field not in readable]

        def make(apps: Any, schema_editor: Any) -> None:
            if schema_editor.connection.vendor == "postgresql":
                table = apps.get_model(app, model)._meta.db_table
                schema_editor.execute(f"DROP TRIGGER {FORGET} ON {table}")
                schema_editor.execute(f"ALTER TABLE {table} DROP COLUMN {SEALED}")
                for statement in _with_sealed(table, fields, sealed):
                    schema_editor.execute(statement)

        return make

    back = anew(before) if before else migrations.RunPython.noop
    return migrations.RunPython(anew(fields), back, elidable=False)


def _with_sealed(table: str, fields: Sequence[str], sealed: Sequence[str]) -> list[str]:
    changed = " OR ".join(f"OLD.{field} IS DISTINCT FROM NEW.{field}" for field in sealed)
    readable = [
        f"CASE WHEN starts_with({field}, '{MARK}') THEN '' ELSE {field} END"
        if field in sealed
        else field
        for field in fields
    ]
    return [
        f"{_search_words(table, readable)}, ADD COLUMN {SEALED} tsvector",
        f"CREATE TRIGGER {FORGET} BEFORE UPDATE OF {', '.join(sealed)} ON {table} FOR EACH ROW"
        f" WHEN (OLD.{SEALED} IS NOT NULL AND ({changed})) EXECUTE FUNCTION {FORGET}()",
        f"CREATE INDEX {table}_unsealed ON {table} (id) WHERE {waits(sealed)}",
    ]


def _search_words(table: str, texts: Sequence[str]) -> str:
    """Return the statement that makes the column of readable words anew."""
    text = " || ' ' || ".join(texts)
    return (
        f"ALTER TABLE {table} DROP COLUMN IF EXISTS {COLUMN}, ADD COLUMN {COLUMN} tsvector"
        f" GENERATED ALWAYS AS ({words(text)}) STORED"
    )


def longer(app: str, model: str, *fields: str) -> migrations.RunPython:
    """Return the operation that gives lines room for what is encrypted; no row is written anew.

    The words go with it, and ``sealed_words_of`` makes them anew. On the way back it stays long.
    """

    def change(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            table = apps.get_model(app, model)._meta.db_table
            schema_editor.execute(f"ALTER TABLE {table} DROP COLUMN IF EXISTS {COLUMN}")
            for field in fields:
                schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {field} TYPE text")

    return migrations.RunPython(change, migrations.RunPython.noop, elidable=False)
