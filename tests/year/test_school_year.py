"""In a whole school year no open case is forgotten, and nobody is told the same thing twice.

What is asked here is asked of what was written down and mailed, by the ends of periods alone; when
a reminder should come, by level and by hour, is for ``tests/cases/test_reminders.py``.
"""

import os
from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cases.deadlines import add_business_days, running
from cases.facts import facts_for_many
from cases.models import Case, Envelope, Notification, OutboxMessage
from cases.protocol import guide
from tests.year.simulated import AMSTERDAM, FIRST_DAY, Year

IN_CHECKS = "SCHOOL_YEAR_CASES" not in os.environ
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        IN_CHECKS and connection.vendor != "sqlite",
        reason="a year costs a minute: the checks live it on SQLite, SCHOOL_YEAR_CASES here too",
    ),
]

CASES = int(os.environ.get("SCHOOL_YEAR_CASES", "8"))
# Of 500 cases a year takes minutes: the checks live a small one, of a seed that hypothesis draws.
YEARS = int(os.environ.get("SCHOOL_YEARS", "1"))
DAY = timedelta(days=1)
# What happens at the least for a hundred cases; else what is asked of the year is asked of nothing.
# What is rare happens by chance in a small year: it counts from LARGE on.
LARGE = 300
OFTEN = {"signal": 100, "put off": 10, "taken on": 20, "consultation held": 10, "talk": 5}
RARE = {
    "severe signal": 4, "left": 1, "weighed": 10, "decided": 10, "sent": 5, "confirmed": 5,
    "closed": 2,
}  # fmt: skip


class Told:
    """The reminders that went out by mail, by case; read on from where one was."""

    def __init__(self) -> None:
        self.by_case: dict[int, list[Notification]] = defaultdict(list)
        self.last = 0

    def read_on(self) -> dict[int, list[Notification]]:
        sent = Notification.objects.filter(
            kind="reminder", messages__envelope__sent_at__isnull=False
        )
        for one in sent.filter(pk__gt=self.last).order_by("pk"):
            self.by_case[one.case_id].append(one)
            self.last = one.pk
        return self.by_case


def forgotten(now: datetime, told: dict[int, list[Notification]]) -> list[str]:
    """Return the open cases of which a period ended more than a day ago, and nobody was told.

    Told in time, and again each three business days. What waits on purpose is left until its end.
    """
    cases = list(Case.objects.open().select_related("pupil").prefetch_related("snoozes"))
    facts = facts_for_many(cases, now)
    found = []
    for case in cases:
        guidance = guide(facts[case.pk])
        if guidance.waits(now):
            continue
        waited = [snooze.ended_at or snooze.until for snooze in case.snoozes.all()]
        for period in running(guidance):
            late = max([period.due, *waited]) + DAY
            if late >= now:
                continue
            began = min(period.deadline.since, period.due - 7 * DAY)  # a day that was agreed
            since = [n.created_at for n in told[case.pk] if n.created_at > began]
            lately = add_business_days(now.date(), -4)
            if not any(at <= late for at in since) or since[-1].date() < lately:
                found.append(f"{case.reference}: {period.deadline.period.code} until {period.due}")
    return found


def live(seed: int) -> Year:
    """Live a year, and look twice a week whether a case was forgotten."""
    told = Told()
    with time_machine.travel(datetime.combine(FIRST_DAY, time(7), AMSTERDAM), tick=False) as clock:
        year = Year(seed, CASES, clock)
        for day in year.days():
            if day == date(2026, 11, 2):
                year.study_day(date(2026, 11, 20))
            year.live(day)
            if day.weekday() in (1, 4):
                assert forgotten(year.go_to(day, time(23, 30)), told.read_on()) == [], day
        assert not OutboxMessage.objects.filter(envelope=None).exists()
        assert not Envelope.objects.unsent().exists()
    return year


@settings(
    max_examples=YEARS, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_in_a_year_no_case_is_forgotten_and_nobody_hears_the_same_thing_twice(seed):
    with transaction.atomic():
        year = live(seed)
        expected = OFTEN | (RARE if CASES >= LARGE else {})
        done = {what: year.done[what] * 100 / CASES for what in expected}
        too_little = [what for what, least in expected.items() if done[what] < least]
        assert too_little == []
        assert len({letter.identity for letter in year.letters}) == len(year.letters)
        after = [one for one in year.letters if one.at > year.left.get(one.to, one.at)]
        assert after == []
        # What can wait comes in the morning, or when somebody did something; however many periods
        # ran out, that is one letter. A letter of the accelerated path comes each two hours.
        calm = Notification.objects.filter(kind="reminder", urgent=False)
        moments = {(one.recipient_id, one.case_id, one.created_at) for one in calm}
        days = Counter((who, case, at.astimezone(AMSTERDAM).date()) for who, case, at in moments)
        assert [which for which, times in days.items() if times > 3] == []
        all_told = Notification.objects.filter(kind="reminder").values_list(
            "recipient", "case", "reminder__period", "reminder__deadline", "reminder__level"
        )
        assert len(set(all_told)) == len(all_told) > CASES
        # Behind the bell a line names the case and no period: at one moment there is one of it.
        lines = Notification.objects.values_list("recipient", "case", "kind", "created_at")
        reminders = lines.filter(kind="reminder")
        assert len(set(reminders)) == len(reminders)
        transaction.set_rollback(True)
