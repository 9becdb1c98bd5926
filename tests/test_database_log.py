"""PostgreSQL's own log holds what people wrote unless it is told not to: the program says so."""

import pytest
from django.core.checks import run_checks
from django.db import connection

from meldcode import checks
from meldcode.checks import KEEPS_TEXTS_OUT

WELL = {name: kept[0] for name, kept in KEEPS_TEXTS_OUT.items()}

pytestmark = pytest.mark.django_db


def warned() -> list[str]:
    """Return the settings that are warned of."""
    found = [one for one in run_checks(databases=["default"]) if one.id == "meldcode.W001"]
    assert all(one.hint for one in found)
    return [one.msg.split(": ")[1] for one in found]


def told(**more: str) -> None:
    with connection.cursor() as cursor:
        for name, value in (WELL | more).items():
            cursor.execute(f"SET LOCAL {name} = '{value}'")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the log of PostgreSQL")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("log_min_error_statement", "error"),
        # A statement that is broken off since PostgreSQL stops is one of these.
        ("log_min_error_statement", "fatal"),
        ("log_error_verbosity", "default"),
        ("log_statement", "mod"),
        ("log_min_duration_statement", "1000"),
        ("log_min_duration_sample", "0"),
        ("log_transaction_sample_rate", "0.5"),
    ],
)
def test_a_log_that_holds_texts_is_warned_of(name, value):
    told()
    assert warned() == []
    told(**{name: value})
    assert warned() == [f"{name} is {value}."]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the log of PostgreSQL")
@pytest.mark.parametrize(
    ("places", "warns"),
    [
        ("stderr", False),
        ("syslog", False),
        ("stderr, eventlog", False),
        ("stderr,csvlog", True),
        ("JSONLOG", True),
    ],
)
def test_so_is_one_in_columns_that_holds_the_row_however_terse_it_is(monkeypatch, places, warns):
    """Where its log goes is told to PostgreSQL as it starts: here a setting of ours stands for it,
    that may be set by whoever asks."""
    told()
    monkeypatch.setattr(checks, "DESTINATION", "application_name")
    told(application_name=places)
    assert warned() == ([f"application_name is {places}."] if warns else [])


def test_the_very_place_is_asked_for():
    assert checks.DESTINATION == "log_destination"


def test_without_a_database_nobody_is_asked(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert [one for one in run_checks() if one.id == "meldcode.W001"] == []


@pytest.mark.skipif(connection.vendor == "postgresql", reason="SQLite has no log")
def test_nor_is_sqlite():
    assert warned() == []
