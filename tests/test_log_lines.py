"""No word of what somebody wrote gets into the log, even when the program fails on it."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from socket import socketpair
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLResolver, get_resolver, reverse
from django.utils.log import log_response
from gunicorn import util
from gunicorn.config import Config
from gunicorn.http.errors import InvalidRequestMethod
from gunicorn.http.wsgi import Response
from gunicorn.workers.base import Worker

from accounts.middleware import LanguageMiddleware
from accounts.roles import Role
from cases import views
from meldcode.log_lines import FIELDS, LONGEST, JsonFormatter, Seldom
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


SECRET = "mNfdnxvOdnxG3NoUPAd1k5VD"
LETS_IN = {
    "people:open_invitation": {"secret": SECRET},
    "account_reset_password_from_key": {"uidb36": "1", "key": SECRET},
}


@shows("leak-3")
@pytest.mark.parametrize("name", LETS_IN)
def test_an_address_that_lets_somebody_in_stands_in_no_line(log, db, monkeypatch, name):
    path = reverse(name, kwargs=LETS_IN[name])
    browser = Client(raise_request_exception=False)

    def away(*args: object) -> None:
        raise OperationalError

    monkeypatch.setattr(LanguageMiddleware, "__call__", away)
    assert browser.get(path).status_code == 503
    # As gunicorn says it of what it could not hand on.
    logging.getLogger("gunicorn.error").error("Error handling request %s", f"{path}?next=1")
    logging.getLogger("gunicorn.error").error("Error at /account/login/?next=%s", quote(path, ""))
    said = log.getvalue()
    # That it happened stands there, three times.
    assert said.count("…") == 3
    assert SECRET not in said


@shows("limit-7")
def test_a_stranger_does_not_fill_the_log(log, db):
    path = reverse("people:open_invitation", args=["\N{SNAKE}" * 330])
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403
    assert log.getvalue() == ""
    logging.getLogger("django.request").error("Service Unavailable: %s", f"/{'a' * 4_000}/")
    assert len(log.getvalue()) < LONGEST + 100


@shows("limit-7")
def test_nor_by_asking_for_the_heads_of_pages(log):
    """Each left a line: in a quarter of an hour they push out all that the log holds."""
    ours, theirs = socketpair()
    with ours, theirs:
        asked = SimpleNamespace(method="HEAD", version=(1, 1), should_close=lambda: True)
        answer = Response(asked, ours, Config())
        answer.start_response("200 OK", [("Content-Type", "text/html")])
        answer.write(b"<!doctype html>")
        assert theirs.recv(4_000).startswith(b"HTTP/1.1 200 OK")
    assert log.getvalue() == ""


@shows("limit-7")
def test_nor_by_asking_whether_all_is_well(log, db):
    """While no worker is there, each answer left a line that is worth a look."""
    browser = Client()
    for _ in range(5):
        assert browser.get(reverse("health")).status_code == 503
    assert log.getvalue().count("Service Unavailable: /health/") == 1
    # An error is always told.
    for _ in range(2):
        away = HttpResponse(status=503)
        log_response(
            "Away", response=away, request=RequestFactory().get("/"), exception=ValueError()
        )
    assert log.getvalue().count("ValueError") == 2


def test_each_address_that_holds_a_secret_is_one_of_those():
    found = {
        name for name, asked in asked_in_addresses(get_resolver()) if {"secret", "key"} & asked
    }
    assert found == {name.rpartition(":")[2] for name in LETS_IN}


def asked_in_addresses(resolver: URLResolver) -> Iterator[tuple[str, set[str]]]:
    """Yield what each address is called, and what stands in it."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from asked_in_addresses(pattern)
        else:
            yield pattern.name, {*pattern.pattern.converters, *pattern.pattern.regex.groupindex}


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


def test_a_line_as_json_holds_its_parts_and_no_text_of_an_error():
    """What a library hangs on a record stays out: Celery puts the arguments of a task there."""
    record = None
    try:
        raise ValueError(WORDS)
    except ValueError:
        factory = logging.getLogger("cases").makeRecord
        record = factory(
            "cases", logging.ERROR, __file__, 1, "Case %s\nfailed", ("M-7K3QX2",), sys.exc_info(),
            extra={"data": {"args": WORDS}},
        )  # fmt: skip
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert "Roos" not in line
    said = json.loads(line)
    assert tuple(said) == FIELDS
    assert said["message"] == "Case M-7K3QX2\nfailed"
    assert said["error"].endswith("ValueError")
    assert datetime.fromisoformat(said["time"]).timestamp() == pytest.approx(record.created, abs=1)
    record.exc_info = None
    assert set(json.loads(JsonFormatter().format(record))) == {*FIELDS} - {"error"}


@pytest.mark.parametrize(("form", "ends"), [("json", 0), ("line", 0), ("xml", 1)])
def test_all_of_the_program_logs_in_one_form(form, ends):
    """By the settings and by gunicorn's file; another form is refused, and said."""
    code = (
        "import logging.config, runpy, django;"
        "logging.config.dictConfig(runpy.run_path('gunicorn.conf.py')['logconfig_dict']);"
        "logging.getLogger('gunicorn.error').info('one');"
        "django.setup(); logging.getLogger('celery').warning('two')"
    )
    env = os.environ | {"LOG_FORMAT": form, "DJANGO_SETTINGS_MODULE": "meldcode.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, env=env, capture_output=True, text=True
    )
    assert done.returncode == ends
    if form == "json":
        lines = [json.loads(line) for line in done.stderr.splitlines()]
        assert [(line["logger"], line["message"]) for line in lines] == [
            ("gunicorn.error", "one"), ("celery", "two"),
        ]  # fmt: skip
    elif form == "xml":
        assert "LOG_FORMAT is one of line, json." in done.stderr


def test_by_the_number_of_a_passkey_nobody_is_known_again(log):
    logging.getLogger("fido2.server").info("Credential authenticated: 00c0ffee")
    logging.getLogger("fido2.server").warning("Something is wrong")
    assert "c0ffee" not in log.getvalue()
    assert "Something is wrong" in log.getvalue()


@shows("limit-7")
def test_a_stranger_does_not_fill_it_with_what_is_not_read(client, caplog):
    """Each left twenty lines: of a form, or an address, of a thousand names."""
    seldom = Seldom()
    names = {f"a{number}": "" for number in range(1001)}
    for __ in range(3):
        assert client.get("/account/login/", names).status_code == 400
        assert client.post("/account/login/", names).status_code == 400
    said = [record for record in caplog.records if record.name.startswith("django.security.")]
    assert len(said) == 6
    assert [seldom.filter(record) for record in said] == [True] + [False] * 5


@shows("limit-7")
def test_nor_with_what_is_no_request_at_all(caplog, monkeypatch):
    """The server says so of each, with what was sent."""
    seldom = Seldom()

    def kept(level, message, number):
        said = {"name": "gunicorn.error", "levelno": level, "msg": message, "args": (number,)}
        return seldom.filter(logging.makeLogRecord(said))

    ours = logging.getLogger("gunicorn.error")
    worker = Worker(0, 0, None, None, 1, Config(), ours)
    monkeypatch.setattr(util, "write_error", lambda *args: None)
    with caplog.at_level(logging.WARNING, "gunicorn.error"):
        for number in range(3):
            worker.handle_error(None, None, ("1.2.3.4", 1), InvalidRequestMethod(f"X{number}"))
    said = [record for record in caplog.records if record.name == "gunicorn.error"]
    assert len({record.getMessage() for record in said}) == 3
    refused = [seldom.filter(record) for record in said]
    begun = [kept(logging.INFO, "Booting worker with pid: %s", number) for number in range(3)]
    assert refused == [True, False, False]
    assert begun == [True] * 3


@shows("limit-7")
def test_nor_with_sign_ins_that_a_provider_fails():
    """Each provider says so once a minute, or one that is broken hides that another one is."""
    seldom = Seldom()

    def kept(provider, why):
        said = {
            "name": "accounts.sso.flow", "levelno": logging.WARNING,
            "msg": "Single sign-on through %s failed: %s", "args": (provider, why),
        }  # fmt: skip
        return seldom.filter(logging.makeLogRecord(said))

    assert [kept("one", f"state {number}") for number in range(3)] == [True, False, False]
    assert [kept("two", f"state {number}") for number in range(3)] == [True, False, False]
