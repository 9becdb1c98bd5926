"""Rows of the log and of its chain can be added, never changed or removed: the database refuses.

Whoever removes rows by law (docs/operations.md) does so as the owner of the tables, with these
triggers taken off for that moment, and notes the new beginning of the chain.
"""

from django.db import migrations

REFUSED = "The audit is append-only."

POSTGRESQL = (
    f"""
    CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'restrict_violation';
    END $$;
    """,
    *(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only;
        """
        for table in ("audit_logentry", "audit_seal")
    ),
)
POSTGRESQL_BACK = (
    "DROP TRIGGER audit_logentry_append_only ON audit_logentry",
    "DROP TRIGGER audit_seal_append_only ON audit_seal",
    "DROP FUNCTION audit_refuse()",
)

# An INSERT OR REPLACE removes the row that stands in its way without asking a DELETE trigger.
SQLITE_TAKEN = {
    "audit_logentry": "id = NEW.id",
    "audit_seal": ("number = NEW.number OR entry_id = NEW.entry_id OR previous = NEW.previous"),
}
SQLITE = tuple(
    statement
    for table, taken in SQLITE_TAKEN.items()
    for statement in (
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 - our own
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    )
)
SQLITE_BACK = tuple(
    f"DROP TRIGGER {table}_no_{what}"
    for table in SQLITE_TAKEN
    for what in ("update", "delete", "replace")
)


def protect(apps, schema_editor):
    """Make the database refuse."""
    on_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE if on_sqlite else POSTGRESQL:
        schema_editor.execute(statement)


def unprotect(apps, schema_editor):
    """Take the triggers off again."""
    on_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE_BACK if on_sqlite else POSTGRESQL_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_log_and_seals")]

    operations = [migrations.RunPython(protect, unprotect)]
