"""A request that works on for ever ends with its process; the others are answered by another."""

from copy import deepcopy
from http.client import HTTPConnection, RemoteDisconnected
from threading import Event, Thread, get_ident
from time import thread_time

import pytest
from django.db import ConnectionHandler, OperationalError, connection, transaction

from accounts.waiting import TAKING_AWAY, wait_longer
from bench.serving import command_of_production, serving
from meldcode.watch import Watch, bound_questions
from tests.attacks.proof import shows


def test_what_a_thread_works_counts_and_what_it_waits_does_not():
    watch, told = Watch(most=0.02), Event()

    def wait():
        with watch.over():
            told.wait()

    waiting = Thread(target=wait)
    waiting.start()
    busy, steps = Watch(most=0.02), 0
    with busy.over():
        while not busy.too_much():
            steps += 1
    # While this thread took too much, that one took nothing.
    assert watch.too_much() == 0.0
    assert busy.too_much() == 0.0
    assert steps > 0
    told.set()
    waiting.join()


@shows("busy-17")
@pytest.mark.django_db
def test_access_is_taken_away_however_much_hangs_on_it():
    """Whoever filed signals by the thousand kept their role: each try ended the process."""
    watch = Watch(most=0.001, to_end=3600)
    with watch.over():
        while not watch.too_much():
            pass
        with transaction.atomic():
            wait_longer()
        assert watch.too_much() == 0.0
        # Nor is it ended with another request of the process, which took too much.
        busy, done = Event(), Event()

        def takes_too_much():
            with watch.over():
                until = thread_time() + 0.01
                while thread_time() < until:
                    pass
                busy.set()
                done.wait(30)

        other = Thread(target=takes_too_much)
        other.start()
        busy.wait(30)
        assert watch.too_much() == 0.0
    assert watch.too_much() > 0.0
    done.set()
    other.join()
    with watch.over():  # the next request of this thread is one as any other
        while not watch.too_much():
            pass


@pytest.mark.parametrize("whose", ["its own", "another's"])
def test_but_not_for_ever(whose):
    """Who lets such a form wait on and on spares no request that works for ever."""
    watch, taken, done = Watch(most=0.001, to_end=0.002), Event(), Event()

    def waits():
        with watch.over():
            TAKING_AWAY.add(get_ident())
            taken.set()
            done.wait(30)

    other = Thread(target=waits)
    if whose == "another's":
        other.start()
        taken.wait(30)
    with watch.over():
        if whose == "its own":
            TAKING_AWAY.add(get_ident())
        until = thread_time() + 0.1
        while thread_time() < until:
            pass
        assert watch.too_much() > 0.0
    done.set()
    if whose == "another's":
        other.join()


@shows("busy-9")
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a question of PostgreSQL")
@pytest.mark.django_db
def test_postgresql_leaves_off_what_takes_too_long():
    databases = {"default": deepcopy(connection.settings_dict)}
    bound_questions(databases, 0.05)
    asking = ConnectionHandler(databases)["default"]
    try:
        with asking.cursor() as cursor, pytest.raises(OperationalError):
            cursor.execute("SELECT pg_sleep(60)")
        with asking.cursor() as cursor:
            cursor.execute("SHOW jit")
            assert cursor.fetchone() == ("off",)
    finally:
        asking.close()


@shows("busy-1")
def test_a_process_that_is_kept_busy_is_replaced():
    def ask(server, path):
        asking = HTTPConnection("127.0.0.1", server.port, timeout=20)
        try:
            asking.request("GET", path)
            return int(asking.getresponse().read())
        finally:
            asking.close()

    alone = command_of_production()
    alone[alone.index("--workers") + 1] = "1"
    with serving("tests.busy_application", "localhost", {}, alone, well="/") as server:
        before = ask(server, "/")
        with pytest.raises((RemoteDisconnected, ConnectionResetError)):
            ask(server, "/busy/")
        assert ask(server, "/") != before
