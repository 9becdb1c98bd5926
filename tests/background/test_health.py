"""What monitoring hears: strangers whether all is well, whoever brings the token what is not."""

import re
from datetime import timedelta

import pytest
import yaml
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from background import health, queue, record, sections
from background.models import Beat, Run, Worker
from background.sections import Unsent

pytestmark = pytest.mark.django_db

TOKEN = "a-long-and-random-token"
BRINGS = {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}


@pytest.fixture
def all_well(settings, monkeypatch):
    """Everything runs, and one may ask."""
    settings.HEALTH_TOKEN = TOKEN
    now = timezone.now()
    Worker.objects.create(name="one", started_at=now, seen_at=now)
    Beat.objects.create(pk=1, holder="a", until=now, ticked_at=now)
    monkeypatch.setattr(queue, "state", lambda: queue.QueueState(well=True, length=3))
    monkeypatch.setattr(sections, "_messages", {"outbox": Unsent})


def ask(client, **headers):
    answer = client.get(reverse("health"), **headers)
    return answer.status_code, answer.json()


def wrong(client) -> dict[str, str]:
    status, said = ask(client, **BRINGS)
    assert status == 503
    return {check["name"]: check["wrong"] for check in said["checks"] if not check["ok"]}


def test_all_is_well(client, all_well):
    assert ask(client) == (200, {"status": "ok"})
    status, said = ask(client, **BRINGS)
    assert status == 200
    assert {check["name"] for check in said["checks"]} == {
        "database", "broker", "worker", "beat", "messages",
    }  # fmt: skip


def broker_away(monkeypatch):
    monkeypatch.setattr(queue, "state", lambda: queue.QueueState(well=False, wrong="OSError"))


def worker_gone(monkeypatch):
    Worker.objects.update(seen_at=timezone.now() - timedelta(minutes=2))


def nobody_started_a_worker(monkeypatch):
    Worker.objects.all().delete()


def beat_silent(monkeypatch):
    Beat.objects.update(ticked_at=timezone.now() - timedelta(minutes=2))


def mail_waits(monkeypatch):
    long_ago = timezone.now() - timedelta(hours=2)
    monkeypatch.setattr(sections, "_messages", {"a": Unsent, "b": lambda: Unsent(1, long_ago)})


@pytest.mark.parametrize(
    ("happens", "part", "how"),
    [
        (broker_away, "broker", "OSError"),
        (worker_gone, "worker", "silent"),
        (nobody_started_a_worker, "worker", "never seen"),
        (beat_silent, "beat", "silent"),
        (mail_waits, "messages", "late"),
    ],
)
def test_what_is_wrong_is_told_to_whoever_brings_the_token_alone(
    client, all_well, monkeypatch, happens, part, how
):
    happens(monkeypatch)
    assert ask(client) == (503, {"status": "not ok"})
    assert wrong(client) == {part: how}
    # The web itself is well: nobody replaces it for want of a worker.
    assert client.get(reverse("health_web")).status_code == 200


def test_without_a_database_nothing_is_well(client, all_well, monkeypatch):
    def away():
        raise OperationalError("host 10.0.0.3")

    monkeypatch.setattr(health.connection, "cursor", away)
    assert ask(client) == (503, {"status": "not ok"})
    assert wrong(client) == {"database": "OperationalError"}
    assert client.get(reverse("health_web")).status_code == 503


@pytest.mark.parametrize(
    "brought", ["", "Bearer ", "Bearer wrong", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "é"]
)
def test_a_wrong_token_opens_nothing(client, all_well, brought):
    assert ask(client, HTTP_AUTHORIZATION=brought) == (200, {"status": "ok"})
    assert client.get(reverse("metrics"), HTTP_AUTHORIZATION=brought).status_code == 401


def test_without_a_token_in_the_settings_nobody_brings_it(client, all_well, settings):
    settings.HEALTH_TOKEN = ""
    for brought in ("Bearer ", "Bearer", ""):
        assert client.get(reverse("metrics"), HTTP_AUTHORIZATION=brought).status_code == 401


def test_the_metrics_say_what_stands_in_the_database(client, all_well, monkeypatch):
    now = timezone.now()
    record.count("audit.tasks.seal", "done", timedelta(seconds=2))
    record.count("audit.tasks.seal", "failed", timedelta(seconds=1))
    Run.objects.create(task_id="a", task="audit.tasks.seal", queued_at=now - timedelta(seconds=90))
    waits = Unsent(waiting=4, oldest=now - timedelta(minutes=5), dead=2)
    monkeypatch.setattr(sections, "_messages", {"outbox": lambda: waits})
    answer = client.get(reverse("metrics"), **BRINGS)
    assert answer["Content-Type"].startswith("text/plain")
    lines = dict(
        line.rsplit(" ", 1) for line in answer.content.decode().splitlines() if line[0] != "#"
    )
    seal = 'task="audit.tasks.seal"'
    expected = {
        f'meldcode_runs_total{{state="done",{seal}}}': 1,
        f'meldcode_runs_total{{state="failed",{seal}}}': 1,
        f"meldcode_run_seconds_count{{{seal}}}": 2,
        f"meldcode_run_seconds_sum{{{seal}}}": 3,
        f'meldcode_runs_open{{state="waiting",{seal}}}': 1,
        "meldcode_queue_length": 3,
        "meldcode_workers": 1,
        'meldcode_messages_unsent{kind="outbox"}': 4,
        'meldcode_messages_dead{kind="outbox"}': 2,
        'meldcode_well{part="beat"}': 1,
    }
    said = {"".join(sorted(name)): float(value) for name, value in lines.items()}
    assert {name: said.get("".join(sorted(name))) for name in expected} == expected
    assert 90 <= float(lines["meldcode_queue_oldest_seconds"]) < 150
    assert 300 <= float(lines['meldcode_messages_oldest_seconds{kind="outbox"}']) < 360
    assert 'meldcode_seen_seconds{part="beat"}' in lines


def test_the_alerts_that_we_hand_out_ask_for_metrics_that_there_are(client, all_well, settings):
    record.count("audit.tasks.seal", "done", timedelta(seconds=2))
    answer = client.get(reverse("metrics"), **BRINGS).content.decode()
    there = set(re.findall(r"^(meldcode_\w+)", answer, re.MULTILINE))
    rules = yaml.safe_load((settings.BASE_DIR / "deploy" / "alerts.yml").read_text())
    asked = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    names = {name for expr in asked for name in re.findall(r"meldcode_\w+", expr)}
    assert len(names) > 3
    assert names - there == set()
