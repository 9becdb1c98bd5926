"""Unusual reading is flagged once, told to whoever looks after it, and settled with what it was."""

from datetime import datetime, timedelta
from smtplib import SMTPException
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from accounts.people.actions import end_role
from accounts.roles import Role
from audit import mails, unusual
from audit.actions import settle
from audit.kinds import Kind
from audit.models import Flag, LogEntry, Look
from audit.rules import RULES
from audit.unusual import look
from tests.accounts.page import Page
from tests.attacks.proof import shows
from tests.factories import BoardFactory, CaseFactory, PupilFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db

FLAGS = reverse("audit:flags")
DAY = datetime(2026, 11, 25, 14, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
RULE = {rule.code: rule for rule in RULES}


@pytest.fixture(autouse=True)
def _looked_yesterday(db):
    Look.objects.create(pk=1, at=DAY - timedelta(days=1))


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


def happened(kind, user, at, *, case="", school=None):
    """Write a row of the log of a moment, as the database would hold it."""
    place = school or user.memberships.get().school
    LogEntry.objects.log_create(
        user, force_log=True, action=3, kind=kind, actor=user, timestamp=at,
        case_reference=case, school_id=place.pk,
    )  # fmt: skip


def read_cases(user, count, *, start=DAY, within=timedelta(minutes=50), first=0):
    for number in range(count):
        at = start + within * number / count
        happened(Kind.READ, user, at, case=f"M-{first + number:06}")


@pytest.mark.parametrize("page", ["flags", "school", "settle"])
def test_looking_at_a_flag_stands_in_the_trail_of_its_school(
    administrator, school, teacher, signed_in, page
):
    browser = signed_in(administrator)
    flag = Flag.objects.create(
        rule="at_night", user=teacher, school=school, day=DAY.date(), count=1
    )
    answer = browser.get(
        reverse(f"audit:{page}", args=[flag.public_id] if page == "settle" else [])
    )
    assert teacher.name in Page(answer).text
    # On the page of the trail they stand above it.
    kind = Kind.TRAIL_READ if page == "school" else Kind.FLAGS_READ
    row = LogEntry.objects.get(kind__in=[Kind.TRAIL_READ, Kind.FLAGS_READ])
    assert (row.kind, row.actor, row.school) == (kind, administrator, school)


def test_above_the_trail_of_a_school_stand_its_own_flags(administrator, school, teacher, signed_in):
    """Its row says that somebody looked at that school, and says nothing of another."""
    other = SchoolFactory()
    Membership.objects.create(
        user=administrator, school=other, role=Role.ADMINISTRATOR, starts_on=DAY.date()
    )
    flag = Flag.objects.create(
        rule="at_night", user=teacher, school=school, day=DAY.date(), count=1
    )
    browser, link = signed_in(administrator), reverse("audit:settle", args=[flag.public_id])
    for place, there in ((school, True), (other, False)):
        page = browser.get(reverse("audit:school"), {"school": place.pk}).content.decode()
        assert (link in page) is there


class Walked:
    """Counts how often what it stands for is walked through."""

    times = 0

    def __iter__(self):
        Walked.times += 1
        return super().__iter__()


def test_opening_one_page_on_and_on_is_no_more_work_than_reading_its_rows(coordinator, monkeypatch):
    """Ten thousand times within an hour kept the look busy until it was stopped: nobody was flagged
    any more."""
    for name in ("deque", "Counter"):
        kind = getattr(unusual, name)
        monkeypatch.setattr(unusual, name, type(name, (Walked, kind), {}))
    read_cases(coordinator, 26, within=timedelta(minutes=1))
    for second in range(200):
        happened(
            Kind.READ, coordinator, DAY + timedelta(minutes=2, seconds=second), case="M-000001"
        )
    Walked.times = 0
    assert look(LATER) == 1
    assert Walked.times < 26


def test_a_mistake_counts_once_in_each_school(teacher, school):
    other = SchoolFactory()
    for minute in range(6):
        for place in (school, other):
            happened(Kind.SIGN_IN_FAILED, teacher, DAY + timedelta(minutes=minute), school=place)
    look(DAY + timedelta(hours=1))
    assert flagged() == set()
    for minute in range(6, 11):
        happened(Kind.SIGN_IN_FAILED, teacher, DAY + timedelta(minutes=minute), school=other)
    look(DAY + timedelta(hours=1))
    assert flagged() == {("failed_sign_in", teacher.pk, 25, 11)}
    assert Flag.objects.get().school == other


def flagged():
    return {(flag.rule, flag.user_id, flag.day.day, flag.count) for flag in Flag.objects.all()}


HALF = timedelta(minutes=30)
LATER = DAY + timedelta(hours=2)


# --- What counts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "found"), [(25, 0), (26, 1)])
def test_many_different_cases_within_an_hour(coordinator, count, found):
    read_cases(coordinator, count)
    assert look(LATER) == found
    assert flagged() == ({("many_cases", coordinator.pk, 25, 26)} if found else set())


def test_the_same_case_many_times_is_no_many_cases(coordinator):
    for minute in range(60):
        happened(Kind.READ, coordinator, DAY + timedelta(minutes=minute), case="M-AAAAAA")
    assert look(LATER) == 0


def test_an_hour_is_any_hour_and_not_that_of_the_clock(coordinator):
    """From 14:20 to 15:10, and looked at in between."""
    read_cases(coordinator, 26, start=DAY + timedelta(minutes=20))
    for minutes in range(0, 120, 10):
        look(DAY + timedelta(minutes=minutes))
    assert {rule for rule, *__ in flagged()} == {"many_cases"}


def test_many_cases_over_a_day_are_a_day_of_work(coordinator):
    read_cases(coordinator, 60, start=DAY - timedelta(hours=6), within=timedelta(hours=7))
    assert look(LATER) == 0


@pytest.mark.parametrize(
    ("hour", "minute", "found"),
    [(22, 59, set()), (23, 0, {25}), (2, 0, {24}), (5, 59, {24}), (6, 0, set())],
)
def test_at_night_and_the_night_belongs_to_the_evening(coordinator, hour, minute, found):
    happened(Kind.READ, coordinator, DAY.replace(hour=hour, minute=minute), case="M-AAAAAA")
    look(DAY.replace(hour=23, minute=59))
    assert {day for __, __, day, __ in flagged()} == found


def test_the_night_is_that_of_the_clock_here(coordinator):
    """In summer 23:30 is 21:30 by the clock of the server."""
    Look.objects.update(at=datetime(2026, 7, 1, tzinfo=ZoneInfo("UTC")))
    at = datetime(2026, 7, 1, 21, 30, tzinfo=ZoneInfo("UTC"))
    happened(Kind.READ, coordinator, at, case="M-AAAAAA")
    assert look(at + timedelta(minutes=5)) == 1


def test_whoever_writes_at_night_reads_it_too(teacher):
    night = DAY.replace(hour=23, minute=10)
    happened(Kind.MADE, teacher, night, case="M-AAAAAA")
    happened(Kind.READ, teacher, night + timedelta(seconds=1), case="M-AAAAAA")
    assert look(night + timedelta(minutes=5)) == 0
    happened(Kind.READ, teacher, night + timedelta(minutes=6), case="M-BBBBBB")
    assert look(night + timedelta(minutes=10)) == 1


def test_pages_asked_for_after_the_last_role_ended(school, teacher, administrator, signed_in):
    end_role(teacher.memberships.get(), administrator, school)
    teacher = User.objects.get(pk=teacher.pk)
    signed_in(teacher).get(reverse("signals:mine"))
    look(timezone.now())
    flag = Flag.objects.get()
    assert (flag.rule, flag.user, flag.school) == ("without_role", teacher, school)


def test_wrong_references_at_emergency_access(signed_in):
    board = BoardFactory()
    sister, leader = (
        SchoolFactory(board=board),
        member(Role.SCHOOL_LEADER, SchoolFactory(board=board)),
    )
    fields = {"school": sister.pk, "reason": "De politie belt over een vermissing."}
    browser = signed_in(leader)
    for number in range(4):
        assert not Flag.objects.exists()
        answer = browser.post(
            reverse("cases:emergency"), {**fields, "reference": f"M-AAAAA{number}"}
        )
        assert answer.status_code == 422
        look(timezone.now())
    flag = Flag.objects.get()
    assert (flag.rule, flag.user, flag.school, flag.count) == ("wrong_reference", leader, sister, 4)


def test_many_failed_sign_ins(teacher):
    for number in range(11):
        happened(Kind.SIGN_IN_FAILED, teacher, DAY + timedelta(minutes=number))
    assert look(LATER) == 1


# --- Once -----------------------------------------------------------------------------------------


def test_nobody_is_flagged_twice_for_the_same(coordinator, administrator):
    read_cases(coordinator, 30)
    assert [look(DAY + timedelta(minutes=51 + number)) for number in range(4)] == [1, 0, 0, 0]
    assert len(mail.outbox) == 1
    read_cases(coordinator, 30, start=DAY + timedelta(days=1), first=50)
    assert look(DAY + timedelta(days=1, hours=2)) == 1


def settled_at(at, by):
    for flag in Flag.objects.standing():
        settle(flag, by, "Bereidde het overleg voor.")
        Flag.objects.filter(pk=flag.pk).update(settled_at=at)


def test_what_was_settled_is_not_flagged_again(coordinator, administrator):
    read_cases(coordinator, 30)
    end = DAY + timedelta(minutes=51)
    look(end)
    settled_at(end, administrator)
    read_cases(coordinator, 25, start=end + timedelta(minutes=1), within=HALF, first=50)
    assert look(end + HALF) == 0
    happened(Kind.READ, coordinator, end + HALF, case="M-BBBBBB")
    assert [look(end + HALF + timedelta(minutes=minute)) for minute in (2, 3)] == [1, 0]
    assert [flag.count for flag in Flag.objects.standing()] == [26]


def test_what_was_settled_of_an_earlier_day_covers_nothing(coordinator, administrator):
    read_cases(coordinator, 30, start=DAY - timedelta(hours=20))
    look(DAY)
    read_cases(coordinator, 30, first=50)
    settled_at(LATER, administrator)
    assert look(LATER) == 1


def test_what_came_while_nobody_looked_is_found(coordinator):
    Look.objects.update(at=DAY - timedelta(days=5))
    for day in range(4):
        read_cases(coordinator, 30, start=DAY - timedelta(days=day), first=100 * day)
    assert look(DAY + timedelta(days=2)) == 4


def test_who_or_what_is_gone_by_now_stops_no_look(coordinator, teacher):
    """Rows outlive people and schools."""
    gone = SchoolFactory()
    for number in range(26):
        at = DAY + timedelta(minutes=number)
        happened(Kind.READ, coordinator, at, case=f"M-{number:06}", school=gone)
    read_cases(teacher, 26)
    gone.delete()
    teacher.delete()
    read_cases(member(Role.COORDINATOR), 26)
    assert look(LATER) == 1


def test_each_school_hears_of_its_own(coordinator):
    elsewhere = SchoolFactory()
    here = coordinator.memberships.get().school
    for number in range(26):
        at = DAY + timedelta(minutes=number)
        place = elsewhere if number % 2 else here
        happened(Kind.READ, coordinator, at, case=f"M-{number:06}", school=place)
    look(LATER)
    assert set(Flag.objects.values_list("school_id", flat=True)) == {here.pk, elsewhere.pk}


# --- Told -----------------------------------------------------------------------------------------


def test_the_mail_says_that_and_not_what(coordinator, administrator):
    administrator.language = "en"
    administrator.save()
    read_cases(coordinator, 26)
    look(LATER)
    (sent,) = mail.outbox
    assert sent.to == [administrator.email]
    assert sent.subject == "Meldcode: something to look at"
    assert f"https://meldcode.example{FLAGS}" in sent.body
    for word in (coordinator.name, "M-0", "26", "25"):
        assert word not in sent.subject + sent.body


@shows("busy-15")
def test_of_many_at_once_there_is_one_mail(school, coordinator, administrator):
    """It says nothing of whom: wrong passwords for a hundred of a school were a hundred mails."""
    for person in (coordinator, member(Role.ATTENTION_OFFICER, school)):
        read_cases(person, 26)
    assert look(LATER) == 2
    assert [one.to for one in mail.outbox] == [[administrator.email]]
    assert not Flag.objects.filter(told_at=None).exists()
    look(LATER + timedelta(minutes=10))
    assert len(mail.outbox) == 1


def test_about_an_administrator_the_leader_hears_too(school, administrator):
    leader, colleague = member(Role.SCHOOL_LEADER, school), member(Role.ADMINISTRATOR, school)
    read_cases(administrator, 26)
    look(LATER)
    assert {to for sent in mail.outbox for to in sent.to} == {leader.email, colleague.email}


def test_about_anybody_else_the_leader_does_not(school, coordinator, administrator):
    leader = member(Role.SCHOOL_LEADER, school)
    read_cases(coordinator, 26)
    look(LATER)
    assert leader.email not in {to for sent in mail.outbox for to in sent.to}
    assert not Flag.objects.visible_to(leader).exists()


def test_a_mail_that_could_not_be_sent_is_sent_at_the_next_look(
    coordinator, administrator, monkeypatch
):
    def away(*args, **kwargs):
        raise SMTPException

    read_cases(coordinator, 26)
    with monkeypatch.context() as broken:
        broken.setattr(mails.mail, "send_mail", away)
        assert look(LATER) == 1
    assert mail.outbox == []
    look(LATER + timedelta(minutes=10))
    look(LATER + timedelta(minutes=20))
    assert len(mail.outbox) == 1


def test_who_got_it_gets_it_no_more_while_a_colleague_s_mailbox_is_full(
    coordinator, administrator, school, monkeypatch
):
    full = member(Role.ADMINISTRATOR, school)
    send = mails.mail.send_mail

    def send_mail(subject, text, sender, to):
        if to == [full.email]:
            raise SMTPException
        return send(subject, text, sender, to)

    read_cases(coordinator, 26)
    with monkeypatch.context() as broken:
        broken.setattr(mails.mail, "send_mail", send_mail)
        for minutes in (0, 10, 20):
            look(LATER + timedelta(minutes=minutes))
    assert [one.to for one in mail.outbox] == [[administrator.email]]
    look(LATER + timedelta(minutes=30))
    look(LATER + timedelta(minutes=40))
    assert [one.to for one in mail.outbox] == [[administrator.email], [full.email]]


# --- Looked at ------------------------------------------------------------------------------------


@pytest.fixture
def flag(coordinator):
    read_cases(coordinator, 26)
    look(LATER)
    return Flag.objects.get()


def test_an_administrator_settles_it_with_what_it_was(flag, administrator, signed_in):
    browser = signed_in(administrator)
    url = reverse("audit:settle", args=[flag.public_id])
    assert url in browser.get(reverse("audit:school")).content.decode()
    assert flag.user.name in Page(browser.get(url)).text
    assert browser.post(url, {"why": ""}).status_code == 422
    assert browser.post(url, {"why": "Bereidde het overleg van morgen voor."}).url == FLAGS
    flag.refresh_from_db()
    assert (flag.settled_by, flag.settled_why) == (
        administrator, "Bereidde het overleg van morgen voor.",
    )  # fmt: skip
    text = Page(browser.get(FLAGS)).text
    assert "Bereidde het overleg" in text
    assert url not in browser.get(reverse("audit:school")).content.decode()
    browser.post(url, {"why": "Nog een keer, anders."})
    flag.refresh_from_db()
    assert flag.settled_why.startswith("Bereidde")


def test_nobody_settles_what_is_about_themselves(school, administrator, signed_in):
    read_cases(administrator, 26)
    look(LATER)
    flag = Flag.objects.get()
    url = reverse("audit:settle", args=[flag.public_id])
    assert signed_in(administrator).get(url).status_code == 404
    with pytest.raises(PermissionDenied):
        settle(flag, administrator, "Niets aan de hand.")
    leader = member(Role.SCHOOL_LEADER, school)
    assert signed_in(leader).post(url, {"why": "Ik heb het gevraagd."}).url == FLAGS


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SCHOOL_LEADER])
def test_of_another_school_it_is_not_there(flag, signed_in, role):
    stranger = member(role)
    url = reverse("audit:settle", args=[flag.public_id])
    assert signed_in(stranger).get(url).status_code == 404
    assert flag.user.name not in Page(signed_in(stranger).get(FLAGS)).text


def test_the_limits_are_those_of_the_issue():
    assert {code: (rule.over, rule.within) for code, rule in RULE.items()} == {
        "many_cases": (25, timedelta(hours=1)),
        "at_night": (0, timedelta(hours=1)),
        "without_role": (0, timedelta(days=1)),
        "wrong_reference": (3, timedelta(days=1)),
        "failed_sign_in": (10, timedelta(hours=1)),
    }
