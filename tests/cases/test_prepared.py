"""Questions that are written once: they answer as Django's would, on whatever connection."""

import pytest
from django.db import connection, transaction
from django.db.models import Value

from accounts.models import User
from cases.prepared import ByKeys, Place, Prepared
from tests.factories import UserFactory

people = ByKeys(lambda keys: User.objects.filter(pk__among=keys).order_by("-pk"))


def kept() -> int:
    """Return how many plans the connection keeps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_it_answers_as_the_queryset_does_each_time(django_assert_num_queries):
    first, second, third = UserFactory.create_batch(3)
    for keys, expected in (([first.pk], [first]), ([second.pk, third.pk, -1], [third, second])):
        with django_assert_num_queries(1):
            found = people.read(keys)
        assert found == expected
        assert [vars(one).keys() for one in found] == [vars(one).keys() for one in expected]
        assert [one.date_joined for one in found] == [one.date_joined for one in expected]
    with django_assert_num_queries(0):
        assert people.read([]) == []


@pytest.mark.django_db
def test_a_place_that_stands_nowhere_is_an_error():
    asked = Prepared("SELECT %s", [7], {"keys": Place([-101])})
    with pytest.raises(LookupError, match="keys"), connection.cursor() as cursor:
        asked.ask(cursor, keys=[1])


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps plans by itself")
@pytest.mark.django_db(transaction=True)
def test_each_connection_keeps_a_plan_and_behind_a_pooler_none(monkeypatch):
    someone, asked = UserFactory(), ByKeys(lambda keys: User.objects.filter(pk__among=keys))
    before = kept()
    with transaction.atomic():
        assert asked.read([someone.pk]) == [someone]
        transaction.set_rollback(True)
    assert asked.read([someone.pk]) == [someone]
    assert kept() == before + 1
    connection.close()
    assert asked.read([someone.pk]) == [someone]
    assert kept() == 1

    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    made = ByKeys(lambda keys: User.objects.filter(pk__among=keys).annotate(told=Value("x%s")))
    assert [one.told for one in made.read([someone.pk])] == ["x%s"]
    assert kept() == 1
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", False)
    assert [one.told for one in made.read([someone.pk])] == ["x%s"]
    assert kept() == 2


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps plans by itself")
@pytest.mark.django_db(transaction=True)
def test_a_plan_of_before_an_upgrade_is_made_anew():
    someone, asked = UserFactory(), ByKeys(lambda keys: User.objects.filter(pk__among=keys))
    assert asked.read([someone.pk]) == [someone]
    for letters in (130, 120):
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE accounts_user ALTER COLUMN name TYPE varchar({letters})")
        assert asked.read([someone.pk]) == [someone]
        assert asked.read([someone.pk]) == [someone]
