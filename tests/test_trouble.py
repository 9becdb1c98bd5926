"""A database that is away: what is not saved is said so, and what was typed comes back."""

import json
import pickle
from html import unescape

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError
from django.urls import reverse

from accounts import typed
from accounts.sso import discovery
from meldcode.cache import SteadyRedisCache
from tests.attacks.proof import shows

WORDS = 'Zei: "thuis <is> het druk".\r\nEn toen niets meer.'


@pytest.fixture
def answer(teacher, signed_in, monkeypatch):
    """Return the answer to a request during which the database fails."""
    client = signed_in(teacher)
    client.raise_request_exception = False
    headers = {"X-Forwarded-For": "192.0.2.1"}

    def ask(error=OperationalError, path=None, fields=None):
        def fails(*args, **kwargs):
            raise error("host=10.0.0.5 user=meldcode")

        monkeypatch.setattr("accounts.middleware.LanguageMiddleware._language", fails)
        path = path or reverse("signals:new")
        if fields is None:
            return client.get(path, headers=headers)
        return client.post(path, fields, headers=headers)

    return ask


def shown_to(user):
    return {"typed_by": typed.token_for(user.pk), "idempotency_key": "3f", "facts": WORDS}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError, 503),
        (InterfaceError, 503),
        (DatabaseError, 503),
        (ProgrammingError, 500),
        (ValueError, 500),
    ],
)
def test_what_comes_back_by_itself_is_told_from_a_mistake_of_ours(answer, error, status):
    page = answer(error)
    assert page.status_code == status
    assert "10.0.0.5" not in page.text
    assert "112" in page.text


def test_what_was_typed_comes_back_with_its_key(answer, teacher):
    page = answer(fields={**shown_to(teacher), "csrfmiddlewaretoken": "x" * 64})
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "60"
    assert "no-store" in page.headers["Cache-Control"]
    assert "nog niet opgeslagen" in page.text
    assert "<is>" not in page.text
    assert WORDS in unescape(page.text)
    assert 'name="idempotency_key" value="3f"' in page.text
    assert f'name="csrfmiddlewaretoken" value="{"x" * 64}"' in page.text
    # Sent once more, it is asked first whether anybody is there (meldcode.js).
    assert f'id="not-sent" role="alert" data-asks="{reverse("health_web")}"' in page.text
    assert '<script src="/static/js/meldcode.js" defer></script>' in page.text


@pytest.mark.parametrize("name", ["password", "client_secret"])
def test_a_password_does_not_come_back_to_be_read_by_who_sits_down_there(answer, teacher, name):
    page = answer(fields={**shown_to(teacher), name: "drie kleine beren slapen"})
    assert WORDS in unescape(page.text)
    assert "beren" not in page.text


@pytest.mark.parametrize("token", ["", "1:geraden", None])
def test_nothing_comes_back_of_a_form_that_we_did_not_show(answer, token):
    fields = {"password": "een lange zin voor de toets", "facts": WORDS}
    page = answer(fields=fields if token is None else {**fields, "typed_by": token})
    assert page.status_code == 503
    assert "nog niet opgeslagen wat je verstuurde" in page.text
    assert "lange zin" not in page.text
    assert "thuis" not in page.text


@pytest.mark.parametrize("error", [OperationalError, ValueError])
def test_a_browser_lets_go_of_what_was_sent_in_vain(answer, error):
    """A password of the page to sign in, which no form of ours brings back, stayed on its disk."""
    at_once = '<script src="/static/js/sent.js"></script>'
    page = answer(error, reverse("account_login"), {"password": "een lange zin voor de toets"})
    assert at_once in page.text.partition("</head>")[0]


class Bite:
    """What runs something of its own when it is read as pickle."""

    def __reduce__(self):
        return ran.append, ("bitten",)


ran = []


@shows("redis-1")
@pytest.mark.skipif(not settings.REDIS_URL, reason="about Redis")
@pytest.mark.django_db  # or it is left out where there is a Redis
def test_what_somebody_else_wrote_to_redis_is_not_run():
    cache.set("counted", [1.5, "words", True])
    assert cache.get("counted") == [1.5, "words", True]
    cache.set("number", 1)
    assert cache.incr("number") == 2
    assert cache.get("number") == 2
    client = cache._cache.get_client(None, write=True)
    client.set(cache.make_key("counted"), pickle.dumps(Bite()))
    with pytest.raises((json.JSONDecodeError, UnicodeDecodeError)):
        cache.get("counted")
    assert ran == []


@shows("redis-1")
def test_a_provider_that_somebody_wrote_to_the_cache_is_not_believed(monkeypatch):
    monkeypatch.setattr(discovery, "read", lambda issuer: {"issuer": issuer, "jwks_uri": "ours"})
    written = []
    keep = cache.set
    monkeypatch.setattr(cache, "set", lambda key, *how: written.append(key) or keep(key, *how))
    assert discovery.known("https://school.example") == discovery.known("https://school.example")
    (key,) = written
    keep(key, {"issuer": "https://school.example", "jwks_uri": "theirs"})
    assert discovery.known("https://school.example")["jwks_uri"] == "ours"


def test_the_cache_counts_by_itself_while_redis_is_away(caplog):
    away = SteadyRedisCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 1}})
    assert away.add("guesses", 1, 60)
    assert not away.add("guesses", 1, 60)
    away.set("guesses", 2, 60)
    assert (away.get("guesses"), away.incr("guesses"), away.has_key("guesses")) == (2, 3, True)
    away.set_many({"a": 1, "b": 2})
    assert away.get_many(["a", "b"]) == {"a": 1, "b": 2}
    away.delete_many(["a", "b"])
    assert away.delete("guesses")
    assert not away.touch("guesses")
    # Asked once, and then left alone for a while.
    assert [record.getMessage() for record in caplog.records] == [
        "The shared cache is away: ConnectionError"
    ]
