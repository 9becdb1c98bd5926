"""A house of Meldcode under test: its processes, its database, its post."""

import contextlib
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import psycopg2
import requests
from celery import Celery
from django.db import connection
from django.db.models import F
from django.test import Client
from django.utils import timezone

from background.models import Run
from cases.models import DossierExport, Envelope
from tests.faults.letterbox import Letterbox
from tests.faults.servers import Postgres, Process, Redis, eventually, free_port

SWEEP = "cases.reminders.tasks.sweep"
PAPERS = "cases.dossier.tasks.look_after_exports"


class House:
    """All of it. What a test starts, ends with the test."""

    def __init__(
        self, postgres: Postgres, redis: Redis, letterbox: Letterbox, database: str, folder: Path
    ) -> None:
        self.postgres, self.redis, self.letterbox = postgres, redis, letterbox
        self._folder, self._processes, self._seconds_off = folder, [], 0.0
        self.environment = {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DATABASE_URL": database,
            "REDIS_URL": redis.address,
            "EMAIL_URL": f"smtp://127.0.0.1:{letterbox.port}",
            "VAR_DIR": str(folder),
            "MEDIA_ROOT": str(folder / "media"),
            "REMINDER_SWEEP_SECONDS": "2",
        }

    def clock_stands_at(self, moment: datetime) -> None:
        """Let the clock of what is started from now on stand at a moment, and go on from there."""
        self._seconds_off = (moment - timezone.now()).total_seconds()

    def _run(self, *words: str) -> Process:
        if self._seconds_off:
            words = ("tests.faults.at_another_time", str(self._seconds_off), *words)
        log = self._folder / f"{len(self._processes)}-{words[0]}.log"
        process = Process(list(words), self.environment, log)
        self._processes.append(process)
        return process

    def worker(self, count: int = 1) -> Process:
        """Start a worker of production, with some hands."""
        name = f"w{len(self._processes)}@house"
        # It does not wait for a second whether there are others: that is all that this leaves out.
        words = ("worker", "--without-mingle", "-c", str(count), "-n", name, "--loglevel", "INFO")
        return self._run("celery", "-A", "meldcode", *words)

    def beat(self) -> Process:
        """Start a beat."""
        words = ("beat", "--pidfile=", "--loglevel", "INFO")
        return self._run("celery", "-A", "meldcode", *words)

    def web(self) -> Process:
        """Start a web, and wait until it answers."""
        self.port = free_port()
        words = ("--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread", "--threads", "4")
        web = self._run("gunicorn", "meldcode.wsgi", *words, "--no-control-socket")

        def answers() -> bool:
            with contextlib.suppress(requests.ConnectionError):
                return requests.get(self.at("/account/login/"), timeout=30).ok
            return False

        eventually(answers)
        return web

    def at(self, path: str) -> str:
        """Return the address of a page."""
        return f"http://127.0.0.1:{self.port}{path}"

    def browser(self, client: Client) -> "Browser":
        """Return a browser in which somebody is signed in, as the client of a test is."""
        return Browser(self, {name: morsel.value for name, morsel in client.cookies.items()})

    def visitor(self) -> "Browser":
        """Return a browser in which nobody is signed in."""
        return Browser(self, {})

    def ask(self, task: str) -> str:
        """Put a task into the queue, as beat does, and return by which name its run is known."""
        with Celery(broker=self.environment["REDIS_URL"], set_as_current=False) as app:
            return app.send_task(task).id

    def do(self, task: str) -> None:
        """Ask for a task and wait until a worker has done it, or failed to."""
        name = self.ask(task)
        eventually(Run.objects.filter(task_id=name, finished_at__isnull=False).exists)

    def time_passes(self, **time: int) -> None:
        """Let letters and papers be older by so much: what waits for a moment waits less."""
        by = timedelta(**time)
        Envelope.objects.update(sealed_at=F("sealed_at") - by)
        Envelope.objects.unsent().update(next_attempt_at=F("next_attempt_at") - by)
        DossierExport.objects.update(started_at=F("started_at") - by)

    def file(self, name: str) -> bytes:
        """Return what was stored under a name."""
        return (self._folder / "media" / name).read_bytes()

    @contextlib.contextmanager
    def held(self, sql: str, *values: object) -> Iterator[None]:
        """Hold what a statement locks, so that whoever needs it waits in the middle of its work."""
        with contextlib.closing(psycopg2.connect(self.environment["DATABASE_URL"])) as holder:
            with holder.cursor() as cursor:
                cursor.execute(sql, values)
            yield
            # What it holds is let go when it closes; of a server that stopped, it is long.

    def somebody_waits(self) -> bool:
        """Tell whether a process waits for a lock of the database."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return cursor.fetchone()[0] > 0

    def restart_postgres(self) -> None:
        """Stop the database in the middle of things and start it again."""
        self.postgres.crash()
        self.postgres.start()

    def end(self) -> None:
        """End all processes; what they said is shown where a test fails."""
        for process in self._processes:
            process.kill()
            print(process.log)  # noqa: T201


class Browser:
    """Somebody who reads pages and sends forms, by HTTP."""

    def __init__(self, house: House, cookies: dict[str, str]) -> None:
        self._house, self._session = house, requests.Session()
        self._session.cookies.update(cookies)

    def get(self, path: str) -> requests.Response:
        """Open a page."""
        return self._session.get(self._house.at(path), timeout=30)

    def hidden(self, path: str) -> dict[str, str]:
        """Open the page of a form and return what it carries unseen."""
        page = self.get(path)
        assert page.ok, f"{page.status_code}: {path}"
        return hidden_fields(page.text)

    def send(self, path: str, fields: dict) -> requests.Response:
        """Send a form, and return the answer itself, not the page that it leads to."""
        return self._session.post(self._house.at(path), fields, timeout=30, allow_redirects=False)


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page with one form of interest (the last of a name counts)."""
    found = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page):
        name, value = (re.search(rf'\b{word}="([^"]*)"', tag) for word in ("name", "value"))
        if name:
            found[unescape(name[1])] = unescape(value[1]) if value else ""
    return found
