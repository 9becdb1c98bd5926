"""What was read of a file, at rest: packed, encrypted, and for whoever sent it at that school."""

import json
import zlib
from datetime import date

from cryptography.fernet import InvalidToken, MultiFernet

from accounts.crypto import cipher
from accounts.models import School
from accounts.tables import Table, TableRow
from cases.imports.read import Read
from cases.imports.rows import Problem, Row
from cases.models import PupilImport

SALT = "cases.imports"


def seal_table(job: PupilImport, table: Table, bsn: tuple[str, ...]) -> None:
    """Keep a table of which nobody said yet what its columns mean."""
    rows = [[row.line, *row.cells] for row in table.rows]
    _seal(job, {"headings": table.headings, "rows": rows, "bsn": bsn})


def open_table(job: PupilImport) -> tuple[Table, tuple[str, ...]] | None:
    """Return the table, and the headings of its BSNs; None when it cannot be read."""
    kept = _open(job)
    if kept is None:
        return None
    rows = tuple(TableRow(line, tuple(cells)) for line, *cells in kept["rows"])
    return Table(tuple(kept["headings"]), rows), tuple(kept["bsn"])


def seal_read(job: PupilImport, read: Read, decided: dict[int, int] | None = None) -> None:
    """Keep pupils as they were read, and who was meant where that was not certain.

    ``decided``: line → key of the pupil, 0 for a new one.
    """
    rows = [
        [
            row.line,
            row.key,
            row.given,
            row.family,
            row.born and row.born.isoformat(),
            row.class_name,
        ]
        for row in read.rows
    ]
    problems = [[one.line, one.code, dict(one.values)] for one in read.problems]
    decided = {str(line): pk for line, pk in (decided or {}).items()}
    _seal(job, {"rows": rows, "problems": problems, "bsn": read.bsn, "decided": decided})


def open_read(job: PupilImport) -> tuple[Read, dict[int, int]] | None:
    """Return the pupils as they were read, and what was decided; None when unreadable."""
    kept = _open(job)
    if kept is None:
        return None
    rows = tuple(
        Row(line, key, given, family, date.fromisoformat(born) if born else None, class_name)
        for line, key, given, family, born, class_name in kept["rows"]
    )
    problems = tuple(Problem(line, code, values) for line, code, values in kept["problems"])
    decided = {int(line): pk for line, pk in kept["decided"].items()}
    return Read(rows, problems, tuple(kept["bsn"])), decided


def seal_columns(school: School, headings: dict[str, str]) -> str:
    """Return the headings by field, sealed: of a file without headings they could be names."""
    return _of_school(school.pk).encrypt(json.dumps(headings).encode()).decode()


def columns_of(school: School) -> dict[str, str] | None:
    """Return under which headings the school's last file had its fields; None: not known."""
    last = (
        PupilImport.objects.filter(school=school)
        .exclude(sealed_columns="")
        .order_by("-requested_at")
        .values_list("sealed_columns", flat=True)
        .first()
    )
    try:
        return json.loads(_of_school(school.pk).decrypt(last.encode())) if last else None
    except InvalidToken:
        return None


def _seal(job: PupilImport, content: dict[str, object]) -> None:
    packed = zlib.compress(json.dumps(content).encode(), 6)
    job.sealed = _of(job).encrypt(packed).decode()


def _open(job: PupilImport) -> dict | None:
    try:
        return json.loads(zlib.decompress(_of(job).decrypt(job.sealed.encode())))
    except InvalidToken:
        return None


def _of(job: PupilImport) -> MultiFernet:
    # Moved to another person, school or import, a row says nothing.
    return cipher(f"{SALT}:{job.public_id}:{job.requested_by_id}:{job.school_id}")


def _of_school(school: int) -> MultiFernet:
    return cipher(f"{SALT}.columns:{school}")
