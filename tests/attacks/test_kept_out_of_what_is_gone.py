"""What was written of who is kept out goes with the case in which it was written."""

import json
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from cases.destruction import listing, tombstones
from cases.destruction.due import cases_due
from cases.destruction.erasing import erase_case
from cases.models import Case, KeptCount, ShutOut, Tombstone
from cases.need_to_know import actions as need_to_know
from cases.timeline import timeline
from tests.at_rest import whole_database
from tests.attacks.test_insider_races import in_between
from tests.cases.test_destruction import approve, destroy, over
from tests.factories import CaseFactory, member

pytestmark = pytest.mark.django_db
FAMILY = {"ground": "family", "explanation": "Vader."}


@pytest.fixture(autouse=True)
def _a_list_of_its_own(settings, tmp_path):
    settings.TOMBSTONES = tmp_path / "apart" / "tombstones.jsonl"


@pytest.fixture
def people(school):
    roles = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.SCHOOL_LEADER)
    return [member(role, school) for role in roles]


def texts_on(case: Case, browser) -> str:
    pages = ("timeline", "whole", "people", "shut_out")
    return "".join(
        browser.get(reverse(f"cases:{name}", args=[case.reference])).content.decode()
        for name in pages
    )


def test_what_the_board_set_and_ended_is_not_told_in_the_other_case(school, people, signed_in):
    __, coordinator, leader = people
    teacher = member(Role.TEACHER, school)
    case = CaseFactory(pupil__school=school)
    board = CaseFactory(pupil=case.pupil, restricted=True)
    set_there = need_to_know.shut_out(
        board, leader, teacher, ground="other", explanation="De klacht gaat over hem."
    )
    need_to_know.end_shut_out(set_there, board, leader, why="De klacht is ingetrokken.")
    before = texts_on(case, signed_in(coordinator))
    assert "De klacht" not in before
    over(board)
    assert board in cases_due(school, timezone.localdate())
    erase_case(board, "ABCDEFGH", leader)
    after = texts_on(case, signed_in(coordinator))
    assert "De klacht" not in after
    assert (teacher.name in after) == (teacher.name in before)
    assert not ShutOut.objects.exists()


def test_who_is_kept_out_stays_so_and_what_was_written_of_it_goes(school, people, signed_in):
    __, coordinator, leader = people
    first, second = (member(Role.TEACHER, school) for __ in range(2))
    case = CaseFactory(pupil__school=school)
    need_to_know.shut_out(case, coordinator, first, ground="other", explanation="Sloeg hem.")
    ended = need_to_know.shut_out(case, coordinator, second, ground="other", explanation="Broer.")
    need_to_know.end_shut_out(ended, case, coordinator, why="Zij zijn gescheiden.")
    over(case)
    erase_case(case, "ABCDEFGH", leader)
    assert "Sloeg hem" not in whole_database()
    assert "gescheiden" not in whole_database()
    (left,) = ShutOut.objects.all()
    assert (left.user, left.ended_at, left.explanation) == (first, None, "")
    again = CaseFactory(pupil=case.pupil)
    assert not Case.objects.visible_to(first).filter(pk=again.pk).exists()
    # It stands there without a word, and can be ended there.
    assert first.name in texts_on(again, signed_in(coordinator))
    need_to_know.end_shut_out(left, again, coordinator, why="Niet meer nodig.")


def test_why_a_conflict_ended_goes_with_the_case_where_it_did_and_stands_in_no_other(
    school, people, signed_in
):
    __, coordinator, leader = people
    teacher = member(Role.TEACHER, school)
    first = CaseFactory(pupil__school=school)
    left = need_to_know.shut_out(first, coordinator, teacher, ground="other", explanation="Broer.")
    over(first)
    closed = CaseFactory(pupil=first.pupil)
    over(closed)
    last = CaseFactory(pupil=first.pupil)
    erase_case(first, "ABCDEFGH", leader)
    need_to_know.end_shut_out(left, last, coordinator, why="Zij zijn gescheiden.")
    assert "gescheiden" in texts_on(last, signed_in(coordinator))
    assert "gescheiden" not in texts_on(closed, signed_in(coordinator))
    over(last)
    erase_case(last, "ABCDEFGH", leader)
    assert "gescheiden" not in whole_database()


def test_a_conflict_ends_where_it_was_set_and_why_stands_nowhere_else(school, people, signed_in):
    __, coordinator, leader = people
    older = CaseFactory(pupil__school=school)
    over(older)
    kept = member(Role.ATTENTION_OFFICER, school)
    standing = need_to_know.shut_out(older, coordinator, kept, ground="other", explanation="Buur.")
    newer = CaseFactory(pupil=older.pupil)
    board = CaseFactory(pupil=older.pupil, restricted=True)

    def ends(by, case):
        page = reverse("cases:end_shut_out", args=[case.reference, standing.public_id])
        return signed_in(by).get(page).status_code == 200

    def says(by, shown, there):
        page = signed_in(by).get(reverse("cases:shut_out", args=[shown.reference]))
        link = reverse("cases:shut_out", args=[there.reference])
        return f'<a href="{link}">' in page.content.decode()

    # Who takes part in the older one alone would read what was typed in the newer.
    assert not ends(coordinator, newer)
    assert says(coordinator, newer, older)
    assert ends(coordinator, older)
    assert not ends(leader, board)
    # In one for the board nobody of the other is told; so not while there is another.
    erase_case(older, "V-202601", None)
    assert not ends(leader, board)
    assert says(leader, board, newer)
    assert ends(coordinator, newer)
    erase_case(newer, "V-202602", None)
    assert ends(leader, board)


def test_the_case_where_a_conflict_ended_tells_of_no_earlier_one(school, people, signed_in):
    __, coordinator, leader = people
    teacher = member(Role.TEACHER, school)
    first = CaseFactory(pupil__school=school)
    left = need_to_know.shut_out(first, coordinator, teacher, **FAMILY)
    over(first)
    erase_case(first, "ABCDEFGH", leader)
    again = CaseFactory(pupil=first.pupil)
    need_to_know.end_shut_out(left, again, coordinator, why="Zij zijn gescheiden.")
    entries = [entry for entry in timeline(again) if teacher.name in entry.text]
    assert [entry.text for entry in entries] == [f"{teacher.name}: Zij zijn gescheiden."]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_nor_where_it_ends_as_the_case_goes_in_which_it_was_set(school, people, monkeypatch):
    __, coordinator, leader = people
    first = CaseFactory(pupil__school=school)
    set_there = need_to_know.shut_out(
        first, coordinator, member(Role.TEACHER, school), ground="other", explanation="Broer."
    )
    over(first)
    CaseFactory(pupil=first.pupil)
    listing.look_again(school, people[0])
    approve(school, people[0], leader)
    going = Thread(target=lambda: (destroy(), connection.close()))
    said = in_between(
        monkeypatch, need_to_know, "check",
        lambda: need_to_know.end_shut_out(set_there, first, coordinator, why="Gescheiden."),
        lambda: (going.start(), going.join(1)),
    )  # fmt: skip
    going.join(20)
    assert said is None
    assert not Case.objects.filter(pk=first.pk).exists()
    assert "Gescheiden" not in whole_database()


def test_who_was_kept_out_by_the_board_stays_so_when_both_cases_go_again(school, people, settings):
    """After a restore, in whatever order their references stand."""
    __, coordinator, leader = people
    board = CaseFactory(pupil__school=school, restricted=True, reference="M-222222")
    case = CaseFactory(pupil=board.pupil, reference="M-ZZZZZZ")
    need_to_know.shut_out(board, leader, coordinator, **FAMILY)
    over(board, case)
    settled = timezone.now() - timedelta(days=9 * 365)
    Case.objects.update(opened_at=settled)
    settings.TOMBSTONES.parent.mkdir()
    lines = (
        {"kind": "case", "reference": one.reference, "row": one.pk, "certificate": "ABCDEFGH",
         "at": timezone.now().isoformat()}
        for one in (board, case)
    )  # fmt: skip
    settings.TOMBSTONES.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert tombstones.replay() == 2
    assert list(Tombstone.objects.get(row=case.pk).kept_from.all()) == [coordinator]
    assert KeptCount.objects.exists()
    assert not KeptCount.objects.exclude(kept_from=coordinator).exists()
