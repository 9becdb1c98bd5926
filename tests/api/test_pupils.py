"""A list of pupils from another system: the rules of the file, all of it or nothing."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit.kinds import Kind
from audit.models import LogEntry
from cases.models import Pupil
from tests.api.conftest import PUPIL, System
from tests.attacks.proof import shows
from tests.factories import CaseFactory, PupilFactory

pytestmark = pytest.mark.django_db
NOTHING = dict.fromkeys(("new", "moved", "renamed", "linked", "returned", "left", "unchanged"), 0)


def counts(answer) -> dict[str, int]:
    """Return what counts, of an answer that is right."""
    assert answer.status_code == 200, answer.content
    return {name: number for name, number in answer.json()["counts"].items() if number}


def test_a_new_pupil_comes_in_as_from_a_file(system, school):
    answer = system.send_pupils(PUPIL)
    assert answer.json() == {"applied": True, "counts": {**NOTHING, "new": 1}}
    made = Pupil.objects.get()
    assert (made.school, made.name, made.class_name) == (school, "Ties van den Voorbeeld", "7A")
    assert (made.birth_date, made.administration_key) == (date(2014, 3, 9), "20417")


def test_sent_again_it_changes_nothing(system):
    system.send_pupils(PUPIL)
    assert counts(system.send_pupils(PUPIL)) == {"unchanged": 1}
    assert Pupil.objects.count() == 1


def test_what_is_not_said_takes_nothing_away(system):
    system.send_pupils(PUPIL)
    brief = {name: PUPIL[name] for name in ("number", "given_name", "prefix", "family_name")}
    assert counts(system.send_pupils(brief)) == {"unchanged": 1}
    assert Pupil.objects.get().class_name == "7A"


def test_a_full_list_says_who_left_and_nobody_is_removed(system, school):
    stay = [PupilFactory(school=school, administration_key=str(n)) for n in range(8)]
    gone = PupilFactory(school=school, administration_key="gone")
    case = CaseFactory(pupil=gone)
    rows = [
        {"number": one.administration_key, "given_name": one.given_name,
         "family_name": one.family_name}
        for one in stay
    ]  # fmt: skip
    today = timezone.localdate()
    sent = {"full_list": True, "left_on": today.isoformat()}
    assert counts(system.send_pupils(*rows, **sent)) == {"left": 1, "unchanged": 8}
    gone.refresh_from_db()
    case.refresh_from_db()
    assert gone.left_on == today
    assert case.is_open


def test_where_many_would_leave_their_number_is_asked(system, school):
    for number in range(4):
        PupilFactory(school=school, administration_key=f"x{number}")
    sent = {"full_list": True, "left_on": timezone.localdate().isoformat()}
    assert counts(system.send_pupils(PUPIL, dry_run=True, **sent)) == {"new": 1, "left": 4}
    for leaving in (None, 3, 5):
        refused = system.send_pupils(PUPIL, leaving=leaving, **sent)
        assert (refused.status_code, refused.json()["code"]) == (409, "many_leave")
    assert not Pupil.objects.filter(left_on__isnull=False).exists()
    assert counts(system.send_pupils(PUPIL, leaving=4, **sent)) == {"new": 1, "left": 4}


@pytest.mark.parametrize("ahead", [None, 1, -301])
def test_a_full_list_says_on_which_day_they_left(system, ahead):
    left_on = None
    if ahead:  # from long ago on, whoever sends it would say that a dossier was kept long enough
        left_on = (timezone.localdate() + timedelta(days=ahead)).isoformat()
    answer = system.send_pupils(PUPIL, full_list=True, left_on=left_on)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/left_on"]


def test_a_dry_run_changes_nothing(system):
    answer = system.send_pupils(PUPIL, dry_run=True)
    assert answer.json() == {"applied": False, "counts": {**NOTHING, "new": 1}}
    assert not Pupil.objects.exists()


@pytest.mark.parametrize(
    "asked", ["dryrun=true", "dry_run=ja", "dry_run=True", "dry_run=", "dry_run=false&dry_run=true"]
)
def test_a_slip_in_dry_run_changes_nothing(system, asked):
    answer = system.ask("PUT", f"/pupils?{asked}", {"pupils": [PUPIL]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert not Pupil.objects.exists()


def test_one_row_that_cannot_be_taken_and_none_is(system, school):
    PupilFactory(school=school, given_name="Bo", family_name="Twijfel", birth_date=None)
    answer = system.send_pupils(
        PUPIL,
        {**PUPIL, "number": "2", "given_name": " "},
        {"number": "3", "given_name": "Bo", "family_name": "Twijfel"},
        {"given_name": "Zonder", "family_name": "Iets"},
        {**PUPIL, "number": "5", "birth_date": "2099-01-01"},
        {**PUPIL, "class_name": "8B"},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "rows")
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("/pupils/1/given_name", "no_given"),
        ("/pupils/2", "unsure"),
        ("/pupils/3", "neither"),
        ("/pupils/4/birth_date", "not_born"),
        ("/pupils/5", "twice"),
    ]
    assert Pupil.objects.count() == 1
    for word in ("Twijfel", "Ties", "2099"):
        assert word not in answer.content.decode()


@shows("api-5")
def test_citizen_service_numbers_are_refused(system):
    bsn = ["111222333", "123456782", "100000009"]
    rows = [{**PUPIL, "number": number, "given_name": f"N{number}"} for number in bsn]
    answer = system.send_pupils(*rows)
    assert (answer.status_code, answer.json()["code"]) == (422, "bsn")
    named = system.send_pupils({**PUPIL, "bsn": "111222333"})
    assert named.status_code == 422
    assert not Pupil.objects.exists()
    for one in (answer, named):
        assert "111222333" not in one.content.decode()


def test_what_was_done_says_which_system_did_it(system, school):
    system.send_pupils(PUPIL)
    system.send_pupils({**PUPIL, "class_name": "8A"}, dry_run=True)
    system.send_pupils({**PUPIL, "class_name": "8A"})
    system.send_pupils({"given_name": "Zonder", "family_name": "Iets"})
    rows = LogEntry.objects.filter(school=school, actor=None).exclude(additional_data=None)
    assert {row.system for row in rows} == {system.token.name}
    assert [(row.kind, row.object_repr.split()[0]) for row in rows.order_by("pk")] == [
        (Kind.MADE, "pupil"),
        (Kind.PUPILS_SENT, "apitoken"),
        (Kind.PUPILS_TRIED, "apitoken"),
        (Kind.CHANGED, "pupil"),
        (Kind.PUPILS_SENT, "apitoken"),
        # Refused: what it says of the rows was read all the same.
        (Kind.PUPILS_TRIED, "apitoken"),
    ]


@shows("api-6")
@pytest.mark.parametrize(
    "more",
    [{"school": 1}, {"school_id": 1}, {"id": 1}, {"public_id": "x"}, {"left_on": "2020-01-01"},
     {"administration_key": "9"}, {"__class__": "x"}, {"": "x"}],
)  # fmt: skip
def test_a_pupil_says_what_the_description_knows_and_nothing_more(system, more):
    answer = system.send_pupils({**PUPIL, **more})
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("/pupils/0", "extra_forbidden")
    ]
    if "left_on" not in more:
        assert system.send_pupils(PUPIL, **more).status_code == 422
    assert not Pupil.objects.exists()


def test_two_thousand_pupils_in_a_few_questions(system, django_assert_max_num_queries):
    rows = [{**PUPIL, "number": f"n{number}"} for number in range(2_000)]
    with django_assert_max_num_queries(80):  # SQLite takes fewer values at a time
        assert counts(system.send_pupils(*rows)) == {"new": 2_000}


def test_no_more_than_so_many_at_once(system):
    answer = system.ask(
        "PUT", "/pupils", {"pupils": [{"given_name": "A", "family_name": "B"}] * 5_001}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0] == {
        "pointer": "/pupils", "code": "too_long", "detail": "This list is too long.",
    }  # fmt: skip


def test_of_rows_that_are_no_pupils_the_first_is_told(system):
    answer = system.send_pupils(PUPIL, *[{"given_name": 1, "a": 2, "b": 3}] * 4_000)
    assert answer.status_code == 422
    assert {one["pointer"] for one in answer.json()["errors"]} == {
        "/pupils/1", "/pupils/1/given_name", "/pupils/1/family_name",
    }  # fmt: skip


def test_whom_another_school_has_is_a_new_one_here(school):
    elsewhere = PupilFactory(administration_key=PUPIL["number"])
    assert counts(System(school).send_pupils(PUPIL)) == {"new": 1}
    elsewhere.refresh_from_db()
    assert elsewhere.given_name != PUPIL["given_name"]
