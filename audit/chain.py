"""The chain of seals: what proves that no row of the log was changed, removed or moved.

Each seal holds one row and the seal before: HMAC-SHA256 over its number, the previous hash, when it
was sealed and all that stands in the row, with a key that is not in the database
(``settings.AUDIT_KEY``). Rows are sealed in batches by beat, every minute: no page waits for it.

Whoever can write to the database but has not got the key cannot make a seal. What they can do is
cut off the end of log and chain alike: that shows where a head was noted elsewhere (the program's
log has one each day; ``manage.py audit_verify --head``).
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from accounts.at_rest.keys import Unreadable
from audit.kinds import Kind
from audit.models import TYPED, LogEntry, Seal, TypedReason

BATCH = 2_000
# No transaction of ours is open for longer: below what was sealed so long ago nothing comes in.
SETTLED_AFTER = timedelta(hours=1)
# A row that is older and has no seal came in by another way, or nobody seals.
SEALED_WITHIN = timedelta(minutes=15)
# Any number that nothing else in this database locks.
LOCK = 0x5EA1
COLUMNS = tuple(sorted(field.attname for field in LogEntry._meta.concrete_fields))


@dataclass(frozen=True, slots=True)
class Head:
    """A point of the chain: the number and hash of a seal.

    Where a copy of a school's trail ended, its hash alone (``number``: None): all rows of all
    schools are counted through, and who has two copies would know how many they may not see.
    """

    number: int | None
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def read(cls, text: str) -> "Head":
        """Return what somebody noted: ``number:hash``, or a hash. Raises ``ValueError`` else."""
        number, colon, digest = text.rpartition(":")
        if len(digest) != len(BEGINNING.hash):
            raise ValueError(text)
        return cls(int(number) if colon else None, digest.lower())


BEGINNING = Head(0, "0" * 64)


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place where the chain does not hold."""

    seal: int | None
    entry: int | None
    what: str

    def __str__(self) -> str:
        places = (("seal", self.seal), ("row", self.entry))
        where = ", ".join(f"{name} {number}" for name, number in places if number is not None)
        return f"{where}: {self.what}" if where else self.what


def head() -> Head:
    """Return where the chain ends now."""
    last = Seal.objects.order_by("-number").first()
    return Head(last.number, last.hash) if last else BEGINNING


def seal_waiting(*, all_of_them: bool = False) -> int:
    """Seal the rows that have no seal yet, and return how many.

    ``all_of_them`` looks through the whole log, and not only at what came in lately.
    """
    floor = 0 if all_of_them else _settled()
    count = 0
    while sealed := _seal_batch(floor):
        count += sealed
    return count


def _settled() -> int:
    """Return a row below which no other can still come in."""
    before = Seal.objects.filter(sealed_at__lt=timezone.now() - SETTLED_AFTER)
    return before.order_by("-number").values_list("entry_id", flat=True).first() or 0


@transaction.atomic
def _seal_batch(floor: int) -> int:
    """Seal some rows. Two at once wait for each other; ``Seal.previous`` refuses a fork anyway."""
    if connection.vendor == "postgresql":  # on SQLite the transaction itself is the lock
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    at, key, now = head(), _key(), timezone.now()
    rows = LogEntry.objects.unsealed().filter(pk__gt=floor).order_by("pk").values(*COLUMNS)[:BATCH]
    seals = []
    for row in rows:
        seal = Seal(number=at.number + 1, entry_id=row["id"], previous=at.hash, sealed_at=now)
        seal.hash = _hash(key, seal, row)
        seals.append(seal)
        at = Head(seal.number, seal.hash)
    Seal.objects.bulk_create(seals)
    return len(seals)


def first_fault(start: Head = BEGINNING) -> Fault | None:
    """Walk the chain from a point on and return where it breaks first; None when it is whole."""
    fault = next(_faults_of_seals(start), None)
    if fault is not None:
        return fault
    late = LogEntry.objects.unsealed().filter(timestamp__lt=timezone.now() - SEALED_WITHIN)
    entry = late.order_by("pk").values_list("pk", flat=True).first()
    if entry is not None:
        return Fault(None, entry, "not sealed, and older than a quarter of an hour")
    return _fault_of_reasons()


def holds(noted: Head) -> Fault | None:
    """Tell what became of a head that was noted elsewhere; None when it still stands."""
    if noted.number is None:
        there = Seal.objects.filter(hash=noted.hash).exists()
        return (
            None if there else Fault(None, None, "noted elsewhere and gone: cut off, or made anew")
        )
    seal = Seal.objects.filter(pk=noted.number).first()
    if seal is None:
        return Fault(noted.number, None, "noted elsewhere and gone: the end was cut off")
    if seal.hash != noted.hash:
        return Fault(noted.number, seal.entry_id, "not as noted elsewhere: the chain was made anew")
    return None


def _fault_of_reasons() -> Fault | None:
    """Return the first row whose reason is another, or is gone and its case is not.

    The seal holds the checksum of what somebody typed, and not the text, which goes with a case.
    """
    changed = "changed: the reason is not what was typed"
    typed = TypedReason.objects.order_by("entry_id")
    try:
        for one in typed.select_related("entry").iterator(BATCH):
            if (one.entry.additional_data or {}).get(TYPED) != one.checksum:
                return Fault(None, one.entry_id, changed)
    except Unreadable as error:
        return Fault(None, _first_unreadable(typed), f"{changed}: {error}")
    # Not "or", and no first of them in order: PostgreSQL would walk all reasons for each row.
    there = TypedReason.objects.filter(entry=OuterRef("pk"))
    destroyed = LogEntry.objects.filter(
        kind=Kind.DESTROYED, case_reference=OuterRef("case_reference")
    ).exclude(case_reference="")
    gone = LogEntry.objects.filter(
        ~Exists(there), ~Exists(destroyed), additional_data__has_key=TYPED
    )
    entry = gone.aggregate(first=Min("pk"))["first"]
    return None if entry is None else Fault(None, entry, "missing: the reason is gone")


def _first_unreadable(typed: QuerySet) -> int | None:
    """Return the row of the first reason that no key opens: one by one, for a batch hides which."""
    for key, entry in typed.values_list("pk", "entry_id").iterator(BATCH):
        try:
            typed.get(pk=key)
        except Unreadable:
            return entry
    return None


def _faults_of_seals(at: Head) -> Iterator[Fault]:
    key = _key()
    while seals := list(Seal.objects.filter(number__gt=at.number).order_by("number")[:BATCH]):
        ids = [seal.entry_id for seal in seals]
        rows = {row["id"]: row for row in LogEntry.objects.filter(pk__in=ids).values(*COLUMNS)}
        for seal in seals:
            what = _fault_of(seal, at, rows.get(seal.entry_id), key)
            if what:
                yield Fault(seal.number, seal.entry_id, what)
            at = Head(seal.number, seal.hash)


def _fault_of(seal: Seal, before: Head, row: dict[str, Any] | None, key: bytes) -> str:
    """Return what is wrong with a seal or its row; nothing when all is well."""
    if seal.number != before.number + 1:
        return f"missing: the seals from {before.number + 1} on, up to here"
    if row is None:
        return "missing: the row is gone"
    if seal.previous != before.hash:
        return "out of order: it does not follow the seal before"
    if not hmac.compare_digest(seal.hash, _hash(key, seal, row)):
        return "changed: the row or its seal is not what was sealed"
    return ""


def _key() -> bytes:
    """Return the key of the chain; without one of its own, one that follows from SECRET_KEY."""
    secret = settings.AUDIT_KEY or settings.SECRET_KEY
    return hashlib.sha256(f"audit.chain:{secret}".encode()).digest()


def _hash(key: bytes, seal: Seal, row: dict[str, Any]) -> str:
    parts = (str(seal.number), seal.previous, _plain(seal.sealed_at), canonical(row))
    return hmac.new(key, "\n".join(parts).encode(), hashlib.sha256).hexdigest()


def canonical(row: dict[str, Any]) -> str:
    """Return all that stands in a row as one text, the same on every database.

    What is empty is left out, so that a column that is added later leaves old seals whole.
    """
    filled = {name: value for name, value in row.items() if value is not None}
    return json.dumps(filled, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")
