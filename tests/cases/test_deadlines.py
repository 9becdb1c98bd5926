"""Business days, the end of a period, and the moments of its reminders."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.deadlines import (
    Running,
    add_business_days,
    due_at,
    is_business_day,
    level_due,
    reminder_moment,
)
from cases.protocol import PERIODS, Deadline
from cases.protocol.vacations import free_days

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY = timedelta(days=1)

moderate = settings(max_examples=100, deadline=None, database=None)
days_of_life = st.dates(date(2024, 1, 1), date(2040, 12, 31))
moments = st.datetimes(datetime(2024, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def local(*parts):
    return datetime(*parts, tzinfo=AMSTERDAM)


def running(since, *, days=None, hours=None, period="consult"):
    return Deadline(PERIODS[period], since, days, hours)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),  # New Year's Day
        date(2026, 4, 3),  # Good Friday: `holidays` counts it, and schools are closed
        date(2026, 4, 6),  # Easter Monday
        date(2026, 4, 27),  # King's Day
        date(2026, 5, 14),  # Ascension Day
        date(2026, 5, 25),  # Whit Monday
        date(2026, 12, 25),  # Christmas, a Friday
        date(2024, 12, 26),  # the second day of Christmas, a Thursday
        date(2026, 3, 14),  # a Saturday
        date(2026, 3, 15),  # a Sunday
    ],
)
def test_nobody_works_in_weekends_and_on_holidays(day):
    assert not is_business_day(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 3, 11),  # a Wednesday like any other
        date(2026, 1, 2),  # the day after New Year
        date(2026, 4, 7),  # the Tuesday after Easter
        date(2026, 5, 15),  # the Friday after Ascension Day: off at many schools, by no law
        date(2025, 12, 24),
        date(2025, 12, 31),
    ],
)
def test_other_weekdays_are_business_days(day):
    assert is_business_day(day)


def test_kings_day_on_a_sunday_is_kept_on_the_saturday_before():
    assert date(2025, 4, 27).weekday() == 6
    assert is_business_day(date(2025, 4, 28))
    assert is_business_day(date(2025, 4, 25))


def test_liberation_day_is_free_once_in_five_years():
    """`holidays` has 5 May in 2025, 2030 and so on: when most collective agreements make it free.

    By law it is a holiday every year; in the years between it counts here as a business day.
    """
    assert not is_business_day(date(2025, 5, 5))
    assert is_business_day(date(2026, 5, 5))
    assert is_business_day(date(2027, 5, 5))


@pytest.mark.parametrize(
    ("day", "days", "reached"),
    [
        (date(2026, 3, 11), 0, date(2026, 3, 11)),
        (date(2026, 3, 14), 0, date(2026, 3, 14)),  # no step: it stays, even in a weekend
        (date(2026, 3, 11), 1, date(2026, 3, 12)),
        (date(2026, 3, 13), 1, date(2026, 3, 16)),  # over a weekend
        (date(2026, 3, 14), 1, date(2026, 3, 16)),  # from within it
        (date(2026, 3, 16), -1, date(2026, 3, 13)),
        (date(2026, 3, 15), -1, date(2026, 3, 13)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # over Easter
        (date(2026, 4, 7), -1, date(2026, 4, 2)),
        (date(2025, 12, 24), 3, date(2025, 12, 31)),  # over Christmas, a Thursday and a Friday
        (date(2025, 12, 31), 1, date(2026, 1, 2)),  # over the end of the year
        (date(2026, 1, 2), -1, date(2025, 12, 31)),
        (date(2026, 3, 11), 20, date(2026, 4, 10)),  # over Good Friday and Easter Monday
    ],
)
def test_business_days_are_counted_on_and_back(day, days, reached):
    assert add_business_days(day, days) == reached


@moderate
@given(days_of_life, st.integers(1, 80))
def test_business_days_on_and_back(day, count):
    ahead = add_business_days(day, count)
    assert is_business_day(ahead)
    assert ahead >= day + count * DAY
    assert add_business_days(day, count + 1) > ahead
    behind = add_business_days(day, -count)
    assert is_business_day(behind)
    assert add_business_days(day, -count - 1) < behind < day
    between = [day + n * DAY for n in range(1, (ahead - day).days + 1)]
    assert sum(map(is_business_day, between)) == count


# Some vacations of a school, each of at most six weeks.
spans = st.lists(
    st.builds(lambda first, days: (first, first + days * DAY), days_of_life, st.integers(0, 43)),
    max_size=8,
).map(lambda found: free_days(tuple(found)))


@moderate
@given(days_of_life, st.integers(1, 60), spans)
def test_business_days_of_a_school_with_vacations(day, count, free):
    ahead = add_business_days(day, count, free)
    assert is_business_day(ahead, free)
    assert ahead not in free
    # A vacation never brings anything forward, and one more never does.
    assert ahead >= add_business_days(day, count)
    assert add_business_days(day, count, free | {ahead}) > ahead
    assert add_business_days(day, count + 1, free) > ahead
    assert add_business_days(day + DAY, count, free) >= ahead
    behind = add_business_days(day, -count, free)
    assert is_business_day(behind, free)
    assert behind <= add_business_days(day, -count)
    start = add_business_days(day, 1, free)
    assert add_business_days(add_business_days(start, count, free), -count, free) == start


@moderate
@given(moments, st.integers(1, 60), st.integers(0, 24 * 90), spans)
def test_the_level_is_the_one_whose_moment_has_come_with_vacations_too(since, days, passed, free):
    deadline = Deadline(PERIODS["consult"], since, days, None, free)
    period, now = Running(deadline, due_at(deadline)), since + timedelta(hours=passed)
    level = period.level(now)
    assert now < period.moment(0 if level is None else level + 1)
    assert level is None or period.moment(level) <= now
    assert [period.moment(n) for n in range(6)] == sorted({period.moment(n) for n in range(6)})


def test_another_set_of_free_days_is_another_answer():
    """By value, not by school: what was answered before a change is not answered after it."""
    day, week = date(2026, 3, 9), frozenset(date(2026, 3, 10) + n * DAY for n in range(4))
    assert add_business_days(day, 1, frozenset()) == date(2026, 3, 10)
    assert add_business_days(day, 1, week) == date(2026, 3, 16)
    assert add_business_days(day, 1, frozenset(sorted(week))) == date(2026, 3, 16)
    assert add_business_days(day, 1) == date(2026, 3, 10)


def test_what_is_past_its_end_is_said_in_the_vacation_too():
    """It ended on the last day of school; nobody is late with leave."""
    summer = free_days(((date(2026, 7, 18), date(2026, 8, 30)),))
    deadline = Deadline(PERIODS["consult"], local(2026, 7, 3, 10), 10, None, summer)
    period = Running(deadline, due_at(deadline))
    assert period.due == local(2026, 7, 17, 17)
    assert [period.moment(level) for level in range(4)] == [
        local(2026, 7, 16, 8), local(2026, 7, 17, 8), local(2026, 7, 22, 8), local(2026, 7, 27, 8),
    ]  # fmt: skip
    # And what ends after it is said on the last day before.
    deadline = Deadline(PERIODS["consult"], local(2026, 7, 6, 10), 10, None, summer)
    period = Running(deadline, due_at(deadline))
    assert period.due == local(2026, 8, 31, 17)
    assert period.moment(0) == local(2026, 7, 17, 8)


@moderate
@given(days_of_life.filter(is_business_day), st.integers(0, 80))
def test_from_a_business_day_there_and_back_again(day, count):
    assert add_business_days(add_business_days(day, count), -count) == day


@pytest.mark.parametrize(
    ("since", "days", "due"),
    [
        (local(2026, 3, 11, 10), 5, local(2026, 3, 18, 17)),
        (local(2026, 3, 11, 23, 59), 5, local(2026, 3, 18, 17)),
        (local(2026, 3, 14, 12), 3, local(2026, 3, 18, 17)),  # a Saturday
        # The day is the Dutch one: half past eleven at night in UTC is tomorrow already.
        (datetime(2026, 3, 10, 23, 30, tzinfo=UTC), 5, local(2026, 3, 18, 17)),
        # Over the change to summer time and to winter time: five in the afternoon stays five.
        (local(2026, 3, 27, 16), 1, datetime(2026, 3, 30, 15, tzinfo=UTC)),
        (local(2026, 10, 23, 16), 1, datetime(2026, 10, 26, 16, tzinfo=UTC)),
    ],
)
def test_business_days_end_at_five_in_the_afternoon(since, days, due):
    assert due_at(running(since, days=days)) == due


@pytest.mark.parametrize(
    ("since", "hours", "due"),
    [
        (datetime(2026, 3, 13, 22, tzinfo=UTC), 8, local(2026, 3, 14, 7)),  # a Saturday morning
        (datetime(2026, 12, 25, 9, tzinfo=UTC), 24, local(2026, 12, 26, 10)),  # at Christmas
        # Clocks go from 2:00 to 3:00, and back from 3:00 to 2:00; two hours remain two hours.
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), 2, local(2026, 3, 29, 4, 30)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 2, local(2026, 10, 25, 3, 30)),
        (datetime(2026, 3, 28, 11, tzinfo=UTC), 24, local(2026, 3, 29, 13)),
    ],
)
def test_hours_run_day_and_night_as_they_elapse(since, hours, due):
    """``since`` in UTC, as the database gives it."""
    assert due_at(running(since, hours=hours)) == due
    assert due_at(running(since, hours=hours)) - since == timedelta(hours=hours)


def test_an_agreed_day_is_the_deadline_itself():
    agreed = local(2026, 3, 14, 17)  # a Saturday: agreed is agreed
    assert due_at(running(agreed, period="follow_up")) == agreed


SINCE, DUE = local(2026, 3, 2, 10), local(2026, 3, 16, 17)  # a Monday

# On the normal path: a business day before, on the day, and then every three business days.
NORMAL = [
    local(2026, 3, 13, 8),
    local(2026, 3, 16, 8),
    local(2026, 3, 19, 8),
    local(2026, 3, 24, 8),
    local(2026, 3, 27, 8),
]
# On the accelerated path, for eight hours: halfway, at the time, and then every two hours.
START = datetime(2026, 3, 14, 20, tzinfo=UTC)  # a Saturday
END = START + timedelta(hours=8)
ACCELERATED = [START + timedelta(hours=hours) for hours in (4, 8, 10, 12, 14)]

PATHS = pytest.mark.parametrize(
    ("span", "accelerated", "sequence"),
    [((SINCE, DUE), False, NORMAL), ((START, END), True, ACCELERATED)],
    ids=["normal", "accelerated"],
)


@PATHS
def test_the_moments_of_the_levels(span, accelerated, sequence):
    found = [reminder_moment(level, *span, accelerated=accelerated) for level in range(5)]
    assert found == sequence


@PATHS
def test_each_level_comes_at_its_moment_and_not_before(span, accelerated, sequence):
    for level, moment in enumerate(sequence):
        just_before = moment - timedelta(microseconds=1)
        assert level_due(moment, *span, accelerated=accelerated) == level
        before = level_due(just_before, *span, accelerated=accelerated)
        assert before == (level - 1 if level else None)


@PATHS
def test_before_the_first_moment_nobody_is_reminded(span, accelerated, sequence):
    assert level_due(span[0], *span, accelerated=accelerated) is None


def test_after_a_long_standstill_only_the_highest_level_is_due():
    # Three weeks of silence on the normal path; a weekend of it on the accelerated one.
    assert level_due(local(2026, 4, 2, 12), SINCE, DUE, accelerated=False) == 5
    assert level_due(END + timedelta(hours=47), START, END, accelerated=True) == 24


def test_the_day_before_an_agreed_saturday_is_the_friday():
    saturday = local(2026, 3, 14, 17)
    assert reminder_moment(0, SINCE, saturday, accelerated=False) == local(2026, 3, 13, 8)
    assert reminder_moment(1, SINCE, saturday, accelerated=False) == local(2026, 3, 14, 8)
    assert reminder_moment(2, SINCE, saturday, accelerated=False) == local(2026, 3, 18, 8)


@moderate
@given(moments, st.integers(0, 60), st.integers(0, 24 * 90))
def test_on_the_normal_path_the_level_is_the_one_whose_moment_has_come(since, days, passed):
    due, now = due_at(running(since, days=days)), since + timedelta(hours=passed)
    assert_level_fits(now, since, due, accelerated=False)
    assert due.astimezone(AMSTERDAM).time() == time(17)


@moderate
@given(moments, st.integers(1, 120), st.integers(0, 60 * 24 * 10))
def test_on_the_accelerated_path_the_level_is_the_one_whose_moment_has_come(since, hours, passed):
    due, now = due_at(running(since, hours=hours)), since + timedelta(minutes=passed)
    assert_level_fits(now, since, due, accelerated=True)


def assert_level_fits(now, since, due, *, accelerated):
    level = level_due(now, since, due, accelerated=accelerated)
    following = 0 if level is None else level + 1
    assert now < reminder_moment(following, since, due, accelerated=accelerated)
    if level is not None:
        assert reminder_moment(level, since, due, accelerated=accelerated) <= now
