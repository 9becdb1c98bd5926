"""One case, read in one query: what the rules look at, and what its page shows beside.

What a page shows of many cases is read by ``cases.rows``, in a dozen queries however many they are.
For one case these cost more than all that is done with the answers.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, Q, TextField

from accounts.models import User
from cases.at_once import AtOnce, Part
from cases.calendars import SchoolCalendar
from cases.models import (
    Case,
    CaseUserObjectPermission,
    EmergencyAccess,
    SchoolPeriod,
    SchoolVacation,
    SiblingTie,
    Snooze,
)
from cases.prepared import Place
from cases.protocol.waiting import PutOff
from cases.rows import (
    LOOKED_AT,
    OF_ALL,
    OF_THE_PUPIL,
    RELATIONS,
    TOLD,
    UNDER,
    WORDS,
    Rows,
    key_of,
)

PLACES = {"case": Place(-101), "pupil": Place(-102), "school": Place(-103)}
KEYS = {name: place.mark for name, place in PLACES.items()}
# Who wrote a record and whether it is about somebody of the school: beside its own columns.
WHO, RESTRICTED = "author__name", "case__restricted"
# A wait is shown with its reason.
SNOOZE = tuple(field.attname for field in Snooze._meta.concrete_fields)
# An emergency access with whom it let in.
EMERGENCY = tuple(field.attname for field in EmergencyAccess._meta.concrete_fields)


@dataclass(frozen=True, slots=True)
class OneCase:
    """What was read of a case. ``beside``: what its page shows, by part; empty without a page."""

    case: Case
    rows: Rows
    calendar: SchoolCalendar
    put_off: PutOff | None
    beside: dict[str, list[Any]]

    def here(self, relation: str) -> list[Any]:
        """Return the records of the newest walk as they hold now, in the order of filing."""
        rows = self.rows[relation].get(key_of(relation, self.case), [])
        mine = (self.case.pk, self.case.cycle)
        return [row for row in rows if (row.case_id, row.cycle) == mine]

    def has(self, relation: str) -> bool:
        """Tell whether the case has a record of this kind, of whatever walk."""
        rows = self.rows[relation].get(key_of(relation, self.case), [])
        return any(row.case_id == self.case.pk for row in rows)


def read_case(case: Case, *, page: bool = False) -> OneCase:
    """Return what the rules look at of a case, and with ``page`` what its page shows, at once."""
    found = (_for_page if page else _for_rules)().read(
        case=case.pk, pupil=case.pupil_id, school=case.school_id
    )
    others: dict[int, Case] = {case.pk: case}
    rows: Rows = {name: _records(name, found, case, others) for name in RELATIONS}
    snoozes = _snoozes(found["snoozes"])
    beside = {name: found[name] for name in found.keys() & BESIDE_PAGE} | {
        "snoozes": snoozes,
        "agenda": _objects(_related("agenda_items"), found["agenda"]) if page else [],
        "emergencies": _emergencies(found["emergencies"]) if page else [],
    }
    standing = next((snooze.put_off for snooze in snoozes if snooze.ended_at is None), None)
    return OneCase(case, rows, _calendar(found), standing, beside)


@cache
def _for_rules() -> AtOnce:
    return AtOnce(_parts_for_rules, PLACES)


@cache
def _for_page() -> AtOnce:
    return AtOnce(lambda: _parts_for_rules() | _parts_beside(), PLACES)


def _related(relation: str) -> type[Model]:
    return Case._meta.get_field(relation).related_model


def _parts_for_rules() -> dict[str, Part]:
    """Return the parts that become facts: what ``cases.rows`` reads of many cases."""
    parts: dict[str, Part] = {}
    for relation in RELATIONS:
        rows = _related(relation).objects.current()
        rows = rows.filter(**_of(relation))
        parts[relation] = (rows, _columns(relation))
        for child in UNDER.get(relation, ()):
            parts[f"{relation}.{child}"] = _under(relation, child)
        if relation in WORDS:
            parts[f"{relation}.words"] = _words(relation)
    school = {"school": KEYS["school"]}
    parts["periods"] = SchoolPeriod.objects.filter(**school), ("code", "days")
    spans = ("first_day", "last_day")
    parts["vacations"] = SchoolVacation.objects.filter(**school), spans
    parts["snoozes"] = Snooze.objects.filter(case=KEYS["case"]), (*SNOOZE, WHO)
    return parts


def _of(relation: str, path: str = "case") -> dict[str, int]:
    if relation in OF_THE_PUPIL:
        return {f"{path}__pupil": KEYS["pupil"]}
    return {path: KEYS["case"]}


def _columns(relation: str) -> tuple[str, ...]:
    """Return a record's own columns, in the order of its model, and then what stands beside."""
    told = tuple(expression.name for expression in TOLD.get(relation, {}).values())
    return (*_looked_at(relation), *told, WHO, RESTRICTED)


def _looked_at(relation: str) -> tuple[str, ...]:
    wanted = {"id", *OF_ALL, *LOOKED_AT[relation]}
    fields = _related(relation)._meta.concrete_fields
    return tuple(field.attname for field in fields if field.attname in wanted)


def _own(model: type[Model]) -> tuple[str, ...]:
    """Return the columns of what hangs under a record; its narratives stay where they are."""
    return tuple(
        field.attname for field in model._meta.concrete_fields if not isinstance(field, TextField)
    )


def _under(relation: str, child: str) -> Part:
    link = _related(relation)._meta.get_field(child)
    rows = link.related_model.objects.filter(**_of(relation, f"{link.field.name}__case"))
    return rows, _own(link.related_model)


def _words(relation: str) -> Part:
    __, child, columns = WORDS[relation]
    link = _related(relation)._meta.get_field(child)
    rows = link.related_model.objects.filter(**_of(relation, f"{link.field.name}__case"))
    return rows, ("id", link.field.attname, *columns)


# What the page of a case shows beside: part → columns.
BESIDE_PAGE = {
    "grants": ("user_id", "permission__codename", "user__name", "user__public_id"),
    "emergencies": (*EMERGENCY, "user__name"),
    "files": ("id", "withdrawn_at"),
    "walks": ("cycle", "at", "motivation"),
    "others": ("id",),
    "ties": ("first_id", "second_id"),
}


def _parts_beside() -> dict[str, Part]:
    case, agenda = {"case": KEYS["case"]}, _related("agenda_items")
    granted = CaseUserObjectPermission.objects.filter(content_object=KEYS["case"])
    begun = _related("step_changes").objects.filter(**case, to_step=1, cycle__gt=1)
    rows = {
        "grants": granted,
        "emergencies": EmergencyAccess.objects.filter(**case),
        "files": _related("attachments").objects.filter(**case),
        "walks": begun,
        "others": Case.objects.filter(pupil=KEYS["pupil"]).exclude(pk=KEYS["case"]),
        "ties": SiblingTie.objects.standing().filter(
            Q(first=KEYS["pupil"]) | Q(second=KEYS["pupil"])
        ),
    }
    return {name: (rows[name], columns) for name, columns in BESIDE_PAGE.items()} | {
        "agenda": (agenda.objects.filter(**case), _own(agenda))
    }


def _records(
    relation: str, found: dict[str, list[Any]], case: Case, others: dict[int, Case]
) -> dict[Any, list[Any]]:
    """Make the records of a relation, with what hangs under them; by key, as ``cases.rows``."""
    model, own = _related(relation), _looked_at(relation)
    told = tuple(TOLD.get(relation, {}))
    link = model._meta.get_field("case")
    by_key: dict[Any, list[Any]] = defaultdict(list)
    records = {}
    for row in sorted(found[relation], key=lambda row: row[0]):
        record = records[row[0]] = model.from_db(DEFAULT_DB_ALIAS, own, row[: len(own)])
        *said, record.author_name, restricted = row[len(own) :]
        for name, value in zip(told, said, strict=True):
            setattr(record, name, value)
        about = _case_of(record.case_id, restricted, case, others)
        link.set_cached_value(record, about)
        by_key[key_of(relation, about)].append(record)
    for child in UNDER.get(relation, ()):
        _hang(records, model, child, found[f"{relation}.{child}"])
    if relation in WORDS:
        _say(records, WORDS[relation][0], found[f"{relation}.words"])
    return by_key


def _case_of(pk: int, restricted: bool, case: Case, others: dict[int, Case]) -> Case:
    """Return the case, or of another one of the pupil as much as the rules look at."""
    if pk not in others:
        others[pk] = Case(pk=pk, pupil_id=case.pupil_id, restricted=restricted)
    return others[pk]


def _hang(records: dict[int, Any], model: type[Model], child: str, rows: list[Any]) -> None:
    """Set what hangs under records as if it had been prefetched."""
    link = model._meta.get_field(child)
    for record in records.values():
        under = getattr(record, child).all()
        under._result_cache, under._prefetch_done = [], True
        record.__dict__.setdefault("_prefetched_objects_cache", {})[child] = under
    for one in _objects(link.related_model, rows):
        parent = records.get(getattr(one, link.field.attname))
        if parent is not None:  # not of one that a correction replaced
            link.field.set_cached_value(one, parent)
            parent._prefetched_objects_cache[child]._result_cache.append(one)


def _say(records: dict[int, Any], name: str, rows: list[Any]) -> None:
    words: dict[int, list[Any]] = defaultdict(list)
    for __, key, *said in sorted(rows):
        words[key].append(said[0] if len(said) == 1 else tuple(said))
    for record in records.values():
        setattr(record, name, words[record.pk])


def _objects(model: type[Model], rows: Iterable[Sequence[Any]]) -> list[Any]:
    own = _own(model)
    return [
        model.from_db(DEFAULT_DB_ALIAS, own, row) for row in sorted(rows, key=lambda row: row[0])
    ]


def _snoozes(rows: list[Any]) -> list[Snooze]:
    """Make the waits of a case, in order, each with whose it is."""
    snoozes = []
    for *row, name in sorted(rows, key=lambda row: row[0]):
        snooze = Snooze.from_db(DEFAULT_DB_ALIAS, SNOOZE, row)
        snooze.author = User(pk=snooze.author_id, name=name)
        snoozes.append(snooze)
    return snoozes


def _emergencies(rows: list[Any]) -> list[EmergencyAccess]:
    """Make the emergency accesses of a case, in order, each with whom it let in."""
    given = []
    for *row, name in rows:
        one = EmergencyAccess.from_db(DEFAULT_DB_ALIAS, EMERGENCY, row)
        one.user = User(pk=one.user_id, name=name)
        given.append(one)
    return sorted(given, key=lambda one: (one.given_at, one.pk))


def _calendar(found: dict[str, list[Any]]) -> SchoolCalendar:
    spans = sorted(tuple(span) for span in found["vacations"])
    return SchoolCalendar(dict(found["periods"]), spans)
