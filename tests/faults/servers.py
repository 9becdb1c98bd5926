"""Throw-away servers and the real processes of the house, all of which can be killed."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2
import redis
from django.conf import settings
from django.db import connection

PATIENCE = 120  # seconds, of a machine that is busy with other things
ROOT = settings.BASE_DIR


def eventually(check: Callable[[], object]) -> None:
    """Wait until a check holds (asserts nothing false and returns no False); else fail with it."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            held = check()
        except AssertionError:
            if time.monotonic() > end:
                raise
        else:
            if held is not False:
                return
            assert time.monotonic() < end, "not in time"
        time.sleep(0.1)


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """A PostgreSQL, started as script/test does, that can be stopped in the midst of things."""

    # What was said to be saved is saved: the one promise of a database that this is about.
    OPTIONS = "-c synchronous_commit=on -c max_connections=60"
    SCRIPT = """
        . script/common
        scratch=$1 python=$2 VAR_DIR=$1/var
        start_postgres "$3" && echo "$throwaway_database" "${stop_postgres[0]}" >"$1/found"
    """

    def __init__(self, scratch: Path) -> None:
        (scratch / "var/log").mkdir(parents=True)
        subprocess.run(
            ["bash", "-c", self.SCRIPT, "bash", str(scratch), sys.executable, self.OPTIONS],
            cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        address, self._pg_ctl = (scratch / "found").read_text().split()
        self.port = int(address.rpartition(":")[2].partition("/")[0])
        self._data = scratch / "postgres/data"

    def address(self, name: str) -> str:
        """Return where a database is, as DATABASE_URL."""
        return f"postgres://meldcode@127.0.0.1:{self.port}/{name}"

    def run(self, sql: str) -> None:
        """Run a statement on the whole server."""
        connection = psycopg2.connect(self.address("postgres"))
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(sql)

    def program(self, name: str) -> str:
        """Return where a program is that came with the server."""
        return str(Path(self._pg_ctl).with_name(name))

    def follow(self, scratch: Path) -> "Replica":
        """Return a server that follows this one."""
        return Replica(self._pg_ctl, self.port, scratch)

    def crash(self) -> None:
        """Stop at once, in the middle of whatever goes on."""
        connection.close()  # of this process: it is well, and would find its line broken
        self._control("stop", "-m", "immediate")

    def start(self) -> None:
        """Start again, with the data and the port of before."""
        self._control("restart", "-l", str(self._data.parent / "log"))  # knows its options still

    def _control(self, *words: str) -> None:
        as_postgres(self._pg_ctl, "-D", str(self._data), "-w", *words, cwd=self._data.parent)


def as_postgres(*command: str, cwd: Path) -> None:
    """Run a command as the user that owns the servers."""
    words = ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command
    subprocess.run(
        words, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )  # fmt: skip


class Replica:
    """A PostgreSQL that follows another."""

    def __init__(self, pg_ctl: str, of: int, scratch: Path) -> None:
        self._pg_ctl, self._place, self.port = pg_ctl, scratch / "replica", free_port()
        self._place.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self._place, "postgres")
        backup = str(Path(pg_ctl).with_name("pg_basebackup"))
        self._run(
            backup, "-h", "127.0.0.1", "-p", str(of), "-U", "meldcode", "-D", f"{self._place}/data",
            "-R", "-X", "stream", "--checkpoint=fast", "--no-sync",
        )  # fmt: skip
        options = f"-p {self.port} -k {self._place} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._control("-l", f"{self._place}/log", "-o", options, "start")

    def run(self, sql: str) -> None:
        """Run a statement on the whole server."""
        connection = psycopg2.connect(f"postgres://meldcode@127.0.0.1:{self.port}/postgres")
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(sql)

    def stop(self) -> None:
        """Stop at once."""
        self._control("-m", "immediate", "stop")

    def _control(self, *words: str) -> None:
        self._run(self._pg_ctl, "-D", f"{self._place}/data", "-w", *words)

    def _run(self, *command: str) -> None:
        as_postgres(*command, cwd=self._place)


class Redis:
    """A Redis that forgets everything when it is stopped."""

    def __init__(self, scratch: Path) -> None:
        self._scratch, self.port = scratch, free_port()
        self.address = f"redis://127.0.0.1:{self.port}/0"
        self.client = redis.Redis.from_url(self.address)
        self.start()

    def start(self) -> None:
        """Start, empty."""
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
             "--appendonly", "no", "--dir", str(self._scratch)],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        eventually(self._answers)

    def _answers(self) -> bool:
        with contextlib.suppress(redis.ConnectionError):
            return self.client.ping()
        return False

    def crash(self) -> None:
        """Stop at once."""
        self._process.kill()
        self._process.wait()

    def be_well(self) -> None:
        """Be as at first, whatever a test left."""
        self.crash()
        self.start()

    def halt(self) -> None:
        """Take connections, and answer nothing, until it is told to go on."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Answer again."""
        self._process.send_signal(signal.SIGCONT)

    def fill(self) -> None:
        """Let it take nothing more, as with a full memory, or a full disk behind it."""
        self.client.config_set("maxmemory", 1)

    def empty(self) -> None:
        """Let there be room again."""
        self.client.config_set("maxmemory", 0)


class Process:
    """One process of the house, in a group of its own with all that it starts."""

    def __init__(self, words: list[str], environment: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("w") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *words], cwd=ROOT, env=os.environ | environment,
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        return self._process.pid

    @property
    def log(self) -> str:
        """Return what it said up to now."""
        return self._log.read_text()

    def kill(self) -> None:
        """End it and all that it started with -9, as the kernel does that is out of memory."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)

    def end(self) -> None:
        """Ask it to end, as an upgrade does, and wait until it finished what it was at."""
        os.kill(self._process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)
        self.kill()

    def kill_child(self) -> None:
        """End with -9 only the process that does the work; the one that watches it lives."""
        path = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        children = path.read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)

    def runs(self) -> bool:
        """Tell whether it still runs."""
        return self._process.poll() is None


def missing() -> str:
    """Return which program is not here, if any, without which this cannot be tried."""
    initdb = any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb")
    return "" if initdb and shutil.which("redis-server") else "PostgreSQL or Redis"
