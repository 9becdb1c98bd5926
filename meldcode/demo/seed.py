"""Planting the demo: two schools with their people, pupils and stories."""

from collections.abc import Iterable
from datetime import date, datetime
from random import Random

from auditlog.context import disable_auditlog
from django.db import transaction
from django.utils import timezone

from accounts.models import Board, Buurtteam, Membership, School, User
from accounts.roles import Role
from cases.models import Pupil
from meldcode.demo.around import plant_around, plant_vacations
from meldcode.demo.asked import plant_asked
from meldcode.demo.events import Child, Story
from meldcode.demo.last_year import plant_last_year
from meldcode.demo.names import birth_date, invented_name
from meldcode.demo.paper import plant_failed_paper
from meldcode.demo.people import CITY, PASSWORD, SINCE, VLIERBOOM, ZEVEN_SCHEPEN, Person, Place
from meldcode.demo.plant import plant
from meldcode.demo.stories import VLIERBOOM_STORIES, ZEVEN_SCHEPEN_STORIES
from meldcode.demo.told import plant_told

# One board for both: so that emergency access can be tried.
BOARD = "Stichting Rond de Dom"


def demo_people() -> tuple[Person, ...]:
    """Return everybody who has a demo account."""
    return VLIERBOOM.people + ZEVEN_SCHEPEN.people


def demo_stands() -> bool:
    """Tell whether the demo was planted already."""
    return User.objects.filter(email=VLIERBOOM.people[0].email).exists()


def plant_demo(now: datetime | None = None) -> None:
    """Make both demo schools, or nothing at all: one transaction."""
    now = now or timezone.now()
    # The audit remembers what people did; nobody did any of this.
    with disable_auditlog(), transaction.atomic():
        board = Board.objects.create(name=BOARD)
        _plant_place(VLIERBOOM, VLIERBOOM_STORIES, board, now)
        _plant_place(ZEVEN_SCHEPEN, ZEVEN_SCHEPEN_STORIES, board, now)


def _plant_place(place: Place, stories: Iterable[Story], board: Board, now: datetime) -> None:
    stories = tuple(stories)
    team = Buurtteam.objects.create(name=place.buurtteam, city=CITY, telephone=place.telephone)
    school = School.objects.create(
        name=place.name, city=CITY, kind=place.kind, buurtteam=team, board=board
    )
    crew = {person.key: _person(person, school) for person in place.people}
    pupils = _pupils(place, school, stories, timezone.localdate(now))
    plant_vacations(school, crew, now)
    for story in stories:
        plant(story, pupils[story.pupil], school, crew, now)
    if place is VLIERBOOM:
        plant_last_year(school, stories, crew, now)
        plant_asked(school, crew, now)
    plant_around(school, crew, now)
    plant_told(school, now)
    plant_failed_paper(school, now)


def _person(person: Person, school: School) -> User:
    user = User.objects.create_user(person.email, PASSWORD, name=person.name)
    outside = person.role == Role.BUURTTEAM_WORKER
    Membership.objects.create(
        user=user,
        role=person.role,
        school=None if outside else school,
        buurtteam=school.buurtteam if outside else None,
        starts_on=SINCE,
    )
    return user


def _pupils(
    place: Place, school: School, stories: Iterable[Story], today: date
) -> dict[Child, Pupil]:
    """Make the classes: the children of the stories, and classmates up to a full class."""
    dice = Random(place.name)  # noqa: S311 - the same invented classmates in each demo
    children = list(dict.fromkeys(story.pupil for story in stories))
    taken = {(child.given_name, child.family_name) for child in children}
    for class_name, age in place.classes:
        count = sum(child.class_name == class_name for child in children)
        while count < place.pupils_per_class:
            name = invented_name(dice)
            if name not in taken:
                taken.add(name)
                children.append(Child(*name, age, class_name))
                count += 1
    pupils = [
        Pupil(
            school=school,
            given_name=child.given_name,
            family_name=child.family_name,
            birth_date=birth_date(child.age, today, dice),
            class_name=child.class_name,
        )
        for child in children
    ]
    return dict(zip(children, Pupil.objects.bulk_create(pupils), strict=True))
