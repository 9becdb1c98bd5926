"""Cases with many records, and one dossier made of each in a process of its own.

Run as ``python -m bench.papering ours CASE FILE`` it makes a dossier as the worker does; as ``bare
HTML`` it lets WeasyPrint alone print the very page that ours was printed from.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

# Of whom the records speak: in each script that Dutch schools meet.
NAMES = (
    "محمد العلي", "فاطمة الزهراء", "Çağla Şahin", "İbrahim Yılmaz", "Олександр Ґалаґан",
    "Юлія Їжакевич", "王小明", "歐陽娜娜", "ተስፋዬ ኣብርሃም", "ገብረሂወት ኪዳነ",
    "Nguyễn Thị Đỗ", "Björn Wróbel",
)  # fmt: skip
SAID = (
    "zat stil in de pauze, at niets van het brood dat er lag en keek lang naar de deur",
    "kwam zonder jas binnen terwijl het vroor, en zei dat er thuis geen was die paste",
    "schrok van een klap op de gang en kroop weg onder de tafel, tot de bel ging",
    "werd weer niet opgehaald; na een uur belde de conciërge, en er nam niemand op",
)
BEGIN = datetime(2024, 9, 2, 9, tzinfo=UTC)
WARM_UP = "<!DOCTYPE html><html lang='nl'><title>x</title><p>warm"


@dataclass(frozen=True, slots=True)
class Printed:
    """What one process tells of the paper that it made."""

    seconds: float
    cpu: float
    pages: int
    rss: int
    bytes: int


def plant(lengths: tuple[int, ...], say: Callable[[str], object]) -> None:
    """Make one school with a case for each length: so many records of all kinds."""
    from accounts.roles import Role
    from tests.factories import CaseFactory, PupilFactory, SchoolFactory, member

    school = SchoolFactory(name="Lyceum De Lange Lijst")
    authors = [member(Role.TEACHER, school, name=name) for name in NAMES]
    for length in lengths:
        say(f"{length} entries")
        pupil = PupilFactory(school=school, given_name=f"Lang{length}", family_name="van Verhaal")
        _fill(CaseFactory(pupil=pupil, opened_at=BEGIN), authors, length)


def _fill(case: object, authors: list, length: int) -> None:
    from cases.models import Conversation, Deviation
    from consultations.models import Consultation
    from referrals.models import Feedback
    from signals.models import Signal

    rows = {model: [] for model in (Signal, Consultation, Conversation, Deviation, Feedback)}
    for number in range(length):
        at = BEGIN + timedelta(hours=7 * number)
        common = {"case": case, "author": authors[number % len(authors)], "recorded_at": at}
        model, fields = _record(number, at, rows)
        rows[model].append(model(**common, **fields))
    for model, made in rows.items():
        model.objects.bulk_create(made)


def _record(number: int, at: datetime, models: dict) -> tuple[type, dict]:
    signal, consultation, talk, deviation, feedback = models
    who, said = NAMES[number % len(NAMES)], SAID[number % len(SAID)]
    facts = f"{who} {said}. Dit is stuk nr{number}."
    match number % 10:
        case 6:
            return consultation, {
                "kind": "care_team", "question": f"Hoe lezen we dit? {facts}",
                "shared": f"Wat {who} liet zien.", "closed_at": at, "held_at": at,
                "outcome": f"De zorg over {who} is terecht; {said}.", "decided_by": who,
                "closed_by": _author(number),
            }  # fmt: skip
        case 7:
            return talk, {
                "kind": "parents", "held_at": at, "facts_brought": facts,
                "reactions": f"Moeder van {who} zweeg en knikte.", "concern": "stays",
                "help_wanted": "unsure", "agreements": "Volgende week verder.",
            }  # fmt: skip
        case 8:
            return deviation, {"kind": "not_done", "step": 2, "rule": "R12", "grounds": facts}
        case 9:
            return feedback, {
                "received_at": at, "heard_from": "school", "source": who, "text": facts,
                "effect": "unknown", "helped_by": "school",
            }  # fmt: skip
    return signal, {
        "observed_at": at, "facts": facts, "child_words": f"“Ik wil niet naar huis”, zei {who}.",
        "interpretation": f"Ik denk dat {who} moe is, en bang voor de avond.",
        "place": "Lokaal 114",
    }  # fmt: skip


def _author(number: int) -> object:
    from accounts.models import User

    return User.objects.get(name=NAMES[number % len(NAMES)])


def words_of(case_id: int) -> Iterator[str]:
    """Yield every word of the texts of a case."""
    from cases.models import Case

    case = Case.objects.get(pk=case_id)
    texts = {
        "signals": ("facts", "child_words", "interpretation", "place"),
        "consultations": ("question", "shared", "outcome", "decided_by"),
        "conversations": ("facts_brought", "reactions", "agreements"),
        "deviations": ("grounds",),
        "feedbacks": ("text", "source"),
    }
    for relation, fields in texts.items():
        for row in getattr(case, relation).values_list(*fields, "author__name"):
            for text in row:
                yield from text.split()


def ours(case_id: str, folder: Path) -> Printed:
    """Make the dossier of a case as the worker does, and keep the page that it is printed from."""
    import django

    django.setup()
    from django.utils import timezone

    from accounts.models import User
    from cases.dossier import pdf
    from cases.dossier.contents import dossier
    from cases.models import Case, DossierExport

    # A worker has its connection, its templates and its words read since its first dossier.
    shortest = Case.objects.order_by("pk")[0]
    first = DossierExport(case=shortest, requested_by=User.objects.order_by("pk")[0], number=1)
    pdf.as_html(dossier(first, timezone.localtime()))
    html = []
    as_html = pdf.as_html
    pdf.as_html = lambda contents: html.append(as_html(contents)) or html[0]
    by = User.objects.order_by("pk")[0]
    export = DossierExport(
        case_id=int(case_id), requested_by=by, reason="Meten hoe lang het duurt.", number=1
    )

    def make() -> bytes:
        return pdf.make_pdf(dossier(export, timezone.localtime()), lambda percent: None)

    return _timed(make, folder, lambda: (folder / "page.html").write_text(html[0]))


def bare(folder: Path) -> Printed:
    """Let WeasyPrint print a page, with nothing of ours around it."""
    from weasyprint import HTML

    page = (folder / "page.html").read_text()
    return _timed(lambda: HTML(string=page).write_pdf(pdf_variant="pdf/a-3a"), folder)


def _timed(make: Callable[[], bytes], folder: Path, after: Callable[[], object] = bool) -> Printed:
    from pypdf import PdfReader
    from weasyprint import HTML

    HTML(string=WARM_UP).write_pdf()
    started, cpu = perf_counter(), process_time()
    paper = make()
    seconds, cpu = perf_counter() - started, process_time() - cpu
    rss = _most_memory()
    after()
    (folder / "paper.pdf").write_bytes(paper)
    return Printed(seconds, cpu, len(PdfReader(folder / "paper.pdf").pages), rss, len(paper))


def _most_memory() -> int:
    """Return the most that this process held, in bytes. Not ``getrusage``: it counts what the
    process held that started this one."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) * 1024


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meldcode.settings")
    what, *arguments = sys.argv[1:]
    where = Path(arguments[-1])
    printed = ours(arguments[0], where) if what == "ours" else bare(where)
    print(json.dumps({name: getattr(printed, name) for name in Printed.__slots__}))
