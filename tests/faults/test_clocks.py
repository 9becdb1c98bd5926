"""Summer time begins and ends, beats are many, the house stood still for a week."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from background.models import Beat, Run
from cases.models import NotificationChoice, OutboxMessage
from tests.faults.house import SWEEP
from tests.faults.outcome import copies, everything_was_told_once, owed
from tests.faults.servers import eventually
from tests.faults.world import standing_still

# Nights in which the clock goes on an hour, or back one: the moments when it does.
TURNS = {
    "on": datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
    "back": datetime(2027, 10, 31, 1, 0, tzinfo=UTC),
}
MOMENTS = timedelta(seconds=8)  # about what a worker takes to start


def sweeps_since(moment: datetime) -> int:
    return Run.objects.filter(task=SWEEP, state=Run.State.DONE, started_at__gte=moment).count()


def digest_for(person: User, at: time) -> NotificationChoice:
    mail = NotificationChoice.Mail.DIGEST
    return NotificationChoice.objects.create(user=person, mail=mail, digest_at=at)


@pytest.mark.parametrize("turn", TURNS)
def test_the_clock_jumps_over_summer_time(house, letterbox, turn):
    turns = TURNS[turn]
    case, *__ = standing_still(now=turns - MOMENTS)
    expected = owed(turns)
    # At an hour that there is not, or twice.
    digest = digest_for(case.responsible, time(2, 30))
    house.clock_stands_at(turns - MOMENTS)
    night = [house.worker(), house.beat()]
    eventually(lambda: sweeps_since(turns) >= 2)
    assert len(letterbox.accepted) == 2
    for process in night:
        process.kill()
    (waits,) = set(OutboxMessage.objects.filter(envelope=None).values_list("not_before", flat=True))
    assert timedelta() < waits - turns <= timedelta(days=1, hours=1)

    house.clock_stands_at(waits)
    house.worker()
    for __ in range(2):
        house.do(SWEEP)
        everything_was_told_once(letterbox, expected)
    assert digest.user.email in {letter.address for letter in letterbox.accepted}


def test_two_beats_and_two_workers_and_one_of_each_dies(house, letterbox):
    standing_still()
    expected = owed()
    beats = {process.pid: process for process in (house.beat(), house.beat())}
    workers = [house.worker(2), house.worker(2)]
    eventually(lambda: everything_was_told_once(letterbox, expected))
    holder = Beat.objects.get().holder
    beats[int(holder.split(":")[1])].kill()
    workers[0].kill()
    standing_still()
    expected = owed()
    Beat.objects.update(until=Now() - timedelta(seconds=1))  # as half a minute later
    eventually(lambda: everything_was_told_once(letterbox, expected))
    assert Beat.objects.get().holder != holder
    assert set(copies(letterbox).values()) == {1}


def test_after_a_week_each_has_one_letter_and_no_hundred(house, letterbox):
    week_ago = timezone.now() - timedelta(days=7)
    case, *__ = standing_still(8)
    expected = owed()
    assert not case.reminders.exists()
    assert case.next_due < week_ago
    digest = digest_for(case.responsible, timezone.localtime(week_ago).time())
    # What was asked for every five minutes of that week by a beat that went on.
    for __ in range(100):
        house.ask(SWEEP)
    house.worker(2)
    house.worker(2)
    others = {address for people in expected.values() for address in people}
    others -= {digest.user.email}
    eventually(lambda: {letter.address for letter in letterbox.accepted} == others)
    OutboxMessage.objects.filter(envelope=None).update(not_before=timezone.now())
    house.ask(SWEEP)
    eventually(lambda: everything_was_told_once(letterbox, expected))
    # Of a hundred askings; two only where both workers found cases at the same moment.
    assert set(Counter(letter.address for letter in letterbox.accepted).values()) <= {1, 2}
    eventually(lambda: house.redis.client.llen("celery") == 0)
    everything_was_told_once(letterbox, expected)
