"""The database that test runs copy is another as soon as migrating would make something else."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests import migrated


def test_what_migrations_are_made_of_decides_which_database_is_copied(tmp_path, monkeypatch):
    found = migrated.sources()
    names = {
        str(path.relative_to(migrated.ROOT)) for path in found if migrated.ROOT in path.parents
    }
    # A migration, what it reads, and what that reads.
    assert {
        "audit/migrations/0002_append_only.py",
        "cases/search/columns.py",
        "accounts/at_rest/texts.py",
    } <= names
    before, changed = migrated.digest(), tmp_path / "columns.py"
    changed.write_text("COLUMN = 'others'")
    of_search = migrated.ROOT / "cases/search/columns.py"
    monkeypatch.setattr(migrated, "sources", lambda: {changed} | found - {of_search})
    assert migrated.digest() != before


@pytest.mark.django_db
def test_the_copy_has_all_migrations():
    executor = MigrationExecutor(connection)
    assert executor.loader.applied_migrations
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
