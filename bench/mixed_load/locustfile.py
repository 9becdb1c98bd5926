"""People of every role at work by HTTP; runs in locust's environment, which knows nothing of ours.

Who they are stands in the file that SOAK_PEOPLE names (``bench.soak`` writes it). What was sent and
what became of it goes into the file of SOAK_LEDGER, a line of JSON each: the bench looks
afterwards whether everything that was said to be saved is there, once. What somebody saw that they
should not have seen is a failure in locust's own figures; a polite retry is written down with how
long it took.
"""

import itertools
import json
import os
import random
import re
import time
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from locust import HttpUser, between, task

PEOPLE = json.loads(Path(os.environ["SOAK_PEOPLE"]).read_text())
LEDGER = Path(os.environ["SOAK_LEDGER"])
TURNS = {role: itertools.cycle(people) for role, people in PEOPLE["roles"].items()}
NUMBERS = itertools.count(1)

# As long as somebody goes on trying before they call it broken (seconds), and between two tries.
PATIENCE, PAUSE = 90, 3
# What a polite page says of itself: ours, while the database is away, and the proxy's.
OURS, OF_THE_PROXY = "Meldcode is even niet bereikbaar", "Meldcode komt zo terug"
CASE = re.compile(r'href="/cases/(M-[A-Z0-9]{6})/["?#]')
CONSULTATION = re.compile(r'href="/consultations/([A-Z]-[A-Z0-9]{6})/["?#]')
DOWNLOAD = re.compile(r'href="(/cases/dossiers/[0-9a-f-]{36}/download/)"')
SIGN_IN = "/account/login/"


def write_down(note: dict) -> None:
    """Add a line to the ledger."""
    with LEDGER.open("a") as ledger:
        ledger.write(json.dumps(note) + "\n")


class Wrong(Exception):
    """Somebody did not find what should be there."""


class Refused(Exception):
    """A page was wrong; locust counts it already."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Refused: {what}")


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page (the last of a name counts)."""
    found = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page):
        name, value = (re.search(rf'\b{word}="([^"]*)"', tag) for word in ("name", "value"))
        if name:
            found[unescape(name[1])] = unescape(value[1]) if value else ""
    return found


class Person(HttpUser):
    """Somebody who is signed in, in a browser that keeps cookies."""

    abstract = True
    wait_time = between(4, 16)
    role = ""

    def on_start(self) -> None:
        """Take a seat: a person of the role, with a session that was begun before."""
        self.me = next(TURNS[self.role])
        self.client.headers["User-Agent"] = PEOPLE["browser"]
        self.client.cookies.set(PEOPLE["cookie"], self.me["session"])

    def open(self, path: str, name: str = "", accept: tuple[int, ...] = (200,)) -> str:
        """Open a page; try again politely while the house is away. Returns what it says."""
        return self._ask("GET", path, name or path, accept=accept).text

    def send(self, path: str, name: str, fields: dict, kind: str, mark: str) -> str:
        """Send a form until it is taken; note it in the ledger. Returns where it leads to."""
        note = {"kind": kind, "mark": mark, "saved": False}
        try:
            answer = self._ask("POST", path, name, fields, accept=(302,), typed=mark)
            note["saved"] = True
        finally:
            write_down(note)
        return answer.headers["Location"]

    def _ask(self, method, path, name, fields=None, accept=(200,), typed=""):
        began, tries = time.monotonic(), 0
        while True:
            tries += 1
            with self.client.request(
                method, path, data=fields, name=f"{self.role}: {name}",
                allow_redirects=False, catch_response=True, timeout=60,
            ) as answer:  # fmt: skip
                wrong = self._look_at(answer, accept, typed)
                if wrong is None:
                    answer.success()
                    if tries > 1:
                        write_down(
                            {
                                "kind": "retry",
                                "what": name,
                                "tries": tries,
                                "seconds": round(time.monotonic() - began, 1),
                            }
                        )
                    return answer
                if wrong or time.monotonic() - began > PATIENCE:
                    answer.failure(wrong or "still away after its patience")
                    raise Refused(wrong)
                answer.success()  # politely: what is asked is that it is saved in the end
            time.sleep(PAUSE)

    def _look_at(self, answer, accept: tuple[int, ...], typed: str) -> str | None:
        """Return None for what was hoped for, "" for a polite "not now", else what is wrong."""
        status = answer.status_code
        if status in accept:
            if SIGN_IN in answer.headers.get("Location", ""):
                return "signed out"
            return None
        if status == 0:
            return ""  # no line: the browser's own page, and ours says it too
        words = unescape(answer.text or "")
        if status in (502, 503, 504) and (OURS in words or OF_THE_PROXY in words):
            if "Retry-After" not in answer.headers:
                return f"{status} without Retry-After"
            if OURS in words and typed and typed not in words:
                return "a page for trouble that lost what was typed"
            return ""
        if status == 200 and typed:
            said = re.findall(
                r'class="[^"]*invalid-feedback[^"]*"[^>]*>\s*(?:<strong>)?([^<]+)', words
            )
            return f"the form came back: {said[:3]}"
        return f"{status} {answer.headers.get('Location', '')}"

    def mark(self) -> str:
        """Return words that stand nowhere else."""
        return f"proefduur {os.getpid()} {next(NUMBERS)}"

    @staticmethod
    def one_of(found: list[str]) -> str:
        """Return one of those found on a page."""
        if not found:
            raise Wrong("nothing to choose from")
        return random.choice(found)


class Teacher(Person):
    """Logs signals between two lessons."""

    weight = 8
    role = "teacher"

    @task(3)
    def logs_a_signal(self) -> None:
        """Open the form, look the pupil up, send it, read what follows."""
        fields = hidden_fields(self.open("/signals/new/"))
        pupil = random.choice(self.me["pupils"])
        looked_up = {**fields, "pupil_query": pupil["name"]}
        self._ask("POST", "/signals/pupils/", "/signals/pupils/", looked_up)
        mark = self.mark()
        fields |= {
            "pupil": pupil["id"],
            "facts": f"Viel in de les in slaap ({mark}).",
            # Read as the time in the Netherlands: an hour or two ago.
            "observed_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M"),
            "categories": "tired",
            "urgency": "normal",
        }
        self.open(
            self.send("/signals/new/", "/signals/new/", fields, "signal", mark), "/signals/…/"
        )

    @task(2)
    def looks(self) -> None:
        """Look at tasks and own signals."""
        self.open("/tasks/")
        self.open("/signals/")


class Coordinator(Person):
    """Runs cases from the dashboard."""

    weight = 6
    role = "coordinator"

    def _case(self) -> str:
        return self.one_of(CASE.findall(self.open("/cases/?layout=list", "/cases/?layout=list")))

    @task(3)
    def reads(self) -> None:
        """Look at the board, open a case, read all of it."""
        self.open("/tasks/")
        case = self.one_of(CASE.findall(self.open("/cases/")))
        self.open(f"/cases/{case}/", "/cases/…/")
        self.open(f"/cases/{case}/whole/", "/cases/…/whole/")
        self.open(f"/cases/{case}/timeline/", "/cases/…/timeline/")

    @task(2)
    def files_a_statement(self) -> None:
        """Record what a parent says beside it."""
        path = f"/cases/{self._case()}/statement/"
        mark = self.mark()
        fields = hidden_fields(self.open(path, "/cases/…/statement/")) | {
            "step": "1", "about": "Het gesprek.", "said_by": "parent",
            "text": f"Zo is het niet gegaan ({mark}).",
        }  # fmt: skip
        self.send(path, "/cases/…/statement/", fields, "statement", mark)

    @task(1)
    def counts(self) -> None:
        """Look at the figures."""
        self.open("/cases/statistics/")

    @task(1)
    def exports(self) -> None:
        """Ask for a dossier, wait for it, take it along."""
        path = f"/cases/{self._case()}/dossier/"
        mark = self.mark()
        fields = hidden_fields(self.open(path, "/cases/…/dossier/"))
        fields |= {"reason": f"Overdracht naar een andere school ({mark})."}
        paper = self.send(path, "/cases/…/dossier/", fields, "dossier", mark)
        asked = time.monotonic()
        while time.monotonic() - asked < 600:
            found = DOWNLOAD.search(self.open(paper, "/cases/dossiers/…/"))
            if found:
                answer = self._ask("GET", found[1], "/cases/dossiers/…/download/")
                if not answer.content.startswith(b"%PDF"):
                    raise Wrong("no PDF")
                write_down(
                    {
                        "kind": "paper",
                        "seconds": round(time.monotonic() - asked, 1),
                    }
                )
                return
            time.sleep(5)
        raise Wrong("no dossier within ten minutes")


class Leader(Person):
    """Looks at how it goes in the school."""

    weight = 1
    role = "leader"

    @task
    def looks(self) -> None:
        """Look at dashboard and year report."""
        self.open("/cases/")
        self.open("/cases/year-report/")


class FamilyWorker(Person):
    """Advises where they are invited."""

    weight = 3
    role = "worker"

    @task(2)
    def advises(self) -> None:
        """Open a consultation and advise."""
        found = CONSULTATION.findall(self.open("/consultations/"))
        path = f"/consultations/{self.one_of(found)}/"
        page = self.open(path, "/consultations/…/")
        if 'name="text"' not in page:
            return  # invited, and not accepted yet
        mark = self.mark()
        fields = hidden_fields(page) | {"text": f"Praat eerst met het gezin ({mark})."}
        self.send(path, "/consultations/…/", fields, "advice", mark)

    @task(1)
    def looks(self) -> None:
        """Look at the inbox."""
        self.open("/tasks/")
        self.open("/consultations/")


class Administrator(Person):
    """Looks after people and what runs."""

    weight = 1
    role = "administrator"

    @task
    def looks(self) -> None:
        """Look at people, background work and the trail."""
        for path in ("/people/", "/background/", "/audit/", "/audit/unusual/"):
            self.open(path)


class Stranger(Person):
    """Somebody who is not signed in."""

    weight = 1

    def on_start(self) -> None:
        """Come without a session."""
        self.client.headers["User-Agent"] = PEOPLE["browser"]

    @task
    def looks(self) -> None:
        """Look at what everybody may see, and at what nobody may."""
        self.open(SIGN_IN)
        self.client.cookies.clear()
        with self.client.get(
            "/cases/", allow_redirects=False, catch_response=True, name="stranger: /cases/"
        ) as answer:
            if answer.status_code == 200:
                answer.failure("a stranger saw the dashboard")
            else:
                answer.success()
