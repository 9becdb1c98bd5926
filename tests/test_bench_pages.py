"""The bench of pages in a country of twenty schools: it runs, and notices what is wrong."""

from collections import Counter
from dataclasses import replace

import pytest
from django.conf import settings as ours
from django.db import connection
from django.test import Client

from bench import pages as bench
from bench.filing import plant
from bench.measure import Samples, Unlike
from bench.page_report import report
from bench.serving import NotServed, Workers, command_of_production, serving
from bench.visiting import (
    NotThere,
    Page,
    Place,
    Visited,
    Visits,
    Weight,
    alone,
    compare,
    elements,
    get,
    pages_of,
    weigh,
)
from bench.world import Size
from cases.models import Assessment, Case, Conversation
from consultations.models import Consultation
from referrals.models import Decision
from signals.models import Signal

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="The bench fills its tables in PostgreSQL's own SQL, and is about its plans.",
    ),
]

SMALL = Size(cases=200, schools=20, own=25)
HOST = "testserver"


@pytest.fixture
def asked(db, settings):
    settings.ROOT_URLCONF = "bench.floor"
    plant(SMALL, lambda line: None)
    return [replace(page, addresses=page.addresses[:2]) for page in pages_of(SMALL, clients=1)]


def of_this_process(port, address, cookie):
    browser = Client()
    browser.cookies[ours.SESSION_COOKIE_NAME] = cookie
    answer = browser.get(address, secure=True)
    assert answer.status_code == 200
    return answer.content


def test_pages_are_reached_by_whom_they_are_for_and_counted(asked):
    records = (Signal, Consultation, Conversation, Assessment, Decision)
    filed = sum(model.objects.count() for model in records)
    assert 4.5 < filed / Case.objects.count() < 5.5
    weights = {page.name: weigh(page, HOST) for page in asked}
    steps = Case.objects.filter(school_id=1).open().values_list("step", flat=True)
    assert set(steps) == {1, 2, 3, 4, 5}
    for page in asked:
        weight = weights[page.name]
        assert weight.floor_queries < weight.queries <= 12
        assert weight.brackets == 2  # around what the session writes
        assert weight.compressed < weight.bytes
        assert len(weight.elements) == len(page.addresses)
    floor = sum(elements(of_this_process(0, asked[0].floor, asked[0].cookies[0])).values())
    assert all(floor < weight.rows for weight in weights.values())
    assert weights["dashboard, board"].rows > 2 * floor
    place = Place("small", 0, asked)
    found = [side for (side,) in alone([place], of_this_process, 1)]
    assert [len(side.page.samples.times) for side in found] == [1] * len(asked)
    assert [len(side.floor.samples.times) for side in found] == [1] * len(asked)
    with pytest.raises(NotThere, match="302"):
        weigh(replace(asked[0], cookies=["of nobody"]), HOST)


def test_it_stops_where_a_page_shows_something_else():
    one = weight(elements=[Counter({'li class="card"': 3})])
    compare("board", [one, one])
    with pytest.raises(Unlike, match=r"board: .*card"):
        compare("board", [one, weight(elements=[Counter({'li class="card"': 4})])])


def test_a_web_is_started_as_the_image_does_and_asked_by_many(monkeypatch, capsys):
    command = command_of_production()
    assert command[:2] == ["gunicorn", bench.APPLICATION]
    assert command[command.index("--workers") + 1] == "2"
    monkeypatch.setattr(bench, "APPLICATION", "wsgiref.simple_server:demo_app")
    monkeypatch.setenv("DATABASE_URL", "postgres://127.0.0.1/none")
    page = Page("any", ["/"], ["cookie"] * 2, "/floor/", raced=True)
    workers = bench.measure_workers(SMALL, [page], starts=1, requests=10)
    assert workers.starts[0] > 0
    assert workers.first_pages[0] > 0
    assert 2**20 < workers.before < 200 * 2**20
    assert workers.after > 2**20


def test_it_stops_where_nothing_is_served():
    one = "wsgiref.simple_server:demo_app"
    with serving(one, HOST, {}, ["gunicorn", one, "--bind", "", "--workers", "1"]) as server:
        assert b"PATH_INFO" in get(HOST, server.port, "/here/", "cookie")
    with pytest.raises(NotServed), serving("bench.nowhere", HOST, {}):
        pass


def weight(**fields):
    plain = Weight(10, 2, 50_000, 6_000, 5, [Counter({"li": 4})])
    return replace(plain, **fields)


def visited(page, floor):
    return Visited(*(Visits(Samples(times=[took] * 3), 1.0) for took in (page, floor)))


PAGE = Page("board", ["/"], ["cookie"], "/floor/", raced=True)
FORM = replace(PAGE, name="form", raced=False)
WELL = Workers([2.0], [0.5], 100.0, 101.0, 1_000)


def told(capsys, weights, by_clients, workers=WELL):
    code = report(["small", "large"], [PAGE, FORM], [weights] * 2, by_clients, workers)
    printed = capsys.readouterr().out
    return code, [line[8:].partition(":")[0] for line in printed.splitlines() if "MISSED" in line]


def test_goals_that_are_missed_are_named(capsys):
    slow = [visited(20, 10), visited(27, 10)]
    fine = [visited(20, 10), visited(24, 10)]
    heavy = [weight(), weight(queries=13, compressed=61_000)]
    code, missed = told(capsys, heavy, {1: [fine, fine], 8: [slow, slow]})
    of_both = ["KB compressed", "queries"]
    assert code == 1
    assert missed == [
        "board, 8 clients, large, times the floor",
        "board, 8 clients, times the smallest country",
        *(f"board, {what}" for what in of_both),
        "form, 8 clients, times the smallest country",
        *(f"form, {what}" for what in of_both),
    ]
    worn = Workers([12.0], [0.5], 100.0, 120.0, 1_000)
    code, missed = told(capsys, [weight()] * 2, {1: [fine, fine]}, worn)
    assert missed == ["start of the web, seconds", "memory of a worker, times that before"]


def test_goals_that_hold(capsys):
    fine = [visited(25, 10), visited(32, 14)]
    assert told(capsys, [weight()] * 2, {1: [fine, fine], 8: [fine, fine]}) == (0, [])
