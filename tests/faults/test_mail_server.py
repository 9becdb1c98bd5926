"""A mail server that refuses, is slow, hangs up, or does so for one address."""

from accounts.models import User
from cases.models import Envelope
from tests.faults.house import SWEEP
from tests.faults.outcome import copies, everything_was_told_once, owed
from tests.faults.servers import eventually
from tests.faults.world import standing_still


def failed_at(*attempts: int) -> None:
    """Assert that so many letters wait for another attempt, and how often each was tried."""
    waiting = Envelope.objects.unsent().exclude(last_error="").order_by("attempts")
    assert tuple(waiting.values_list("attempts", flat=True)) == attempts


def unsent() -> int:
    return Envelope.objects.unsent().count()


def test_closed_hanging_up_busy_and_well_again(house, letterbox):
    standing_still()
    expected = owed()
    house.worker()
    letterbox.stop()
    house.do(SWEEP)
    failed_at(1, 1, 1)
    letterbox.start()
    for attempt, (point, word) in enumerate(
        (
            ("greeting", b"421 closing"),
            ("mail", b""),
            ("mail", b"530 sign in first"),
            ("data", b"451 later"),
            ("accepted", b"452 no room"),
        ),
        start=2,
    ):
        letterbox.answers = {point: word}
        house.time_passes(hours=7)
        house.do(SWEEP)
        failed_at(attempt, attempt, attempt)
        assert letterbox.accepted == []
    letterbox.release()
    house.time_passes(hours=7)
    house.ask(SWEEP)
    eventually(lambda: everything_was_told_once(letterbox, expected))
    assert set(copies(letterbox).values()) == {1}


def test_it_hangs_up_with_the_letter_in_its_hands(house, letterbox):
    standing_still()
    expected = owed()
    house.worker()
    letterbox.answers = {"accepted": b""}
    house.do(SWEEP)
    failed_at(1, 1, 1)
    letterbox.release()
    house.time_passes(minutes=2)
    house.ask(SWEEP)
    eventually(lambda: everything_was_told_once(letterbox, expected))
    # Nobody can know whether it has it: it is the same letter, and shown once.
    assert set(copies(letterbox).values()) == {2}


def test_it_does_not_know_one_address(house, letterbox):
    standing_still()
    expected = owed()
    unknown = User.objects.filter(memberships__isnull=False).first().email
    house.worker()
    letterbox.refuses = {unknown}
    house.do(SWEEP)
    for attempt in (1, 2):
        failed_at(attempt)
        house.time_passes(hours=7)
        house.do(SWEEP)
    everything_was_told_once(letterbox, expected)
    dead = Envelope.objects.dead().get()
    assert (dead.recipient.email, dead.last_error) == (unknown, "SMTPRecipientsRefused")


def test_it_is_slow_for_one_address(house, letterbox):
    standing_still()
    expected = owed()
    slow = User.objects.filter(memberships__isnull=False).first().email
    house.worker()
    letterbox.hold("data", slow)
    house.ask(SWEEP)
    eventually(lambda: len(letterbox.accepted) == 2 and unsent() == 1)
    eventually(lambda: failed_at(1))
    letterbox.release()
    house.time_passes(minutes=2)
    house.ask(SWEEP)
    eventually(lambda: everything_was_told_once(letterbox, expected))
    assert set(copies(letterbox).values()) == {1}
