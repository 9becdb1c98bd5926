"""The school year before, to be reported of: cases that are over and done with."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

from accounts.models import School, User
from cases.figures.school_year import SchoolYear
from cases.models import Case, LookBack, YearText
from meldcode.demo.bulk import cast_story
from meldcode.demo.events import Story

# How many cases of each story, and how many days before the end of the year they are told.
TOLD = ((14, 60), (9, 120), (7, 180))
LOOKED_BACK_AFTER = timedelta(days=20)
KNOWLEDGE = (
    "In oktober was er een studiemiddag over de meldcode voor het hele team. Nieuwe collega's"
    " krijgen in hun eerste maand uitleg van de aandachtsfunctionaris."
)
AGREEMENTS = (
    "Wij wogen vaak later dan de termijn. Vanaf nu plant het zorgteam het wegen al tijdens het"
    " gesprek met de ouders."
)


def plant_last_year(
    school: School, stories: Iterable[Story], crew: dict[str, User], now: datetime
) -> None:
    """Make closed cases of the school year before, and what the school says of that year."""
    year = SchoolYear.of(now).before
    dice = Random(f"{school.name} {year}")  # noqa: S311 - invented people
    closed = [story for story in stories if story.closed]
    for story, (count, days) in zip(closed, TOLD, strict=False):
        told = year.until - timedelta(days=days)
        _look_back(
            cast_story(story, count, school, crew, told, dice), crew["zorgcoordinator"], told
        )
    YearText.objects.create(
        school=school,
        year=year.first,
        knowledge=KNOWLEDGE,
        agreements=AGREEMENTS,
        saved_by=crew["schoolleider"],
        saved_at=now,
        version=1,
    )


def _look_back(cases: list[int], by: User, told: datetime) -> None:
    """Write down that nothing more was seen: nobody is reminded of a case of that year."""
    LookBack.objects.bulk_create(
        LookBack(
            case_id=case, author=by, recorded_at=told + LOOKED_BACK_AFTER, result="quiet",
            seen="Het gaat goed, ook thuis.",
        )
        for case in cases
    )  # fmt: skip
    Case.objects.filter(pk__in=cases).update(
        period="", period_since=None, deadline=None, next_due=None
    )
