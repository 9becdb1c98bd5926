"""How many cases there are: in fives, and nothing by which one of them is known."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.roles import Role
from audit.kinds import Kind
from audit.models import LogEntry
from cases.models import Case, StepChange
from cases.need_to_know.actions import shut_out
from signals.actions import file_signal
from tests.attacks.proof import shows
from tests.factories import CaseFactory, PupilFactory, member

pytestmark = pytest.mark.django_db


def cases(school, number: int, **fields) -> None:
    """Let a school have so many cases that were opened a while ago."""
    fields = {"opened_at": timezone.now() - timedelta(days=14), **fields}
    for _ in range(number):
        CaseFactory(pupil=PupilFactory(school=school), **fields)


def closed() -> dict:
    return {"closed_at": timezone.now(), "outcome": "other", "closing_grounds": "Klaar."}


def test_they_are_counted_by_step_in_fives(system, school):
    cases(school, 13, step=1)
    cases(school, 5, step=3)
    cases(school, 9, step=5)
    cases(school, 6, step=5, **closed())
    answer = system.count()
    assert answer.status_code == 200
    # Two and four are none, and three would tell it beside the total.
    assert answer.json() == {
        "open": 25,
        "by_step": {"1": 10, "2": None, "3": None, "4": None, "5": 5},
        "closed_this_school_year": 5,
        "in_steps_of": 5,
        "hidden_below": 5,
    }


@shows("api-9")
def test_a_small_number_is_not_told_and_does_not_follow(system, school):
    cases(school, 20, step=1)
    cases(school, 7, step=2)
    cases(school, 6, step=3)
    cases(school, 8, step=4)
    cases(school, 2, step=5)
    told = system.count().json()
    assert told["by_step"]["5"] is None
    # One more is hidden, or the two would follow from the total.
    assert list(told["by_step"].values()).count(None) == 2


@shows("api-9")
def test_one_case_more_is_not_seen(system, school):
    cases(school, 11, step=1)
    before = system.count().content
    cases(school, 1, step=1)
    assert system.count().content == before


def test_what_is_for_the_board_and_of_another_school_does_not_count(system, school):
    cases(school, 10, step=1)
    before = system.count().content
    cases(school, 9, step=1, restricted=True)
    cases(PupilFactory().school, 9, step=1)
    assert system.count().content == before


HIDDEN = {"opened_at": timezone.now() - timedelta(days=14)}


@shows("api-9")
@pytest.mark.parametrize(
    "role",
    [Role.TEACHER, Role.ADMINISTRATOR, Role.COORDINATOR, Role.ATTENTION_OFFICER,
     Role.SCHOOL_LEADER],
)  # fmt: skip
def test_what_is_kept_from_somebody_does_not_count(system, school, role):
    """Who has a list of those that are not, now or by a role of tomorrow, finds the one by it."""
    cases(school, 9, step=1)
    before = system.count().content
    person, leader = (member(one, school) for one in (role, Role.SCHOOL_LEADER))
    hidden = CaseFactory(pupil=PupilFactory(school=school), **HIDDEN)
    shut_out(hidden, leader, person, ground="family", explanation="Zijn dochter.")
    assert system.count().content == before
    if role == Role.TEACHER:
        person.memberships.create(role=Role.COORDINATOR, school=school)
    assert system.count().content == before
    # A tenth from which nobody is kept does.
    CaseFactory(pupil=PupilFactory(school=school), **HIDDEN)
    assert system.count().json()["open"] == 10


@shows("api-9")
@pytest.mark.parametrize(("role", "counts"), [(Role.TEACHER, 10), (Role.COORDINATOR, 5)])
def test_a_case_for_the_board_takes_no_other_out_of_the_counts(system, school, role, counts):
    """Whoever has a list would know of it. But for who is kept out, and has a list themselves."""
    cases(school, 9, step=1)
    person, leader = (member(one, school) for one in (role, Role.SCHOOL_LEADER))
    pupil = PupilFactory(school=school)
    CaseFactory(pupil=pupil, **HIDDEN)
    about_them = CaseFactory(pupil=pupil, restricted=True, **HIDDEN)
    shut_out(about_them, leader, person, ground="concerned", explanation="Het gaat over hem.")
    assert system.count().json()["open"] == counts


def test_what_was_closed_a_year_ago_does_not_count(system, school):
    at = timezone.now() - timedelta(days=400)
    cases(school, 9, opened_at=at, **{**closed(), "closed_at": at})
    assert system.count().json()["closed_this_school_year"] is None


def test_that_it_was_asked_is_written_down(system, school):
    system.count()
    row = LogEntry.objects.get(kind=Kind.COUNTED)
    assert (row.school, row.system, row.case_reference) == (school, system.token.name, "")


def test_it_says_no_name_and_no_reference(system, school):
    case = CaseFactory(pupil=PupilFactory(school=school, family_name="Zonderling"))
    told = system.count().content.decode()
    assert "Zonderling" not in told
    assert case.reference not in told


@shows("api-12")
def test_whoever_sends_signals_sees_at_no_count_which_pupil_had_a_case(system, school, author):
    cases(school, 9)
    before = system.count().content
    for number in ("1", "2"):
        PupilFactory(school=school, administration_key=number)
        assert system.send_signal(pupil=number).status_code == 201
    assert Case.objects.filter(school=school, closed_at=None).count() == 11
    assert system.count().content == before
    with time_machine.travel(timezone.now() + timedelta(days=7)):
        assert system.count().json()["open"] == 10


@shows("api-12")
@pytest.mark.parametrize("has_case", [True, False])
def test_nor_at_a_step_that_a_signal_of_theirs_takes(system, school, author, has_case):
    """A second signal takes a case to step 2: one in five of such signals was seen at once."""
    long_ago = timezone.now() - timedelta(days=14)

    def begin(pupil, signals):
        for __ in range(signals):
            signal = file_signal(
                pupil, author, uuid.uuid4(), categories=["hygiene"], facts="x", severe=False,
                acute=False, observed_at=timezone.now(),
            )  # fmt: skip
        Case.objects.filter(pk=signal.case_id).update(opened_at=long_ago)
        StepChange.objects.update(at=long_ago)

    for number in range(18):
        begin(PupilFactory(school=school), 1 + number % 2)
    pupil = PupilFactory(school=school, administration_key="77")
    begin(pupil if has_case else PupilFactory(school=school), 1)
    before = system.count().json()
    assert before["by_step"]["1"] == 10
    assert system.send_signal(pupil="77").status_code == 201
    assert system.count().json() == before


def test_nor_does_whoever_made_its_token_read_in_the_trail_whose_case_is_which(
    system, school, author, pupil, administrator
):
    case = CaseFactory(pupil=pupil)
    CaseFactory(pupil=PupilFactory(school=school))
    assert system.send_signal(urgency="severe").status_code == 201
    rows = LogEntry.objects.of_school(school, administrator)
    assert {row.kind for row in rows if row.system} == {Kind.SIGNAL_SENT}
    # What people did stands there as ever, and at the case all of it.
    assert rows.filter(case_reference=case.reference).exists()
    assert any(row.system for row in LogEntry.objects.of_case(case.reference))
