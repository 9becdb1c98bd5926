"""What became of a soak: what people saw, what is in the database, and what the parts held."""

import csv
import json
from collections import Counter
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from statistics import median
from typing import NamedTuple

from django.core.management import CommandError, call_command

from bench.goals import Goal
from bench.report import machine

# A part that lived so long (seconds) says whether memory is flat: from its second quarter on.
LONG_ENOUGH = 1500
# The most that it may hold then, as a part of what it held in its second quarter.
FLAT = 1.1
# A child that did less than this part of its busiest sibling's work by the middle of a life has not
# taken in yet what it works with. Celery gives work to the first child that is free: of two, the
# second made 7 papers of 179 in half an hour, and grew by 66 MB as any first papers make one grow.
IDLE = 0.1


class Use(NamedTuple):
    """What a process holds (bytes, PSS), and how long it used a processor until then (seconds)."""

    held: int
    busy: float


@dataclass(slots=True)
class Life:
    """A part from its start to its end, and what its processes used, by seconds since its start."""

    name: str
    pid: int
    began: float
    samples: list[tuple[float, dict[int, Use]]] = field(default_factory=list)

    @property
    def lasted(self) -> float:
        """Return until when it was looked at, in seconds."""
        return self.samples[-1][0] if self.samples else 0.0

    def held(self, first: float, last: float, without: frozenset[int] = frozenset()) -> float:
        """Return the median of what it held between two parts of its life, in bytes."""
        return median(
            sum(use.held for pid, use in uses.items() if pid not in without)
            for at, uses in self.samples
            if first * self.lasted <= at <= last * self.lasted
        )

    @property
    def idle(self) -> frozenset[int]:
        """Return the children that had hardly worked by the middle of its life (``IDLE``)."""
        then = [uses for at, uses in self.samples if at <= 0.5 * self.lasted][-1]
        children = {pid: use.busy for pid, use in then.items() if pid != self.pid}
        busiest = max(children.values(), default=0)
        return frozenset(pid for pid, busy in children.items() if busy < IDLE * busiest)

    @property
    def grown(self) -> float:
        """Return what it held in its last quarter, as a part of that in its second.

        Of the processes that were at work by then: what grows with work grows in these.
        """
        return self.held(0.75, 1, self.idle) / self.held(0.25, 0.5, self.idle)


@dataclass(slots=True)
class Ledger:
    """What people sent and saw, and what is there of it."""

    # What they were told is saved, and what they had to leave off trying; by kind.
    saved: dict[str, list[str]] = field(default_factory=dict)
    unsaved: dict[str, list[str]] = field(default_factory=dict)
    # How long somebody was told to try again until it went on, and waited for a paper (seconds).
    retries: list[float] = field(default_factory=list)
    papers: list[float] = field(default_factory=list)
    requests: int = 0
    median_ms: float = 0.0
    p99_ms: float = 0.0
    wrong: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    unsent: int = 0
    given_up: int = 0
    sent: int = 0
    audit: str = ""
    runs: Counter[tuple[str, str]] = field(default_factory=Counter)

    @classmethod
    def read(cls, ledger: Path, folder: Path) -> "Ledger":
        """Read what locust wrote into a folder."""
        found = cls()
        for line in ledger.read_text().splitlines():
            note = json.loads(line)
            if note["kind"] == "retry":
                found.retries.append(note["seconds"])
            elif note["kind"] == "paper":
                found.papers.append(note["seconds"])
            else:
                where = found.saved if note["saved"] else found.unsaved
                where.setdefault(note["kind"], []).append(note["mark"])
        for row in csv.DictReader((folder / "asked_stats.csv").open()):
            if row["Name"] == "Aggregated":
                found.requests = int(row["Request Count"])
                found.median_ms = float(row["Median Response Time"])
                found.p99_ms = float(row["99%"])
        for row in csv.DictReader((folder / "asked_failures.csv").open()):
            found.wrong[f"{row['Name']}: {row['Error']}"] += int(row["Occurrences"])
        for row in csv.DictReader((folder / "asked_exceptions.csv").open()):
            if not row["Message"].startswith("Refused: "):  # counted already
                found.wrong[row["Message"]] += int(row["Count"])
        return found

    def look_into_the_database(self) -> None:
        """Look whether all that was said to be saved is there, once, and everybody told."""
        from background.models import Run
        from cases.models import DossierExport, Envelope, Statement
        from consultations.models import Advice
        from signals.models import Signal

        texts = {
            "signal": Signal.objects.values_list("facts", flat=True),
            "statement": Statement.objects.values_list("text", flat=True),
            "advice": Advice.objects.values_list("text", flat=True),
            "dossier": DossierExport.objects.values_list("reason", flat=True),
        }
        for kind, rows in texts.items():
            there = Counter(text.partition("(")[2].rpartition(")")[0] for text in rows)
            said = self.saved.get(kind, [])
            self.lost += [f"{kind}: {mark}" for mark in said if not there[mark]]
            sent = [*said, *self.unsaved.get(kind, [])]
            self.twice += [f"{kind}: {mark}" for mark in sent if there[mark] > 1]
        self.unsent = Envelope.objects.unsent().count()
        self.given_up = Envelope.objects.dead().count()
        self.sent = Envelope.objects.filter(sent_at__isnull=False).count()
        self.runs = Counter(Run.objects.values_list("task", "state"))
        said_by_command = StringIO()
        try:
            call_command("audit_verify", stdout=said_by_command)
            self.audit = ""
        except (CommandError, SystemExit) as error:
            self.audit = f"{said_by_command.getvalue()} {error}".strip()


def goals(found: Ledger, lives: list[Life]) -> list[Goal]:
    """Return what is asked of a soak, with what came out."""
    sent = sum(map(len, found.saved.values()))
    return [
        Goal("forms that were said to be saved", sent, 1, at_least=True),
        Goal("pages other than a polite retry", found.wrong.total(), 0),
        Goal("said to be saved and not there", len(found.lost), 0),
        Goal("saved twice", len(found.twice), 0),
        Goal("mails unsent or given up", found.unsent + found.given_up, 0),
        Goal("breaks in the audit's chain", float(bool(found.audit)), 0),
        *(
            Goal(
                f"{life.name} after {life.lasted / 60:.0f} minutes, of what it held",
                life.grown,
                FLAT,
            )
            for life in lives
            if life.lasted >= LONG_ENOUGH
        ),
    ]


def report(found: Ledger, lives: list[Life], minutes: int, people: int) -> str:
    """Return the figures as text."""
    kinds = ", ".join(f"{len(marks)} {kind}" for kind, marks in sorted(found.saved.items()))
    lines = [
        machine(),
        f"{people} people for {minutes} minutes: {found.requests} requests, median"
        f" {found.median_ms:.0f} ms, p99 {found.p99_ms:.0f} ms",
        f"said to be saved: {kinds}",
        f"tried again politely: {len(found.retries)} times,"
        f" {max(found.retries, default=0):.0f} s at most",
        f"papers waited for: {len(found.papers)},"
        f" {median(found.papers or [0]):.0f} s in the median,"
        f" {max(found.papers, default=0):.0f} s at most",
        f"mails: {found.sent} sent, {found.unsent} unsent, {found.given_up} given up",
        "runs: " + ", ".join(f"{n} {task.rpartition('.')[2]} {state}"
                             for (task, state), n in sorted(found.runs.items())),
        "",
        "| part | lived (min) | second quarter (MB) | last quarter (MB) | without idle children |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]  # fmt: skip
    for life in lives:
        if len(life.samples) > 8:
            early, late = life.held(0.25, 0.5) / 2**20, life.held(0.75, 1) / 2**20
            lines.append(
                f"| {life.name} | {life.lasted / 60:.0f} | {early:.0f} | {late:.0f} |"
                f" {life.grown:.2f}{f', {len(life.idle)} left out' if life.idle else ''} |"
            )
    lines += [f"WRONG  {times} × {what}" for what, times in found.wrong.most_common(30)]
    lines += [f"LOST   {what}" for what in found.lost[:30]]
    lines += [f"TWICE  {what}" for what in found.twice[:30]]
    if found.audit:
        lines.append(f"AUDIT  {found.audit}")
    return "\n".join(lines)
