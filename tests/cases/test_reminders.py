"""Reminders: when a case stands still, the right people hear of it, once, and no name gets out."""

from datetime import datetime, timedelta
from io import StringIO
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from accounts.roles import Role
from background.models import Run
from cases import actions
from cases.models import Case, Reminder
from cases.notifications.outbox import deliver
from cases.reminders import sweep as sweeping
from cases.reminders import tasks
from cases.reminders.sweep import sweep
from cases.timeline import timeline
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    PupilFactory,
    SignalFactory,
    member,
)

pytestmark = pytest.mark.django_db

# Two signals on a Monday: a consultation is asked within five business days, on Monday the 9th.
MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
DAY_BEFORE = datetime(2026, 3, 6, 8, 0, tzinfo=MONDAY.tzinfo)
ON_THE_DAY = datetime(2026, 3, 9, 8, 0, tzinfo=MONDAY.tzinfo)
AFTER_THREE = datetime(2026, 3, 12, 8, 0, tzinfo=MONDAY.tzinfo)
AFTER_SIX = datetime(2026, 3, 17, 8, 0, tzinfo=MONDAY.tzinfo)
MINUTE = timedelta(minutes=1)


def standing_still(school, *, severe=False, responsible=None):
    """Return a case with concern since Monday."""
    pupil = PupilFactory(school=school, given_name="Tess", family_name="van der Zwaan")
    case = CaseFactory(pupil=pupil, opened_at=MONDAY, responsible=responsible)
    fields = {"recorded_at": MONDAY, "observed_at": MONDAY, "facts": "Een geheim dat blijft."}
    SignalFactory.create_batch(2, case=case, author=member(Role.TEACHER, school), **fields)
    if severe:
        SignalFactory(case=case, severe=True, **fields)
    actions.refresh(case, None, MONDAY)
    return case


def told(level):
    reminder = Reminder.objects.get(level=level)
    return {one.recipient for one in reminder.notifications.select_related("recipient")}


@pytest.fixture
def leader(school):
    return member(Role.SCHOOL_LEADER, school)


@pytest.fixture
def mentor(school):
    return member(Role.TEACHER, school)


def test_each_level_comes_at_its_moment_and_once(school, coordinator):
    standing_still(school)
    for level, moment in enumerate((DAY_BEFORE, ON_THE_DAY, AFTER_THREE, AFTER_SIX)):
        assert sweep(moment - MINUTE) == 0
        assert sweep(moment) == 1
        assert sweep(moment + MINUTE) == 0
        assert Reminder.objects.latest("level").level == level


def test_on_the_accelerated_path_hours_count(school, coordinator):
    standing_still(school, severe=True)  # a consultation is asked within two hours
    moments = [MONDAY + timedelta(hours=hours) for hours in (1, 2, 4, 6)]
    for moment in moments:
        assert (sweep(moment - MINUTE), sweep(moment)) == (0, 1)


def test_the_ladder(school, coordinator, leader, mentor):
    standing_still(school, responsible=mentor)
    for moment in (DAY_BEFORE, ON_THE_DAY, AFTER_THREE, AFTER_SIX):
        sweep(moment)
    assert told(0) == told(1) == {mentor}
    assert told(2) == {mentor, coordinator}
    assert told(3) == {mentor, coordinator, leader}


def test_where_nobody_is_responsible_the_care_team_is_told(school, coordinator, leader):
    standing_still(school)
    sweep(DAY_BEFORE)
    assert told(0) == {coordinator}


def test_who_was_responsible_and_left_is_told_nothing(school, coordinator, mentor):
    standing_still(school, responsible=mentor)
    Membership.objects.filter(user=mentor).delete()
    sweep(DAY_BEFORE)
    assert told(0) == {coordinator}


def test_without_a_care_team_the_leader_is_told(school, leader):
    standing_still(school)
    sweep(DAY_BEFORE)
    assert told(0) == {leader}


def test_after_a_standstill_of_weeks_each_period_is_said_once_in_one_mail(
    school, coordinator, mailoutbox
):
    standing_still(school)
    assert sweep(MONDAY + timedelta(days=60)) == 2
    assert set(Reminder.objects.values_list("period", flat=True)) == {"ask", "walk"}
    assert coordinator.notifications.count() == 1  # two lines behind the bell would say the same
    said = [
        entry.text for entry in timeline(Case.objects.with_records().get()) if entry.icon == "clock"
    ]
    assert len(said) == 2
    assert not any("0 p" in text for text in said)
    deliver()
    assert len(mailoutbox) == 1


def test_of_several_periods_each_hears_once_and_of_the_most_urgent(school, coordinator, mentor):
    case = standing_still(school, severe=True, responsible=mentor)
    # The first reminder of the whole walk is for the responsible alone; step 1 is late for all.
    assert sweep(MONDAY + timedelta(hours=37)) == 2
    assert set(case.reminders.values_list("period", "level")) == {("ask", 18), ("walk", 0)}
    assert [one.urgent for one in mentor.notifications.all()] == [True]
    assert [one.urgent for one in coordinator.notifications.all()] == [True]


def test_what_was_done_meanwhile_is_not_asked_again(school, coordinator):
    case = standing_still(school)
    ConsultationFactory(case=case, recorded_at=DAY_BEFORE - MINUTE)
    # Written past the actions: the sweep itself looks at the case again.
    assert sweep(DAY_BEFORE) == 0
    case.refresh_from_db()
    assert (case.period, case.next_due > DAY_BEFORE) == ("consult", True)


def test_a_closed_case_is_left_in_peace(school, coordinator):
    case = standing_still(school)
    Case.objects.filter(pk=case.pk).update(
        closed_at=MONDAY, outcome=Case.Outcome.CLEARED, closing_grounds="Opgehelderd."
    )
    assert sweep(AFTER_SIX) == 0


def test_many_cases_in_batches_with_as_many_queries(school, coordinator, monkeypatch):
    def queries(cases):
        for __ in range(cases):
            standing_still(school)
        with CaptureQueriesContext(connection) as captured:
            assert sweep(DAY_BEFORE) == cases
        return captured

    few, many = queries(2), queries(12)
    assert len(few) == len(many)
    monkeypatch.setattr(sweeping, "BATCH", 3)
    queries(7)
    assert Reminder.objects.count() == 21


def test_a_mail_holds_a_reference_and_no_name(school, coordinator, mailoutbox):
    case = standing_still(school)
    sweep(DAY_BEFORE)
    assert deliver() == 1
    (mail,) = mailoutbox
    whole = mail.message().as_string()
    assert mail.to == [coordinator.email]
    assert f"https://meldcode.example/cases/{case.reference}/" in whole
    teacher = case.signals.first().author
    for secret in ("Tess", "Zwaan", "geheim", school.name, teacher.name, coordinator.name):
        assert secret not in whole
    assert mail.subject == "Meldcode: Een casus wacht op een volgende stap"


def test_a_mail_is_in_the_language_of_who_reads_it(school, coordinator, mailoutbox):
    coordinator.language = "en"
    coordinator.save()
    standing_still(school)
    sweep(DAY_BEFORE)
    deliver()
    assert mailoutbox[0].subject == "Meldcode: A case waits for a next step"


def test_one_mail_for_all_cases_of_a_person(school, coordinator, mailoutbox):
    cases = [standing_still(school) for __ in range(3)]
    sweep(DAY_BEFORE)
    assert (deliver(), deliver()) == (1, 0)
    assert all(case.reference in mailoutbox[0].body for case in cases)


def test_the_command_says_what_it_did(school, coordinator, mailoutbox):
    standing_still(school)
    said = StringIO()
    call_command("send_reminders", stdout=said)
    call_command("send_reminders", stdout=said)
    lines = said.getvalue().splitlines()
    assert lines == ["2 reminders given, 1 mails sent.", "0 reminders given, 0 mails sent."]


@pytest.mark.parametrize("batch", [1, 2, 3, 1000])
def test_a_case_that_the_protocol_cannot_look_at_keeps_no_other_waiting(
    school, coordinator, monkeypatch, caplog, batch
):
    """A fault of ours in one case of the country must not silence all the others."""
    cases = [standing_still(school) for __ in range(5)]
    broken = {cases[0].pk, cases[3].pk}
    follow = sweeping.follow

    def fails(case, *said, **more):
        if case.pk in broken:
            raise ValueError("Tess van der Zwaan")
        follow(case, *said, **more)

    monkeypatch.setattr(sweeping, "BATCH", batch)
    monkeypatch.setattr(sweeping, "follow", fails)
    assert sweep(DAY_BEFORE) == 3
    told = set(Reminder.objects.values_list("case_id", flat=True))
    assert told == {case.pk for case in cases} - broken
    # Whoever looks after the program reads which, and no word of it.
    said = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(said) == 2
    assert all(f"{case.reference} " in "".join(said) for case in (cases[0], cases[3]))
    assert "Tess" not in caplog.text
    # Tried again each time, and reminded once the fault is mended.
    assert sweep(DAY_BEFORE + MINUTE) == 0
    monkeypatch.setattr(sweeping, "follow", follow)
    assert sweep(DAY_BEFORE + 2 * MINUTE) == 2


def test_a_sweep_with_a_broken_case_stands_as_failed(school, coordinator, monkeypatch):
    standing_still(school)
    monkeypatch.setattr(sweeping, "course", mock.Mock(side_effect=ValueError("Tess")))
    with time_machine.travel(DAY_BEFORE, tick=False):
        tasks.sweep.apply()
    run = Run.objects.get(task=tasks.sweep.name)
    assert (run.state, run.error) == (Run.State.FAILED, "ValueError")
    assert run.place.startswith("cases.")


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, SoftTimeLimitExceeded])
def test_what_is_no_fault_of_a_case_ends_the_sweep(school, coordinator, monkeypatch, error):
    standing_still(school)
    monkeypatch.setattr(sweeping, "course", mock.Mock(side_effect=error))
    with pytest.raises(error):
        sweep(DAY_BEFORE)
