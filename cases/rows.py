"""The rows of cases that the rules look at: which columns of which tables, and reading them."""

from collections import defaultdict
from typing import Any

from django.db.models import F

from cases.models import Case, Snooze
from cases.protocol import STEPS
from cases.protocol.waiting import PutOff

# What hangs under the records of a step and the rules look at.
UNDER = {
    "consultations": ("invitations",),
    "decisions": ("referrals",),
}
# What is told of a record by whether something hangs under it: a signal that turned out unfounded.
TOLD = {"signals": {"unfounded": F("finding__pk")}}
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


def put_off(cases: list[Case]) -> dict[int, PutOff]:
    """Return which of the cases somebody put off, by case."""
    standing = Snooze.objects.standing().filter(case_id__among=[case.pk for case in cases])
    return {snooze.case_id: snooze.put_off for snooze in standing}


def rows_of(relation: str, cases: list[Case], known: dict[int, Case]) -> dict[Key, list[Any]]:
    """Return the records of a relation as they hold now, by case; those of the pupil by pupil.

    Signals, assessments and decisions of a pupil's earlier cases count too (R2, R27).
    """
    model = Case._meta.get_field(relation).related_model
    keys = list(known) if relation in OF_THE_PUPIL else [case.pk for case in cases]
    records = model.objects.current().filter(case_id__among=keys).order_by("id")
    found = list(
        records.annotate(**TOLD.get(relation, {}))
        .only(*OF_ALL, *LOOKED_AT[relation])
        .prefetch_related(*UNDER.get(relation, ()))
    )
    by_key: dict[Key, list[Any]] = defaultdict(list)
    link = model._meta.get_field("case")
    for record in found:
        case = known[record.case_id]
        link.set_cached_value(record, case)
        by_key[key_of(relation, case)].append(record)
    if relation in WORDS:
        _add_words(found, *WORDS[relation])
    return by_key


def key_of(relation: str, case: Case) -> Key:
    """Return under what the records of a case are found that count for it.

    What is about somebody of the school, and what is about home, do not count together (R9).
    """
    return (case.pupil_id, case.restricted) if relation in OF_THE_PUPIL else case.pk


def _add_words(records: list[Any], name: str, relation: str, columns: tuple[str, ...]) -> None:
    """Set on each record what hangs under it, in the order in which it was written."""
    words: dict[int, list[Any]] = {record.pk: [] for record in records}
    if records:
        link = type(records[0])._meta.get_field(relation)
        under = link.related_model.objects.filter(**{f"{link.field.attname}__among": words})
        for key, *said in under.order_by("id").values_list(link.field.attname, *columns):
            words[key].append(said[0] if len(said) == 1 else tuple(said))
    for record in records:
        setattr(record, name, words[record.pk])
