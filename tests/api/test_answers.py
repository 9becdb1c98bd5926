"""What is no answer to a question: problems in JSON, in two languages, that give nothing away."""

import json

import pytest
from django.db import OperationalError
from django.test import Client

from api.v1 import counts
from cases.models import Pupil
from tests.api.conftest import AT, PUPIL
from tests.attacks.proof import shows

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


def problem(answer) -> dict:
    """Return a problem, of an answer that is one as the standard has it."""
    assert answer.headers["Content-Type"] == PROBLEM
    said = answer.json()
    assert said["status"] == answer.status_code
    assert {"type", "title", "status", "code", "detail", "errors"} == set(said)
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert not answer.cookies
    return said


@pytest.mark.parametrize(
    ("wish", "language", "words"),
    [
        ("nl", "nl", "Er kwam geen token mee"),
        ("en-GB,en;q=0.9", "en", "No token came along"),
        ("fr", "nl", "Er kwam geen token mee"),
        ("", "nl", "Er kwam geen token mee"),
        ("x" * 5000, "nl", "Er kwam geen token mee"),
    ],
)
def test_it_speaks_the_language_that_is_asked_for(system, wish, language, words):
    answer = system.ask("GET", "/cases/counts", Authorization="", Accept_Language=wish)
    assert problem(answer)["detail"].startswith(words)
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]


def test_what_is_wrong_in_a_list_is_told_in_that_language(system):
    answer = system.ask("PUT", "/pupils", {"pupils": [{}]}, Accept_Language="nl")
    assert {one["detail"] for one in problem(answer)["errors"]} == {"Dit ontbreekt."}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/pupils", 405), ("POST", "/pupils", 405), ("PUT", "/signals", 405),
     ("DELETE", "/pupils", 405), ("OPTIONS", "/pupils", 405), ("TRACE", "/signals", 405),
     ("HEAD", "/cases/counts", 405), ("POST", "/openapi.json", 405), ("GET", "/", 404),
     ("GET", "/pupils/", 404), ("GET", "/pupils/1", 404), ("GET", "/docs", 404),
     ("PUT", "/nothing", 404)],
)  # fmt: skip
def test_what_is_not_there_is_a_problem_and_no_page(system, method, path, status):
    answer = system.ask(method, path, {} if method in ("POST", "PUT") else None)
    assert answer.status_code == status
    if method == "HEAD":
        assert answer.content == b""
        return
    problem(answer)
    assert (status == 405) == ("Allow" in answer.headers)


@shows("api-10")
@pytest.mark.parametrize(
    ("content", "status"),
    [
        ("", 415), ("{", 400), ("nonsense", 400), (b"\xff\xfe{}", 400), ("NaN", 400),
        ('{"pupils": Infinity}', 400), ("[" * 200_000, 400), ('{"a":' * 100_000, 400),
        ("[" + "1" * 5_000 + "]", 400), ("x" * 2_000_001, 413), ("null", 422), ("[]", 422),
        ('"text"', 422), ("1e999", 422), ('{"pupils": {}}', 422), ('{"pupils": [null]}', 422),
        ('{"pupils": []}', 422),
        ('{"pupils": [{"given_name": "\\ud800", "family_name": "b"}]}', 422),
        ('{"pupils": [{"given_name": "\\u0000", "family_name": "b"}]}', 422),
        ('{"pupils": [{"given_name": ["a"], "family_name": {"a": 1}}]}', 422),
        (json.dumps({"pupils": [{"x" * 100_000: 1}]}), 422),
        (json.dumps({"pupils": [{str(n): 1 for n in range(21)}]}), 400),
        ('{"pupils": [], "pupils": []}', 400),
    ],
)  # fmt: skip
def test_what_is_no_list_of_pupils_is_refused_and_not_repeated(system, content, status):
    answer = system.ask("PUT", "/pupils", content)
    assert answer.status_code == status
    problem(answer)
    assert len(answer.content) < 1_000
    assert "xxx" not in answer.content.decode()
    assert not Pupil.objects.exists()


@shows("api-10")
@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
     "application/json; charset=utf-16", "application/json; charset=punycode", "text/json", "",
     "application/problem+json", "application/xml"],
)  # fmt: skip
def test_only_json_is_taken(system, kind):
    answer = system.ask("PUT", "/pupils", {"pupils": [PUPIL]}, Content_Type=kind)
    assert answer.status_code == 415
    problem(answer)
    assert not Pupil.objects.exists()


def test_json_in_utf_8_may_say_so(system):
    name = "Çağla 🙂"
    sent = json.dumps({"pupils": [{**PUPIL, "given_name": name}]}, ensure_ascii=False).encode()
    kind = "application/json; charset=UTF-8"
    assert system.ask("PUT", "/pupils", sent, Content_Type=kind).status_code == 200
    assert Pupil.objects.get().given_name == name


@shows("api-10")
def test_a_header_that_was_sent_comes_back_in_none(system):
    answer = system.ask(
        "POST", "/signals", {}, Idempotency_Key="a\r\nX-Injected: 1",
        Accept_Language="en\r\nX-Injected: 1", Authorization=f"Bearer {system.secret}",
    )  # fmt: skip
    assert answer.status_code == 422
    assert "X-Injected" not in str(answer.headers)
    assert "Injected" not in answer.content.decode()


def test_no_other_site_is_let_in(system):
    answer = system.ask("GET", "/openapi.json", Origin="https://elders.example")
    assert not [name for name in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError("secret"), 503), (RuntimeError("secret"), 500)]
)
def test_a_fault_of_ours_is_told_without_what_it_was(system, monkeypatch, error, status):
    def fail(*args):
        raise error

    monkeypatch.setattr(counts, "_counts", fail)
    system.client.raise_request_exception = False
    answer = system.count()
    assert answer.status_code == status
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert "secret" not in json.dumps(problem(answer))


def test_the_description_is_for_everybody_and_names_all_there_is():
    description = Client().get(f"{AT}/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    assert set(description["paths"]) == {f"{AT}/pupils", f"{AT}/signals", f"{AT}/cases/counts"}
    scheme = description["components"]["securitySchemes"]["SchoolToken"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    for methods in description["paths"].values():
        for call in methods.values():
            assert call["security"][0]["SchoolToken"]
            for status in ("401", "403", "429", "500", "503"):
                assert PROBLEM in call["responses"][status]["content"]
