"""The soak: that its judgement finds what is lost, double or wrong; the two hours are its own."""

import ast
import json
import re

import pytest

from bench.goals import missed
from bench.serving import ROOT
from bench.soak_report import LONG_ENOUGH, Ledger, Life, Use, goals, report
from tests.factories import SignalFactory

PAPERS = {
    "asked_stats.csv": "Type,Name,Request Count,Failure Count,Median Response Time,99%\n"
    ",Aggregated,90,0,40,300\n",
    "asked_failures.csv": "Method,Name,Error,Occurrences\n",
    "asked_exceptions.csv": "Count,Message,Traceback,Nodes\n",
}


@pytest.fixture
def folder(tmp_path):
    """What locust leaves when nothing went wrong, and nobody sent anything."""
    for name, text in PAPERS.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "ledger.jsonl").write_text("")
    return tmp_path


def read(folder, *notes):
    (folder / "ledger.jsonl").write_text("".join(json.dumps(note) + "\n" for note in notes))
    return Ledger.read(folder / "ledger.jsonl", folder)


def signal(mark, *, saved=True):
    return {"kind": "signal", "mark": mark, "saved": saved}


def wrongs(found, lives=()):
    return [goal.what for goal in missed(goals(found, list(lives)))]


def looked_into(found):
    found.look_into_the_database()
    return found


@pytest.mark.django_db
def test_what_is_there_once_is_well(folder):
    SignalFactory(facts="Sliep (proefduur 1 1).")
    found = looked_into(read(folder, signal("proefduur 1 1")))
    assert wrongs(found) == []
    assert "1 signal" in report(found, [], 120, 30)


@pytest.mark.django_db
def test_what_was_said_to_be_saved_and_is_not_there_is_lost(folder):
    SignalFactory(facts="Sliep (proefduur 1 10).")  # no other one whose words begin alike counts
    found = looked_into(read(folder, signal("proefduur 1 1")))
    assert wrongs(found) == ["said to be saved and not there"]


@pytest.mark.django_db
@pytest.mark.parametrize("saved", [True, False])
def test_what_is_there_twice_is_found_whatever_was_said_of_it(folder, saved):
    SignalFactory.create_batch(2, facts="Sliep (proefduur 1 1).")
    SignalFactory(facts="Sliep (proefduur 1 2).")
    notes = signal("proefduur 1 1", saved=saved), signal("proefduur 1 2")
    assert wrongs(looked_into(read(folder, *notes))) == ["saved twice"]


@pytest.mark.django_db
def test_what_was_not_said_to_be_saved_may_be_away(folder):
    SignalFactory(facts="Sliep (proefduur 1 1).")
    notes = signal("proefduur 1 1"), signal("proefduur 1 2", saved=False)
    assert wrongs(looked_into(read(folder, *notes))) == []


def test_nobody_who_sent_anything_proves_nothing(folder):
    assert wrongs(read(folder)) == ["forms that were said to be saved"]


def test_a_page_that_nobody_should_see_is_a_failure(folder):
    (folder / "asked_failures.csv").write_text(
        "Method,Name,Error,Occurrences\nGET,coordinator: /cases/,500,3\n"
    )
    (folder / "asked_exceptions.csv").write_text(
        "Count,Message,Traceback,Nodes\n3,Refused: 500,x,y\n2,KeyError: me,x,y\n"
    )
    found = read(folder, signal("proefduur 1 1"))
    assert found.wrong.total() == 5
    assert wrongs(found) == ["pages other than a polite retry"]


@pytest.mark.parametrize(("slope", "holds"), [(0, True), (4, False)])
def test_memory_that_grows_is_found(folder, slope, holds):
    samples = [(at, {1: Use(100 + slope * at // 60, at)}) for at in range(0, LONG_ENOUGH + 60, 30)]
    life = Life("web-1", 1, 0.0, samples)
    found = wrongs(read(folder, signal("a")), [life])
    assert found == ([] if holds else ["web-1 after 26 minutes, of what it held"])


@pytest.mark.parametrize(("busy", "found"), [(0.05, 0), (0.5, 1)])
def test_what_a_child_takes_in_with_its_first_work_is_no_growth(folder, busy, found):
    """The second child of three processes grows late; how much it had worked decides."""
    samples = [
        (at, {1: Use(50, 1), 2: Use(130, at), 3: Use(60 if at < 900 else 130, busy * at)})
        for at in range(0, LONG_ENOUGH + 60, 30)
    ]
    life = Life("worker", 1, 0.0, samples)
    assert len(wrongs(read(folder, signal("a")), [life])) == found


def test_a_child_that_works_and_grows_is_found_beside_an_idle_one(folder):
    samples = [
        (at, {1: Use(50, 1), 2: Use(130 + 2 * at // 60, at), 3: Use(60, 0)})
        for at in range(0, LONG_ENOUGH + 60, 30)
    ]
    life = Life("worker", 1, 0.0, samples)
    assert len(wrongs(read(folder, signal("a")), [life])) == 1


def test_a_part_that_lived_too_short_says_nothing(folder):
    samples = [(at, {1: Use(100 + at, at)}) for at in range(0, LONG_ENOUGH - 60, 30)]
    assert wrongs(read(folder, signal("a")), [Life("worker", 1, 0.0, samples)]) == []


def test_every_part_is_stopped_gently_and_in_the_midst_of_things():
    tree = ast.parse((ROOT / "bench/soak.py").read_text())
    (table,) = (
        ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "FAULTS"
    )
    gently = set(re.findall(r"house\.again\('([a-z]+)", table))
    killed = set(re.findall(r"house\.killed\('([a-z]+)", table))
    assert gently == killed == {"web", "worker", "beat"}
    assert {"_redis_lost", "_redis_silent", "_database_gone", "_proxy"} <= set(
        re.findall(r"_\w+", table)
    )


def test_what_plays_the_people_is_pinned():
    lock = (ROOT / "bench/mixed_load/requirements.txt").read_text()
    pinned = re.findall(r"^([a-z0-9-]+)==", lock, re.M)
    assert "locust" in pinned
    assert len(pinned) == len(re.findall(r"^\S+==.* \\\n    --hash", lock, re.M))
