"""Writing many rows at once says the same as writing them one by one, on both databases."""

from datetime import UTC, datetime, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.bulk import insert_all, update_all
from cases.models import Case, Notification, NotificationChoice, Reminder
from tests.factories import CaseFactory, UserFactory

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=UTC)  # the night of summer time
ODD = "'\"\\, {}%s\n\t✓"


def test_rows_come_back_as_they_were_written():
    case, person = CaseFactory(), UserFactory()
    written = insert_all(
        Notification(
            recipient=person, kind="reminder", key=ODD + str(number), case=case,
            created_at=MOMENT, urgent=bool(number),
        )
        for number in range(2)
    )  # fmt: skip
    for one in written:
        found = Notification.objects.get(pk=one.pk)
        for field in Notification._meta.concrete_fields:
            assert getattr(found, field.attname) == getattr(one, field.attname), field
    assert not written[0]._state.adding
    choice = NotificationChoice(user=person, digest_at=time(7, 30), quiet_from=None)
    insert_all([choice])
    assert NotificationChoice.objects.get(user=person).digest_at == time(7, 30)


def test_what_the_database_fills_in_itself_is_left_to_it():
    case = CaseFactory()
    (reminder,) = insert_all([Reminder(case=case, cycle=1, step=1, deadline=MOMENT, level=0)])
    assert Reminder.objects.get(pk=reminder.pk).created_at is not None
    # The next one by itself does not take a key that was given out.
    later = Reminder.objects.create(case=case, cycle=1, step=1, deadline=MOMENT, level=1)
    assert later.pk > reminder.pk


def test_only_what_is_named_is_updated():
    cases = CaseFactory.create_batch(3, next_due=MOMENT, period="ask")
    untouched = CaseFactory(next_due=MOMENT)
    for number, case in enumerate(cases):
        case.next_due = MOMENT.replace(year=2030) if number else None
        case.period, case.outcome = "", "other"
    with CaptureQueriesContext(connection) as captured:
        update_all(cases, ("next_due", "period"))
    found = Case.objects.filter(pk__in=[case.pk for case in cases]).order_by("pk")
    assert [case.next_due for case in found] == [case.next_due for case in cases]
    assert {(case.period, case.outcome) for case in found} == {("", "")}
    untouched.refresh_from_db()
    assert untouched.next_due == MOMENT
    if connection.vendor == "postgresql":
        assert len(captured) == 1


def test_nothing_asks_nothing():
    with CaptureQueriesContext(connection) as captured:
        assert insert_all([]) == []
        update_all([], ("period",))
    assert len(captured) == 0


def test_rows_are_found_by_their_keys():
    first, second, __ = CaseFactory.create_batch(3)
    keys = {first.pk, second.pk}
    assert set(Case.objects.filter(pk__among=keys)) == {first, second}
    assert set(Case.objects.exclude(pupil_id__among=[first.pupil_id])) >= {second}
    assert Case.objects.get(pk__among=keys, school_id__among=[first.school_id]) == first
    assert not Case.objects.filter(pupil_id__among=[]).exists()
    assert Case.objects.exclude(pk__among=[]).count() == 3
