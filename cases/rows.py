"""The rows of cases that the rules look at: which columns of which tables, and reading them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, QuerySet

from cases.models import Case, Snooze
from cases.protocol import STEPS
from cases.protocol.waiting import PutOff
from cases.together import hang

# What hangs under the records of a step and the rules look at.
UNDER = {
    "consultations": ("invitations",),
    "decisions": ("referrals",),
}
# What is told of a record by whether something hangs under it: a signal that turned out unfounded.
TOLD = {"signals": {"unfounded": F("finding__pk"), "found_at": F("finding__recorded_at")}}
# What belongs to no single step.
BESIDE = ("feedbacks", "deviations", "lookbacks")

# What the rules look at of the records: the narratives, most of what is written, stay where they
# are. A sweep builds the facts of thousands of cases.
OF_ALL = ("case_id", "cycle", "recorded_at")
LOOKED_AT = {
    "signals": (
        "author_id",
        "hearsay_from",
        "severe",
        "acute",
        "counts_since",
        "severe_since",
        "raised_at",
    ),
    "consultations": ("kind", "closed_at", "next_talk", "talk"),
    "conversations": (
        "kind",
        "family_there",
        "held_at",
        "concern",
        "help_wanted",
        "refused_by",
        "home_safe",
        "buurtteam_consent",
        "handed_over_on_grounds",
        "weighed_where",
        "look_again_on",
    ),
    "assessments": (),
    "decisions": ("report", "follow_up_on"),
    "feedbacks": (
        "received_at",
        "heard_from",
        "willing",
        "effect",
        "helped_by",
        "next_review_on",
        "investigation",
    ),
    "deviations": ("kind", "rule"),
    "lookbacks": ("result",),
}

# Those of the pupil's earlier cases count too (R2, R27).
OF_THE_PUPIL = frozenset({"signals", "assessments", "decisions"})

# What hangs under a record and is a word or two: as which attribute it is set, and of which columns
# of which relation. There are more of them than of all else, so they become no objects.
WORDS = {
    "signals": ("codes", "categories", ("code",)),
    "assessments": ("given", "answers", ("question", "answer")),
}

RELATIONS = (*(step.records for step in STEPS), *BESIDE)

# A case, or a pupil and whether it is about somebody of the school.
Key = int | tuple[int, bool]
Rows = dict[str, dict[Key, list[Any]]]


def with_those_of_their_pupils(cases: list[Case]) -> dict[int, Case]:
    """Return the cases and the other ones of their pupils, by key; of these, hardly anything."""
    known = {case.pk: case for case in cases}
    pupils = {case.pupil_id for case in cases}
    all_of_them = Case.objects.filter(pupil_id__among=pupils).only("pupil_id", "restricted")
    return {case.pk: case for case in all_of_them} | known


def standing_snoozes(cases: list[Case]) -> QuerySet:
    """Return what somebody put off of the cases."""
    return Snooze.objects.standing().filter(case_id__among=[case.pk for case in cases])


def put_off(snoozes: Iterable[Snooze]) -> dict[int, PutOff]:
    """Return which cases somebody put off, by case."""
    return {snooze.case_id: snooze.put_off for snooze in snoozes}


@dataclass(frozen=True, slots=True)
class Asked:
    """The records of a relation as they hold now and what hangs under them, asked for together.

    Signals, assessments and decisions of a pupil's earlier cases count too (R2, R27).
    """

    relation: str
    records: QuerySet
    under: dict[str, QuerySet]
    words: QuerySet | None

    @classmethod
    def of(cls, relation: str, cases: list[Case], known: dict[int, Case]) -> "Asked":
        """Ask for the records of cases. Nothing is fetched yet."""
        model = _related(relation)
        keys = list(known) if relation in OF_THE_PUPIL else [case.pk for case in cases]
        records = model.objects.current().filter(case_id__among=keys).order_by("id")
        records = records.annotate(**TOLD.get(relation, {})).only(*OF_ALL, *LOOKED_AT[relation])
        under = {child: _under(model, child, keys) for child in UNDER.get(relation, ())}
        if relation not in WORDS:
            return cls(relation, records, under, None)
        __, child, columns = WORDS[relation]
        link = model._meta.get_field(child)
        words = _under(model, child, keys).order_by("id")
        return cls(relation, records, under, words.values_list(link.field.attname, *columns))

    def querysets(self) -> list[QuerySet]:
        """Return all that is asked, to be read at once (``cases.together``)."""
        return [self.records, *self.under.values(), *([] if self.words is None else [self.words])]

    def by_key(self, known: dict[int, Case]) -> dict[Key, list[Any]]:
        """Return the records by case; those of the pupil by pupil."""
        model, found = _related(self.relation), list(self.records)
        for child, rows in self.under.items():
            hang(model, child, rows, found)
        if self.words is not None:
            _say(found, WORDS[self.relation][0], self.words)
        by_key: dict[Key, list[Any]] = defaultdict(list)
        link = model._meta.get_field("case")
        for record in found:
            case = known[record.case_id]
            link.set_cached_value(record, case)
            by_key[key_of(self.relation, case)].append(record)
        return by_key


def _related(relation: str) -> type[Model]:
    return Case._meta.get_field(relation).related_model


def _under(model: type[Model], child: str, cases: list[int]) -> QuerySet:
    link = model._meta.get_field(child)
    return link.related_model.objects.filter(**{f"{link.field.name}__case_id__among": cases})


def key_of(relation: str, case: Case) -> Key:
    """Return under what the records of a case are found that count for it.

    What is about somebody of the school, and what is about home, do not count together (R9).
    """
    return (case.pupil_id, case.restricted) if relation in OF_THE_PUPIL else case.pk


def _say(records: list[Any], name: str, words: Iterable[tuple[Any, ...]]) -> None:
    """Set on each record what hangs under it, in the order in which it was written."""
    by_record: dict[int, list[Any]] = {record.pk: [] for record in records}
    for key, *said in words:
        if key in by_record:  # not of one that a correction replaced
            by_record[key].append(said[0] if len(said) == 1 else tuple(said))
    for record in records:
        setattr(record, name, by_record[record.pk])
