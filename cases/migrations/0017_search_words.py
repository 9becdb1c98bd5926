from contextlib import suppress

from django.db import DatabaseError, migrations, transaction

from cases.search.columns import words_of


def add_trigrams(apps, schema_editor):
    """Let names be found that are written a little differently, where the role may say so.

    The extension is a trusted one; without it names are found as they are written.
    """
    if schema_editor.connection.vendor == "postgresql":
        with suppress(DatabaseError), transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0016_saved_view"),
    ]

    operations = [
        # It stays on the way back: it was there before, or somebody else may use it by now.
        migrations.RunPython(add_trigrams, migrations.RunPython.noop),
        words_of(
            "cases",
            "conversation",
            (
                "attendees",
                "facts_brought",
                "reactions",
                "parents_reactions",
                "home_agreed",
                "agreements",
                "consent_about",
                "skip_reason",
            ),
        ),
        words_of("cases", "answer", ("grounds",)),
        words_of("cases", "deviation", ("grounds",)),
        words_of("cases", "lookback", ("seen",)),
        words_of("cases", "attachment", ("title",)),
    ]
