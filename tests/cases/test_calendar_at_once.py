"""A vacation changed while the sweep runs and people work: nobody waits in a circle."""

import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from cases import actions
from cases.facts import facts_for
from cases.models import Case, Reminder, Snooze
from cases.protocol import guide
from cases.reminders.sweep import sweep
from cases.school_periods import set_periods
from cases.vacations.actions import add_vacation, take_over_region
from cases.waiting.actions import put_off
from tests.factories import CaseFactory, PupilFactory, SchoolFactory, SignalFactory, member
from tests.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def open_cases(school, number, since):
    for __ in range(number):
        case = CaseFactory(pupil=PupilFactory(school=school), opened_at=since)
        SignalFactory.create_batch(2, case=case, recorded_at=since, observed_at=since)
        actions.refresh(case, None, since)
    return list(Case.objects.filter(school=school).order_by("-pk"))


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_vacations_periods_sweeps_and_people_at_the_same_moment():
    school = SchoolFactory()
    coordinator, officer = member(Role.COORDINATOR, school), member(Role.ATTENTION_OFFICER, school)
    now = timezone.now()
    cases = open_cases(school, 8, now - timedelta(days=20))
    first = timezone.localdate() + timedelta(days=7)

    def work():  # from the last case to the first: against the order of the others
        for case in cases:
            actions.look_back(case, fresh(coordinator), uuid.uuid4(), seen="Stil.", result="watch")

    at_once(
        work,
        lambda: add_vacation(school, fresh(officer), "Week", first, first + timedelta(days=4)),
        lambda: set_periods(school, fresh(coordinator), {"ask": 8}),
        lambda: sweep(timezone.now()),
        lambda: sweep(timezone.now()),
    )
    sweep(timezone.now())
    for case in Case.objects.filter(school=school):
        guidance = guide(facts_for(case, timezone.now()))
        before = case.deadline
        actions.apply_guidance(case, guidance, timezone.now())
        assert case.deadline == before
    said = list(Reminder.objects.values_list("case", "period", "deadline", "level"))
    assert len(said) == len(set(said))


def test_two_who_take_over_the_region_or_put_off_at_once_do_it_once():
    school = SchoolFactory()
    coordinator, officer = member(Role.COORDINATOR, school), member(Role.ATTENTION_OFFICER, school)
    kept = at_once(
        *(lambda who=who: take_over_region(school, fresh(who), "zuid", date(2026, 8, 1))
          for who in (coordinator, officer))
    )  # fmt: skip
    assert sorted(one.added for one in kept) == [0, school.vacations.count()]
    (case,) = open_cases(school, 1, timezone.now())
    key, until = uuid.uuid4(), timezone.now() + timedelta(days=1)
    at_once(*[
        lambda: put_off(case, fresh(coordinator), key, reason="Donderdag.", until=until)
    ] * 3)  # fmt: skip
    assert Snooze.objects.count() == 1
