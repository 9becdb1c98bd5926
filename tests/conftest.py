"""What many tests need."""

import io
import logging.config
import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta
from unittest import mock

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.cache import cache
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import timezone

from accounts.models import School, User
from accounts.roles import Role
from tests.append_only import unprotected
from tests.factories import SchoolFactory, member


def _cache_of_this_process(location: object) -> str:
    """Return a cache for one of the processes that run side by side: each test empties its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    address, slash, __ = str(location).rpartition("/")
    return f"{address}{slash}{worker}"


@pytest.fixture(autouse=True)
def _plain_environment(settings, tmp_path):
    """No hashing cost, no manifest, no broker; mail in memory, files in a folder of the test.

    A provider to sign in with may run on 127.0.0.1.
    """
    default = settings.CACHES["default"]
    settings.CACHES = {
        "default": {**default, "LOCATION": _cache_of_this_process(default["LOCATION"])}
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
        },
    }
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.SSO_LOCAL = True
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _the_log_is_emptied_between_tests():
    """Let the flush after a transactional test empty the log too: only there it is unprotected."""
    flush = TransactionTestCase._fixture_teardown

    def flush_all(case: TransactionTestCase) -> None:
        with unprotected():
            flush(case)

    with mock.patch.object(TransactionTestCase, "_fixture_teardown", flush_all):
        yield


@pytest.fixture
def school(db) -> School:
    """A school."""
    return SchoolFactory()


@pytest.fixture
def teacher(school) -> User:
    """A teacher of the school."""
    return member(Role.TEACHER, school)


@pytest.fixture
def coordinator(school) -> User:
    """A care coordinator of the school."""
    return member(Role.COORDINATOR, school)


@pytest.fixture
def family_worker(school) -> User:
    """A family worker of the school's buurtteam."""
    return member(Role.BUURTTEAM_WORKER, school.buurtteam)


@pytest.fixture
def administrator(school) -> User:
    """An administrator of the school."""
    return member(Role.ADMINISTRATOR, school)


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """Return a client for a user who is signed in, with a second factor given just now."""

    def make(user: User, *, second_factor_ago: timedelta | None = timedelta()) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        if second_factor_ago is not None:
            at = (timezone.now() - second_factor_ago).timestamp()
            session = client.session
            session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": at}]
            session["account_authentication_methods_user"] = str(user.pk)
            session.save()
        return client

    return make


@pytest.fixture
def log(settings) -> Iterator[io.StringIO]:
    """What the program writes to its log, by the settings of production."""
    lines = io.StringIO()
    ours = deepcopy(settings.LOGGING)
    ours["handlers"]["console"]["stream"] = lines
    logging.config.dictConfig(ours)
    yield lines
    logging.config.dictConfig(settings.LOGGING)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what asks no database anything: it ran on SQLite, and is the same."""
    if connection.vendor != "postgresql":
        return
    asks = {"db", "transactional_db", "live_server"}
    left_out = [
        item
        for item in items
        if not any(map(item.get_closest_marker, ("django_db", "faults")))
        and not asks & set(item.fixturenames)
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]
