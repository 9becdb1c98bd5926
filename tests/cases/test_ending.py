"""Closing on the grounds that the protocol names, and looking back afterwards (R43, R44, R1)."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from cases import actions
from cases.errors import ActionError
from cases.models import Case, LookBack, Reminder
from cases.notifications.outbox import deliver
from cases.reminders.sweep import sweep
from cases.retention import kept_until
from signals.actions import find_unfounded
from tests.cases.records import ago, assessment, consultation, decision, signal
from tests.factories import CaseFactory, ConversationFactory, PupilFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(school):
    """A case with concern that was consulted on."""
    case = CaseFactory(pupil=PupilFactory(school=school), opened_at=ago(days=10))
    signal(case, "tired", recorded_at=ago(days=9))
    signal(case, "marks", recorded_at=ago(days=8))
    consultation(case, closed_at=ago(days=5), recorded_at=ago(days=6), next_talk="De mentor.")
    actions.refresh(case, None)
    return case


def close(case, by, outcome):
    return actions.close_case(
        case, by, outcome=outcome, grounds="Gronden.", agreements="De mentor let op.",
        told="De mentor, aan beiden.",
    )  # fmt: skip


def cleared(case):
    ConversationFactory(case=case, recorded_at=ago(days=4), concern="gone")


def no_suspicion(case):
    ConversationFactory(case=case, recorded_at=ago(days=4))
    assessment(case, ago(days=3), suspicion="no")


@pytest.mark.parametrize(
    ("happens", "outcome"), [(cleared, "cleared"), (no_suspicion, "unfounded")]
)
def test_without_a_decision_a_case_ends_on_the_ground_that_there_is(
    case, coordinator, happens, outcome
):
    happens(case)
    others = {*Case.Outcome.values} - {outcome}
    for other in others:
        with pytest.raises(ActionError) as refused:
            close(case, coordinator, other)
        assert refused.value.field == "outcome"
    assert not close(case, coordinator, outcome).is_open


def test_after_a_decision_it_may_end_in_every_way_but_that_of_the_board(case, coordinator):
    decision(case, ago(days=2))
    with pytest.raises(ActionError):
        close(case, coordinator, Case.Outcome.WITH_THE_BOARD)
    assert close(case, coordinator, "help_works").closing_told == "De mentor, aan beiden."


def test_a_new_signal_after_the_talk_keeps_the_case_open(case, coordinator):
    cleared(case)
    signal(case, "food", recorded_at=ago(days=1))
    with pytest.raises(ActionError):
        close(case, coordinator, "cleared")


def test_the_form_shows_only_the_ground_that_there_is(case, coordinator, signed_in):
    browser, url = signed_in(coordinator), reverse("cases:close", args=[case.reference])
    assert browser.get(url).status_code == 302
    cleared(case)
    form = browser.get(url).context["form"]
    assert [code for code, __ in form.fields["outcome"].choices] == ["cleared"]


# Looking back after closing


def test_some_weeks_after_closing_somebody_is_reminded_to_look_back_until_they_did(
    case, coordinator, school, mailoutbox
):
    decision(case, ago(days=2))
    closed = close(case, coordinator, "help_works")
    assert (closed.period, closed.next_due is None) == ("look_back", False)
    assert sweep(closed.next_due) == 1
    assert Reminder.objects.get().period == "look_back"
    with time_machine.travel(closed.next_due):
        deliver()
    assert case.reference in mailoutbox[0].body
    actions.look_back(closed, coordinator, uuid.uuid4(), seen="Lacht weer.", result="quiet")
    assert Case.objects.get().next_due is None
    assert sweep(timezone.now() + timedelta(days=400)) == 0


def test_a_case_is_looked_back_at_on_its_page(case, coordinator, signed_in):
    decision(case, ago(days=2))
    close(case, coordinator, "help_works")
    browser = signed_in(coordinator)
    shown = browser.get(reverse("cases:detail", args=[case.reference])).content.decode()
    assert "niet afgerond" in shown
    assert "komt nog" not in shown
    url = reverse("cases:look_back", args=[case.reference])
    assert browser.get(url).status_code == 200
    response = browser.post(url, {"seen": "Weer stil.", "result": "concern"})
    assert response["Location"] == f"{reverse('signals:new')}?pupil={case.pupil.public_id}"
    assert LookBack.objects.get().result == "concern"
    form = browser.get(response["Location"]).context["form"]
    assert form.pupil_options == [case.pupil]
    # Until it is logged, somebody still has to look.
    assert Case.objects.get().next_due is not None


def test_who_stays_watchful_after_closing_looks_again(case, coordinator):
    decision(case, ago(days=2))
    closed = close(case, coordinator, "help_works")
    actions.look_back(closed, coordinator, uuid.uuid4(), seen="Nog stil.", result="watch")
    again = Case.objects.get()
    assert again.period == "look_back"
    assert again.period_since > closed.period_since


# What stands in the way of closing


def test_a_severe_signal_that_nobody_answered_is_closed_over_by_nobody(case, coordinator):
    decision(case, ago(days=2))
    signal(case, "weapon", severe=True, acute=True, recorded_at=ago(days=1))
    with pytest.raises(ActionError):
        close(case, coordinator, "help_works")
    consultation(case, kind="veilig_thuis", closed_at=timezone.now())
    assert not close(case, coordinator, "help_works").is_open


def test_a_signal_that_comes_while_one_writes_is_read_first(case, coordinator, signed_in):
    decision(case, ago(days=2))
    browser, url = signed_in(coordinator), reverse("cases:close", args=[case.reference])
    seen = browser.get(url).context["form"]["signals_seen"].value()
    signal(case, "food")
    words = {
        "outcome": "help_works", "grounds": "Het gaat goed.", "agreements": "De mentor.",
        "told": "De mentor.", "signals_seen": seen,
    }  # fmt: skip
    response = browser.post(url, words)
    assert response.status_code == 422
    assert "Het gaat goed." in response.content.decode()
    assert Case.objects.get().is_open
    # Who read it sends the same words again.
    words["signals_seen"] = response.context["form"]["signals_seen"].value()
    browser.post(url, words)
    assert not Case.objects.get().is_open


def test_weighed_again_it_is_decided_again_before_closing_or_a_new_walk(case, coordinator):
    decision(case, ago(days=2), help="own")
    assessment(case, ago(days=1), danger="yes")
    for act in (
        lambda: close(case, coordinator, "help_works"),
        lambda: actions.begin_cycle(case, coordinator, grounds="Nog eens."),
    ):
        with pytest.raises(ActionError):
            act()
    actions.refresh(case, None)
    assert case.period == "decide"


def test_danger_that_is_weighed_after_the_talk_is_not_cleared_by_it(case, coordinator):
    cleared(case)
    assessment(case, ago(days=3), danger="yes")
    with pytest.raises(ActionError):
        close(case, coordinator, "cleared")


def test_closed_by_the_same_person_in_other_words_is_said_to_be_closed(case, coordinator):
    decision(case, ago(days=2))
    close(case, coordinator, "help_works")
    with pytest.raises(ActionError):
        close(case, coordinator, "other")


def test_the_form_says_what_would_be_left_undone(case, coordinator, signed_in):
    decision(case, ago(days=2), report=True, to={"veilig_thuis": None})
    page = signed_in(coordinator).get(reverse("cases:close", args=[case.reference]))
    assert "R37" in [task.rule.code for task in page.context["undone"]]


# Looking back at one signal


@pytest.mark.parametrize(
    ("result", "page"),
    [("watch", "cases:detail"), ("quiet", "referrals:decide"), ("concern", "signals:new")],
)
def test_looking_back_at_a_single_signal_leads_on(school, coordinator, signed_in, result, page):
    case = CaseFactory(pupil=PupilFactory(school=school), opened_at=ago(days=30))
    signal(case, "tired", recorded_at=ago(days=30))
    actions.refresh(case, None)
    before = Case.objects.get().deadline
    url = reverse("cases:look_back", args=[case.reference])
    response = signed_in(coordinator).post(url, {"seen": "Uitgeslapen.", "result": result})
    assert response.status_code == 302
    assert response["Location"].startswith(
        reverse(page, args=[] if page == "signals:new" else [case.reference])
    )
    # Who saw something new is asked until it is logged.
    assert (Case.objects.get().deadline > before) == (result != "concern")


# Unfounded signals (R10)


def test_an_unfounded_signal_stays_and_counts_no_more(case, coordinator):
    before = case.signals.earliest("pk")
    find_unfounded(before, coordinator, uuid.uuid4(), grounds="Het was een ander kind.")
    assert Case.objects.get().attention == Case.Attention.WATCHFUL
    assert case.signals.count() == 2
    with pytest.raises(ActionError):
        find_unfounded(before, coordinator, uuid.uuid4(), grounds="Nog eens.")


def test_its_author_reads_that_it_is_unfounded(case, coordinator, school, signed_in):
    teacher = member(Role.TEACHER, school)
    logged = signal(case, "tired", author=teacher)
    find_unfounded(logged, coordinator, uuid.uuid4(), grounds="Een val, door drie gezien.")
    page = signed_in(teacher).get(reverse("signals:detail", args=[logged.reference]))
    assert "Vastgelegd als ongegrond" in page.content.decode()


# How long it is kept


def test_a_dossier_is_kept_five_years_after_the_pupil_left():
    def left(day):
        return kept_until(PupilFactory.build(school=None, left_on=day))

    assert left(date(2026, 7, 15)) == date(2031, 7, 15)
    assert left(date(2024, 2, 29)) == date(2029, 2, 28)
    assert left(None) is None
