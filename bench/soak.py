"""``bench/soak``: people of every role at work, while each part of the house stops and starts.

The house is that of production on one machine: two webs behind Caddy, a worker, beat, PostgreSQL,
Redis. locust plays the people (``bench/mixed_load``). Afterwards: did somebody see an error other
than a polite retry, is everything there that was said to be saved, once, and did memory stay flat?
"""

import argparse
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meldcode.settings")

import django

django.setup()

from allauth.account.authentication import (  # noqa: E402 - after the settings
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.conf import settings  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.db import connection  # noqa: E402

from accounts.models import Membership  # noqa: E402
from accounts.roles import Role  # noqa: E402
from accounts.session_store import SessionStore  # noqa: E402
from bench.goals import verdict  # noqa: E402
from bench.peer import install  # noqa: E402
from bench.serving import ROOT, command_of_production  # noqa: E402
from bench.soak_report import Ledger, Life, Use, goals, report  # noqa: E402
from bench.visiting import BROWSER, signed_in  # noqa: E402
from cases.models import Pupil  # noqa: E402
from consultations.models import Consultation  # noqa: E402
from tests.faults.letterbox import Letterbox  # noqa: E402
from tests.faults.servers import Postgres, Process, Redis, free_port  # noqa: E402

MIXED_LOAD = ROOT / "bench" / "mixed_load"
SCHOOLS, CASES = 20, 800
# How many sessions of each role are begun; several people of locust may share one.
SEATS = 20
SAMPLE_SECONDS = 30
SETTLE_SECONDS = 420  # beat's rounds of reminders and mail, once more, when everybody went home


@dataclass
class House:
    """The parts that run, by name, and when each was started."""

    scratch: Path
    environment: dict[str, str]
    parts: dict[str, Process] = field(default_factory=dict)
    lives: list[Life] = field(default_factory=list)
    ports: dict[str, int] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start a part."""
        log = self.scratch / "log" / f"{name}-{len(self.lives)}.log"
        self.parts[name] = Process(self._words(name), self.environment, log)
        self.lives.append(Life(name, self.parts[name].pid, time.monotonic()))

    def _words(self, name: str) -> list[str]:
        if name.startswith("web"):
            gunicorn, *words = command_of_production()
            words[words.index("--bind") + 1] = f"127.0.0.1:{self.ports[name]}"
            return [gunicorn, *words]
        celery = ["celery", "-q", "-A", "meldcode"]
        if name == "worker":
            return [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"]
        return [*celery, "beat", "--pidfile=", "--loglevel", "INFO"]

    def again(self, name: str) -> None:
        """End a part gently, as an upgrade does, and start it."""
        self.parts[name].end()
        self.start(name)

    def killed(self, name: str) -> None:
        """End a part with -9, and start it."""
        self.parts[name].kill()
        self.start(name)

    def sample(self) -> None:
        """Note what each part uses."""
        for name, part in self.parts.items():
            life = next(one for one in reversed(self.lives) if one.name == name)
            with contextlib.suppress(OSError, ValueError):
                life.samples.append((time.monotonic() - life.began, _uses(part.pid)))


def _uses(pid: int) -> dict[int, Use]:
    """Return what a process and its children use."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found = {}
    for one in [pid, *map(int, children)]:
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            held = next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
            # Behind the name, which may hold spaces: of the user and of the system, in ticks.
            words = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            found[one] = Use(held, (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK"))
    return found


@dataclass(frozen=True, slots=True)
class Fault:
    """What is done to the house, when, as a part of the whole time."""

    at: float
    what: str
    do: Callable[["Servers"], None]


@dataclass
class Servers:
    """All that can be stopped."""

    house: House
    postgres: Postgres
    redis: Redis
    caddy: list[str]


def _redis_lost(servers: Servers) -> None:
    servers.redis.crash()
    time.sleep(3)
    servers.redis.start()


def _redis_silent(servers: Servers) -> None:
    servers.redis.halt()
    time.sleep(20)
    servers.redis.go_on()


def _database_gone(servers: Servers) -> None:
    servers.postgres.crash()
    time.sleep(5)
    servers.postgres.start()


def _rolling(servers: Servers) -> None:
    for name in ("web-1", "web-2"):
        servers.house.again(name)
        time.sleep(10)


def _proxy(servers: Servers) -> None:
    subprocess.run(["caddy", "reload", "--force", *servers.caddy], check=True, capture_output=True)  # noqa: S603, S607


# Every part, gently and in the midst of things. fmt: off
FAULTS = (
    Fault(0.05, "web 1, as an upgrade does", lambda servers: servers.house.again("web-1")),
    Fault(0.10, "the worker, as an upgrade does", lambda servers: servers.house.again("worker")),
    Fault(0.15, "beat, as an upgrade does", lambda servers: servers.house.again("beat")),
    Fault(0.20, "Redis is lost with all it holds", _redis_lost),
    Fault(0.25, "the database is gone for five seconds", _database_gone),
    Fault(0.30, "web 2 is killed", lambda servers: servers.house.killed("web-2")),
    Fault(0.35, "the worker is killed", lambda servers: servers.house.killed("worker")),
    Fault(0.38, "Redis says nothing for twenty seconds", _redis_silent),
    Fault(0.41, "beat is killed", lambda servers: servers.house.killed("beat")),
    Fault(0.44, "the proxy reads its settings anew", _proxy),
    Fault(0.90, "the database is gone once more", _database_gone),
    Fault(0.95, "both webs, one after the other", _rolling),
)
# fmt: on


def main(argv: list[str]) -> int:
    """Start the house, let people work in it, look what became of it; return the exit code."""
    options = _options(argv)
    for program in ("caddy", "redis-server"):
        if not shutil.which(program):
            sys.exit(f"bench/soak needs {program}.")
    scratch = Path(tempfile.mkdtemp(prefix="meldcode-soak.", dir="/tmp"))
    scratch.chmod(0o711)
    (scratch / "log").mkdir()
    print(f"Logs: {scratch}/log", flush=True)
    with contextlib.ExitStack() as stack:
        code = _soak(options, scratch, stack)
    if not options.keep:
        shutil.rmtree(scratch, ignore_errors=True)
    return code


def _soak(options: argparse.Namespace, scratch: Path, stack: contextlib.ExitStack) -> int:
    postgres = Postgres(scratch)
    stack.callback(postgres.crash)
    postgres.run("CREATE DATABASE soak")
    place = {"HOST": "127.0.0.1", "PORT": postgres.port, "USER": "meldcode", "PASSWORD": ""}
    connection.close()
    connection.settings_dict.update(place, NAME="soak", CONN_MAX_AGE=0)
    redis = Redis(scratch)
    stack.callback(redis.crash)
    letterbox = Letterbox().start()
    stack.callback(letterbox.stop)
    port = free_port()
    environment = {
        "DATABASE_URL": postgres.address("soak"),
        "REDIS_URL": redis.address,
        "EMAIL_URL": f"smtp://127.0.0.1:{letterbox.port}",
        "VAR_DIR": str(scratch),
        "MEDIA_ROOT": str(scratch / "media"),
        "STATIC_ROOT": str(scratch / "static"),
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "LOG_FORMAT": "json",
        "MALLOC_ARENA_MAX": "2",
    }
    _manage(environment, "migrate", "--verbosity", "0")
    _manage(environment, "collectstatic", "--noinput", "--verbosity", "0")
    _manage(environment, "seed_demo", "--anyway", "--schools", str(SCHOOLS), "--cases", str(CASES))
    people = scratch / "people.json"
    people.write_text(json.dumps(_people()))
    # Exports ask for one that is not older than 15 minutes.
    _give_factors_until(time.time() + 60 * options.minutes)

    house = House(scratch, environment, ports={"web-1": free_port(), "web-2": free_port()})
    stack.callback(lambda: [part.kill() for part in house.parts.values()])
    for name in ("web-1", "web-2", "worker", "beat"):
        house.start(name)
    caddy = _caddy(scratch, port, house.ports, free_port())
    proxy = subprocess.Popen(  # noqa: S603
        ["caddy", "run", *caddy],  # noqa: S607
        env=os.environ | {"HOME": str(scratch), "AWAY": str(ROOT / "deploy")},
        stdout=(scratch / "log/caddy.log").open("w"), stderr=subprocess.STDOUT,
    )  # fmt: skip
    stack.callback(proxy.kill)
    os.environ["HOME"] = str(scratch)  # of "caddy reload" as well
    os.environ["AWAY"] = str(ROOT / "deploy")
    time.sleep(15)

    ledger = scratch / "ledger.jsonl"
    locust = subprocess.Popen(  # noqa: S603
        [str(install(scratch / "locust", MIXED_LOAD)), "-m", "locust", "-f", "locustfile.py",
         "--headless", "--only-summary", "--users", str(options.people), "--spawn-rate", "1",
         "--run-time", f"{options.minutes}m", "--stop-timeout", "100",
         "--host", f"http://127.0.0.1:{port}", "--csv", str(scratch / "asked"),
         "--exit-code-on-error", "0"],
        cwd=MIXED_LOAD,
        env=os.environ | {"SOAK_PEOPLE": str(people), "SOAK_LEDGER": str(ledger)},
        stdout=(scratch / "log/locust.log").open("w"), stderr=subprocess.STDOUT,
    )  # fmt: skip
    stack.callback(locust.kill)
    servers = Servers(house, postgres, redis, caddy)
    _let_it_be(servers, locust, options.minutes * 60)

    print("Everybody went home; beat goes on for some minutes.", flush=True)
    time.sleep(min(SETTLE_SECONDS, 60 * options.minutes))
    found = Ledger.read(ledger, scratch)
    found.look_into_the_database()
    print(report(found, house.lives, options.minutes, options.people))
    return verdict("soak", goals(found, house.lives))


def _manage(environment: dict[str, str], *words: str) -> None:
    subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *words],
        cwd=ROOT, env=os.environ | environment, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def _let_it_be(servers: Servers, locust: subprocess.Popen, seconds: int) -> None:
    """Do to the house what FAULTS says, and note what it holds, until the people go home."""
    began = sampled = time.monotonic()
    to_do = list(FAULTS)
    while locust.poll() is None:
        now = time.monotonic()
        if to_do and now - began > to_do[0].at * seconds:
            fault = to_do.pop(0)
            print(f"{(now - began) / 60:6.1f} min  {fault.what}", flush=True)
            fault.do(servers)
        if now - sampled > SAMPLE_SECONDS:
            sampled = now
            servers.house.sample()
        time.sleep(1)


def _people() -> dict:
    """Begin sessions for people of every role; return what locust must know of them."""
    dice = random.Random("soak")
    roles = {
        "teacher": Role.TEACHER,
        "coordinator": Role.COORDINATOR,
        "leader": Role.SCHOOL_LEADER,
        "worker": Role.BUURTTEAM_WORKER,
        "administrator": Role.ADMINISTRATOR,
    }
    found: dict[str, list[dict]] = {}
    for name, role in roles.items():
        members = list(Membership.objects.filter(role=role).select_related("user").order_by("pk"))
        if role == Role.BUURTTEAM_WORKER:
            asked = Consultation.objects.visible_to
            members = [member for member in members if asked(member.user).exists()]
        dice.shuffle(members)
        found[name] = []
        for member in members[:SEATS]:
            seat = {"session": signed_in(member.user_id)}
            if name == "teacher":
                pupils = Pupil.objects.filter(school=member.school_id).order_by("pk")[:40]
                seat["pupils"] = [
                    {"id": str(pupil.public_id), "name": pupil.family_name[:4]} for pupil in pupils
                ]
            found[name].append(seat)
    return {"roles": found, "cookie": settings.SESSION_COOKIE_NAME, "browser": BROWSER}


def _give_factors_until(moment: float) -> None:
    """Let everybody have given their second factor at a moment (seconds since 1970) to come.

    Done again and again, what a request saves at that time would be written over, or this.
    """
    for key in Session.objects.values_list("session_key", flat=True):
        session = SessionStore(key)
        methods = session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
        for method in methods:
            method["at"] = moment
        session[AUTHENTICATION_METHODS_SESSION_KEY] = methods
        session.save(must_create=False)


def _caddy(scratch: Path, port: int, webs: dict[str, int], admin: int) -> list[str]:
    """Write the proxy's settings: those of production, for this machine; return how to name them.

    Debian's Caddy is older than what keeps whole forms and answers (docs/operations.md, "The
    proxy"): these lines are left out, and so is the finding of containers by name.
    """
    text = (ROOT / "deploy/Caddyfile").read_text()
    text = text.replace("{$SITE_HOST} {", f"http://127.0.0.1:{port} {{")
    start, end = text.index("\t\tdynamic a {"), text.index("\t\tlb_policy")
    upstreams = " ".join(f"127.0.0.1:{one}" for one in webs.values())
    text = f"{text[:start]}\t\tto {upstreams}\n{text[end:]}"
    lines = [line for line in text.splitlines() if "_buffers " not in line]
    head = lines.index("{") + 1
    lines.insert(head, f"\tadmin 127.0.0.1:{admin}\n\tauto_https off")
    (scratch / "Caddyfile").write_text("\n".join(lines) + "\n")
    return ["--config", str(scratch / "Caddyfile"), "--adapter", "caddyfile"]


def _options(argv: list[str]) -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="bench/soak", description=__doc__)
    asked.add_argument("--minutes", type=int, default=120, help="how long people work")
    asked.add_argument("--people", type=int, default=30, help="how many at the same time")
    asked.add_argument("--keep", action="store_true", help="leave logs and figures where they are")
    return asked.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
