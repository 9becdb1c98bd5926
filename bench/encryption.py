"""What it costs that texts and files lie encrypted on disk, beside the same that do not.

``bench/encryption`` runs it. It leaves with 1 when a goal is missed.
"""

import argparse
import os
import secrets
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time
from urllib.parse import urlencode
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meldcode.settings")
django.setup()

from django.conf import settings  # noqa: E402 - after the settings
from django.core.files.base import ContentFile  # noqa: E402
from django.core.files.storage import default_storage  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.at_rest.renewing import places, renew_texts  # noqa: E402
from accounts.models import User  # noqa: E402
from bench.databases import Country, drop, looking_into, prepare  # noqa: E402
from bench.goals import Goal, verdict  # noqa: E402
from bench.measure import Unlike  # noqa: E402
from bench.narrating import LONG, narrative, plant  # noqa: E402
from bench.report import machine  # noqa: E402
from bench.visiting import signed_in  # noqa: E402
from bench.world import Size  # noqa: E402
from cases.dossier import pdf  # noqa: E402
from cases.dossier.contents import dossier  # noqa: E402
from cases.models import Case, DossierExport, Pupil  # noqa: E402
from cases.search.sealed import sealed  # noqa: E402
from cases.search.sealed_words import keep_words  # noqa: E402
from signals.actions import file_signal  # noqa: E402

KEY, NEXT = secrets.token_hex(32), secrets.token_hex(32)
FILE = secrets.token_bytes(10 * 2**20)
# What it may cost, as often as without: what people wait for, and what stands on disk.
TIMES, TIMES_ON_DISK, TIMES_OF_A_FILE = 1.25, 2.0, 6.0


@dataclass(slots=True)
class Side:
    """One of the two: its database, its keys, whose session, and how long what took (ms)."""

    name: str
    keys: list[str]
    database: BaseDatabaseWrapper | None = None
    browser: Client | None = None
    took: dict[str, list[float]] = field(default_factory=dict)
    of_processor: dict[str, list[float]] = field(default_factory=dict)
    bytes: int = 0

    @property
    def country(self) -> Country:
        """Return what its database is filled with: the same words on both sides."""
        return Country(f"bench_encryption_{self.name}", self._plant)

    def _plant(self, size: Size, say: Callable[[str], object]) -> None:
        with override_settings(DATA_KEYS=self.keys):
            plant(size.cases, size.own, 20 * size.own, say)
            keep_words()


def main(argv: list[str]) -> int:
    """Prepare, measure and report; return the exit code."""
    options = _options(argv)
    size = Size(options.cases, 1, options.records)
    # The databases of another run are encrypted with a key that is gone.
    plain, shut = sides = [Side("readable", []), Side("encrypted", [KEY])]
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)
    try:
        for side in sides:
            side.database = prepare(side.country, size, _say, fresh=True)
            with looking_into(side.database):
                side.browser = _browser()
                side.bytes = _bytes()
        for what, (ask, share) in QUESTIONS.items():
            _say(what)
            _ask_by_turns(what, ask, sides, max(options.repetitions // share, 3))
        with looking_into(shut.database), override_settings(DATA_KEYS=[NEXT, KEY]):
            renewed = _renew()
    finally:
        connections.close_all()
        for side in sides:
            drop(side.country, size)
    return report(plain, shut, renewed)


def _browser() -> Client:
    browser = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    browser.cookies[settings.SESSION_COOKIE_NAME] = signed_in(coordinator().pk)
    return browser


def coordinator() -> User:
    """Return who asks."""
    return User.objects.get(name="Corrie Coördinator")


def _ask_by_turns(
    what: str, ask: Callable[[Side, int], object], sides: list[Side], turns: int
) -> None:
    for turn in range(-1, turns):  # one to warm up
        answers = []
        for side in sides:
            with looking_into(side.database), override_settings(DATA_KEYS=side.keys):
                began, worked = perf_counter(), process_time()
                answers.append(ask(side, turn))
                took, used = perf_counter() - began, process_time() - worked
            if turn >= 0:
                side.took.setdefault(what, []).append(took * 1000)
                side.of_processor.setdefault(what, []).append(used * 1000)
        if len(set(answers)) > 1:
            raise Unlike(f"{what}: {answers}")


def _page(name: str, which: str) -> Callable[[Side, int], object]:
    def ask(side: Side, turn: int) -> object:
        one = Case.objects.get(pupil__given_name=which)
        answer = side.browser.get(reverse(f"cases:{name}", args=[one.reference]))
        return answer.status_code, answer.content.decode().count("woord")

    return ask


def _search(words: str, view: str = "") -> Callable[[Side, int], object]:
    def ask(side: Side, turn: int) -> object:
        asked = {"q": sealed(words, coordinator()), "view": view}
        answer = side.browser.get(f"{reverse('cases:dashboard')}?{urlencode(asked)}")
        return answer.status_code, answer.content.decode().count("van Verhaal")

    return ask


def _save(side: Side, turn: int) -> object:
    chance = Random(turn)
    pupil = Pupil.objects.get(given_name=f"Kind{turn + 1}")
    signal = file_signal(
        pupil, coordinator(), uuid4(), categories=["tired"], severe=False, acute=False,
        observed_at=timezone.now(),
        facts=narrative(chance), child_words=narrative(chance), interpretation=narrative(chance),
    )  # fmt: skip
    return len(signal.facts)


def _print(side: Side, turn: int) -> object:
    case = Case.objects.get(pupil__given_name=LONG)
    by = coordinator()
    export = DossierExport(case=case, requested_by=by, reason="Meten hoe lang.", number=1)
    return len(pdf.as_html(dossier(export, timezone.localtime()))) > 0


def _paper(side: Side, turn: int) -> object:
    case = Case.objects.get(pupil__given_name="Kind1")
    export = DossierExport(case=case, requested_by=coordinator(), reason="Meten.", number=1)
    return len(pdf.make_pdf(dossier(export, timezone.localtime()), lambda percent: None)) > 0


def _file(side: Side, turn: int) -> object:
    with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        name = default_storage.save("attachments/one", ContentFile(FILE))
        with default_storage.open(name) as file:
            there = sum(len(piece) for piece in file.chunks())
        return there, default_storage.size(name)


# What is asked, and one in how many turns: what takes seconds is asked less often.
QUESTIONS: dict[str, tuple[Callable[[Side, int], object], int]] = {
    "the page of a case of ten records": (_page("detail", "Kind1"), 1),
    "the page of a case of 200 records": (_page("detail", LONG), 2),
    "all on one page, ten records": (_page("whole", "Kind1"), 1),
    "all on one page, 200 records": (_page("whole", LONG), 2),
    "search: a rare word": (_search("woord2711"), 1),
    "search: two common words": (_search("blauwe plek"), 1),
    "saving a signal": (_save, 1),
    "a dossier of 200 records, as HTML": (_print, 2),
    "a dossier of ten records, as PDF": (_paper, 5),
    "a file of 10 MB, written and read": (_file, 1),
}
OF_A_FILE = "a file of 10 MB, written and read"


def _bytes() -> int:
    """Return what the tables of texts take on disk, with indexes, once nothing dead is in them."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL")
        tables = [model._meta.db_table for model in places()]
        cursor.execute("SELECT sum(pg_total_relation_size(t::regclass)) FROM unnest(%s) AS t",
                       [tables])  # fmt: skip
        (found,) = cursor.fetchone()
        cursor.execute("VACUUM ANALYZE")
    return int(found)


def _renew() -> dict[str, float]:
    """Encrypt all rows anew with another key, and make their words; return rows a second."""
    began = perf_counter()
    rows = renew_texts().done
    seconds, began = perf_counter() - began, perf_counter()
    words = keep_words()
    return {"rows": rows, "a second": rows / seconds, "words": words / (perf_counter() - began)}


def report(plain: Side, shut: Side, renewed: dict[str, float]) -> int:
    """Print the figures and the goals that are missed; return the exit code."""
    print(machine())
    print()
    print(table(plain, shut))
    print()
    print(
        f"On disk: {plain.bytes / 2**20:.1f} MB, {shut.bytes / 2**20:.1f} MB encrypted. Another"
        f" key: {renewed['rows']:,} rows, {renewed['a second']:,.0f} a second, and their words"
        f" {renewed['words']:,.0f} a second."
    )
    print()
    return verdict("encryption", goals(plain, shut))


def goals(plain: Side, shut: Side) -> list[Goal]:
    """Return each goal with what was measured."""
    asked = [
        Goal(
            f"{what}, as often as without keys",
            times(plain, shut, what),
            TIMES_OF_A_FILE if what == OF_A_FILE else TIMES,
        )
        for what in plain.took
    ]
    return [*asked, Goal("tables, as large as without keys", shut.bytes / plain.bytes,
                         TIMES_ON_DISK)]  # fmt: skip


def times(plain: Side, shut: Side, what: str) -> float:
    """Return how many times longer it takes encrypted: in the middle of all turns.

    Of a turn both halves come right after one another: whoever else keeps the machine busy, keeps
    both waiting.
    """
    pairs = zip(plain.took[what], shut.took[what], strict=True)
    return median(encrypted / readable for readable, encrypted in pairs)


def table(plain: Side, shut: Side) -> str:
    """Return the figures as a table in Markdown, in milliseconds."""
    head = (
        "what", "turns", "best", "encrypted", "median", "encrypted", "times by turns",
        "times of processor",
    )  # fmt: skip
    lines = [head, ("---", *["---:"] * 7)]
    for what in plain.took:
        took = (plain.took[what], shut.took[what])
        cells = [f"{of(one):.1f}" for of in (min, median) for one in took]
        worked = min(shut.of_processor[what]) / min(plain.of_processor[what])
        ratio = times(plain, shut, what)
        lines.append((what, str(len(took[0])), *cells, f"{ratio:.2f}", f"{worked:.2f}"))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/encryption", description=__doc__)
    parser.add_argument("--cases", type=int, default=400)
    parser.add_argument("--records", type=int, default=10, help="of each case; one has 20 times it")
    parser.add_argument("--repetitions", type=int, default=40)
    return parser.parse_args(argv)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
