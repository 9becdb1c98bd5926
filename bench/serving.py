"""A web server as the image starts it: on a database and a port of its own, and what it holds."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, sleep

ROOT = Path(__file__).resolve().parent.parent
WELL = "/health/web/"
PATIENCE_SECONDS = 60.0


class NotServed(Exception):
    """The server ended, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its port, and how long it took to answer (seconds)."""

    process: subprocess.Popen
    port: int
    started_in: float

    @property
    def workers(self) -> list[int]:
        """Return the processes that answer; the one that started them only watches."""
        return _children(self.process.pid)

    def memory(self) -> float:
        """Return what a worker holds, in bytes: PSS, the most of all of them.

        What processes share (the interpreter's files) counts for each by its part.
        """
        return max(_pss(pid) for pid in self.workers)


@dataclass(slots=True)
class Workers:
    """A web worker: how long until it answers and then shows a page (seconds), what it holds.

    ``before``: in bytes, when each page was seen; ``after``: so many requests later.
    """

    starts: list[float] = field(default_factory=list)
    first_pages: list[float] = field(default_factory=list)
    before: float = 0.0
    after: float = 0.0
    requests: int = 0


def command_of_production() -> list[str]:
    """Return how the image starts its web server."""
    found = re.search(r"^CMD (\[.*?\])$", (ROOT / "Dockerfile").read_text(), re.M | re.S)
    if not found:
        raise NotServed("The Dockerfile names no command.")
    return json.loads(found[1].replace("\\\n", ""))


@contextmanager
def serving(
    application: str,
    host: str,
    environment: dict[str, str],
    command: list[str] | None = None,
    *,
    python: str = sys.executable,
    folder: Path = ROOT,
    well: str = WELL,
) -> Iterator[Server]:
    """Start a server of an application, wait until it answers, and end it."""
    gunicorn, __, *options = command or command_of_production()
    port = free_port()
    options[options.index("--bind") + 1] = f"127.0.0.1:{port}"
    began = monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own
        [python, "-m", gunicorn, application, *options, "--log-level", "warning"],
        cwd=folder,
        env={**os.environ, **environment},
    )
    try:
        yield Server(process, port, _answers(process, port, host, well, began))
    finally:
        _end(process)


def _answers(process: subprocess.Popen, port: int, host: str, well: str, began: float) -> float:
    """Return how long it took until the server answered."""
    while monotonic() - began < PATIENCE_SECONDS:
        if process.poll() is not None:
            raise NotServed(f"The web server ended with {process.returncode}.")
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", well, headers={"Host": host})
            if connection.getresponse().status == 200:
                return monotonic() - began
        except (OSError, HTTPException):
            sleep(0.01)
        finally:
            connection.close()
    raise NotServed(f"The web server did not answer within {PATIENCE_SECONDS:.0f} seconds.")


def _end(process: subprocess.Popen) -> None:
    """End a server at once: nobody waits for it, and a worker that just begins may not listen."""
    workers = _children(process.pid) if process.poll() is None else []
    process.kill()
    for worker in workers:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    process.wait()


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
