"""A mail server that does what a test says, and keeps every letter that it accepted."""

import contextlib
import email
import email.policy
import socketserver
import threading
from dataclasses import dataclass, field

PATIENCE = 180  # seconds that a held conversation waits: longer than the test (servers.py)
GOOD_BYE = b"QUIT"


@dataclass(frozen=True, slots=True)
class Letter:
    """What arrived: at which address, which letter, and what it says."""

    address: str
    message_id: str
    body: str


@dataclass
class Letterbox:
    """How the server behaves, and what it has.

    ``refuses``: addresses that it does not know. ``answers``: what it says instead of its own word
    at a point of the conversation ("greeting", "mail", "rcpt", "data"), or nothing, to hang up
    there; the point "accepted" is after the whole letter has arrived and is kept.
    """

    refuses: set[str] = field(default_factory=set)
    answers: dict[str, bytes] = field(default_factory=dict)
    accepted: list[Letter] = field(default_factory=list)
    port: int = 0
    held_at: str = ""
    held_for: str = ""
    held: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def hold(self, point: str, address: str = "") -> None:
        """Say nothing any more from a point on, to everybody or in a letter to one address."""
        self.held.clear()
        self.go_on.clear()
        self.held_at, self.held_for = point, address

    def release(self) -> None:
        """Be well again."""
        self.held_at, self.answers, self.refuses = "", {}, set()
        self.go_on.set()

    def start(self) -> "Letterbox":
        """Open on a port of its own, and later on the same one again."""
        self._server = _Server(("127.0.0.1", self.port), _Conversation)
        self._server.letterbox = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Close: whoever knocks is refused."""
        self.release()
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    letterbox: Letterbox


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        with contextlib.suppress(OSError):
            self._converse()

    def _converse(self) -> None:
        self.box, self.to = self.server.letterbox, ""
        self._say("greeting", b"220 here")
        while line := self.rfile.readline().strip():
            word = line[:4].upper()
            if word == b"DATA":
                if self._say("data", b"354 go on"):
                    self._take()
            elif word == b"RCPT":
                self.to = line.decode().partition("<")[2].partition(">")[0]
                known = self.to not in self.box.refuses
                self._say("rcpt", b"250 ok" if known else b"550 5.1.1 nobody of that name")
            else:
                self._say(word.decode().lower(), b"250 ok")
                if word == GOOD_BYE:
                    return

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        if line == b"":
            return  # it broke off: that is no letter
        found = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        body = found.get_body(("plain",)).get_content()
        if self.box.answers.get("accepted", b"250")[:1] not in (b"4", b"5"):
            self.box.accepted.append(Letter(self.to, found["Message-ID"], body))
        self._say("accepted", b"250 it is ours now")

    def _say(self, point: str, word: bytes) -> bool:
        box = self.box
        if point == box.held_at and box.held_for in ("", self.to):
            box.held.set()
            box.go_on.wait(PATIENCE)
        said = box.answers.get(point, word)
        if not said:
            raise ConnectionAbortedError
        self.wfile.write(said + b"\r\n")
        return said == word
