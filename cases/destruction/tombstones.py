"""What was destroyed stays destroyed: the list that outlives a restore, and its replay.

The rows of ``Tombstone`` go back with the database. So the same stands in a file that a backup
keeps apart (``settings.TOMBSTONES``): one line of JSON each, added and never changed. It holds
random references and the certificates, and nothing of a pupil.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import School
from cases.destruction.erasing import erase_case, erase_pupil, told_with
from cases.models import Case, Destruction, Pupil, Tombstone

CASE, PUPIL, CERTIFICATE = "case", "pupil", "certificate"
CHUNK = 500


def write_out() -> int:
    """Add to the file what stands in the database and not in it; return how many lines."""
    path = settings.TOMBSTONES
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(path):
        known = {_key(line) for line in read(path)}
        lines = [line for line in _lines() if _key(line) not in known]
        if lines:
            _add(path, lines)
    return len(lines)


def replay(path: Path | None = None) -> int:
    """Destroy once more what a backup brought back; return how many cases and pupils.

    Repeated as often as one likes. What stands in the file and not in the database is put there.
    """
    lines = list(read(path or settings.TOMBSTONES))
    for line in lines:
        if line["kind"] == CERTIFICATE:
            _bring_back(line)
    here = [_as_line(stone) for stone in _stones()]
    known = {_key(line) for line in here}
    stones = {_key(line): line for line in [*here, *lines] if line["kind"] != CERTIFICATE}
    # Cases first: a pupil goes when none is left. Of these the ones for the board last: whom they
    # keep out is kept out of the pupil's others, as long as there are any.
    board = Case.objects.filter(restricted=True).in_bulk()
    order = sorted(stones, key=lambda key: (key[0], key[2] in board, key))
    # By pupil and certificate: the case for the board with which the pupil went.
    gone, last = 0, {}
    for key in order:
        (kind, __, row), line = key, stones[key]
        if kind == CASE and row in board:
            last[board[row].pupil_id, line["certificate"]] = board[row]
        with told_with(last.get((row, line["certificate"])) if kind == PUPIL else None):
            gone += _again(line, counted=key in known)
    write_out()
    return gone


def _again(line: dict[str, Any], *, counted: bool) -> bool:
    """Destroy one case or pupil, if it is there; ``counted``: what it counts for stands already.

    A row that came back with the database lost its count with its tombstone; one that was copied
    back did not.
    """
    names = None
    with transaction.atomic():
        Tombstone.objects.get_or_create(
            kind=line["kind"],
            reference=line["reference"],
            row=line["row"],
            defaults={"certificate": line["certificate"], "destroyed_at": _moment(line["at"])},
        )
        if line["kind"] == CASE:
            case = Case.objects.filter(pk=line["row"], reference=line["reference"]).first()
            if case is not None:
                names = erase_case(case, line["certificate"], None, counted=counted).files
        else:
            pupil = Pupil.objects.filter(pk=line["row"], public_id=line["reference"]).first()
            if pupil is not None and not pupil.cases.exists():
                names = erase_pupil(pupil, line["certificate"], None).files
    if names is None:
        return False
    remove_files(names)
    return True


def remove_files(names: list[str]) -> None:
    """Remove files from the store. One that is gone already is well."""
    for name in names:
        default_storage.delete(name)


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield what stands in the file; half a line, of a machine that fell, is passed by."""
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for text in file:
            try:
                line = json.loads(text)
            except ValueError:
                continue
            yield line


def _lines() -> Iterator[dict[str, Any]]:
    for stone in _stones():
        yield _as_line(stone)
    done = Destruction.objects.filter(certificate__isnull=False).order_by("pk")
    for one in done.select_related("school").iterator(chunk_size=CHUNK):
        yield {
            "kind": CERTIFICATE,
            "reference": str(one.public_id),
            "row": one.school_id,
            "certificate": one.number,
            "at": one.finished_at.isoformat(),
            "for_board": one.for_board,
            "says": one.certificate,
            "sha256": one.sha256,
        }


def _stones() -> Iterator[Tombstone]:
    """Yield those of what is destroyed again."""
    found = Tombstone.objects.exclude(kind=Tombstone.DUE).order_by("pk")
    yield from found.iterator(chunk_size=CHUNK)


def _as_line(stone: Tombstone) -> dict[str, Any]:
    return {
        "kind": stone.kind,
        "reference": stone.reference,
        "row": stone.row,
        "certificate": stone.certificate,
        "at": stone.destroyed_at.isoformat(),
    }


def _bring_back(line: dict[str, Any]) -> None:
    """Put a certificate back that was made after the backup; who approved stands in its words."""
    if not School.objects.filter(pk=line["row"]).exists():
        return
    at = _moment(line["at"])
    Destruction.objects.update_or_create(
        public_id=line["reference"],
        defaults={
            "number": line["certificate"],
            "school_id": line["row"],
            "for_board": line["for_board"],
            "approved_at": at,
            "finished_at": at,
            "state": Destruction.State.DONE,
            "certificate": line["says"],
            "sha256": line["sha256"],
        },
    )


def _key(line: dict[str, Any]) -> tuple[str, str, int]:
    return line["kind"], line["reference"], line["row"]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other processes from adding to the file meanwhile."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _add(path: Path, lines: list[dict[str, Any]]) -> None:
    """Add lines, and wait until the disk has them."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "r+b", buffering=0) as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":  # half a line stands there
                file.write(b"\n")
        file.write("".join(f"{json.dumps(line, sort_keys=True)}\n" for line in lines).encode())
        os.fsync(file.fileno())
