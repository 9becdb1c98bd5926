"""What one person may add without end made pages slow for everybody. Each of these failed once."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import most
from accounts.errors import ActionError
from accounts.people.actions import invite, withdraw
from accounts.roles import Role
from api.actions import make_token, revoke_token
from api.scopes import CASES_COUNT
from cases.contact_book.actions import add_contact, remove_contact
from cases.dossier.year import request_year
from cases.figures.school_year import SchoolYear
from cases.help_page.actions import add_item
from cases.models import Case, Notification, YearExport
from cases.need_to_know.actions import (
    end_shut_out,
    open_in_emergency,
    shut_out,
    tell_of_lately,
)
from cases.rights_requests.actions import register
from consultations.meetings.actions import close_meeting, plan_meeting
from tests.attacks.proof import shows
from tests.factories import BoardFactory, CaseFactory, PupilFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db


def of_invitations(school, people):
    def one(number):
        return invite(
            school, people["administrator"], uuid.uuid4(),
            email=f"nieuw{number}@school.example", name="Nieuw", role=Role.TEACHER,
        )  # fmt: skip

    return one, lambda made: withdraw(made, people["administrator"])


def of_contacts(school, people):
    def one(number):
        return add_contact(
            school, people["coordinator"], uuid.uuid4(),
            organisation="GGD", name=f"Arts {number}", telephone="020 000 0000",
        )  # fmt: skip

    return one, lambda made: remove_contact(made, people["coordinator"])


def of_meetings(school, people):
    def one(number):
        day = timezone.now() + timedelta(days=number)
        return plan_meeting(school, people["coordinator"], uuid.uuid4(), starts_at=day, place="1")

    return one, lambda made: close_meeting(made, people["coordinator"])


def of_requests(school, people):
    pupil = PupilFactory(school=school)

    def one(number):
        return register(
            school, people["coordinator"], uuid.uuid4(), pupil=pupil, kind="see",
            asked_by="parent", received_on=timezone.localdate(),
        )  # fmt: skip

    def answered(made):
        made.answered_on = timezone.localdate()
        made.outcome, made.answered_by = "granted", people["coordinator"]
        made.save()

    return one, answered


@pytest.mark.parametrize(
    ("kind", "of"),
    [
        ("invitations", of_invitations),
        ("contacts", of_contacts),
        ("meetings", of_meetings),
        ("requests", of_requests),
    ],
)
def test_no_more_stand_than_there_may(kind, of, school, administrator, coordinator, monkeypatch):
    one, ended = of(school, {"administrator": administrator, "coordinator": coordinator})
    monkeypatch.setitem(most.MOST, kind, (3, most.MOST[kind][1]))
    made = [one(number) for number in range(3)]
    with pytest.raises(ActionError) as refused:
        one(4)
    assert "3" in refused.value.message
    ended(made[0])
    one(5)


@shows("busy-15")
def test_what_is_withdrawn_makes_room_for_no_mail_to_strangers(school, administrator, monkeypatch):
    """Invited and withdrawn, on and on: each time a mail, of our own server."""
    monkeypatch.setitem(most.MOST, "invitations_a_day", (3, most.MOST["invitations_a_day"][1]))
    one, ended = of_invitations(school, {"administrator": administrator})
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(3):
            ended(one(number))
        with pytest.raises(ActionError, match="3 keer"):
            one(4)
        colleague = {"administrator": member(Role.ADMINISTRATOR, school)}
        of_invitations(school, colleague)[0](4)
        clock.shift(timedelta(days=1, minutes=1))
        one(5)


def of_tokens(school, people):
    def one(number):
        return make_token(
            school, people["administrator"], uuid.uuid4(), name=f"Token {number}",
            scopes=[CASES_COUNT], expires_on=timezone.localdate(),
        )[0]  # fmt: skip

    return one, lambda made: revoke_token(made, people["administrator"])


def of_conflicts(school, people):
    case = CaseFactory(pupil=PupilFactory(school=school))

    def one(number):
        person = member(Role.TEACHER, school)
        return shut_out(case, people["coordinator"], person, ground="family", explanation="")

    return one, lambda made: end_shut_out(made, case, people["coordinator"], why="Vergissing.")


def of_years(school, people):
    CaseFactory(pupil=PupilFactory(school=school), opened_at=timezone.now())
    year = SchoolYear.of(timezone.now()).first

    def one(number):
        return request_year(
            school, people["administrator"], uuid.uuid4(), year, "Voor de inspectie."
        )

    return one, lambda made: YearExport.objects.filter(pk=made.pk).update(state="cancelled")


@shows("busy-17")
@pytest.mark.parametrize(
    ("kind", "of"),
    [
        ("tokens_a_day", of_tokens),
        ("conflicts_a_day", of_conflicts),
        ("years_a_day", of_years),
    ],
)
def test_what_is_ended_makes_no_room_for_more_to_tell(
    kind, of, school, administrator, coordinator, monkeypatch
):
    """Who came to lead or to run cases was told of each of thirty days, and so never came."""
    member(Role.SCHOOL_LEADER, school)
    one, ended = of(school, {"administrator": administrator, "coordinator": coordinator})
    monkeypatch.setitem(most.MOST, kind, (3, most.MOST[kind][1]))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(3):
            ended(one(number))
        with pytest.raises(ActionError, match="sinds gisteren"):
            one(4)
        clock.shift(timedelta(days=1, minutes=1))
        one(5)


@shows("busy-17")
def test_who_comes_to_run_cases_is_told_of_many_conflicts_at_once(school, coordinator):
    """One by one, by some thousands it took longer than a request has, and nobody ever came."""
    member(Role.SCHOOL_LEADER, school)
    one, ended = of_conflicts(school, {"coordinator": coordinator})

    def questions(conflicts):
        for number in range(conflicts):
            ended(one(number))
        comes = member(Role.COORDINATOR, school).memberships.get()
        Notification.objects.all().delete()
        with CaptureQueriesContext(connection) as asked:
            tell_of_lately(comes)
        told = Notification.objects.filter(recipient=comes.user)
        return len(asked), told.count()

    few, told = questions(2)
    assert told == 2
    assert questions(10) == (few, 12)


def test_how_many_letters_others_took_is_not_told(school, coordinator, monkeypatch):
    monkeypatch.setitem(most.MOST, "requests", (3, most.MOST["requests"][1]))
    for person in (coordinator, member(Role.COORDINATOR, school)):
        one, __ = of_requests(school, {"coordinator": person})
        for number in range(3):
            one(number)


def test_a_help_page_has_no_more_pieces_than_there_may(
    school, administrator, signed_in, monkeypatch
):
    add_item(
        school, administrator, uuid.uuid4(), section="reading", title="Eén", text="Zo.", url=""
    )
    there = school.help_items.count()
    monkeypatch.setitem(most.MOST, "help_items", (there, most.MOST["help_items"][1]))
    answer = signed_in(administrator).post(
        reverse("cases:add_help"),
        {"section": "reading", "title": "Twee", "text": "Zo.", "url": "https://twee.example/"},
    )
    assert answer.status_code == 422
    assert f"{there} onderdelen" in answer.content.decode()
    assert "Twee" in answer.content.decode()  # nothing typed is lost


# --- A case that is destroyed at this very moment
@pytest.mark.parametrize("goes", ["case", "pupil"])
def test_nobody_is_kept_out_of_what_is_gone(school, coordinator, teacher, goes):
    case = CaseFactory(pupil=PupilFactory(school=school))
    member(Role.SCHOOL_LEADER, school)
    kept_out = shut_out(case, coordinator, teacher, ground="family", explanation="")
    pupil = case.pupil_id if goes == "case" else case.pupil_id + 1
    gone = Case(pk=case.pk + 1, pupil_id=pupil, school=school)
    other = member(Role.TEACHER, school)
    with pytest.raises(PermissionDenied):
        shut_out(gone, coordinator, other, ground="family", explanation="")
    with pytest.raises(PermissionDenied):
        end_shut_out(kept_out, gone, coordinator, why="Vergissing.")


def test_emergency_access_to_what_is_gone_meanwhile_is_refused(school, monkeypatch):
    school.board = BoardFactory()
    school.save()
    sister = member(Role.SCHOOL_LEADER, SchoolFactory(board=school.board))
    case = CaseFactory(pupil=PupilFactory(school=school))
    queryset = type(Case.objects.all())
    real = queryset.select_for_update

    def meanwhile(self, *args, **kwargs):
        Case.objects.filter(pk=case.pk)._raw_delete("default")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(queryset, "select_for_update", meanwhile)
    with pytest.raises(ActionError) as refused:
        open_in_emergency(
            school, sister, uuid.uuid4(), reference=case.reference, reason="Kind in gevaar, nu." * 2
        )
    assert refused.value.field == "reference"
