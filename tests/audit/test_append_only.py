"""The database itself refuses to change or remove a row of the log or of its chain."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, transaction

from audit.chain import seal_waiting
from audit.log import record_read
from audit.models import LogEntry, Seal
from cases.models import Case
from tests.append_only import unprotected
from tests.attacks.proof import shows
from tests.factories import CaseFactory, SchoolFactory, UserFactory

carry_over = import_module("audit.migrations.0004_carry_over").carry_over

pytestmark = pytest.mark.django_db

TABLES = ("audit_logentry", "audit_seal")
COLUMN = {"audit_logentry": "kind", "audit_seal": "hash"}
ON_POSTGRESQL = connection.vendor == "postgresql"


@pytest.fixture
def sealed(coordinator):
    """A row of the log, and its seal."""
    record_read(coordinator, CaseFactory())
    seal_waiting()
    return LogEntry.objects.latest("pk")


def refused(statement: str, *values: object) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)


WAYS = ["UPDATE {table} SET {column} = 'x'", "DELETE FROM {table}"]
WAYS += (
    ["TRUNCATE {table}", "TRUNCATE {table} CASCADE"]
    if ON_POSTGRESQL
    else ["REPLACE INTO {table} SELECT * FROM {table} LIMIT 1"]
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("table", TABLES)
@shows("audit-1")
def test_a_row_is_neither_changed_nor_removed(sealed, table, way):
    refused(way.format(table=table, column=COLUMN[table]))


def test_nor_by_the_orm(sealed):
    with pytest.raises(DatabaseError), transaction.atomic():
        sealed.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        LogEntry.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Seal.objects.update(hash="0" * 64)
    assert LogEntry.objects.filter(pk=sealed.pk, kind="read").exists()


@pytest.mark.skipif(ON_POSTGRESQL, reason="a way of SQLite's own")
@shows("audit-1")
def test_a_seal_does_not_take_the_place_of_another(sealed):
    seal = Seal.objects.latest("number")
    refused(
        "REPLACE INTO audit_seal (number, entry_id, previous, hash, sealed_at) "
        "VALUES (%s, %s, %s, 'x', '2026-01-01')",
        seal.number + 1, seal.entry_id + 1, seal.previous,
    )  # fmt: skip


def test_what_a_row_points_at_may_go_and_the_row_stays(sealed):
    """A school or person that is removed by law takes no row of the log along, nor changes one."""
    person, school = UserFactory(), SchoolFactory()
    ids = (person.pk, school.pk)
    record_read(person, school)
    row = LogEntry.objects.latest("pk")
    person.delete()
    school.delete()
    kept = LogEntry.objects.newest_first().get(pk=row.pk)
    assert kept.actor is None
    assert (kept.actor_id, kept.school_id) == ids


def test_rows_of_the_table_before_ours_come_over(coordinator):
    case = CaseFactory()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE auditlog_logentry AS SELECT * FROM audit_logentry WHERE kind = 'none'"
        )
        cursor.execute(
            "INSERT INTO auditlog_logentry (id, content_type_id, object_pk, object_repr, action, "
            "changes_text, actor_id, timestamp) "
            "VALUES (7, %s, '1', %s, 3, '', %s, CURRENT_TIMESTAMP)",
            [ContentType.objects.get_for_model(Case).pk, case.reference, coordinator.pk],
        )
    carry_over(None, SimpleNamespace(connection=connection))
    row = LogEntry.objects.latest("pk")
    assert (row.kind, row.case_reference, row.actor) == ("read", case.reference, coordinator)
    assert "auditlog_logentry" not in connection.introspection.table_names()


def test_the_triggers_come_back_after_each_test(sealed):
    with unprotected():
        LogEntry.objects.filter(pk=sealed.pk).update(kind="made")
    refused("UPDATE audit_logentry SET kind = 'x'")
