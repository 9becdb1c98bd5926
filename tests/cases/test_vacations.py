"""Vacations of a school: the regions' dates, what a file says, who sets them, what follows."""

import tracemalloc
from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from cases import actions
from cases.errors import ActionError
from cases.facts import facts_for_many
from cases.models import Case, SchoolVacation
from cases.protocol import PERIODS, guide
from cases.protocol.vacations import (
    ALL,
    LONG,
    MOST_FREE,
    REGIONS,
    TABLE,
    Vacation,
    free_days,
    next_long,
    of_region,
    school_year,
    weekdays,
)
from cases.vacations.actions import (
    add_vacation,
    change_vacation,
    keep_lines,
    remove_vacation,
    take_over_region,
)
from cases.vacations.reading import LARGEST, MOST_LINES, Unreadable, lines_of, read
from tests.cases.records import NOW, ago, signal
from tests.factories import CaseFactory, PupilFactory, SchoolFactory, VacationFactory, member

TODAY = date(2026, 3, 11)
MAY = Vacation("Meivakantie", date(2026, 4, 25), date(2026, 5, 3))
YEARS = ("2025-2026", "2026-2027", "2027-2028", "2028-2029")
# Kind of vacation → weekdays that it takes in each region and year.
LENGTHS = {
    "Herfstvakantie": 5, "Kerstvakantie": 10, "Voorjaarsvakantie": 5, "Meivakantie": 5,
    "Zomervakantie": 30,
}  # fmt: skip


# --- the table -----------------------------------------------------------------------------------


@pytest.mark.parametrize("region", ALL)
def test_a_region_has_five_vacations_a_year_in_order_and_apart(region):
    assert set(ALL) == set(REGIONS)
    of_years = {
        year: [row for row in TABLE if row[0] == year and region in row[2]] for year in YEARS
    }
    for year, rows in of_years.items():
        assert [name for __, name, *_ in rows] == list(LENGTHS), year
    found = of_region(region, date(2025, 8, 1))
    assert len(found) == len(YEARS) * len(LENGTHS)
    for before, after in pairwise(found):
        assert before.last < after.first
    for one in found:
        assert (one.first.weekday(), one.last.weekday()) == (5, 6), one
        assert len(weekdays(one.first, one.last)) == LENGTHS[one.name], one


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row[1]} {row[3]}")
def test_a_row_lies_in_its_school_year(row):
    year, name, regions, first, __ = row
    begins = int(year[:4])
    months = {"Herfstvakantie": (10,), "Kerstvakantie": (12,), "Voorjaarsvakantie": (2,),
              "Meivakantie": (4,), "Zomervakantie": (7,)}  # fmt: skip
    day = date.fromisoformat(first)
    assert day.month in months[name]
    assert day.year == begins + (day.month < 8)
    assert set(regions) <= set(ALL)


def test_summers_are_spread_and_christmas_and_may_are_not():
    for year in YEARS:
        summers = [row for row in TABLE if row[0] == year and row[1] == "Zomervakantie"]
        assert len({row[3] for row in summers}) == len(summers) == 3
        for name in ("Kerstvakantie", "Meivakantie"):
            assert [row[2] for row in TABLE if row[:2] == (year, name)] == [ALL]


def test_the_next_long_vacation_is_not_a_study_day_and_not_the_one_that_runs():
    spans = [
        (date(2026, 3, 16), date(2026, 3, 16)),
        (date(2026, 4, 25), date(2026, 5, 3)),
        (date(2026, 7, 18), date(2026, 8, 30)),
    ]
    assert next_long(spans, TODAY) == date(2026, 4, 25)
    assert next_long(spans, date(2026, 4, 25)) == date(2026, 7, 18)
    assert next_long(spans, date(2026, 7, 18)) is None


# --- what a file says ----------------------------------------------------------------------------

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//School//NL
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261019
DTEND;VALUE=DATE:20261024
SUMMARY:Herfst; en\\, studie
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260316
SUMMARY:Studiedag
END:VEVENT
BEGIN:VEVENT
DTSTART:20260317T190000Z
SUMMARY:Ouderavond
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:rommel
SUMMARY:Kapot
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_becomes_lines_of_its_whole_days():
    lines, left_out = lines_of(CALENDAR.replace("\n", "\r\n").encode())
    assert lines.splitlines() == [
        "Studiedag; 2026-03-16; 2026-03-16",
        "Herfst, en, studie; 2026-10-19; 2026-10-23",
    ]
    assert left_out == 2
    assert all(line.vacation for line in read(lines, TODAY))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("Meivakantie;25-04-2026;03-05-2026".encode("utf-8-sig"), "Meivakantie"),
        (b"naam;van;tot\r\nMeivakantie;2026-04-25;2026-05-03", "Meivakantie"),
        (b"Meivakantie\t25/4/2026\t3/5/2026", "Meivakantie"),
        (b'"Mei, lang",25.04.2026,03.05.2026', "Mei, lang"),
        ("\n\nPâques ; 25-04-2026 ; 03-05-2026 ; opmerking".encode("cp1252"), "Pâques"),
    ],
)
def test_a_list_is_read_as_programs_write_it(content, name):
    lines, left_out = lines_of(content)
    (line,) = read(lines, TODAY)
    assert line.vacation == Vacation(name, MAY.first, MAY.last)
    assert left_out == 0


@pytest.mark.parametrize(
    "line",
    [
        "Mei; 31-02-2026", "Mei; morgen 1", "; 25-04-2026", f"{'x' * 81}; 25-04-2026",
        "Mei; 03-05-2026; 25-04-2026", "Mei; 25-04-2026; 25-04-2027", "Mei; 25-04-1999",
        "Mei; 25-04-2099", "Mei;;25-04-2026", "Mei; 25-04-2026; 3 mei 2026",
    ],
)  # fmt: skip
def test_a_bad_line_says_what_is_wrong_and_the_others_are_read(line):
    found = read(f"Zomer; 2026-07-18; 2026-08-30\n{line}\nStudie; 2026-06-01", TODAY)
    assert [(one.number, bool(one.vacation)) for one in found] == [(1, True), (2, False), (3, True)]
    assert found[1].wrong


def test_lines_that_run_into_each_other_are_told():
    found = read("Mei; 2026-04-25; 2026-05-03\nKoningsdag; 2026-04-27", TODAY)
    assert "1" in found[1].wrong


@pytest.mark.parametrize(
    "content",
    [
        b"x" * (LARGEST + 1),
        b"PK\x00\x01rommel",
        b"BEGIN:VCALENDAR\r\nrommel",
        b"BEGIN:VCALENDAR\r\n" * 2,
    ],
)
def test_what_is_no_list_and_no_calendar_is_refused(content):
    with pytest.raises(Unreadable):
        lines_of(content)


@pytest.mark.parametrize(
    "days",
    [
        "DTSTART;VALUE=DATE:20270101\r\nDTEND;VALUE=DATE:00010101",
        "DTSTART;VALUE=DATE:20270101\r\nDTEND;VALUE=DURATION:P1D",
        f"DTSTART;TZID={'A' * 5000}:20270101T000000",
    ],
)
def test_an_event_that_no_program_writes_is_left_out_or_refused(days):
    event = f"BEGIN:VEVENT\r\n{days}\r\nEND:VEVENT\r\n"
    content = f"BEGIN:VCALENDAR\r\n{event}END:VCALENDAR\r\n".encode()
    with suppress(Unreadable):
        assert lines_of(content) == ("", 1)


def test_the_rules_of_time_zones_in_a_calendar_are_not_worked_out():
    """Each of these says of every second of a day that it is one: twenty lines took 60 MB."""
    hours, sixty = (",".join(map(str, range(count))) for count in (24, 60))
    rule = f"RRULE:FREQ=YEARLY;BYHOUR={hours};BYMINUTE={sixty};BYSECOND={sixty}"
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Ons/Eigen\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        f"TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n{rule}\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    content = CALENDAR.replace("BEGIN:VEVENT", f"{zone}BEGIN:VEVENT", 1).encode()
    tracemalloc.start()
    try:
        __, left_out = lines_of(content)
        taken = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert left_out == 2
    assert taken < 1_000_000


def test_what_reminds_of_an_event_is_no_part_of_it():
    alarm = "BEGIN:VALARM\nSUMMARY:Denk eraan\nDTSTART:20270101\nEND:VALARM\nrommel\n"
    content = CALENDAR.replace("BEGIN:VEVENT\n", f"BEGIN:VEVENT\n{alarm}", 1).encode()
    assert lines_of(content) == lines_of(CALENDAR.encode())


# --- who sets them, and what follows -------------------------------------------------------------


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def coordinator(school):
    return member(Role.COORDINATOR, school)


def with_concern(school, since=NOW):
    """Return a case with two signals: a consultation is asked within five business days."""
    case = CaseFactory(pupil=PupilFactory(school=school), opened_at=since)
    for __ in range(2):
        signal(case, "tired", recorded_at=since)
    actions.refresh(case, None, since)
    return case


@pytest.mark.django_db
def test_a_region_is_taken_over_once_and_what_the_school_has_itself_stays(school, coordinator):
    own = VacationFactory(school=school, name="Lange mei", first_day=date(2027, 4, 19),
                          last_day=date(2027, 5, 9), set_by=coordinator)  # fmt: skip
    first = take_over_region(school, coordinator, "midden", date(2026, 8, 1))
    assert (first.added, first.there) == (15, 1)  # the summer of 2026 is not over yet
    assert SchoolVacation.objects.filter(pk=own.pk, name="Lange mei").exists()
    again = take_over_region(school, coordinator, "midden", date(2026, 8, 1))
    assert (again.added, again.there) == (0, 16)
    assert school.vacations.count() == 16


@pytest.mark.django_db
def test_a_list_takes_the_place_of_what_it_runs_into_and_does_nothing_twice(school, coordinator):
    take_over_region(school, coordinator, "midden", date(2026, 8, 1))
    lines = [Vacation("Mei", date(2027, 4, 24), date(2027, 5, 9))]
    kept = keep_lines(school, coordinator, lines)
    assert (kept.added, kept.replaced, kept.there) == (1, 1, 0)
    kept = keep_lines(school, coordinator, lines)
    assert (kept.added, kept.replaced, kept.there) == (0, 0, 1)
    assert not school.vacations.filter(name="Meivakantie", first_day__year=2027).exists()


@pytest.mark.django_db
def test_days_are_free_once_and_no_school_year_is_nearly_all_free(school, coordinator):
    add_vacation(school, coordinator, "Mei", MAY.first, MAY.last)
    with pytest.raises(ActionError) as refused:
        add_vacation(school, coordinator, "Studiedag", MAY.last, MAY.last + timedelta(days=1))
    assert refused.value.field == "first_day"
    weeks = [date(2026, 9, 7) + timedelta(days=7 * n) for n in range(MOST_FREE // LONG + 1)]
    with pytest.raises(ActionError, match="2026-2027"):
        keep_lines(
            school, coordinator,
            [Vacation(f"Week {day}", day, day + timedelta(days=4)) for day in weeks],
        )  # fmt: skip
    assert school.vacations.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "may"),
    [(Role.COORDINATOR, True), (Role.ATTENTION_OFFICER, True), (Role.ADMINISTRATOR, True),
     (Role.TEACHER, False), (Role.SCHOOL_LEADER, False)],
)  # fmt: skip
def test_who_sets_them(school, role, may):
    person, row = member(role, school), VacationFactory(school=school)
    changes = (
        lambda: take_over_region(school, person, "noord", TODAY),
        lambda: add_vacation(school, person, "Studiedag", TODAY, TODAY),
        lambda: change_vacation(row, person, "Dag", row.first_day, row.last_day),
        lambda: remove_vacation(row, person),
    )
    for change in changes if may else ():
        change()
    for change in () if may else changes:
        with pytest.raises(PermissionDenied):
            change()
    with pytest.raises(PermissionDenied):
        add_vacation(SchoolFactory(), person, "Elders", MAY.first, MAY.last)


@pytest.mark.django_db
def test_open_cases_follow_at_once_and_those_of_other_schools_do_not(school, coordinator):
    monday = timezone.now()
    here, elsewhere = with_concern(school, monday), with_concern(SchoolFactory(), monday)
    first = timezone.localdate(here.deadline)
    add_vacation(school, coordinator, "Week", first, first + timedelta(days=6))
    later = Case.objects.get(pk=here.pk)
    assert timezone.localdate(later.deadline) > first + timedelta(days=6)
    assert later.next_due is not None
    assert Case.objects.get(pk=elsewhere.pk).deadline == elsewhere.deadline
    row = school.vacations.get()
    change_vacation(row, coordinator, "Dag", first, first)
    shorter = Case.objects.get(pk=here.pk).deadline
    assert here.deadline < shorter < later.deadline
    remove_vacation(school.vacations.get(), coordinator)
    assert Case.objects.get(pk=here.pk).deadline == here.deadline


@pytest.mark.django_db
def test_what_others_do_and_the_accelerated_path_know_no_vacation(school):
    case = with_concern(school)
    free = (NOW.date(), NOW.date() + timedelta(days=60))
    SchoolVacation.objects.create(
        school=school, name="Lang", first_day=free[0], last_day=free[1],
        set_by=member(Role.COORDINATOR, school),
    )  # fmt: skip
    resting = {code for code, period in PERIODS.items() if period.rests}
    assert {"invite", "refer", "triage", "investigation", "board"} == set(PERIODS) - resting
    for deadline in guide(facts_for_many([case], NOW)[case.pk]).deadlines:
        assert deadline.free == free_days((free,))
    signal(case, "tired", severe=True, recorded_at=NOW)
    severe = guide(facts_for_many([case], NOW)[case.pk]).deadlines
    assert all(not d.free for d in severe if d.hours is not None)
    assert any(d.hours for d in severe)


@pytest.mark.django_db
def test_the_calendars_of_many_schools_take_one_query():
    def queries(number):
        cases = [with_concern(SchoolFactory()) for __ in range(number)]
        for case in cases:
            VacationFactory(school=case.school)
        with CaptureQueriesContext(connection) as captured:
            facts_for_many(cases, NOW)
        return [q for q in captured.captured_queries if "schoolvacation" in q["sql"]], captured

    (few, all_of_few), (many, all_of_many) = queries(1), queries(6)
    assert len(few) == len(many) == 1
    assert len(all_of_few) == len(all_of_many)


# --- the pages -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_file_is_shown_before_anything_is_kept_and_bad_lines_come_back(
    school, coordinator, signed_in
):
    browser, url = signed_in(coordinator), reverse("cases:vacation_file")
    day = timezone.localdate() + timedelta(days=30)
    mild = f"Studiedag;{day};{day}\n"
    answer = browser.post(url, {"file": SimpleUploadedFile("x.csv", mild.encode())})
    assert answer.status_code == 200
    assert [one.vacation.name for one in answer.context["previews"]] == ["Studiedag"]
    assert not school.vacations.exists()
    answer = browser.post(
        url, {"file": SimpleUploadedFile("x.csv", f"{mild}Zomer;ooit 1".encode())}
    )
    assert answer.status_code == 422
    assert "ooit 1" in answer.context["form"]["lines"].value()
    assert "2" in str(answer.context["form"].errors["lines"])
    lines = reverse("cases:vacation_lines")
    look = browser.post(lines, {"lines": mild, "look": "on"})
    assert (look.status_code, school.vacations.count()) == (200, 0)
    assert browser.post(lines, {"lines": mild}).status_code == 302
    assert browser.post(lines, {"lines": mild}).status_code == 302
    assert school.vacations.count() == 1


@pytest.mark.django_db
def test_too_many_lines_and_too_large_a_file_are_refused(school, coordinator, signed_in):
    browser = signed_in(coordinator)
    day = timezone.localdate()
    many = "\n".join(f"Dag {n}; {day + timedelta(days=n)}" for n in range(MOST_LINES + 1))
    answer = browser.post(reverse("cases:vacation_lines"), {"lines": many})
    assert answer.status_code == 422
    large = SimpleUploadedFile("x.ics", b"x" * (LARGEST + 1))
    answer = browser.post(reverse("cases:vacation_file"), {"file": large})
    assert answer.status_code == 422
    assert answer.context["file_form"].errors["file"]
    assert not school.vacations.exists()


def test_a_school_year_begins_in_august():
    assert school_year(date(2026, 7, 31)) == 2025
    assert school_year(date(2026, 8, 1)) == 2026


@pytest.mark.django_db
def test_an_old_case_keeps_the_vacations_of_its_time(school, coordinator):
    since = ago(days=120)
    VacationFactory(school=school, first_day=since.date() + timedelta(days=1),
                    last_day=since.date() + timedelta(days=14), set_by=coordinator)  # fmt: skip
    case = with_concern(school, since)
    actions.refresh(case, None, NOW)
    assert timezone.localdate(case.deadline) > since.date() + timedelta(days=14)


@pytest.mark.django_db
def test_whoever_may_set_them_finds_the_way_to_them(coordinator, administrator, teacher, signed_in):
    link = f'href="{reverse("cases:vacations")}"'
    found = [
        link in signed_in(person).get(reverse("todo")).content.decode()
        for person in (coordinator, administrator, teacher)
    ]
    assert found == [True, True, False]
