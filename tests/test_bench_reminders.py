"""The bench of the sweep in a country of five hundred cases: it runs, and notices what is wrong."""

import pytest
from django.db import connection, connections

from bench import sweeping
from bench.goals import missed
from bench.reminders import goals, report
from bench.sweeping import NothingGiven, Swept, measure
from bench.waiting import moment, plant
from bench.world import Size
from cases.facts import facts_for_many
from cases.models import Case, Notification, OutboxMessage, Reminder, StepChange
from cases.protocol import guide

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="The bench fills its tables in PostgreSQL's own SQL, and is about its plans.",
    ),
]

# One of each stage is due.
SMALL = Size(cases=500, schools=20, own=25)


@pytest.fixture
def country(db, monkeypatch):
    monkeypatch.setattr(sweeping, "IDLE", 2)
    plant(SMALL, lambda line: None)


def test_what_is_due_is_said_and_its_rows_are_written_bare(country):
    before = Reminder.objects.count()
    swept = measure(connections["default"], 2, "small", lambda line: None)
    assert swept.due == 20
    assert swept.given >= 12  # over weekends and holidays, some are due days later
    assert swept.rows >= 3 * swept.given  # with whom it is told, and how
    assert len(swept.sweeps) == len(swept.bare) == len(swept.growth) == 2
    assert len(swept.idle) == len(swept.bare_idle) == 4
    # All of it is undone: the next one finds the same.
    left = [model.objects.count() for model in (Notification, OutboxMessage, StepChange)]
    assert (Reminder.objects.count(), left) == (before, [0, 0, 0])
    assert Case.objects.due(moment()).count() == 20


def test_a_case_stands_where_the_protocol_says(country):
    cases = list(Case.objects.due(moment()))
    facts = facts_for_many(cases, moment())
    assert {case.step for case in cases} == {1, 2, 3, 4, 5}
    for case in cases:
        case.full_clean()
        guidance = guide(facts[case.pk])
        assert (guidance.step, int(guidance.attention)) == (case.step, case.attention)


def test_it_stops_where_nothing_is_due(country):
    Case.objects.update(next_due=None)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bench_due SET next_due = NULL")
    with pytest.raises(NothingGiven):
        measure(connections["default"], 1, "small", lambda line: None)


def swept(seconds, bare, *, due=100, growth=0, idle=2.0):
    return Swept(due, due, due, [seconds], [bare], [growth], [idle], [1.0])


def test_goals_that_are_missed_are_named(capsys):
    found = [swept(1, 1), swept(9, 1, growth=200 * 2**20, idle=4.0)]
    assert [goal.what for goal in missed(goals(found))] == [
        "a sweep, as often as its bare rows",
        "memory that it takes (MB)",
        "a due case, as often as at the smallest size",
        "nothing due, as often as the bare look",
    ]
    assert report(found, ["small", "large"]) == 1
    assert "MISSED" in capsys.readouterr().out


def test_goals_that_hold(capsys):
    assert report([swept(1, 1), swept(120, 20, due=10_000)], ["small", "large"]) == 0
    assert "Every goal holds." in capsys.readouterr().out
