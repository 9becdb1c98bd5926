"""The bench of partitions runs through in a small country, and asks the parts indeed."""

import re

import pytest
from django.db import connection, connections

from bench import partitions
from bench.databases import ALIAS

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="parts of a table are those of PostgreSQL"
)


@pytest.fixture
def country(db, monkeypatch):
    """A small country in the database of the test: making another one takes half a minute."""

    def prepared(country, size, say, *, fresh):
        country.plant(size, say)
        return connections[ALIAS]

    monkeypatch.setattr(partitions, "prepare", prepared)
    monkeypatch.setattr(partitions, "drop", lambda *size: None)


@pytest.mark.django_db(transaction=True)
def test_it_prints_both_beside_each_other(capsys, country):
    words = "--cases 200 --schools 20 --own 25 --parts 4 --repetitions 2"
    assert partitions.main(words.split()) == 0
    printed = capsys.readouterr().out
    assert "200 cases, 20 schools, 4 parts" in printed
    rows = re.findall(r"^\| (.+?) \| ([\d.]+) \| ([\d.]+) \| [\d.]+ \|$", printed, re.M)
    asked = {what for what, *__ in rows}
    assert "coordinator: number of cases" in asked
    assert "a change, found by key and school" in asked
    assert all(float(one) > 0 and float(other) > 0 for __, one, other in rows)
