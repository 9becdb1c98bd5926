"""A signal about somebody who works at the school: the board's line and the reporter, nobody else.

docs/protocol.md, R9 and Scenarios 12.
"""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.models import Membership, User
from accounts.roles import Role
from cases import actions
from cases.dossier.actions import request_export
from cases.dossier.tasks import make_dossier
from cases.errors import ActionError
from cases.facts import facts_for
from cases.models import Case, DossierExport, Notification, Reminder
from cases.notifications.outbox import deliver
from cases.protocol import Attention, guide
from cases.reminders.sweep import sweep
from cases.timeline import timeline
from consultations.actions import ask_consultation
from consultations.models import Consultation
from signals.actions import correct_signal, file_signal
from signals.models import Signal
from tests.factories import ConsultationFactory, InvitationFactory, PupilFactory, member
from tests.searches import search

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
def case(pupil, teacher, leader):
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
    dashboard = search(browser, "cases:dashboard", q="Rozendal")
    assert "Rozendal</a>" not in dashboard.content.decode()
    if dashboard.status_code == 200:
        assert dashboard.context["shown"].summary.total == 0


def test_not_even_by_a_grant_on_the_case(case, school, leader):
    colleague = member(Role.TEACHER, school)
    with pytest.raises(ActionError):
        actions.add_participant(case, leader, colleague, hand_over=True)
    assign_perm("cases.handed_over", colleague, case)
    assert not Case.objects.visible_to(colleague).exists()


def test_the_school_leader_sees_it_and_hands_it_over(case, leader, signed_in):
    page = signed_in(leader).get(reverse("cases:whole", args=[case.reference])).content.decode()
    assert SECRET in page
    first = signed_in(leader).get(reverse("cases:detail", args=[case.reference]))
    assert "0900-111 3 111" in first.content.decode()
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
    late = case.deadline + timedelta(days=3)
    sweep(late)
    told = Notification.objects.values_list("recipient", flat=True)
    assert set(told) == {leader.pk}
    with time_machine.travel(late):
        deliver()
    assert [mail.to for mail in mailoutbox] == [[leader.email]]
    assert "Ties" not in mailoutbox[0].body


def test_the_leader_is_told_at_once(case, leader, mailoutbox):
    assert Reminder.objects.get().level == 0
    deliver()
    assert [mail.to for mail in mailoutbox] == [[leader.email]]
    assert sweep(case.opened_at + timedelta(hours=1)) == 0  # not said twice


def test_a_school_where_nobody_hears_of_it_says_so_and_keeps_the_words(school, signed_in):
    pupil, reporter = PupilFactory(school=school), member(Role.TEACHER, school)
    with pytest.raises(ActionError) as refused:
        log(pupil, reporter)
    assert refused.value.field == "about_staff"
    response = signed_in(reporter).post(
        reverse("signals:new"),
        {
            "pupil": pupil.public_id, "facts": SECRET, "urgency": "normal", "about_staff": "on",
            "observed_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        },
    )  # fmt: skip
    assert response.status_code == 422
    assert "0900-111 3 111" in response.content.decode()
    assert SECRET in response.content.decode()
    assert not Case.objects.exists()


def test_nobody_is_consulted_in_it_even_by_a_leader_who_is_coordinator_too(case, leader, school):
    Membership.objects.create(user=leader, role=Role.COORDINATOR, school=school)
    leader = User.objects.get(pk=leader.pk)
    for act in (
        lambda: ask_consultation(
            case, leader, uuid.uuid4(), kind="colleague", question="Wat nu?", shared=SECRET
        ),
        lambda: actions.begin_cycle(case, leader, grounds="Nog eens."),
        lambda: actions.record_conversation(
            case, leader, uuid.uuid4(), kind="pupil", held_at=timezone.now(), motivation="Haast."
        ),
    ):
        with pytest.raises(ActionError):
            act()
    room = ConsultationFactory(case=case)
    guest = member(Role.TEACHER, school)
    InvitationFactory(consultation=room, user=guest, accepted_at=timezone.now())
    assert not Consultation.objects.visible_to(guest).exists()


def test_the_pages_of_the_steps_are_not_there(case, leader, signed_in):
    browser = signed_in(leader)
    for name in (
        "cases:conversation", "cases:skip", "cases:prepare_talk", "cases:assessment",
        "cases:new_cycle",
        "consultations:new", "consultations:call", "referrals:decide", "referrals:feedback",
    ):  # fmt: skip
        assert browser.get(reverse(name, args=[case.reference])).status_code == 404, name


def test_who_is_leader_no_more_has_no_export_of_it_any_more(case, leader, school, signed_in):
    export = request_export(case, leader, uuid.uuid4(), "Voor het bestuur.")
    make_dossier(str(export.public_id))
    assert DossierExport.objects.visible_to(leader).exists()
    leader.memberships.update(role=Role.ADMINISTRATOR)
    former = User.objects.get(pk=leader.pk)
    browser = signed_in(former)
    for name in ("cases:export", "cases:export_download"):
        assert browser.get(reverse(name, args=[export.public_id])).status_code == 404
    waiting = DossierExport.objects.create(case=case, requested_by=former, reason="Nog een keer.")
    make_dossier(str(waiting.public_id))
    assert DossierExport.objects.get(pk=waiting.pk).state == DossierExport.State.FAILED


def test_the_pupil_page_of_a_teacher_offers_no_trace_of_it(case, school, signed_in):
    other = member(Role.TEACHER, school)
    page = (
        signed_in(other).post(reverse("signals:pupils"), {"pupil_query": "Ties"}).content.decode()
    )
    assert "Rozendal" in page  # a pupil of the school, as before
    assert not Signal.objects.visible_to(other).exists()


def test_its_timeline_names_no_step_of_the_protocol(case):
    assert case.step_changes.count() > 1
    steps = [entry for entry in timeline(case) if entry.icon == "arrow-right"]
    assert len(steps) == 1  # it was opened
