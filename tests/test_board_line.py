"""A signal about somebody who works at the school: the board's line and the reporter, nobody else.

docs/protocol.md, R9 and Scenarios 12.
"""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.roles import Role
from cases import actions
from cases.errors import ActionError
from cases.facts import facts_for
from cases.models import Case, Reminder
from cases.protocol import Attention, guide
from cases.reminders.outbox import deliver
from cases.reminders.sweep import sweep
from signals.actions import correct_signal, file_signal
from signals.models import Signal
from tests.factories import PupilFactory, member

pytestmark = pytest.mark.django_db

SECRET = "Berichten in de nacht van iemand van school."


@pytest.fixture
def pupil(school):
    return PupilFactory(school=school, given_name="Ties", family_name="Rozendal")


@pytest.fixture
def leader(school):
    return member(Role.SCHOOL_LEADER, school)


def log(pupil, by, *, about_staff=True, **fields):
    return file_signal(
        pupil, by, uuid.uuid4(), categories=["online"], facts=SECRET, severe=False, acute=False,
        observed_at=timezone.now(), about_staff=about_staff, **fields,
    )  # fmt: skip


@pytest.fixture
def case(pupil, teacher):
    """The case that such a signal opened."""
    return log(pupil, teacher).case


def test_it_opens_a_case_of_its_own_that_asks_for_the_board(case):
    assert case.restricted
    guidance = guide(facts_for(case, timezone.now()))
    assert [task.rule.code for task in guidance.tasks] == ["R9"]
    assert guidance.attention is Attention.SEVERE
    assert case.period == "board"


def test_it_runs_beside_a_case_about_home_and_the_two_do_not_count_together(case, pupil, teacher):
    at_home = log(pupil, teacher, about_staff=False).case
    assert at_home != case
    assert not at_home.restricted
    assert facts_for(at_home, timezone.now()).signals == 1
    assert facts_for(case, timezone.now()).signals == 1
    assert at_home.attention == Case.Attention.WATCHFUL


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SCHOOL_LEADER])
def test_nobody_of_the_ordinary_roles_sees_that_it_exists(case, school, signed_in, role):
    place = school.buurtteam if role == Role.BUURTTEAM_WORKER else school
    somebody = member(role, place)
    browser = signed_in(somebody)
    assert not Case.objects.visible_to(somebody).exists()
    reference = case.reference
    signal = case.signals.get().reference
    for url in (
        reverse("cases:detail", args=[reference]),
        reverse("cases:dossier", args=[reference]),
        reverse("signals:detail", args=[signal]),
    ):
        assert browser.get(url).status_code == 404, url
    for name in ("cases:dashboard", "cases:exportable", "cases:statistics", "signals:mine"):
        page = browser.get(reverse(name)).content.decode()
        assert reference not in page
        assert "Rozendal" not in page
    dashboard = browser.get(f"{reverse('cases:dashboard')}?q=Rozendal")
    assert "Rozendal</a>" not in dashboard.content.decode()
    if dashboard.status_code == 200:
        assert dashboard.context["summary"]["total"] == 0


def test_not_even_by_a_grant_on_the_case(case, school, leader):
    colleague = member(Role.TEACHER, school)
    with pytest.raises(ActionError):
        actions.add_participant(case, leader, colleague, hand_over=True)
    assign_perm("cases.handed_over", colleague, case)
    assert not Case.objects.visible_to(colleague).exists()


def test_the_school_leader_sees_it_and_hands_it_over(case, leader, signed_in):
    page = signed_in(leader).get(reverse("cases:detail", args=[case.reference])).content.decode()
    assert SECRET in page
    assert "0900-111 3 111" in page
    assert reverse("consultations:new", args=[case.reference]) not in page
    for outcome in set(Case.Outcome.values) - {Case.Outcome.WITH_THE_BOARD}:
        with pytest.raises(ActionError):
            actions.close_case(case, leader, outcome=outcome, grounds="Zo.", agreements="Geen.")
    closed = actions.close_case(
        case, leader, outcome="with_the_board", grounds="Aan het bestuur.", agreements="Geen."
    )
    assert not closed.is_open


def test_the_leader_of_another_school_sees_nothing(case):
    assert not Case.objects.visible_to(member(Role.SCHOOL_LEADER)).exists()


def test_the_reporter_sees_their_own_signal_and_whom_to_call(case, teacher, signed_in):
    signal = case.signals.get()
    page = signed_in(teacher).get(reverse("signals:detail", args=[signal.reference]))
    assert SECRET in page.content.decode()
    assert "0900-111 3 111" in page.content.decode()
    assert not Case.objects.visible_to(teacher).exists()


def test_a_correction_stays_with_the_board(case, teacher):
    corrected = correct_signal(
        case.signals.get(), teacher, uuid.uuid4(), reason="Het was dinsdag.", categories=[],
        facts=SECRET, severe=False, acute=False, observed_at=timezone.now(),
    )  # fmt: skip
    assert corrected.about_staff
    assert corrected.case == case


def test_only_the_leader_is_reminded(case, leader, coordinator, mailoutbox):
    sweep(case.deadline + timedelta(days=3))
    messages = Reminder.objects.get().messages.all()
    assert {message.recipient for message in messages} == {leader}
    deliver()
    assert [mail.to for mail in mailoutbox] == [[leader.email]]
    assert "Ties" not in mailoutbox[0].body


def test_a_school_without_a_leader_tells_nobody_rather_than_the_care_team(case, coordinator):
    sweep(case.deadline)
    assert not Reminder.objects.get().messages.exists()


def test_the_pupil_page_of_a_teacher_offers_no_trace_of_it(case, school, signed_in):
    other = member(Role.TEACHER, school)
    page = signed_in(other).get(reverse("signals:pupils") + "?pupil_query=Ties").content.decode()
    assert "Rozendal" in page  # a pupil of the school, as before
    assert not Signal.objects.visible_to(other).exists()
