"""What lies on disk, as somebody sees it who has only the disk."""

import secrets
from pathlib import Path

from django.conf import settings
from django.db import connection

from accounts.at_rest.renewing import places

FIRST, SECOND = secrets.token_hex(32), secrets.token_hex(32)


def stored() -> str:
    """Return all that stands in the columns of texts, as the database has it."""
    found = []
    for model, fields in places().items():
        columns = ", ".join(
            f"CAST({connection.ops.quote_name(field.column)} AS text)" for field in fields
        )
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM {model._meta.db_table}")  # noqa: S608
            found += [text for row in cursor.fetchall() for text in row if text]
    return "\n".join(found)


def whole_database() -> str:
    """Return every column of every table, as text."""
    found = []
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found += [repr(row) for row in cursor.fetchall()]
    return "\n".join(found)


def files() -> list[Path]:
    """Return where all files lie."""
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
