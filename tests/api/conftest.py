"""A school with a system, and how that system asks."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import School
from api import secrets
from api.v1 import tokens
from background.hands import CALLS_OF_ALL, LONG_CALLS_OF_ALL, InTurn
from tests.factories import ApiTokenFactory, PupilFactory, member

AT = "/api/v1"
AUTHOR = "docent@school.example"
PUPIL = {"number": "20417", "given_name": "Ties", "prefix": "van den", "family_name": "Voorbeeld",
         "birth_date": "2014-03-09", "class_name": "7A"}  # fmt: skip


class System:
    """Another system of a school, with a token: for all there is, unless told."""

    def __init__(self, school: School, *scopes: str, **fields: Any) -> None:
        self.secret = secrets.new()
        if scopes:
            fields["scopes"] = list(scopes)
        self.token = ApiTokenFactory(school=school, secret=self.secret, **fields)
        self.client = Client()

    def ask(self, method: str, path: str, content: Any = None, **headers: str) -> HttpResponse:
        """Send a request, with the token and in English unless a header says otherwise."""
        headers = {
            "Authorization": f"Bearer {self.secret}", "Accept-Language": "en",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }  # fmt: skip
        body = content if isinstance(content, str | bytes) else json.dumps(content)
        return self.client.generic(
            method,
            f"{AT}{path}",
            "" if content is None else body,
            content_type=headers.pop("Content-Type", "application/json"),
            headers={name: value for name, value in headers.items() if value},
        )

    def send_pupils(self, *pupils: dict, dry_run: bool = False, **more: Any) -> HttpResponse:
        """Send a list of pupils."""
        path = "/pupils?dry_run=true" if dry_run else "/pupils"
        return self.ask("PUT", path, {"pupils": pupils, **more})

    def send_signal(self, key: object = None, **content: Any) -> HttpResponse:
        """Send a signal that is right, but for what is told; None: that is not there."""
        said = {
            "author": AUTHOR, "pupil": PUPIL["number"], "facts": "Sliep in de les.",
            "observed_at": (timezone.now() - timedelta(hours=1)).isoformat(), **content,
        }  # fmt: skip
        said = {name: value for name, value in said.items() if value is not None}
        return self.ask("POST", "/signals", said, Idempotency_Key=str(key or uuid4()))

    def count(self) -> HttpResponse:
        """Ask how many cases there are."""
        return self.ask("GET", "/cases/counts")


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch):
    """For a turn of theirs since the test before."""
    monkeypatch.setattr(tokens, "_of_all", InTurn(CALLS_OF_ALL))
    monkeypatch.setattr(tokens, "_of_all_long", InTurn(LONG_CALLS_OF_ALL))


@pytest.fixture
def system(school) -> System:
    """A system of the school, that may do all there is."""
    return System(school)


@pytest.fixture
def system_of() -> Callable[..., System]:
    """Return what makes a system of a school."""
    return System


@pytest.fixture
def author(school):
    """A teacher of the school, in whose name signals come in."""
    return member("teacher", school, email=AUTHOR)


@pytest.fixture
def pupil(school):
    """A pupil of the school, whom its administration knows."""
    return PupilFactory(school=school, administration_key=PUPIL["number"])
