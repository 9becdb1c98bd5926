"""What many tests need."""

import gc
import io
import logging.config
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING
from unittest import mock
from uuid import uuid4

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponseNotFound
from django.template.backends.django import Template
from django.test import Client, TransactionTestCase, override_settings
from django.test.client import closing_iterator_wrapper
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from accounts import after_response
from accounts.models import School, User
from accounts.roles import Role
from accounts.session_store import Key, SessionStore
from cases.transfer import sealing
from meldcode import urls
from tests.append_only import unprotected
from tests.factories import SchoolFactory, member
from tests.migrated import COPIED

SESSION = settings.SESSION_COOKIE_NAME
# What a package costs whoever tries a password, but in tests.
COST_OF_A_PACKAGE = sealing.COST

if TYPE_CHECKING:
    from tests.world import World


def _cache_of_this_process(location: object) -> str:
    """Return a cache for one of the processes that run side by side: each test empties its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    address, slash, __ = str(location).rpartition("/")
    return f"{address}{slash}{worker}"


@pytest.fixture(autouse=True, scope="session")
def _plain_settings() -> Iterator[None]:
    """No hashing cost, of packages neither, no manifest, no broker; mail in memory.

    A provider to sign in with may run on 127.0.0.1. No push service is known.
    """
    default = settings.CACHES["default"]
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    cheap = mock.patch.object(sealing, "COST", 2)
    with (
        cheap,
        override_settings(
            CACHES={
                "default": {**default, "LOCATION": _cache_of_this_process(default["LOCATION"])}
            },
            PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
            STORAGES={**settings.STORAGES, "staticfiles": static},
            EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
            CELERY_TASK_ALWAYS_EAGER=False,
            SSO_LOCAL=True,
            PUSH_SERVICES=(),
        ),
    ):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, request: pytest.FixtureRequest, django_db_blocker
) -> Iterator[None]:
    """Migrate once for all processes and runs, instead of half a minute for each."""
    folder = request.config.cache.mkdir("migrated")
    with ExitStack() as while_made:
        with django_db_blocker.unblock():
            while_made.enter_context(COPIED[connection.vendor](folder))
        yield


@pytest.fixture(autouse=True, scope="session")
def _a_test_client_is_a_browser():
    """It sends what a browser does, and not the key of the row (``accounts.session_store``)."""
    set_cookies, new_session = Client._set_login_cookies, Client.session.fget

    def signed_in(client: Client, request: HttpRequest) -> None:
        set_cookies(client, request)
        key = request.session.session_key
        client.cookies[settings.SESSION_COOKIE_NAME] = key.cookie
        # As signing in does.
        whose = {"user_id": request.session[SESSION_KEY], "ip": "127.0.0.1"}
        UserSession.objects.update_or_create(session_key=key, defaults=whose)

    def session(client: Client) -> SessionStore:
        if cookie := client.cookies.get(settings.SESSION_COOKIE_NAME):
            return SessionStore(Key.of(cookie.value))
        made = new_session(client)
        client.cookies[settings.SESSION_COOKIE_NAME] = made.session_key.cookie
        return made

    with (
        mock.patch.object(Client, "_set_login_cookies", signed_in),
        mock.patch.object(Client, "session", property(session)),
    ):
        yield


@pytest.fixture(autouse=True)
def _no_answer_is_left_half_read(monkeypatch):
    """An answer in pieces ends what Django does for a request when it was read. Left half read, it
    would do so when Python throws it away, in the middle of some later test: by then that closes
    the database under it, or what it does to the addresses breaks Python itself.
    """
    answers = []

    def kept(*args):
        answers.append(closing_iterator_wrapper(*args))
        return answers[-1]

    monkeypatch.setattr("django.test.client.closing_iterator_wrapper", kept)
    yield
    for answer in answers:
        answer.close()


@pytest.fixture(autouse=True, scope="session")
def _what_comes_after_an_answer_is_done_at_once():
    """A test sees it, in its own transaction, when it has the answer."""
    with mock.patch.object(after_response, "do", after_response.logged):
        yield


@pytest.fixture(autouse=True)
def _a_place_of_its_own(settings, tmp_path_factory):
    """Files in a folder of the test, that is made when there is one, and nothing in the cache."""
    settings.MEDIA_ROOT = tmp_path_factory.getbasetemp() / "media" / uuid4().hex
    cache.clear()


@pytest.fixture
def bare_not_found(monkeypatch) -> None:
    """Answer what is not there with its status alone: its page is a third of such a request.

    For tests that ask thousands of times what is there, and look at no such page.
    """
    monkeypatch.setattr(
        urls, "handler404", lambda request, exception: HttpResponseNotFound(), raising=False
    )


@pytest.fixture
def blank_pages(monkeypatch, bare_not_found) -> None:
    """Answer as always, and write no page: that is a third of a request that gets one.

    For tests that ask whether an address answers. That its page can be written, and what it says,
    is asked by those that crawl them (``test_canary``, ``test_every_page_by_axe``).
    """
    monkeypatch.setattr(Template, "render", lambda self, context=None, request=None: SafeString())


# What goes through texts and files. On PostgreSQL these run where both lie encrypted on disk, on
# SQLite where they do not. Search has tests of its own for each (tests/cases/test_search.py).
ENCRYPTED = tuple(
    Path(__file__).parent / name
    for name in (
        "cases/test_case_page.py",
        "cases/test_cycles.py",
        "cases/test_dossier.py",
        "cases/test_dossier_variants.py",
        "cases/test_facts_of_many.py",
        "cases/test_files.py",
        "cases/test_rights_requests.py",
        "cases/test_transfer.py",
        "consultations",
        "referrals",
        "signals",
        "test_walk.py",
    )
)
DATA_KEY = "9f4c1d7be2a85036" * 4


@pytest.fixture(autouse=True)
def _encrypted_on_disk(request: pytest.FixtureRequest, settings) -> None:
    """Give some tests a key for what lies on disk, on PostgreSQL."""
    here = (request.path, *request.path.parents)
    if connection.vendor == "postgresql" and any(one in here for one in ENCRYPTED):
        settings.DATA_KEYS = [DATA_KEY]


def _empty() -> None:
    """Delete all rows, but for what Django itself makes once: a third of the time of its own flush.

    That one makes the files of each table and each index anew on PostgreSQL, and those rows too.
    In any order: what a row belongs to is looked for when it is over.
    """
    tables = set(connection.introspection.django_table_names(only_existing=True))
    tables -= {"django_migrations", "django_content_type", "auth_permission"}
    some = "SELECT '{0}' WHERE EXISTS (SELECT 1 FROM \"{0}\")"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(some.format(table) for table in sorted(tables)))
        for (table,) in cursor.fetchall():
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 - names of tables


@pytest.fixture(autouse=True, scope="session")
def _the_log_is_emptied_between_tests():
    """Let the flush after a transactional test empty the log too: only there it is unprotected."""

    def flush(case: TransactionTestCase) -> None:
        with unprotected():
            _empty()

    with mock.patch.object(TransactionTestCase, "_fixture_teardown", flush):
        yield


@pytest.fixture(scope="session")
def standing(
    _plain_settings, django_db_setup, django_db_blocker, tmp_path_factory
) -> Callable[[], AbstractContextManager[Path]]:
    """Return what lets things made in it stand for several tests, and undoes them at its end.

    Each of these tests runs in a transaction inside that one. Gives the folder of their files.
    """

    @contextmanager
    def stand() -> Iterator[Path]:
        media = tmp_path_factory.mktemp("standing")
        with django_db_blocker.unblock(), transaction.atomic():
            with override_settings(MEDIA_ROOT=media):
                yield media
            transaction.set_rollback(True)

    return stand


@pytest.fixture(scope="module")
def _standing_world(standing) -> Iterator[tuple["World", Path]]:
    """A world that stands while the tests of a file run, and where its files are."""
    # Here: what it imports takes half a second, which each mutant of a rule would wait for.
    from tests.world import World

    with standing() as media:
        yield World(), media


@pytest.fixture
def world(_standing_world, db, settings) -> "World":
    """A world for this test alone: what it does to it is undone. Cheaper than ``World()``.

    Once a test asked for it, it stands in the database until the last test of the file: it is not
    for a file in which another test counts on an empty one.
    """
    world, media = _standing_world
    copytree(media, settings.MEDIA_ROOT, dirs_exist_ok=True)
    return deepcopy(world)


@pytest.fixture(scope="module")
def _standing_elsewhere(_standing_world, django_db_blocker) -> "World":
    """Another world, in which the first stands already, and that is gone with it."""
    from tests.world import World

    with django_db_blocker.unblock():
        return World()


@pytest.fixture
def elsewhere(world, _standing_elsewhere) -> "World":
    """A world of other schools beside ``world``, for this test alone."""
    return deepcopy(_standing_elsewhere)


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


def sign_in(user: User, *, second_factor_ago: timedelta | None = timedelta()) -> Client:
    """Return a client for a user who is signed in, with a second factor given so long ago."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    if second_factor_ago is not None:
        at = (timezone.now() - second_factor_ago).timestamp()
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": at}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


@pytest.fixture
def signed_in() -> Callable[..., Client]:
    """Return what gives a client for a user who is signed in."""
    return sign_in


@pytest.fixture(scope="module")
def _standing_sessions(_standing_world, django_db_blocker) -> dict[str, str]:
    """The sessions of all people of the standing world, begun once."""
    world, __ = _standing_world
    with django_db_blocker.unblock():
        browsers = {who: sign_in(user) for who, user in world.people.items() if user}
    return {who: client.cookies[SESSION].value for who, client in browsers.items()}


@pytest.fixture
def browser_of(world, _standing_sessions) -> Callable[[str], Client]:
    """Return what gives a browser of somebody of ``world``, who may be signed out.

    For tests that ask for many pages: all of these go through the same middleware.
    """
    handler = Client().handler

    def browser(who: str) -> Client:
        client = Client()
        client.handler = handler
        if who in _standing_sessions:
            client.cookies[SESSION] = _standing_sessions[who]
        return client

    return browser


@pytest.fixture
def in_english() -> Iterator[None]:
    """What is said to people is said in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def log(settings) -> Iterator[io.StringIO]:
    """What the program writes to its log, by the settings of production."""
    lines = io.StringIO()
    ours = deepcopy(settings.LOGGING)
    ours["handlers"]["console"]["stream"] = lines
    logging.config.dictConfig(ours)
    yield lines
    logging.config.dictConfig(settings.LOGGING)


def pytest_collection_finish() -> None:
    """Let Python look for cycles less often, and never among what stays: a quarter of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what is the same on any database: it ran on SQLite.

    That is what asks none anything, and pages by the hundred of which the markup, the tokens and
    the headers are looked at (``any_database``; with EVERYTHING set they run here too).
    On SQLite, where PostgreSQL follows (script/test), what is asked of what schools have and takes
    long (``production``).
    The school year goes first: it is one test of a minute, for which nobody waits at the end.
    """
    items.sort(key=lambda item: item.path.parent.name != "year")
    everything = "EVERYTHING" in os.environ
    if connection.vendor != "postgresql":
        follows = "POSTGRES_FOLLOWS" in os.environ and not everything
        leave_out(config, items, lambda item: follows and item.get_closest_marker("production"))
        return
    asks = {"db", "transactional_db", "live_server"}

    def is_same(item: pytest.Item) -> bool:
        asks_it = any(map(item.get_closest_marker, ("django_db", "faults")))
        asks_it = asks_it or asks & set(item.fixturenames)
        return not asks_it or (item.get_closest_marker("any_database") and not everything)

    leave_out(config, items, is_same)


def leave_out(
    config: pytest.Config, items: list[pytest.Item], judge: Callable[[pytest.Item], object]
) -> None:
    """Leave out what is judged so, and let the run say how many these are."""
    left_out = {item for item in items if judge(item)}
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
