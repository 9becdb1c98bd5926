"""The bench of encryption with three cases: it is answered, and notices what is wrong."""

import pytest

from bench.encryption import OF_A_FILE, QUESTIONS, Side, coordinator, goals, report
from bench.goals import missed
from bench.narrating import plant
from cases.search.sealed_words import keep_words
from tests.at_rest import FIRST, stored
from tests.conftest import sign_in

# What prints takes seconds, and tests/test_bench_papers.py asks it too.
PRINTS = "a dossier of ten records, as PDF"


@pytest.mark.django_db
@pytest.mark.parametrize("keys", [[], [FIRST]])
def test_each_question_is_answered(settings, keys):
    settings.DATA_KEYS = keys
    plant(2, 6, 6, lambda line: None)
    keep_words()
    assert ("moeder" in stored()) == (not keys)
    side = Side("here", keys, browser=sign_in(coordinator()))
    for what, (ask, __) in QUESTIONS.items():
        if what == PRINTS:
            continue
        answer = ask(side, 0)
        if isinstance(answer, tuple) and what != OF_A_FILE:
            assert answer[0] == 200, what


@pytest.mark.django_db
def test_goals_that_are_missed_are_named(capsys):
    def side(took, size):
        times = {"a page": [took, 99.0], OF_A_FILE: [took, 99.0]}
        return Side("", [], took=times, of_processor=times, bytes=size)

    plain, dear = side(1.0, 100), side(2.0, 201)
    assert [goal.what for goal in missed(goals(plain, dear))] == [
        "a page, as often as without keys",
        "tables, as large as without keys",
    ]
    renewed = {"rows": 1, "a second": 1.0, "words": 1.0}
    assert report(plain, dear, renewed) == 1
    assert report(plain, plain, renewed) == 0
    assert "Every goal holds." in capsys.readouterr().out
