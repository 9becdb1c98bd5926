"""Migrations that run while the old program still does: an upgrade without a pause.

The old code writes rows without the new column, and reads what the new one drops. What takes a
table away from everybody for long stands out as well. django-migration-linter looks at the SQL that
PostgreSQL would get.
"""

import pytest
from django.db import connection
from django.db.migrations import Migration
from django_migration_linter.migration_linter import MigrationLinter
from django_migration_linter.sql_analyser import analyse_sql_statements

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="the SQL of production"),
]

# The last migration of each room of before the first release: nobody upgrades from between these.
BEFORE = {
    "accounts": "0007_guides",
    "api": "",  # all of it came after
    "audit": "0005_flagged_again",
    "background": "0001_runs_and_beat",
    "cases": "0022_in_charge",
    "consultations": "0011_search_words",
    "referrals": "0006_search_words",
    "signals": "0004_injury_mark",
}

# What the linter says of a migration, and why it may be so all the same: comply or explain.
IN_A_MOMENT = "no row is in it yet: with a million pupils it takes a fifth of a second"
FEW_DEVICES = "of ten browsers of a person at most, which the same migration forgets"
FEW_LETTERS = "a school gets some letters a year, and the column is new and empty"
EXPLAINED: dict[tuple[str, str], dict[str, str]] = {
    ("audit", "0008_cases_elsewhere"): {
        "DROP_COLUMN": "of 0007, which comes with the same version: no code of a release reads it",
    },
    ("cases", "0023_pupil_import"): {
        "ALTER_COLUMN": "a longer varchar: no row is rewritten, and old code writes shorter ones",
        "ADD_UNIQUE": "of a new column that is empty for all, and of those that are not",
        "CREATE_INDEX": IN_A_MOMENT,
        "CREATE_INDEX_EXCLUSIVE": IN_A_MOMENT,
    },
    ("cases", "0030_who_took_longer"): {
        "CREATE_INDEX": FEW_LETTERS,
        "CREATE_INDEX_EXCLUSIVE": FEW_LETTERS,
    },
    ("cases", "0032_counts_kept_apart"): {
        "ADD_UNIQUE": "of less than was unique before; counts, written when a case is destroyed",
    },
    ("cases", "0038_more_numbers"): {
        "ALTER_COLUMN": "room for larger numbers: old code writes small ones, and rows are few",
    },
    ("cases", "0042_devices_known_by_a_word"): {
        "CREATE_INDEX": FEW_DEVICES,
        "CREATE_INDEX_EXCLUSIVE": FEW_DEVICES,
    },
}


def found(linter: MigrationLinter, migration: Migration) -> set[str]:
    """Return what the linter says of a migration, by its codes."""
    sql = linter.get_sql(migration.app_label, migration.name)
    errors, __, warnings = analyse_sql_statements(linter.sql_analyser_class, sql, [])
    more, __, also = linter.analyse_data_migration(migration)
    return {issue.code for issue in (*errors, *warnings, *more, *also)}


@pytest.fixture
def linter(db) -> MigrationLinter:
    return MigrationLinter(no_output=True, no_cache=True)


def test_no_migration_stops_the_program_of_before(linter):
    migrations = linter.migration_loader.disk_migrations
    new = [
        one for (app, name), one in migrations.items() if app in BEFORE and name > BEFORE[app]
    ]  # fmt: skip
    said = {(one.app_label, one.name): found(linter, one) for one in new}
    explained = {key: set(why) for key, why in EXPLAINED.items()}
    assert {key: codes for key, codes in said.items() if codes} == explained


def test_the_linter_says_what_would_stop_it(linter):
    """So that silence says something: of before the release there are such."""
    migrations = linter.migration_loader.disk_migrations
    assert "NOT_NULL" in found(linter, migrations["cases", "0011_retention"])
    assert "ADD_UNIQUE" in found(linter, migrations["accounts", "0002_people"])
