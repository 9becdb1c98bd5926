"""The bench beside django-helpdesk: what can be asked of it without fetching the peer."""

import re

import pytest
from django.conf import settings as ours
from django.db import connection
from django.test import Client

from bench import peer
from bench.measure import Samples
from bench.peer_report import Asked, report
from bench.peers import CLIENTS, DASHBOARD, LIST, TASKS, ask_all, our_pages, races
from bench.serving import ROOT
from bench.visiting import NotThere, Visits
from bench.world import Size, plant

SMALL = Size(cases=200, schools=20, own=25)
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.M)


def asked(who, what, milliseconds, *, fetch=None):
    """Return a page that took so long, with one client and with several."""
    visits = {
        clients: Visits(Samples(times=[took]), took / 1000)
        for clients, took in zip((1, CLIENTS), milliseconds, strict=False)
    }
    return Asked(who, who, what, fetch, "/", b"row", 1000, 1, ["cookie"] * CLIENTS, visits, b"row")


def sides(*, dashboard=(1000, 4000), ours=(20, 80)):
    theirs = [
        asked("all", DASHBOARD, dashboard),
        asked("all", LIST, (1000, 4000)),
        asked("queue", DASHBOARD, (100, 400)),
        asked("queue", LIST, (100, 400)),
    ]
    return theirs, [asked("coordinator", what, ours) for what in (DASHBOARD, LIST, TASKS)]


def test_goals_that_hold_are_about_who_sees_all_tickets(capsys):
    theirs, own = sides()
    found = races(theirs, own)
    assert [(one.theirs.who, one.ours.what) for one in found if one.goal] == [
        ("all", DASHBOARD),
        ("all", LIST),
    ]
    # Beside who has one queue ours is five times faster: it is shown, and nothing is asked of it.
    assert len(found) == 6
    assert report(theirs + own, found) == 0
    printed = capsys.readouterr().out
    assert "Every goal holds." in printed
    assert "| list | queue | coordinator | 5.0× | 5.0× | none |  |" in printed


def test_a_goal_that_is_missed_is_named_and_leaves_with_one(capsys):
    theirs, own = sides(dashboard=(1000, 400))
    assert report(theirs + own, races(theirs, own)) == 1
    (line,) = (one for one in capsys.readouterr().out.splitlines() if one.startswith("MISSED"))
    assert "dashboard of coordinator" in line
    assert f"clients: {CLIENTS}, times faster: 5.00, not 10" in line


def test_the_list_of_theirs_is_its_page_and_the_rows_that_it_asks_for(monkeypatch):
    frame = b'ajax: {"url": "/datatables_ticket_list/eyJh", "type": "GET"}'
    answers = {peer.LIST: frame, "/datatables_ticket_list/eyJh" + peer.FIRST_ROWS: b"rows"}
    monkeypatch.setattr(peer, "get", lambda host, port, address, *cookie: answers[address])
    assert peer.with_rows(1, peer.LIST, "key") == frame + b"rows"


def test_what_both_run_on_is_the_same_and_pinned():
    lock = (peer.PROJECT / "requirements.txt").read_text()
    theirs, own = (
        dict(PINNED.findall(lock)),
        dict(PINNED.findall((ROOT / "requirements.txt").read_text())),
    )
    for name in ("django", "gunicorn", "psycopg2-binary"):
        assert theirs[name] == own[name], f"{name}: compile {peer.PROJECT.name} anew"
    assert "django-helpdesk" in theirs
    assert len(PINNED.findall(lock)) == len(re.findall(r"^\S+==.* \\\n    --hash", lock, re.M))


def test_a_page_with_nothing_on_it_is_not_measured():
    empty = asked("all", LIST, (), fetch=lambda *where: b"no such thing")
    with pytest.raises(NotThere, match="nothing stands in the list"):
        ask_all([empty], 1, 1)


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="The country is PostgreSQL's SQL.")
def test_our_pages_show_cases(settings):
    def of_this_process(port, address, cookie):
        browser = Client()
        browser.cookies[ours.SESSION_COOKIE_NAME] = cookie
        return browser.get(address, secure=True).content

    settings.ROOT_URLCONF = "bench.floor"
    plant(SMALL, lambda line: None)
    pages = our_pages(SMALL, of_this_process, port=1)
    assert [one.what for one in pages] == [DASHBOARD, LIST, TASKS]
    for one in pages:
        one.body = one.fetch(one.port, one.address, one.cookies[0])
        assert one.rows > 0, one.what
