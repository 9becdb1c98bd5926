"""Seeding in bulk: as many as asked for, and each case as the protocol would have it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import School, User
from cases.models import Case
from cases.protocol import STEPS
from meldcode.demo import bulk
from signals.models import Signal
from tests.demo.test_seed import contradictions

pytestmark = pytest.mark.django_db


def plant(schools, cases):
    bulk.plant_bulk(schools, cases, say=lambda line: None)


@pytest.mark.production
def test_every_case_is_as_the_protocol_would_have_it():
    plant(3, 150)
    cases = list(Case.objects.select_related("pupil"))
    assert len(cases) == 150
    assert contradictions(cases, timezone.now()) == []

    assert School.objects.count() == 3
    assert {case.school_id for case in cases} == set(School.objects.values_list("pk", flat=True))
    assert {case.step for case in cases if case.is_open} == {step.number for step in STEPS}
    assert 60 < sum(not case.is_open for case in cases) < 120
    # Everything of a case is of its own school's people.
    for signal in Signal.objects.select_related("case__school"):
        assert signal.author.memberships.get().school == signal.case.school
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_once_more_clashes_with_nothing():
    plant(1, 10)
    plant(1, 10)
    assert Case.objects.count() == 20
    assert School.objects.count() == 2
    assert Signal.objects.values("reference").distinct().count() == Signal.objects.count()


def test_after_it_people_work_on():
    plant(1, 5)
    school = School.objects.get()
    school.cases.first().step_changes.create(from_step=1, to_step=2)
    assert School.objects.create(name="Nog een", city="Utrecht", kind="vo").pk > school.pk


@pytest.mark.production
@pytest.mark.parametrize(("asked", "made"), [({"schools": 2}, (2, 80)), ({"cases": 50}, (1, 50))])
def test_sizes(settings, asked, made):
    settings.DEMO = True
    call_command("seed_demo", **asked, stdout=StringIO())
    assert (School.objects.count(), Case.objects.count()) == made


@pytest.mark.parametrize("asked", [{"schools": 0}, {"schools": 1, "cases": -1}])
def test_sizes_that_make_no_sense(settings, asked):
    settings.DEMO = True
    with pytest.raises(CommandError):
        call_command("seed_demo", **asked, stdout=StringIO())
    assert not School.objects.exists()
