"""Moulds: the rows of a demo story, read back from the database, ready to be cast many times.

A mould is made by planting its story for real and rolling that back. What a copy must have for
itself (keys, references, school, people) is found in the models, so that a new column needs nothing
here.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import Buurtteam, School, User
from cases.models import (
    Answer,
    Assessment,
    Case,
    CaseUserObjectPermission,
    Conversation,
    Deviation,
    LookBack,
    Pupil,
    StepChange,
)
from consultations.models import Advice, Consultation, Invitation
from meldcode.demo.events import Story
from meldcode.demo.plant import plant
from referrals.models import Decision, Feedback, Goal, GoalEffect, HelpPlan, Referral
from signals.models import InjuryMark, Signal, SignalCategory, SignalFinding

# Each table after those that it points at, and the field by which it hangs under the one it is of.
TABLES: tuple[tuple[type[models.Model], str], ...] = (
    (Pupil, ""),
    (Case, "pupil"),
    (CaseUserObjectPermission, "content_object"),
    (StepChange, "case"),
    (Signal, "case"),
    (SignalCategory, "signal"),
    (InjuryMark, "signal"),
    (SignalFinding, "signal"),
    (Consultation, "case"),
    (Invitation, "consultation"),
    (Advice, "consultation"),
    (Conversation, "case"),
    (Assessment, "case"),
    (Answer, "assessment"),
    (Decision, "case"),
    (HelpPlan, "decision"),
    (Goal, "plan"),
    (Referral, "decision"),
    (Feedback, "case"),
    (GoalEffect, "feedback"),
    (Deviation, "case"),
    (LookBack, "case"),
)
UNDER = dict(TABLES)
NAME = ("given_name", "family_name")


@dataclass(frozen=True, slots=True)
class Slot:
    """A column whose value each copy has for itself."""

    column: int
    fill: Callable[["Casting"], Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what all copies share, and the columns to fill in. ``key``: its id in the mould."""

    key: int
    shared: list[Any]
    slots: tuple[Slot, ...]


@dataclass(slots=True)
class Casting:
    """One copy in the making: its place, and the ids that its rows were given so far."""

    school_id: int
    buurtteam_id: int
    people: dict[int, int]
    name: tuple[str, str]
    draw: Callable[[str], str]
    ids: dict[tuple[type[models.Model], int], int] = field(default_factory=dict)


# A story as rows, by table.
Mould = dict[type[models.Model], tuple[Row, ...]]


def make_mould(story: Story, school: School, crew: dict[str, User], now: datetime) -> Mould:
    """Return the mould of a story, told as if seen from a moment."""
    with transaction.atomic():
        born = timezone.localdate(now).replace(month=1, day=1)
        pupil = Pupil.objects.create(
            school=school,
            given_name=story.pupil.given_name,
            family_name=story.pupil.family_name,
            birth_date=born.replace(year=born.year - story.pupil.age),
            class_name=story.pupil.class_name,
        )
        plant(story, pupil, school, crew, now)
        mould = _read(pupil)
        transaction.set_rollback(True)
    return mould


def _read(pupil: Pupil) -> Mould:
    keys: dict[type[models.Model], list[int]] = {Pupil: [pupil.pk]}
    rows = {}
    for model, parent in TABLES:
        found = model._default_manager.filter(pk=pupil.pk)
        if parent:
            above = model._meta.get_field(parent).related_model
            found = model._default_manager.filter(**{f"{parent}__in": keys[above]})
        instances = list(found.order_by("pk"))
        keys[model] = [instance.pk for instance in instances]
        rows[model] = tuple(_row(model, instance) for instance in instances)
    return rows


def _row(model: type[models.Model], instance: models.Model) -> Row:
    slots, shared = [], []
    for number, column in enumerate(model._meta.concrete_fields):
        value = getattr(instance, column.attname)
        fill = _own(model, column, value)
        if fill is not None:
            slots.append(Slot(number, fill))
        shared.append(None if fill else column.get_db_prep_save(value, connection))
    return Row(instance.pk, shared, tuple(slots))


def _own(
    model: type[models.Model], column: models.Field, value: Any
) -> Callable[[Casting], Any] | None:
    """Return how a copy gets its own value for a column; None when all copies share it."""
    target = column.related_model if column.is_relation else None
    if column.primary_key:
        return lambda casting: casting.ids[model, value]
    if value is None:
        return None
    if target is School:
        return lambda casting: casting.school_id
    if target is Buurtteam:
        return lambda casting: casting.buurtteam_id
    if target is User:
        return lambda casting: casting.people[value]
    if target in UNDER:
        return lambda casting: casting.ids[target, value]
    if column.unique and isinstance(column, models.UUIDField):
        return lambda casting: column.get_db_prep_save(uuid.uuid4(), connection)
    if column.name == "reference":
        return lambda casting: casting.draw(value[0])
    if model is Pupil and column.name in NAME:
        part = NAME.index(column.name)
        return lambda casting: casting.name[part]
    return None
