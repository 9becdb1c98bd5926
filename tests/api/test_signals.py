"""A signal from another system: in a colleague's name, once, and by the rules of the form."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.people.actions import end_role
from accounts.roles import Role
from audit.kinds import Kind
from audit.models import LogEntry
from cases.models import Case, Notification
from cases.notifications.kinds import known
from signals.models import Signal
from tests.api.conftest import AUTHOR, PUPIL, System
from tests.attacks.proof import shows
from tests.conftest import sign_in
from tests.factories import PupilFactory, SchoolFactory, UserFactory, member

pytestmark = pytest.mark.django_db


def test_it_stands_in_the_pupils_case_marked_as_it_came(system, author, pupil):
    sent = {"child_words": "Ik ben moe.", "place": "In de klas", "categories": ["tired"],
            "interpretation": "Slaapt slecht.", "hearsay_from": "De mentor"}  # fmt: skip
    answer = system.send_signal(**sent)
    assert answer.status_code == 201
    signal = Signal.objects.get()
    assert answer.json() == {"reference": signal.reference}
    assert (signal.author, signal.case.pupil) == (author, pupil)
    assert signal.came_in_by == system.token.name
    assert {one.code for one in signal.categories.all()} == {"tired"}
    assert all(getattr(signal, name) == value for name, value in sent.items() if name[0] != "c")


def test_its_page_says_by_which_system_it_came(system, author, pupil):
    reference = system.send_signal().json()["reference"]
    page = sign_in(author).get(reverse("signals:detail", args=[reference]))
    assert system.token.name in page.content.decode()


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ({"facts": ""}, "/facts"),
        ({"facts": " "}, "/facts"),
        ({"observed_at": "2099-01-01T10:00:00+01:00"}, "/observed_at"),
        ({"observed_at": "1970-01-01T10:00:00Z"}, "/observed_at"),
        ({"observed_at": "2026-11-01"}, "/observed_at"),
        ({"observed_at": "2026-11-01T10:00:00"}, "/observed_at"),
        ({"observed_at": None}, "/observed_at"),
        ({"observed_at": 5}, "/observed_at"),
        ({"categories": ["geheim"]}, "/categories/0"),
        ({"categories": "tired"}, "/categories"),
        ({"urgency": "heel"}, "/urgency"),
        ({"author": None}, "/author"),
        ({"pupil": None}, "/pupil"),
        ({"facts": "a\x00b"}, "/facts"),
        ({"facts": "x" * 20_001}, "/facts"),
        ({"about_staff": True}, ""),
        ({"marks": []}, ""),
    ],
)
def test_the_rules_of_the_form_hold(system, author, pupil, content, pointer):
    answer = system.send_signal(**content)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert "geheim" not in answer.content.decode()
    assert not Signal.objects.exists()


@shows("api-10")
@pytest.mark.parametrize("zone", ["+23:59", "-23:59", "+16:00", "-16:00"])
def test_a_zone_that_no_database_takes_is_a_moment_all_the_same(system, author, pupil, zone):
    at = timezone.now().replace(microsecond=0) - timedelta(days=2)
    written = at.replace(tzinfo=None).isoformat() + zone
    assert system.send_signal(observed_at=written).status_code == 201
    assert Signal.objects.get().observed_at == datetime.fromisoformat(written)


@shows("api-10")
@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_the_ends_of_time_are_no_moment(system, author, pupil, at):
    assert system.send_signal(observed_at=at).status_code == 422


def test_what_is_severe_is_severe_whatever_the_system_says(system, author, pupil):
    coordinator = member(Role.COORDINATOR, pupil.school)
    system.send_signal(categories=["weapon"])
    assert Signal.objects.get().severe
    told = Notification.objects.filter(kind="severe", recipient=coordinator)
    assert told.count() == 1


@shows("api-7")
def test_sent_again_it_is_there_once(system, author, pupil):
    key, at = uuid4(), timezone.now().isoformat()
    first = system.send_signal(key, observed_at=at)
    second = system.send_signal(key, observed_at=at)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert Signal.objects.count() == 1
    assert Notification.objects.filter(kind="signal_came_in").count() == 1


@shows("api-7")
@pytest.mark.parametrize(
    "other",
    [{"facts": "Iets anders."}, {"categories": ["food"]}, {"urgency": "acute"}, {"place": "Gym"},
     {"author": "ander@school.example"}, {"pupil": "30000"}, {"pupil": "bestaat niet"}],
)  # fmt: skip
def test_a_key_that_was_used_for_something_else_is_refused(system, author, pupil, other):
    member("teacher", pupil.school, email="ander@school.example")
    PupilFactory(school=pupil.school, administration_key="30000")
    key, at = uuid4(), timezone.now().isoformat()
    system.send_signal(key, observed_at=at)
    refused = system.send_signal(key, observed_at=at, **other)
    assert (refused.status_code, refused.json()["code"]) == (409, "key_used")
    assert Signal.objects.count() == 1


def test_a_key_is_of_one_token(system, author, pupil):
    key = uuid4()
    system.send_signal(key)
    assert System(pupil.school).send_signal(key).status_code == 201
    assert Signal.objects.count() == 2


@pytest.mark.parametrize("key", ["", "geen", "1"])
def test_without_a_key_nothing_is_taken(system, author, pupil, key):
    answer = system.ask("POST", "/signals", {}, Idempotency_Key=key)
    assert answer.status_code == 422
    assert "/Idempotency-Key" in {one["pointer"] for one in answer.json()["errors"]}


@shows("api-8")
def test_who_is_unknown_and_who_is_not_is_one_answer(system, author, pupil, subtests):
    school = pupil.school
    PupilFactory(school=school, administration_key="weg", left_on=timezone.localdate())
    PupilFactory(administration_key="elders")
    member(Role.ADMINISTRATOR, school, email="beheer@school.example")
    member(Role.TEACHER, SchoolFactory(), email="elders@school.example")
    UserFactory(email="niemand@school.example")
    gone = member(Role.TEACHER, school, email="weg@school.example")
    end_role(gone.memberships.get(), member(Role.ADMINISTRATOR, school), school)
    inactive = member(Role.TEACHER, school, email="uit@school.example")
    type(inactive).objects.filter(pk=inactive.pk).update(is_active=False)
    answers = set()
    for who in ("beheer", "elders", "niemand", "weg", "uit", "bestaat.niet"):
        with subtests.test(who):
            answer = system.send_signal(author=f"{who}@school.example")
            assert answer.status_code == 422
            answers.add(answer.content)
    for number in ("weg", "elders", "bestaat niet"):
        with subtests.test(number):
            answers.add(system.send_signal(pupil=number).content)
            answers.add(system.send_signal(pupil=number, author="bestaat.niet@a.example").content)
    assert len(answers) == 1
    assert not Signal.objects.exists()
    assert not Case.objects.exists()
    assert LogEntry.objects.filter(kind=Kind.SIGNAL_REFUSED, school=school).count() == 12


@shows("api-8")
def test_what_is_no_signal_finds_out_nothing_about_anybody(system, author, pupil):
    answers = {
        system.send_signal(facts="", **who).content
        for who in ({}, {"author": "bestaat.niet@school.example"}, {"pupil": "bestaat niet"})
    }
    assert len(answers) == 1


def test_its_author_is_told_of_it(system, author, pupil):
    reference = system.send_signal(author=AUTHOR.upper()).json()["reference"]
    told = Notification.objects.filter(kind="signal_came_in")
    assert [(one.recipient, one.about) for one in told] == [(author, reference)]
    assert known(author, told) == list(told)
    end_role(author.memberships.get(), member(Role.ADMINISTRATOR, pupil.school), pupil.school)
    author.forget_memberships()
    assert known(author, told) == []


def test_the_log_says_which_system_it_was_and_no_word_of_it(system, author, pupil):
    system.send_signal(facts="Zonderling woord.")
    rows = LogEntry.objects.filter(school=pupil.school, actor=None).exclude(additional_data=None)
    assert {row.system for row in rows} == {system.token.name}
    assert {Kind.SIGNAL_SENT, Kind.MADE} <= {row.kind for row in rows}
    assert "Zonderling" not in repr(list(rows.values()))


def test_the_answer_says_nothing_of_the_pupil(system, author, pupil):
    answer = system.send_signal()
    for word in (pupil.given_name, pupil.family_name, str(pupil.public_id), PUPIL["number"]):
        assert word not in answer.content.decode()
    assert set(answer.json()) == {"reference"}


def test_it_can_be_corrected_by_its_author_alone(system, author, pupil):
    reference = system.send_signal().json()["reference"]
    correct = reverse("signals:correct", args=[reference])
    assert sign_in(author).get(correct).status_code == 200
    assert sign_in(member("teacher", pupil.school)).get(correct).status_code == 404


def test_a_moment_in_another_zone_is_that_moment(system, author, pupil):
    at = timezone.now().replace(microsecond=0) - timedelta(days=1)
    system.send_signal(observed_at=at.isoformat().replace("+00:00", "Z"))
    assert Signal.objects.get().observed_at == at
