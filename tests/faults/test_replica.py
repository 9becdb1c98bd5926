"""Figures come from a copy of the database, while it keeps up, and from the database otherwise."""

from datetime import timedelta

import pytest
from django.db import connection, connections
from django.urls import reverse

from accounts.roles import Role
from background import replica
from background.replica import REPLICA, reading_from_replica
from cases.models import Case
from tests.factories import CaseFactory, PupilFactory, SchoolFactory, member
from tests.faults.servers import eventually


@pytest.fixture
def follower(house, postgres, tmp_path_factory, scratch):
    """A copy that follows the database of the house."""
    server = postgres.follow(scratch)
    connections.settings[REPLICA] = connection.settings_dict | {
        "PORT": server.port,
        "OPTIONS": {"options": "-c default_transaction_read_only=on", "connect_timeout": 2},
    }
    yield server
    connections[REPLICA].close()
    del connections[REPLICA], connections.settings[REPLICA]


def asked() -> str:
    """Return where a queryset is read."""
    with reading_from_replica():
        return Case.objects.all().db


def test_figures_are_counted_on_the_copy_while_it_keeps_up(follower, signed_in, monkeypatch):
    school = SchoolFactory()
    coordinator = member(Role.COORDINATOR, school)
    browser = signed_in(coordinator)
    CaseFactory(pupil=PupilFactory(school=school))
    eventually(lambda: asked() == REPLICA)
    assert Case.objects.all().db == "default"  # outside it, never

    def counted() -> str:
        return browser.get(reverse("cases:statistics")).content.decode()

    # It holds back what is new: so one sees who answers.
    before = counted()
    follower.run("SELECT pg_wal_replay_pause()")
    CaseFactory(pupil=PupilFactory(school=school))
    assert counted().count(">2<") == before.count(">2<")
    # Too far behind, it is not asked any more.
    monkeypatch.setattr(replica, "MAY_LAG", timedelta(0))
    assert asked() == "default"
    assert counted().count(">2<") > before.count(">2<")
    # Nor when it is gone.
    monkeypatch.undo()
    follower.run("SELECT pg_wal_replay_resume()")
    eventually(lambda: asked() == REPLICA)
    follower.stop()
    assert counted().count(">2<") > before.count(">2<")
    assert asked() == "default"
