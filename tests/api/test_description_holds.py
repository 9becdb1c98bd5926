"""schemathesis against the API, from its description: whatever is sent, it answers as it says.

It makes requests up out of the types, right ones and wrong ones, and holds each answer against the
description: its status, its type, its form; that a token is asked for; no error of ours. The same
requests each time.
"""

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.checks import positive_data_acceptance

from api.v1 import tokens
from meldcode.in_utf8 import in_utf8
from tests.api.conftest import AT, AUTHOR, PUPIL, System
from tests.attacks.proof import shows
from tests.factories import PupilFactory, SchoolFactory, member

# The same pages on any database: what it holds is asked by the tests beside this one.
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

CONFIG = schemathesis.Config.from_dict({"generation": {"deterministic": True}})
schema = schemathesis.openapi.from_wsgi(
    f"{AT}/openapi.json", in_utf8(get_wsgi_application()), config=CONFIG
)


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Keep the connection of the test, which the end of a request would close."""
    ends = (signals.request_started, signals.request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield
    for end in ends:
        end.connect(close_old_connections)


@pytest.fixture
def brought(monkeypatch) -> dict[str, str]:
    """Return the header of a token of a school with a colleague and a pupil; nobody counts."""
    monkeypatch.setattr(tokens, "_count", lambda *args, **kwargs: None)
    school = SchoolFactory()
    member("teacher", school, email=AUTHOR)
    PupilFactory(school=school, administration_key=PUPIL["number"])
    return {"Authorization": f"Bearer {System(school).secret}"}


@shows("api-10")
@schema.parametrize()
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_is_sent_it_answers_as_it_says(case, brought):
    # Left out: what has the right form can still be no pupil that there is, and is refused.
    case.call_and_validate(headers=brought, excluded_checks=[positive_data_acceptance])


def test_the_examples_of_the_description_are_taken(brought):
    description = schema.raw_schema
    taken = []
    for path, methods in description["paths"].items():
        for method, call in methods.items():
            if "requestBody" not in call:
                continue
            name = call["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            (example,) = description["components"]["schemas"][name.rpartition("/")[2]]["examples"]
            answer = Client().generic(
                method.upper(), path, json.dumps(example), content_type="application/json",
                headers={**brought, "Idempotency-Key": str(uuid4())},
            )  # fmt: skip
            taken.append(answer.status_code)
    assert taken == [200, 201]
