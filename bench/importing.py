"""A school and its lists of pupils: the first, the same again, and the one of a year later."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from time import perf_counter
from uuid import uuid4
from xml.sax.saxutils import escape

from django.utils import timezone

from accounts.models import Membership, School, User
from accounts.roles import Role
from accounts.tables import read_table
from cases.imports import actions
from cases.imports.actions import FileRead
from cases.imports.edexml import read_edexml
from cases.imports.fields import guess
from cases.imports.read import without_bsn
from cases.imports.shown import shown
from cases.models import Case, PupilImport

IN_A_CLASS = 25
YEARS = 8
# One pupil in so many has a closed case, whose last day is set when they leave.
ONE_CASE_IN = 10
ONE_RENAMED_IN = 100
# When the youngest were born, in the first of the two years.
YOUNGEST = 2021
GIVEN = ("Sem", "Noor", "Zoë", "Mohamed", "Liv", "Daan", "Yara", "Björn")
FAMILY = ("de Vries", "van der Berg", "Öztürk", "El Idrissi", "Jansen", "Bos", "Nguyen")


@dataclass(frozen=True, slots=True)
class OnList:
    """A pupil as a list says it; ``year``: in which they are, of the eight of primary school."""

    number: int
    year: int
    family: str
    born: int

    @property
    def cells(self) -> tuple[str, str, str, date, str]:
        """Return number, first and family name, birth date and class."""
        born = date(self.born, 1, 1) + timedelta(days=self.number % 365)
        letter = chr(ord("A") + self.number // YEARS // IN_A_CLASS)
        given = f"{GIVEN[self.number % len(GIVEN)]} {self.number}"
        return f"L{self.number:06}", given, self.family, born, f"{self.year}{letter}"


@dataclass(slots=True)
class Taken:
    """What one list took. Times in seconds, memory in bytes."""

    what: str
    size: int
    times: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    memory: int = 0

    @property
    def total(self) -> float:
        """Return all of it, from file to done."""
        return sum(self.times.values())


class WrongCount(Exception):
    """A list did something else than it should: what was measured means nothing."""


def first_list(pupils: int) -> list[OnList]:
    """Return the pupils of a school, spread over the years."""
    return [
        OnList(n, n % YEARS + 1, FAMILY[n % len(FAMILY)], YOUNGEST - n % YEARS)
        for n in range(pupils)
    ]


def year_later(pupils: list[OnList]) -> list[OnList]:
    """Return them a year later: up a class, the oldest gone, as many new, some with a new name."""
    numbers = count(len(pupils))
    stay = [
        replace(
            one,
            year=one.year + 1,
            family=one.family if one.number % ONE_RENAMED_IN else "Nieuwenaam",
        )
        for one in pupils
        if one.year < YEARS
    ]
    missing = len(pupils) - len(stay)
    return stay + [OnList(next(numbers), 1, FAMILY[0], YOUNGEST + 1) for _ in range(missing)]


def as_csv(pupils: list[OnList]) -> bytes:
    """Return a list as CSV, with columns that are not read."""
    lines = ["Leerlingnummer;Roepnaam;Achternaam;Geboortedatum;Klas;Straat;Postcode;E-mail"]
    for one in pupils:
        key, given, family, born, group = one.cells
        lines.append(
            f"{key};{given};{family};{born:%d-%m-%Y};{group};Dorpsstraat {one.number};1234 AB;"
            f"leerling{one.number}@school.example"
        )
    return "\r\n".join(lines).encode()


def as_edexml(pupils: list[OnList]) -> bytes:
    """Return a list as EDEXML."""
    return "".join(_elements(pupils)).encode()


def _elements(pupils: list[OnList]) -> Iterator[str]:
    groups = sorted({one.cells[-1] for one in pupils})
    yield '<?xml version="1.0" encoding="utf-8"?>\n<EDEX><school><schooljaar>2026-2027'
    yield "</schooljaar></school>\n<groepen>\n"
    for group in groups:
        yield f'<groep key="{group}"><naam>{group}</naam>'
        yield f"<jaargroep>{group[0]}</jaargroep></groep>\n"
    yield "</groepen>\n<leerlingen>\n"
    for one in pupils:
        key, given, family, born, group = one.cells
        yield (
            f'<leerling key="{key}">\n<achternaam>{escape(family)}</achternaam>'
            f"<voorvoegsel/><voorletters-1>X</voorletters-1>\n<roepnaam>{escape(given)}</roepnaam>"
            f"<geboortedatum>{born.isoformat()}</geboortedatum><geslacht>9</geslacht>\n"
            f'<jaargroep>{one.year}</jaargroep><groep key="{group}"/>'
            f"<mutatiedatum>2026-08-31T12:00:00</mutatiedatum></leerling>\n"
        )
    yield "</leerlingen>\n</EDEX>"


def a_school() -> User:
    """Make a school and return its administrator."""
    school = School.objects.create(name="De Grote School", city="Utrecht", kind="po")
    user = User.objects.create(email=f"{uuid4().hex}@school.example", name="Beheer")
    Membership.objects.create(user=user, school=school, role=Role.ADMINISTRATOR)
    return user


def close_cases(school: School) -> None:
    """Give one pupil in so many a closed case, past the actions."""
    pupils = list(school.pupils.order_by("pk").values_list("pk", flat=True))[::ONE_CASE_IN]
    Case.objects.bulk_create(
        Case(
            pupil_id=pk, school=school, closed_at=timezone.now(), outcome="cleared",
            closing_grounds="Gronden.", retention_years=20,
        )
        for pk in pupils
    )  # fmt: skip


def take(
    what: str, content: bytes, by: User, expected: dict[str, int], *, full_list: bool = False
) -> Taken:
    """Bring one list in, from its bytes to the end, and return what it took.

    Raises ``WrongCount`` when it did something else than ``expected``.
    """
    taken = Taken(what, len(content))
    school = by.memberships.get().school
    before = memory("VmRSS")
    with suppress(OSError):  # the highest mark so far is of something else
        Path("/proc/self/clear_refs").write_text("5")
    found = _timed(taken, "read", lambda: _read(content))
    today = timezone.localdate()
    job = _timed(taken, "keep", lambda: _keep(found, school, by, full_list, today))
    plan = _timed(taken, "preview", lambda: _preview(job))
    if plan.does_something:
        _timed(taken, "apply", lambda: _apply(job, by, plan.digest()))
        job.refresh_from_db()
        if job.state != job.State.READY:
            raise WrongCount(f"{what}: {job.state}")
    taken.counts = plan.counts()
    taken.memory = memory("VmHWM") - before
    if not taken.counts.items() >= expected.items():
        raise WrongCount(f"{what}: {taken.counts}, not {expected}")
    return taken


def _timed(taken: Taken, name: str, does: Callable[[], object]) -> object:
    start = perf_counter()
    result = does()
    taken.times[name] = perf_counter() - start
    return result


def _read(content: bytes) -> FileRead:
    if content.startswith(b"<"):
        return FileRead(read=read_edexml(content, timezone.localdate()))
    return FileRead(table=without_bsn(read_table(content))[0])


def _keep(found: FileRead, school: School, by: User, full: bool, today: date) -> PupilImport:
    job = actions.begin(school, by, uuid4(), found, full_list=full, left_on=today)
    if found.table:
        actions.name_columns(job, by, guess(found.table.headings))
    return PupilImport.objects.get(pk=job.pk)


def _preview(job: PupilImport) -> object:
    plan, __ = actions.preview(job)
    shown(plan)
    return plan


def _apply(job: PupilImport, by: User, digest: str) -> None:
    actions.agree(job, by, digest, many=True)
    claimed = actions.jobs.claim(PupilImport, job.public_id)
    actions.apply(claimed)


def memory(line: str) -> int:
    """Return a figure of this process's memory as Linux knows it, in bytes."""
    status = Path("/proc/self/status").read_text()
    found = next(row for row in status.splitlines() if row.startswith(f"{line}:"))
    return int(found.split()[1]) * 1024
