"""The bench of the gate, in a country of twenty schools: it runs, and notices what is wrong."""

import pytest
from django.db import connection, connections
from django.db.models import Count

from accounts.models import School
from bench.access import ask_all, report
from bench.goals import missed
from bench.measure import Measured, Samples, Unlike
from bench.people import gather
from bench.questions import questions
from bench.report import goals, growth
from bench.world import Size, plant
from cases.models import Case, CaseUserObjectPermission

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="The bench fills its tables in PostgreSQL's own SQL, and is about its plans.",
    ),
]

SMALL = Size(cases=200, schools=20, own=25)


@pytest.fixture
def people(db):
    plant(SMALL, lambda line: None)
    return gather(SMALL)


def asked(people, *, about=""):
    """Return the questions, at one size."""
    database = connections["default"]
    return [[(question, database)] for question in questions(people) if about in question.what]


def test_a_country_has_the_cases_that_it_says(people):
    assert Case.objects.count() == SMALL.cases
    per_school = School.objects.annotate(count=Count("cases")).order_by("pk")
    counts = [school.count for school in per_school]
    assert counts[:4] == [SMALL.own] * 4
    assert max(counts[4:]) - min(counts[4:]) <= 1
    Case.objects.earliest("pk").full_clean()


def test_everybody_finds_the_same_rows_as_guardian_does_for_their_twin(people):
    rows = ask_all(asked(people), repetitions=1)
    answers = {
        (question.person.label, question.what): found[0].ours.answer for question, found in rows
    }
    for person in people:
        if "family worker" in person.label:
            assert answers[person.label, "number of consultations"] == 8
            continue
        assert answers[person.label, "number of cases"] > 0
        assert answers[person.label, "one case, allowed"] == 1
        assert answers[person.label, "one case, not allowed"] == 0
    exact = [found for question, found in rows if question.exact]
    assert len(exact) == 4 * (len(people) - 1)
    assert all(one.guardians.answer == one.ours.answer for found in exact for one in found)


def test_it_stops_where_guardian_finds_something_else(people):
    twin = people[0].twin_id
    CaseUserObjectPermission.objects.filter(user_id=twin).first().delete()
    with pytest.raises(Unlike, match="number of cases"):
        ask_all(asked(people, about="number of cases"), repetitions=1)


def test_every_question_stands_in_the_table(people, capsys):
    report(ask_all(asked(people, about="one case"), repetitions=1), ["small"])
    printed = capsys.readouterr().out
    assert "PostgreSQL" in printed
    assert all(f"| {person.label} |" in printed for person in people)


def sample(*times):
    return Samples(answer=1, times=list(times), of_database=list(times))


def row(people, what, small, large):
    """Return a question with made-up times: ours, guardian's, guardian's without groups."""
    question = next(one for one in questions(people) if one.what == what)
    return question, [Measured(*map(sample, small)), Measured(*map(sample, large))]


def test_a_goal_that_is_missed_is_named(people, capsys):
    found = row(people, "number of cases", small=(2, 2, 2), large=(3.2, 30, 2))
    assert growth(found[1]) == 1.6
    slower, grown = map(str, missed(goals([found])))
    assert "times faster than guardian: 9.38, not " in slower
    assert "times slower at the largest size: 1.60, not 1.5" in grown
    assert report([found], ["small", "large"]) == 1


def test_goals_that_hold(people, capsys):
    found = row(people, "number of cases", small=(2, 2, 2), large=(2.5, 60, 2))
    assert missed(goals([found])) == []
    assert report([found], ["small", "large"]) == 0
    assert "Every goal holds." in capsys.readouterr().out
