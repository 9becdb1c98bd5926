"""Every text and file that is about a case, a pupil or a person, marked with a word of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models
from django.db.models import Q

from accounts.models import Membership, RoleInvitation, School, User
from audit.about import neutral_name, subject_of
from audit.models import Flag
from cases.models import Answer, Pupil, ShutOut, StepChange
from referrals.report.models import ReportText
from signals.models import InjuryMark
from tests.canary import Markers

OURS = ("cases", "consultations", "referrals", "signals")
PEOPLE = (User, RoleInvitation)

# What hangs under a record and stands in no trail by itself → the way to its case.
UNDER = {
    StepChange: attrgetter("case"),
    Answer: attrgetter("assessment.case"),
    InjuryMark: attrgetter("signal.case"),
    ReportText: attrgetter("report.referral.decision.case"),
    Flag: attrgetter("school"),
}
# What hangs under something that has a page of its own: a row about that page is enough.
PAGE_OF = ("consultation", "report", "signal")
# What holds nothing about a case or a person.
OF_THE_SCHOOL = {
    "Contact": "whom the school works with: a book for everybody of it",
    "HelpItem": "the help page",
    "Meeting": "when and where the care team meets",
    "SchoolVacation": "when the school is closed",
    "YearText": "what the school says of its year, in a report for others",
    "YearPaper": "that report as a file",
    "PupilImport": "a list of pupils, sealed until it is applied; then numbers",
    "OutboxMessage": "how a mail went",
    "Telling": "that a change of roles is still to be told: keys of rows",
    "Envelope": "how a mail went",
    "Notification": "that somebody is told something: a code of a table, and references",
    "SchoolRetention": "how long the school keeps what",
    "Destruction": "a certificate: how much went, and nothing of what",
    "Tombstone": "random references of what is gone, and from whom it was kept",
    "KeptCount": "counts, by the name of the count",
    "SavedView": "one's own name for a filter, shown to oneself alone",
    "PushSubscription": "on which browser somebody is told",
}
# Codes and keys, which choose what stands on a page and are no words on it.
CODES = {
    "reference", "sha256", "code", "rule", "period", "in_charge", "field", "password",
    "secret_hash", "Answer.question", "Answer.answer",
    # A colleague's name stands on every page: who wrote it, who takes part, who is signed in.
    "User.name",
}  # fmt: skip
# What stays empty where it is empty, or a check of the database refuses the row.
TOGETHER = {"Attachment.withdrawn_why", "AgendaItem.minutes"}


@dataclass(frozen=True)
class Words:
    """Where a word stands, and which rows of the log say that it was read."""

    field: str
    # The case in whose trail it belongs; of a pupil all of theirs; of a person none.
    cases: frozenset[str]
    # What a row may be about. Nothing: whatever is in that case.
    about: frozenset[str]
    school: int | None = None


def mark_all(markers: Markers) -> None:
    """Put a word into each field, so that the page that shows it can be recognised."""
    for model in _models():
        texts = [field for field in model._meta.concrete_fields if _is_text(field)]
        for row in model._default_manager.all() if texts else ():
            _mark(row, texts, markers)


def without_a_row() -> list[str]:
    """Return the models with texts of which the world holds nothing: their pages show nothing."""
    return [
        model.__name__
        for model in _models()
        if any(map(_is_text, model._meta.concrete_fields)) and not model._default_manager.exists()
    ]


def _models() -> Iterable[type[models.Model]]:
    ours = [model for label in OURS for model in apps.get_app_config(label).get_models()]
    return [*(m for m in ours if m.__name__ not in OF_THE_SCHOOL), *PEOPLE, Flag]


def _is_text(field: models.Field) -> bool:
    if field.choices or {field.name, f"{field.model.__name__}.{field.name}"} & CODES:
        return False
    return isinstance(field, models.TextField | models.CharField | models.FileField)


def _mark(row: models.Model, fields: list[models.Field], markers: Markers) -> None:
    for field in fields:
        name = f"{type(row).__name__}.{field.name}"
        if name in TOGETHER and not getattr(row, field.name):
            continue
        word = markers.new(_words(row, name), field.name)
        if isinstance(field, models.FileField):
            _fill(getattr(row, field.name), word)
        elif isinstance(field, models.EmailField):
            setattr(row, field.name, f"{word.lower()}@school.example")
        else:
            setattr(row, field.name, word)
    # Past the actions and the log: this is how the world is, nobody did it.
    values = {field.attname: getattr(row, field.attname) for field in fields}
    type(row)._default_manager.filter(pk=row.pk).update(**values)


def _fill(file: models.fields.files.FieldFile, word: str) -> None:
    if file:
        Path(file.path).write_bytes(f"%PDF-1.7 {word}".encode())
    else:
        file.save(f"{word.lower()}.pdf", ContentFile(f"%PDF-1.7 {word}".encode()), save=False)


def _words(row: models.Model, field: str) -> Words:
    if isinstance(row, Pupil | ShutOut):  # who is kept out, and why, stands in each of their cases
        pupil = row if isinstance(row, Pupil) else row.pupil
        references = pupil.cases.values_list("reference", flat=True)
        return Words(field, frozenset(references), frozenset(), pupil.school_id)
    if isinstance(row, User):
        about = map(neutral_name, [row, *_schools_of(row)])
        return Words(field, frozenset(), frozenset(about))
    find = UNDER.get(type(row))
    case = find(row) if find else None
    subject = subject_of(case or row)
    assert subject.school_id, f"{field} leads to no case: say so in its audited.py, or in UNDER"
    case, school = subject.case_reference, subject.school_id
    beside = [getattr(row, name, None) for name in PAGE_OF]
    pages = [page for page in beside if isinstance(page, models.Model)]
    about = {f"case {case}" if case else f"school {school}", *map(neutral_name, [row, *pages])}
    return Words(field, frozenset({case} - {""}), frozenset(about), school)


def _schools_of(user: User) -> Iterable[School]:
    held = Membership.objects.filter(user=user)
    teams = held.values("buurtteam")
    return School.objects.filter(Q(pk__in=held.values("school")) | Q(buurtteam__in=teams))
