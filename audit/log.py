"""Writing down who saw and changed what (django-auditlog), in one place.

Narrative text never goes into the log: a model registers the fields that may. A row that cannot be
written stops what it was about: nothing is read that the log does not know of.
"""

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import timedelta

from auditlog.registry import auditlog
from django.db import models, transaction
from django.utils import timezone

from accounts.models import School, User
from audit.about import Find, declare
from audit.kinds import Kind
from audit.models import TYPED, Flag, LogEntry, TypedReason

ONE_SEARCH, ONE_LOOK = timedelta(minutes=1), timedelta(hours=1)


def register(
    model: type[models.Model], fields: list[str], find: Find, *, unsaid: Iterable[str] = ()
) -> None:
    """Remember changes of these fields of a model: states, codes and moments, never narrative.

    ``find`` leads from a record to its case or its school (``audit.about``). ``unsaid``: of which
    of the fields the log holds that they changed, and neither what they were nor what they are.
    """
    auditlog.register(
        model, include_fields=fields, mask_fields=list(unsaid), mask_callable="audit.log.without"
    )
    declare(model, find)


def without(words: str) -> str:
    """Return what stands in the log for words that it does not hold: the same for all of them."""
    return "…"


def record_read(
    user: User | None,
    seen: models.Model,
    why: str = "",
    *,
    kind: Kind = Kind.READ,
    note: str = "",
) -> None:
    """Remember that somebody opened an object, and why where a reason was asked.

    ``kind`` says it more closely: searched in a school, took a copy, came in by an emergency.
    ``why`` is what a person typed: it can name a child, and goes with the case
    (``forget_reasons``). ``note`` is of the program itself, and stays as long as the row.
    """
    typed = TypedReason(text=why) if why else None
    said = {"note": note} if note else {}
    if typed:
        said[TYPED] = typed.checksum
    # Most reading has no reason, and one row needs no transaction.
    with transaction.atomic() if typed else nullcontext():
        row = LogEntry.objects.log_create(
            seen,
            force_log=True,
            action=LogEntry.Action.ACCESS,
            kind=kind,
            actor=user,
            actor_email=user.email if user else None,
            additional_data=said or None,
        )
        if typed:
            typed.entry = row
            typed.save(force_insert=True)


def forget_reasons(case_reference: str) -> int:
    """Remove what people typed about a case that is destroyed: reasons in its rows, and what they
    found out about reading in it.

    Returns how many texts. The rows and flags stay, and say that there was one.
    """
    rows = TypedReason.objects.exclude(entry__case_reference="")  # of no case: of a school
    count, __ = rows.filter(entry__case_reference=case_reference).delete()
    settled = Flag.objects.settled().filter(cases__reference=case_reference)
    return count + settled.exclude(settled_why="").update(settled_why="")


def record_many(
    user: User | None,
    records: Iterable[models.Model],
    kind: Kind,
    changes: dict[int, dict] | None = None,
    *,
    beside: Iterable[models.Model] = (),
) -> None:
    """Remember what was made, changed or read of many records, at once. ``beside``: what came with
    them, which the trail of a school does not show.

    What auditlog writes of each when it is saved alone. ``changes``: of records of one model, by
    key, of fields that it may remember, before and after; of a record that is not in it, that it
    changed.
    """
    actions = {Kind.MADE: LogEntry.Action.CREATE, Kind.READ: LogEntry.Action.ACCESS}
    LogEntry.objects.log_many(
        records,
        action=actions.get(kind, LogEntry.Action.UPDATE),
        kind=kind,
        changes=changes or {},
        beside=beside,
        actor=user,
        actor_email=user.email if user else None,
    )


def record_search(user: User, schools: Iterable[School]) -> None:
    """Remember that somebody searched in schools. The words are not kept: they are names.

    Whoever types searches with each letter: within a minute that is one search.
    """
    _record_once(user, schools, Kind.SEARCHED, ONE_SEARCH)


def record_look_at_flags(user: User, schools: Iterable[School]) -> None:
    """Remember that somebody looked at what was unusual in schools: within an hour, one look.

    Whoever finds something looks at it once more, and again when it is settled: three rows would
    tell a colleague who is shown no flag that there is one.
    """
    _record_once(user, schools, Kind.FLAGS_READ, ONE_LOOK)


def _record_once(user: User, schools: Iterable[School], kind: Kind, within: timedelta) -> None:
    lately = LogEntry.objects.filter(actor=user, kind=kind, timestamp__gt=timezone.now() - within)
    written = set(lately.values_list("school_id", flat=True))
    for school in schools:
        if school.pk not in written:
            record_read(user, school, kind=kind)
