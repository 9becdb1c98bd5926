"""Requests of parents and pupils: who may ask, the legal month, the answer, what it leads to."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from cases import actions as case_actions
from cases.errors import ActionError, Immutable
from cases.models import Case, DueItem, Notification, RightsRequest, Statement
from cases.models.rights_request import months_after
from cases.protocol.asking import (
    CORRECT,
    DESTROY,
    FORMER,
    OBJECT,
    PARENT,
    PUPIL,
    REPRESENTATIVE,
    SEE,
    warned,
)
from cases.rights_requests import actions, reminders
from tests.cases.test_destruction import approve, destroy, over
from tests.factories import CaseFactory, ConversationFactory, PupilFactory, member

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def _a_list_of_its_own(settings, tmp_path):
    settings.TOMBSTONES = tmp_path / "apart" / "tombstones.jsonl"


@pytest.fixture
def pupil(school):
    """A pupil of seventeen."""
    return PupilFactory(school=school, birth_date=timezone.localdate() - timedelta(days=365 * 17.5))


def ask(pupil, by, kind=SEE, asker=PUPIL, **fields):
    return actions.register(
        pupil.school, by, uuid.uuid4(), pupil=pupil, kind=kind, asker=asker, asked_by="Noor zelf",
        identity="known", **{"received_on": timezone.localdate(), **fields},
    )  # fmt: skip


def answer(asked, by, outcome="granted", **fields):
    values = {
        "grounds": [], "words": "", "handed_over": "", "explained": "",
        "answered_on": timezone.localdate(),
    }  # fmt: skip
    return actions.answer(asked, by, outcome=outcome, **{**values, **fields})


# Who asks what, at which age → how many rows warn (docs/protocol.md).
@pytest.mark.parametrize(
    ("kind", "asker", "age", "rows"),
    [
        (SEE, PARENT, 15, 1), (SEE, PARENT, 16, 1), (SEE, PUPIL, 11, 1), (SEE, PUPIL, 12, 0),
        (SEE, PUPIL, 16, 0), (SEE, PARENT, None, 2), (CORRECT, PUPIL, 15, 1),
        (OBJECT, FORMER, 16, 0), (DESTROY, PARENT, 10, 2), (DESTROY, PARENT, 17, 1),
        (DESTROY, PUPIL, 15, 1), (DESTROY, FORMER, 20, 1), (SEE, REPRESENTATIVE, 20, 1),
    ],
)  # fmt: skip
def test_the_table_says_what_to_look_at_first(kind, asker, age, rows):
    found = warned(kind, asker, age)
    assert len(found) == rows
    assert all(row.source and str(row.says) for row in found)


def test_the_clock_is_the_legal_month_and_longer_is_said_in_time(pupil, coordinator):
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 11, 30), 3) == date(2027, 2, 28)
    today = timezone.localdate()
    asked = ask(pupil, coordinator, received_on=months_after(today, -1))
    assert not asked.is_late
    actions.take_longer(asked, coordinator, why="Anderen moeten het ook goedvinden.")
    asked.refresh_from_db()
    assert asked.due_on == months_after(asked.received_on, 3)
    late = ask(pupil, coordinator, received_on=today - timedelta(days=40))
    assert late.is_late
    with pytest.raises(ActionError):
        actions.take_longer(late, coordinator, why="Toch.")


def test_each_stage_is_told_once_to_who_keeps_the_register(pupil, school, coordinator):
    kept_out = member(Role.ATTENTION_OFFICER, school)
    pupil.shut_outs.create(user=kept_out, ground="family", set_by=coordinator)
    member(Role.ADMINISTRATOR, school)
    asked = ask(pupil, coordinator, received_on=TODAY)
    due = asked.due_on
    for days, told in ((20, 0), (7, 1), (6, 1), (1, 2), (0, 2), (-1, 3), (-20, 3)):
        reminders.remind(due - timedelta(days=days))
        assert Notification.objects.filter(kind="request_due").count() == told, days
    assert set(Notification.objects.values_list("recipient", flat=True)) == {coordinator.pk}


def test_it_is_refused_with_a_ground_and_granted_against_the_table_with_a_reason(
    pupil, coordinator, signed_in
):
    asked = ask(pupil, coordinator, asker=PARENT)
    for refused in ({"outcome": "refused"}, {"outcome": "partly", "grounds": ["harm"]}, {}):
        with pytest.raises(ActionError):
            answer(asked, coordinator, **refused)
    answer(asked, coordinator, "refused", grounds=["not_theirs"], words="Noor wil het niet.")
    with pytest.raises(ActionError):
        answer(asked, coordinator, explained="Toch.")
    page = signed_in(coordinator).get(reverse("cases:letter", args=[asked.public_id]))
    letter = page.content.decode()
    assert "Wie het vraagt, mag dit niet vragen" in letter
    assert "Noor wil het niet" not in letter
    assert pupil.family_name not in letter
    with pytest.raises(PermissionDenied):
        answer(ask(pupil, coordinator), member(Role.ADMINISTRATOR, pupil.school))


def test_what_is_destroyed_on_request_goes_by_two_people_and_the_register_keeps_no_word(
    pupil, school, coordinator
):
    administrator, leader = member(Role.ADMINISTRATOR, school), member(Role.SCHOOL_LEADER, school)
    closed = CaseFactory(pupil=pupil)
    over(closed)
    later = CaseFactory(pupil=pupil)
    Case.objects.filter(pk=closed.pk).update(kept_until=None)
    pupil.left_on = timezone.localdate()
    pupil.save()
    asked = ask(pupil, coordinator, kind=DESTROY, asker=FORMER)
    with pytest.raises(ActionError):
        answer(asked, coordinator)
    assert answer(asked, coordinator, explained="Noor overziet het goed.") == 1
    assert DueItem.objects.get().ground == "request"
    approve(school, administrator, leader)
    destroy()
    assert [case.pk for case in Case.objects.all()] == [
        later.pk
    ]  # it is open: somebody works at it
    # The other one, closed: then the pupil goes too, and the register says only that it was asked.
    over(later)
    pupil.refresh_from_db()
    again = ask(pupil, coordinator, kind=DESTROY, asker=FORMER)
    answer(again, coordinator, explained="Noor overziet het goed.", handed_over="Aan Noor.")
    approve(school, administrator, leader)
    destroy()
    asked.refresh_from_db()
    again.refresh_from_db()
    for one in (asked, again):
        assert (one.pupil_id, one.asked_by, one.explained, one.handed_over) == (None, "", "", "")
        assert (one.kind, one.outcome) == (DESTROY, "granted")
    assert not Case.objects.exists()


def test_whoever_is_kept_out_takes_a_letter_and_sees_no_other(pupil, coordinator, signed_in):
    kept_out = member(Role.COORDINATOR, pupil.school)
    pupil.shut_outs.create(user=kept_out, ground="family", set_by=coordinator)
    theirs, others = ask(pupil, kept_out), ask(pupil, coordinator)
    client = signed_in(kept_out)
    page = client.get(reverse("cases:requests"))
    assert list(page.context["open"]) == [theirs]
    for asked, status in ((theirs, 200), (others, 404)):
        url = reverse("cases:request", args=[asked.public_id])
        assert client.get(url).status_code == status
    assert set(RightsRequest.objects.all()) == {theirs, others}


def test_a_statement_stands_beside_the_original_and_changes_nothing(pupil, coordinator, signed_in):
    case = CaseFactory(pupil=pupil)
    talk = ConversationFactory(case=case)
    over(case)
    key = uuid.uuid4()
    said = {"step": 3, "said_by": "parent", "about": "Het gesprek", "text": "Ik zei dat niet."}
    for __ in range(2):
        case_actions.add_statement(case, coordinator, key, **said)
    statement = Statement.objects.get()
    with pytest.raises(Immutable):
        statement.save()
    client = signed_in(coordinator)
    for name, args, words in (
        ("cases:step", [3], ("Ik zei dat niet.", talk.reactions)),
        ("cases:whole", [], ("Ik zei dat niet.", talk.reactions)),
        ("cases:timeline", [], ("Verklaring toegevoegd",)),
    ):
        page = client.get(reverse(name, args=[case.reference, *args])).content.decode()
        assert all(word in page for word in words), name
    other = client.get(reverse("cases:step", args=[case.reference, 4])).content.decode()
    assert "Ik zei dat niet." not in other


def test_what_was_granted_has_no_ground_on_which_something_was_not(pupil, coordinator):
    """Ticked by mistake, they stood in the letter."""
    asked = ask(pupil, coordinator)
    answer(asked, coordinator, grounds=["harm"])
    asked.refresh_from_db()
    assert asked.grounds == []
