"""The proxy: what one request of a stranger kept from all others. Each failed on its day.

One that breaks off while the proxy passes it on counted as a failure of the web, and for ten
seconds nobody got an answer; one that the web answers without reading it to its end let the next
form of somebody else go to a line that was closed; and one line of HTTP/2 asks for 250 answers at
once, which the proxy keeps in memory for whoever does not read them.

The first two are shown with Caddy, where there is one on this machine.
"""

import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench.serving import free_port
from tests.attacks.proof import shows

CADDYFILE = Path(__file__).resolve().parents[2] / "deploy" / "Caddyfile"
needs_caddy = pytest.mark.skipif(shutil.which("caddy") is None, reason="there is no Caddy here")
HEAD = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
# Less than lines hold on their way.
MUCH = b"a" * 100_000

# What a page of the program says of itself, and what its server refuses by itself does not.
HEADERS = {
    "/page": {
        "Content-Security-Policy": "default-src 'self'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "max-age=9",
    }
}


class Web(BaseHTTPRequestHandler):
    """Answers as ours does: of a form that is refused unread it ends the line, and not at once."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.send_header("Server", "gunicorn")
        for name, value in HEADERS.get(self.path, {}).items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):  # whoever asked is gone
            self.wfile.write(b"ok")

    def do_POST(self) -> None:
        """Answer what is much before it is read, and end the line once something comes again."""
        said = int(self.headers.get("Content-Length") or 0)
        if said < len(MUCH):
            self.rfile.read(said)
        self.do_GET()
        if said >= len(MUCH):
            self.rfile.read(said)
            self.rfile.readline()
            self.close_connection = True

    def log_message(self, *said: object) -> None:
        """Say nothing."""


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """Serve in here, and return at which port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory) -> Iterator[int]:
    """Return the port of our proxy before one web; a machine's Caddy can be too old for buffers."""
    port, scratch = free_port(), tmp_path_factory.mktemp("caddy")
    with served(Web) as web:
        text = CADDYFILE.read_text(encoding="utf-8")
        text = text.replace("{$SITE_HOST} {", f"http://127.0.0.1:{port} {{")
        text = text.replace("{\n", "{\n\tadmin off\n\tauto_https off\n", 1)
        text = re.sub(
            r"\t\tdynamic a \{.*?\n\t\t\}\n", f"\t\tto 127.0.0.1:{web}\n", text, flags=re.S
        )
        lines = [line for line in text.splitlines() if "_buffers " not in line]
        (scratch / "Caddyfile").write_text("\n".join(lines) + "\n")
        running = subprocess.Popen(
            ["caddy", "run", "--config", str(scratch / "Caddyfile"), "--adapter", "caddyfile"],
            env={"HOME": str(scratch), "PATH": "/usr/bin:/bin:/usr/local/bin"},
            stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            _wait_for(port, running)
            yield port
        finally:
            running.terminate()
            running.wait()


def _wait_for(port: int, running: subprocess.Popen) -> None:
    """Wait until somebody listens at a port."""
    while running.poll() is None:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("Caddy ended")


def asked(port: int, method: str = "GET", body: bytes | None = None) -> int:
    """Ask something on a line of one's own, and return the status."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as line:
        line.request(method, "/", body)
        return line.getresponse().status


def said(port: int, words: str) -> None:
    """Say something that is no request, and wait for an answer."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as line:
        line.sendall(words.encode())
        line.recv(1000)


BROKEN = (
    f"{HEAD}Transfer-Encoding: chunked\r\n\r\nno length\r\n",
    f"{HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nlonger than said\r\n0\r\n\r\n",
)


@shows("busy-4")
@needs_caddy
@pytest.mark.parametrize("words", BROKEN, ids=["no length", "longer"])
def test_a_request_that_breaks_off_is_nobody_else_s_business(proxy, words):
    assert asked(proxy) == 200
    said(proxy, words)
    assert asked(proxy) == 200


@shows("busy-4")
@needs_caddy
def test_nor_is_one_that_is_refused_before_it_was_read(proxy):
    """Somebody else's form was sent along the line that the web had ended by then."""
    got = []
    for __ in range(20):
        with suppress(OSError):  # whoever sends it gets what they get
            asked(proxy, "POST", MUCH)
        got.append(asked(proxy, "POST", b"a=b"))
    assert got == [200] * 20


def test_a_web_is_not_taken_for_gone_by_what_strangers_send():
    text = CADDYFILE.read_text(encoding="utf-8")
    assert "keepalive off" in text
    assert not re.search(r"^\s*(fail_duration|max_fails|unhealthy_\w+)", text, re.M)
    # The one that is gone is the least busy of all: it would be tried again and again.
    assert "lb_policy round_robin" in text
    assert "lb_try_duration 5s" in text


@shows("busy-5")
def test_one_line_is_one_answer_at_a_time():
    """The proxy keeps whole answers for who does not read them: by HTTP/2, 250 a line."""
    assert re.search(r"^\t\tprotocols h1$", CADDYFILE.read_text(encoding="utf-8"), re.M)


@shows("header-4")
@needs_caddy
def test_nor_does_it_say_what_the_house_runs_on(proxy):
    """By a header of the web, which its own tests never saw, and by one of its own."""
    with closing(HTTPConnection("127.0.0.1", proxy, timeout=20)) as line:
        line.request("GET", "/")
        assert line.getresponse().getheader("Server") is None


@shows("header-4")
@needs_caddy
def test_what_the_program_never_saw_says_as_little(proxy):
    given = {}
    for path in ("/page", "/"):
        with closing(HTTPConnection("127.0.0.1", proxy, timeout=20)) as line:
            line.request("GET", path)
            given[path] = line.getresponse().headers
    for name, value in HEADERS["/page"].items():
        assert given["/page"].get_all(name) == [value]
    assert "frame-ancestors 'none'" in given["/"]["Content-Security-Policy"]
    assert given["/"]["Cache-Control"] == "no-store"
    assert given["/"]["X-Content-Type-Options"] == "nosniff"
    assert not [head for head in given.values() if "Server" in head]
