"""No word of what somebody wrote gets into the log, even when the program fails on it."""

import logging

import pytest
from celery import current_app
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from cases import views
from tests.attacks.proof import shows
from tests.factories import CaseFactory, member

QUERY = "SELECT %s FROM no_such_table"
WORDS = "Vader sloeg Roos met een riem"


@shows("leak-2")
def test_an_error_page_logs_where_and_not_what(log, db, monkeypatch, signed_in):
    case = CaseFactory()
    coordinator = member(Role.COORDINATOR, case.school)

    def fail(*args):
        try:
            raise ValueError(WORDS)
        except ValueError as error:
            raise RuntimeError(WORDS) from error

    monkeypatch.setattr(views, "step_cards", fail)
    browser: Client = signed_in(coordinator)
    browser.raise_request_exception = False
    answer = browser.get(reverse("cases:detail", args=[case.reference]))
    assert answer.status_code == 500
    assert WORDS not in answer.content.decode()
    assert case.pupil.family_name not in answer.content.decode()
    said = log.getvalue()
    assert "RuntimeError" in said
    assert "ValueError" in said
    assert "cases/views.py" in said
    assert "Roos" not in said


@shows("leak-2")
def test_a_database_that_quotes_the_row_is_not_quoted(log, db):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(QUERY, [WORDS])
    except DatabaseError:
        logging.getLogger("cases").exception("It failed")
    said = log.getvalue()
    assert "It failed" in said
    assert "no_such_table" not in said
    assert "Roos" not in said


@shows("leak-2")
@pytest.mark.django_db
def test_a_failed_task_is_named_without_its_error_and_arguments(log):
    @current_app.task(name="tests.fails", shared=False)
    def fails(words):
        raise ValueError(WORDS)

    fails.apply(args=[WORDS])
    current_app.tasks.unregister("tests.fails")
    said = log.getvalue()
    assert "tests.fails" in said
    assert "ValueError" in said
    assert "Roos" not in said


def test_others_still_get_the_whole_error(log):
    """A debugger or a test that listens too is not robbed of it."""
    heard = []
    listener = logging.Handler()
    listener.emit = lambda record: heard.append(record)
    logging.getLogger().addHandler(listener)
    try:
        raise ValueError(WORDS)
    except ValueError:
        logging.getLogger("cases").exception("It failed")
    logging.getLogger().removeHandler(listener)
    assert WORDS in str(heard[0].exc_info[1])
