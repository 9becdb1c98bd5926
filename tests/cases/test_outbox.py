"""What waits is sent once, the same letter after a fault, and given up in the end."""

import smtplib
from datetime import datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import Role
from background import queue
from background.sections import Unsent
from cases.models import Case, Envelope, Notification, NotificationChoice, OutboxMessage
from cases.notifications import outbox
from cases.notifications.kinds import EMERGENCY, REMINDER, SHUT_OUT
from cases.notifications.moments import not_before
from cases.notifications.outbox import (
    BACK_OFF,
    DELIVER,
    GIVE_UP_AFTER,
    IN_A_WHILE,
    IN_HAND,
    deliver,
    send_again,
)
from cases.notifications.telling import notify
from cases.notifications.watched import unsent
from tests.attacks.proof import shows
from tests.factories import CaseFactory, PupilFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MORNING = datetime(2027, 3, 1, 10, 0, tzinfo=AMSTERDAM)
LINE_DOWN = smtplib.SMTPServerDisconnected("zorg@school.example said something")
REFUSED = smtplib.SMTPRecipientsRefused({"zorg@school.example": (550, b"no such user")})
FULL = smtplib.SMTPRecipientsRefused({"zorg@school.example": (452, b"mailbox full")})


@pytest.fixture
def case(school):
    case = CaseFactory(pupil=PupilFactory(school=school))
    Case.objects.filter(pk=case.pk).update(next_due=timezone.now())
    return case


@pytest.fixture
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def line(monkeypatch):
    """A mail server that does what the test says: an error, or None for one that works."""
    state = {"error": None, "calls": 0}
    send = EmailBackend.send_messages

    def send_messages(self, messages):
        state["calls"] += 1
        if state["error"] is not None:
            raise state["error"]
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    return state


def tell(case, *people, kind=SHUT_OUT, key="1", urgent=False):
    return notify(kind, [person.pk for person in people], key, case=case, urgent=urgent)


def identities():
    return [message.extra_headers["Message-ID"] for message in mail.outbox]


def test_the_same_thing_is_told_once(case, coordinator):
    assert [tell(case, coordinator), tell(case, coordinator)] == [1, 0]
    assert tell(case, coordinator, key="2") == 1
    assert deliver() == 1
    assert deliver() == 0
    assert len(mail.outbox) == 1


def test_what_is_undone_is_told_nobody(case, coordinator):
    with transaction.atomic():
        tell(case, coordinator)
        transaction.set_rollback(True)
    assert deliver() == 0


def test_one_letter_says_everything_that_waits(case, coordinator, school):
    other = CaseFactory(pupil=PupilFactory(school=school))
    tell(case, coordinator)
    tell(other, coordinator, key="2")
    tell(other, coordinator, kind=EMERGENCY)
    assert deliver() == 1
    (letter,) = mail.outbox
    for reference in (case.reference, other.reference):
        assert f"https://meldcode.example/cases/{reference}/" in letter.body
    assert letter.body.count(f"/cases/{other.reference}/") == 2  # under each of both
    assert letter.subject == "Meldcode: er wachten 3 dingen op je"


@pytest.mark.parametrize("gone", ["role", "account"])
def test_who_may_not_know_of_it_any_more_gets_nothing(case, coordinator, gone):
    tell(case, coordinator)
    if gone == "role":
        Membership.objects.filter(user=coordinator).delete()
    else:
        coordinator.is_active = False
        coordinator.save()
    assert deliver() == 0
    assert mail.outbox == []
    assert not OutboxMessage.objects.exists()
    assert not Envelope.objects.exists()


def test_a_fault_of_the_line_comes_back_later_each_time_as_the_same_letter(
    case, coordinator, line, clock, caplog
):
    tell(case, coordinator)
    line["error"] = LINE_DOWN
    assert deliver() == 0
    envelope = Envelope.objects.get()
    assert (envelope.attempts, envelope.last_error) == (1, "SMTPServerDisconnected")
    assert "school.example" not in caplog.text
    for attempt, pause in enumerate(BACK_OFF, start=1):
        assert Envelope.objects.get().next_attempt_at == timezone.now() + pause
        clock.shift(pause - timedelta(seconds=1))
        deliver()
        assert line["calls"] == attempt
        clock.shift(timedelta(seconds=1))
        deliver()
        assert line["calls"] == attempt + 1
    tell(case, coordinator, key="2")  # what comes meanwhile goes in a letter of its own
    line["error"] = None
    assert deliver() == 1
    clock.shift(BACK_OFF[-1])
    assert deliver() == 1
    assert f"<{envelope.public_id}@meldcode.example>" in identities()
    assert len(set(identities())) == 2


def test_what_fails_for_days_is_given_up_and_can_be_sent_again(case, coordinator, line, clock):
    tell(case, coordinator)
    line["error"] = LINE_DOWN
    deliver()
    clock.shift(GIVE_UP_AFTER)  # in which the system stood still
    deliver()
    assert not Envelope.objects.dead().exists()
    for __ in BACK_OFF:
        clock.shift(BACK_OFF[-1])
        deliver()
    dead = Envelope.objects.dead().get()
    clock.shift(GIVE_UP_AFTER)
    line["error"] = None
    assert deliver() == 0
    send_again(dead)
    assert deliver() == 1
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("error", "dead"),
    [
        (REFUSED, True),
        (smtplib.SMTPDataError(554, b"looks like advertising"), True),
        (FULL, False),
        # It refuses us, and so everybody: given up after minutes, all letters of a night would be.
        (smtplib.SMTPAuthenticationError(535, b"another password"), False),
        (smtplib.SMTPSenderRefused(530, b"sign in first", "meldcode@school.example"), False),
        (smtplib.SMTPConnectError(554, b"not in service"), False),
    ],
)
def test_an_address_that_does_not_exist_is_given_up_soon(
    case, coordinator, line, clock, error, dead
):
    tell(case, coordinator)
    line["error"] = error
    for __ in range(outbox.REFUSED_ATTEMPTS):
        deliver()
        clock.shift(BACK_OFF[-1])
    assert Envelope.objects.dead().exists() == dead


def test_one_bad_address_keeps_nobody_else_waiting(case, coordinator, school, monkeypatch):
    officer = member(Role.ATTENTION_OFFICER, school)
    people = [coordinator, officer]
    tell(case, *people)
    send = EmailBackend.send_messages

    def send_messages(self, messages):
        if messages[0].to == [coordinator.email]:
            raise REFUSED
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    assert deliver() == 1
    assert [message.to for message in mail.outbox] == [[officer.email]]


def test_when_the_line_is_down_nobody_waits_for_each_of_many(
    case, coordinator, school, line, monkeypatch
):
    """A server that does not answer costs 20 seconds a time: a round ends after some."""
    line["error"] = LINE_DOWN
    for number in range(outbox.FAULTS_IN_A_ROW + 4):
        tell(case, member(Role.COORDINATOR, school), key=f"{number}")
    outbox.seal(timezone.now())
    deliver()
    assert line["calls"] == outbox.FAULTS_IN_A_ROW
    assert Envelope.objects.filter(attempts=0).count() == 4


@pytest.mark.parametrize("error", [FULL, LINE_DOWN])
def test_many_letters_of_one_person_keep_nobody_else_waiting(
    case, coordinator, school, monkeypatch, error
):
    """A full mailbox, or a device that answers nothing, with a hundred letters of its owner: three
    of them ended each round, and an urgent one to a colleague took hours.
    """
    officer = member(Role.ATTENTION_OFFICER, school)
    for number in range(outbox.FAULTS_IN_A_ROW + 4):
        tell(case, coordinator, key=f"{number}")
        outbox.seal(timezone.now())
    tell(case, officer)
    send, tried = EmailBackend.send_messages, []

    def send_messages(self, messages):
        tried.append(messages[0].to)
        if messages[0].to == [coordinator.email]:
            raise error
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    assert deliver() == 1
    assert tried == [[coordinator.email], [officer.email]]


@pytest.fixture
def full(monkeypatch):
    """Return a set of addresses whose mailbox is full; and in ``asked`` who was tried."""
    addresses, asked, send = set(), [], EmailBackend.send_messages

    def send_messages(self, messages):
        asked.extend(messages[0].to)
        if addresses & {None, *messages[0].to}:
            raise FULL
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    return SimpleNamespace(addresses=addresses, asked=asked)


@pytest.mark.parametrize("number", [3, 6, 2 * outbox.PEOPLE_IN_A_ROW])
def test_full_mailboxes_of_several_hold_up_nobody_of_another_school(
    case, school, full, clock, number
):
    """Three of them ended each round: an emergency elsewhere was told after hours."""
    people = [member(Role.COORDINATOR, school) for __ in range(number)]
    full.addresses |= {one.email for one in people}
    for key in range(30):
        tell(case, *people, key=f"{key}")
        outbox.seal(timezone.now())
    clock.shift(timedelta(minutes=5))
    officer = member(Role.COORDINATOR, SchoolFactory())
    theirs = CaseFactory(pupil__school=officer.memberships.get().school)
    tell(theirs, officer)
    outbox.seal(timezone.now())
    tell(theirs, officer, kind=EMERGENCY)
    deliver()
    urgent = next(one for one in mail.outbox if one.to == [officer.email])
    assert urgent.body.startswith("Dringend: ")
    # What is not urgent goes as well: in this round, or once it is known whose mailboxes are full.
    clock.shift(timedelta(minutes=5))
    for __ in range(number // outbox.PEOPLE_IN_A_ROW):
        deliver()
    assert [one.to for one in mail.outbox] == [[officer.email]] * 2


def test_full_mailboxes_hold_up_nobody_whose_own_failed_once(case, school, full, clock):
    """Their server only asked to come again: a round of ten full mailboxes never came to theirs."""
    people = [member(Role.COORDINATOR, school) for __ in range(outbox.PEOPLE_IN_A_ROW + 2)]
    officer = member(Role.COORDINATOR, SchoolFactory())
    full.addresses |= {one.email for one in (officer, *people)}
    theirs = CaseFactory(pupil__school=officer.memberships.get().school)
    tell(theirs, officer)
    for key in range(30):
        tell(case, *people, key=f"{key}")
        outbox.seal(timezone.now())
    for __ in range(6):
        deliver()
        clock.shift(timedelta(minutes=5))
    full.addresses.remove(officer.email)
    tell(theirs, officer, kind=EMERGENCY)
    outbox.seal(timezone.now())
    deliver()
    (first, *__) = [one for one in mail.outbox if one.to == [officer.email]]
    assert first.body.startswith("Dringend: ")


def test_a_server_that_takes_letters_of_nobody_is_asked_for_some_each_round(
    case, school, full, clock
):
    """More than we may send in an hour, it says so of each letter: of all, in a round, it is."""
    people = [member(Role.COORDINATOR, school) for __ in range(2 * outbox.PEOPLE_IN_A_ROW)]
    tell(case, *people)
    full.addresses.add(None)
    deliver()
    assert len(full.asked) == outbox.PEOPLE_IN_A_ROW
    deliver()
    assert sorted(full.asked) == sorted(one.email for one in people)
    clock.shift(BACK_OFF[0])
    full.addresses.clear()
    assert deliver() == len(people)


def test_full_mailboxes_are_the_line_where_no_letter_goes_since(case, school, full, clock):
    """Of three that stay full for a week, whoever runs the program was woken each night."""
    people = [member(Role.COORDINATOR, school) for __ in range(4)]
    full.addresses |= {one.email for one in people[:3]}
    tell(case, *people[:3])
    deliver()
    assert unsent().oldest == timezone.now()  # so far it could be
    clock.shift(timedelta(minutes=5))
    tell(case, people[3])
    deliver()
    assert unsent() == Unsent(waiting=3, oldest=None, dead=0)
    tell(case, *people[:3], key="2")
    deliver()
    assert unsent() == Unsent(waiting=6, oldest=None, dead=0)
    full.addresses.add(None)
    tell(case, *(member(Role.COORDINATOR, school) for __ in range(3)), key="3")
    deliver()
    assert unsent().oldest is not None


def test_a_letter_in_hand_is_sent_again_when_its_worker_died(case, coordinator, clock):
    tell(case, coordinator)
    outbox.seal(timezone.now())
    taken = outbox._take("mail", Q())  # and nobody hears of that worker any more
    assert deliver() == 0
    clock.shift(IN_HAND)
    assert deliver() == 1
    assert identities() == [f"<{taken.public_id}@meldcode.example>"]


def test_queries_do_not_grow_with_what_one_person_is_told(case, coordinator, clock):
    def queries(number):
        clock.shift(IN_A_WHILE)
        for key in range(number):
            tell(case, coordinator, key=f"{number}-{key}")
        with CaptureQueriesContext(connection) as captured:
            assert deliver() == 1
        return len(captured)

    assert queries(2) == queries(30)


@shows("busy-15")
@pytest.mark.parametrize("urgent", [True, False])
def test_what_a_colleague_does_in_a_loop_fills_no_mailbox(
    case, coordinator, clock, mailoutbox, urgent
):
    """Each advice was a letter of its own, each severe signal: a hundred in half a minute."""
    for key in range(8):
        tell(case, coordinator, key=str(key), urgent=urgent)
        deliver()
    assert len(mailoutbox) == 3
    clock.shift(IN_A_WHILE)
    deliver()
    assert len(mailoutbox) == 4
    assert Envelope.objects.latest("pk").messages.count() == 5


@shows("busy-15")
@pytest.mark.django_db(transaction=True)
def test_the_worker_is_asked_once_until_it_begins(case, coordinator, monkeypatch):
    """By each advice one task more waited in the queue, before the papers of other schools."""
    queued = []
    monkeypatch.setattr(queue, "put", lambda task, *args: queued.append(task))
    for key in range(5):
        tell(case, coordinator, key=str(key))
    assert queued == [DELIVER]
    deliver()
    tell(case, coordinator, key="later")
    assert queued == [DELIVER] * 2


AT_ONCE, DIGEST = NotificationChoice.Mail
NIGHT = {"quiet_from": time(22), "quiet_until": time(7)}


@pytest.mark.parametrize(
    ("choice", "now", "urgent", "expected"),
    [
        (None, (3, 2, 23, 0), False, (3, 2, 23, 0)),
        ({"mail": AT_ONCE}, (3, 2, 23, 0), False, (3, 2, 23, 0)),
        ({"mail": AT_ONCE, **NIGHT}, (3, 2, 21, 59), False, (3, 2, 21, 59)),
        ({"mail": AT_ONCE, **NIGHT}, (3, 2, 22, 0), False, (3, 3, 7, 0)),
        ({"mail": AT_ONCE, **NIGHT}, (3, 3, 6, 59), False, (3, 3, 7, 0)),
        ({"mail": AT_ONCE, **NIGHT}, (3, 3, 7, 0), False, (3, 3, 7, 0)),
        ({"mail": AT_ONCE, **NIGHT}, (3, 3, 3, 0), True, (3, 3, 3, 0)),
        ({"mail": AT_ONCE, "quiet_from": time(12), "quiet_until": time(13)},
         (3, 2, 12, 30), False, (3, 2, 13, 0)),
        ({"mail": DIGEST, "digest_at": time(16)}, (3, 2, 9, 0), False, (3, 2, 16, 0)),
        ({"mail": DIGEST, "digest_at": time(16)}, (3, 2, 16, 0), False, (3, 2, 16, 0)),
        ({"mail": DIGEST, "digest_at": time(16)}, (3, 2, 16, 1), False, (3, 3, 16, 0)),
        ({"mail": DIGEST, "digest_at": time(16)}, (3, 2, 9, 0), True, (3, 2, 9, 0)),
        # The clock goes forward at two in the night of the 29th, and back on 25 October.
        ({"mail": DIGEST, "digest_at": time(8)}, (3, 28, 9, 0), False, (3, 29, 8, 0)),
        ({"mail": DIGEST, "digest_at": time(8)}, (10, 24, 9, 0), False, (10, 25, 8, 0)),
        ({"mail": AT_ONCE, **NIGHT}, (3, 28, 23, 0), False, (3, 29, 7, 0)),
        # Whoever wants quiet at the hour of their own digest has it after that.
        ({"mail": DIGEST, "digest_at": time(23), **NIGHT}, (3, 2, 9, 0), False, (3, 3, 7, 0)),
        ({"mail": DIGEST, "digest_at": time(23), **NIGHT}, (3, 2, 9, 0), True, (3, 2, 9, 0)),
    ],
)  # fmt: skip
def test_when_a_mail_may_go_out(choice, now, urgent, expected):
    chosen = choice and NotificationChoice(**choice)
    now, expected = (datetime(2026, *moment, tzinfo=AMSTERDAM) for moment in (now, expected))
    assert not_before(chosen, now, urgent=urgent) == expected


def test_a_digest_is_one_letter_at_its_hour_and_what_is_urgent_comes_at_once(
    case, coordinator, clock
):
    NotificationChoice.objects.create(user=coordinator, mail=DIGEST, digest_at=time(16))
    for number in range(3):
        tell(case, coordinator, key=f"{number}")
        assert deliver() == 0
        clock.shift(timedelta(hours=1))
    tell(case, coordinator, kind=EMERGENCY)
    assert deliver() == 1
    clock.move_to(MORNING.replace(hour=16))
    assert deliver() == 1
    assert deliver() == 0


def test_what_waited_for_a_worker_wakes_nobody_at_night_unless_it_is_urgent(
    case, coordinator, school, clock
):
    NotificationChoice.objects.create(user=coordinator, **NIGHT)
    tell(case, coordinator)
    tell(case, member(Role.COORDINATOR, school), key="other")
    clock.move_to(MORNING.replace(hour=23))
    assert deliver() == 1  # who chose no quiet hours
    tell(case, coordinator, kind=EMERGENCY)
    assert deliver() == 1
    assert unsent().oldest is None  # nor is that a letter that is late
    clock.move_to(MORNING.replace(hour=7) + timedelta(days=1))
    assert deliver() == 1


def test_a_digest_counts_what_it_shows(case, coordinator, clock, mailoutbox):
    coordinator.language = "en"
    coordinator.save()
    NotificationChoice.objects.create(user=coordinator, mail=DIGEST, digest_at=time(16))
    for key in "ab":
        tell(case, coordinator, key=key)
    clock.move_to(MORNING.replace(hour=16))
    deliver()
    assert mailoutbox[0].subject == "Meldcode: your overview of today (1 thing)"


def test_a_reminder_that_was_acted_on_is_not_mailed_and_stays_in_the_list(case, coordinator):
    notify(REMINDER, [coordinator.pk], "1", case=case)
    Case.objects.filter(pk=case.pk).update(next_due=None)
    assert deliver() == 0
    assert Notification.objects.filter(recipient=coordinator).exists()


# --- what was given up ---------------------------------------------------------------------------
@pytest.fixture
def dead(case, coordinator, line, clock):
    tell(case, coordinator)
    line["error"] = REFUSED
    for __ in range(outbox.REFUSED_ATTEMPTS):
        deliver()
        clock.shift(BACK_OFF[-1])
    line["error"] = None
    return Envelope.objects.get()


def test_an_administrator_sees_what_was_given_up_and_sends_it_again(
    dead, case, coordinator, school, signed_in
):
    administrator = member(Role.ADMINISTRATOR, school)
    page = signed_in(administrator).get(reverse("background:work")).content.decode()
    assert f"voor {coordinator.name}" in page  # who asked for nothing
    assert "De mailserver neemt dit adres niet aan." in page
    for word in (case.reference, case.pupil.family_name):
        assert word not in page
    again = reverse("background:item_again", args=["letters", dead.public_id])
    signed_in(administrator).post(again)
    assert deliver() == 1
    assert not Envelope.objects.dead().exists()


def test_an_administrator_of_another_school_sees_nothing_of_it(dead, coordinator, signed_in):
    other = member(Role.ADMINISTRATOR, SchoolFactory())
    page = signed_in(other).get(reverse("background:work")).content.decode()
    assert coordinator.name not in page
    again = reverse("background:item_again", args=["letters", dead.public_id])
    assert signed_in(other).post(again).status_code == 404
    assert Envelope.objects.dead().exists()


def test_what_waits_is_counted_and_what_waits_for_its_hour_is_not(case, coordinator, line, clock):
    assert unsent() == Unsent(waiting=0, oldest=None, dead=0)
    NotificationChoice.objects.create(user=coordinator, mail=DIGEST, digest_at=time(16))
    tell(case, coordinator)
    assert unsent().waiting == 0
    clock.move_to(MORNING.replace(hour=16, minute=5))
    assert unsent() == Unsent(waiting=1, oldest=MORNING.replace(hour=16), dead=0)
    line["error"] = LINE_DOWN
    deliver()
    assert unsent() == Unsent(waiting=1, oldest=timezone.now(), dead=0)


def waiting_coordinator(school) -> User:
    """Return a coordinator whose role was given again, and waits for the end of the earlier one."""
    person = member(Role.COORDINATOR, school)
    person.memberships.update(ended_at=MORNING, ends_on=MORNING)
    person.memberships.create(
        role=Role.COORDINATOR, school=school, given_at=MORNING + timedelta(seconds=1)
    )
    return person


def test_what_somebody_may_know_soon_is_not_thrown_away(case, clock):
    """Their next role waits for minutes, until what hung on an earlier one is taken back."""
    people = [waiting_coordinator(case.school) for __ in range(2)]
    notify(EMERGENCY, [person.pk for person in people], "acute", case=case, urgent=True)
    Notification.objects.update(created_at=MORNING)
    assert deliver() == 0
    Membership.objects.filter(user=people[0], ended_at=MORNING).update(wound_up_at=MORNING)
    clock.shift(BACK_OFF[0])
    assert deliver() == 1
    assert [letter.to for letter in mail.outbox] == [[people[0].email]]
    clock.shift(outbox.WAITS_FOR_A_ROLE)
    assert deliver() == 0
    assert not OutboxMessage.objects.filter(recipient=people[1]).exists()


def test_what_somebody_knows_of_now_waits_for_no_other_role_of_theirs(case, clock):
    """They lead another school too, and what is acute there stood in the same letter."""
    person, other = waiting_coordinator(case.school), CaseFactory()
    person.memberships.create(role=Role.COORDINATOR, school=other.school)
    for one in (case, other):
        notify(EMERGENCY, [person.pk], f"acute in {one.pk}", case=one, urgent=True)
    Notification.objects.update(created_at=MORNING)
    assert deliver() == 1
    assert other.reference in mail.outbox[0].body
    assert case.reference not in mail.outbox[0].body
    person.memberships.filter(ended_at=MORNING).update(wound_up_at=MORNING)
    clock.shift(BACK_OFF[0])
    assert deliver() == 1
    assert case.reference in mail.outbox[1].body
    assert not OutboxMessage.objects.filter(envelope__sent_at=None).exists()


def test_nor_for_one_that_was_read_meanwhile(case, clock):
    person, other = waiting_coordinator(case.school), CaseFactory()
    person.memberships.create(role=Role.COORDINATOR, school=other.school)
    for number in range(2):
        notify(EMERGENCY, [person.pk], f"acute {number}", case=other, urgent=True)
    Notification.objects.update(created_at=MORNING)
    Notification.objects.filter(pk=Notification.objects.latest("pk").pk).update(read_at=MORNING)
    assert deliver() == 1
    assert OutboxMessage.objects.filter(envelope__isnull=False).count() == 2


def test_what_waited_for_a_role_goes_in_one_letter(case, clock):
    """However often it was looked at meanwhile: each was a letter of its own, at one moment."""
    person = waiting_coordinator(case.school)
    for number in range(5):
        notify(EMERGENCY, [person.pk], f"acute {number}", case=case, urgent=True)
        Notification.objects.update(created_at=MORNING)
        assert deliver() == 0
        clock.shift(2 * BACK_OFF[0])
    person.memberships.filter(ended_at=MORNING).update(wound_up_at=MORNING)
    assert deliver() == 1
    assert OutboxMessage.objects.filter(envelope__sent_at__isnull=False).count() == 5
