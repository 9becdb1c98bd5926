"""The bench of lists of pupils, at a school of eighty: it runs, and notices what is wrong."""

import pytest

from bench import importing
from bench.goals import missed
from bench.importing import Taken, WrongCount, a_school, as_csv, first_list, take
from bench.imports import goals, measure, report, table

pytestmark = pytest.mark.django_db


def test_two_school_years_are_brought_in_both_ways(capsys):
    found = measure(80)
    assert [one.counts["new"] for one in found] == [80, 0, 10] * 2
    assert [one.counts["renamed"] for one in found] == [0, 0, 1] * 2
    assert [one.counts["left"] for one in found] == [0, 0, 10] * 2
    assert report(found) == 0
    assert "| CSV, a year later | 0.0 |" in capsys.readouterr().out


def test_a_list_that_takes_long_or_does_something_else_is_noticed():
    times = {"read": 11.0, "keep": 0.0, "preview": 0.0, "apply": 20.0}
    slow = Taken("slow", 1, times, memory=2**28)
    assert len(missed(goals([slow]))) == 3
    assert "31.00" in table([slow])
    with pytest.raises(WrongCount):
        take("wrong", as_csv(first_list(8)), a_school(), {"new": 7})
    assert importing.memory("VmRSS") > 0
