"""Any number of invented schools and cases: the stories of the demo, cast by the thousand.

For measuring and for trying out at scale. Nobody of these schools can sign in.
"""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from auditlog.context import disable_auditlog
from django.contrib.auth.hashers import make_password
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import Buurtteam, Membership, School, User
from accounts.roles import Role
from cases.models import Case
from cases.references import new_reference
from meldcode.demo.events import Ask, Story
from meldcode.demo.moulds import TABLES, Casting, Mould, make_mould
from meldcode.demo.names import invented_name
from meldcode.demo.people import CITY, DOMAIN, SINCE, VLIERBOOM
from meldcode.demo.stories import VLIERBOOM_STORIES

# Cases in one transaction: large enough to be fast, small enough for any memory.
BATCH = 2_000
# Of a hundred cases of a school, so many are closed.
CLOSED = 0.6
# The moments from which a story is told, in days back: years of closed cases, some open ones late.
SEEN_FROM = {True: (0, 120, 400, 800), False: (0, 1, 4)}


def plant_bulk(schools: int, cases: int, say: Callable[[str], object]) -> None:
    """Make invented schools with their people, and cases spread over them, in bulk inserts."""
    dice = Random(f"{schools} schools, {cases} cases")  # noqa: S311 - invented people
    with disable_auditlog():
        with transaction.atomic():
            places = [_place(number) for number in range(1, schools + 1)]
        stock = _Stock(places[0], timezone.now())
        draw = _references()
        for first in range(0, cases, BATCH):
            batch = range(first, min(first + BATCH, cases))
            with transaction.atomic():
                _cast(batch, places, stock, dice, draw)
            say(f"{batch.stop} of {cases} cases")


@dataclass(frozen=True, slots=True)
class _Place:
    """A school with its crew, by the keys of the demo's people."""

    school: School
    crew: dict[str, User]


class _Stock:
    """What is drawn from: stories seen from several moments, each with its share of the cases."""

    def __init__(self, place: _Place, now: datetime) -> None:
        self.place = place
        self.told = [
            (story, now - timedelta(days=back))
            for story in VLIERBOOM_STORIES
            if not _asks_of_the_book(story)
            for back in SEEN_FROM[story.closed]
        ]
        closed = sum(story.closed for story, __ in self.told)
        shares = {True: CLOSED / closed, False: (1 - CLOSED) / (len(self.told) - closed)}
        self.shares = [shares[story.closed] for story, __ in self.told]
        self.made: dict[int, Mould] = {}

    def draw(self, dice: Random, count: int) -> list[Mould]:
        """Return so many moulds; each is made when it is drawn for the first time."""
        drawn = dice.choices(range(len(self.told)), self.shares, k=count)
        for number in set(drawn) - set(self.made):
            story, now = self.told[number]
            self.made[number] = make_mould(story, self.place.school, self.place.crew, now)
        return [self.made[number] for number in drawn]


def _asks_of_the_book(story: Story) -> bool:
    """Tell whether a story names an entry of a contact book, which hangs under no pupil."""
    return any(isinstance(event, Ask) and event.contact for event in story.events)


def _place(number: int) -> _Place:
    team = Buurtteam.objects.create(
        name=f"Buurtteam {number}", city=CITY, telephone=VLIERBOOM.telephone
    )
    school = School.objects.create(
        name=f"School {number}", city=CITY, kind=VLIERBOOM.kind, buurtteam=team
    )
    crew = User.objects.bulk_create(
        User(
            email=f"{person.key}.{school.pk}@{DOMAIN}",
            name=person.name,
            password=make_password(None),
        )
        for person in VLIERBOOM.people
    )
    Membership.objects.bulk_create(
        _membership(user, person.role, school)
        for user, person in zip(crew, VLIERBOOM.people, strict=True)
    )
    keys = (person.key for person in VLIERBOOM.people)
    return _Place(school, dict(zip(keys, crew, strict=True)))


def _membership(user: User, role: Role, school: School) -> Membership:
    place = {"school": school}
    if role == Role.BUURTTEAM_WORKER:
        place = {"buurtteam": school.buurtteam}
    return Membership(user=user, role=role, starts_on=SINCE, **place)


def _cast(
    batch: range,
    places: list[_Place],
    stock: _Stock,
    dice: Random,
    draw: Callable[[str], str],
) -> None:
    castings = []
    for number, mould in zip(batch, stock.draw(dice, len(batch)), strict=True):
        place = places[number % len(places)]
        crew = {user.pk: place.crew[key].pk for key, user in stock.place.crew.items()}
        school = place.school
        casting = Casting(school.pk, school.buurtteam_id, crew, invented_name(dice), draw)
        castings.append((casting, mould))
    _insert_all(castings)


def cast_story(
    story: Story, count: int, school: School, crew: dict[str, User], told: datetime, dice: Random
) -> list[int]:
    """Make cases of one story at a school that there is, told from a moment; return their keys."""
    mould, draw = make_mould(story, school, crew, told), _references()
    people = {user.pk: user.pk for user in crew.values()}
    castings = [
        Casting(school.pk, school.buurtteam_id, people, invented_name(dice), draw)
        for __ in range(count)
    ]
    _insert_all([(casting, mould) for casting in castings])
    (case,) = mould[Case]
    return [casting.ids[Case, case.key] for casting in castings]


def _insert_all(castings: list[tuple[Casting, Mould]]) -> None:
    for model, __ in TABLES:
        _insert(model, list(_rows(model, castings)))


def _references() -> Callable[[str], str]:
    """Return a way to draw references that nothing in the database has."""
    taken: set[str] = set()
    for model, __ in TABLES:
        if any(field.name == "reference" for field in model._meta.concrete_fields):
            taken.update(model._default_manager.values_list("reference", flat=True))

    def draw(prefix: str) -> str:
        while (reference := new_reference(prefix)) in taken:
            pass
        taken.add(reference)
        return reference

    return draw


def _rows(model: type[models.Model], castings: list[tuple[Casting, Mould]]) -> Iterable[list[Any]]:
    """Yield the rows of a table for all copies of a batch."""
    ids = iter(_new_ids(model, sum(len(mould[model]) for __, mould in castings)))
    for casting, mould in castings:
        for row in mould[model]:
            casting.ids[model, row.key] = next(ids)
            values = row.shared.copy()
            for slot in row.slots:
                values[slot.column] = slot.fill(casting)
            yield values


def _new_ids(model: type[models.Model], count: int) -> Iterable[int]:
    """Return so many ids that the table has not given to anything."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [pk for (pk,) in cursor.fetchall()]
    first = (model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1
    return range(first, first + count)


def _insert(model: type[models.Model], rows: list[list[Any]]) -> None:
    """Insert rows as they stand: by COPY on PostgreSQL, else by one prepared statement."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in model._meta.concrete_fields)
    table = f"{quote(model._meta.db_table)} ({columns})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # In CSV an empty value is an empty text; nothing at all has a sign of its own.
            lines = io.StringIO()
            nothing = r"\N"
            csv.writer(lines).writerows(
                [nothing if value is None else value for value in row] for row in rows
            )
            lines.seek(0)
            cursor.copy_expert(
                f"COPY {table} FROM STDIN WITH (FORMAT csv, NULL '{nothing}')", lines
            )
        elif rows:
            marks = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608
