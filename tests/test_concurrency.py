"""Two people, or one impatient finger, at the same moment: nothing twice and nothing lost."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier, Event

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import School, User
from accounts.people.actions import end_role
from accounts.people.tasks import wind_up_memberships
from accounts.roles import Role
from cases import actions
from cases.contact_book.actions import add_contact
from cases.contact_book.reminders import remind
from cases.dossier.actions import claim, request_export
from cases.errors import ActionError
from cases.facts import facts_for
from cases.help_page.actions import make_own
from cases.help_page.defaults import DEFAULTS
from cases.models import (
    Attachment,
    Case,
    Contact,
    Conversation,
    DossierExport,
    HelpItem,
    OutboxMessage,
    Pupil,
    Reminder,
    ShutOut,
    StepChange,
)
from cases.need_to_know.actions import end_shut_out, shut_out
from cases.notifications.outbox import deliver
from cases.reminders.sweep import sweep
from cases.retention import years_after
from consultations.meetings import actions as agenda
from consultations.models import AgendaItem, Consultation, Meeting
from signals.actions import file_signal
from signals.models import Signal
from tests.attacks.proof import shows
from tests.attacks.test_insider_races import in_between
from tests.cases.made_up_files import attach, stored
from tests.cases.records import decision, pupil_left
from tests.factories import (
    CaseFactory,
    ContactFactory,
    MeetingFactory,
    PupilFactory,
    SignalFactory,
    member,
)

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 4
TIMEOUT = "1ms"


def at_once(*calls):
    """Run calls at the same moment, each on a connection of its own; return what each gave."""
    start = Barrier(len(calls))

    def run(call):
        try:
            start.wait()
            return call()
        except ActionError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def somebody_waits_long() -> bool:
    """Tell whether somebody at this database waits for a lock for much longer than ``TIMEOUT``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction it is kept
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE datname = current_database()"
            " AND waitstart < clock_timestamp() - interval '50 ms')"
        )
        return cursor.fetchone()[0]


def in_a_thread(call):
    """Return a call that leaves no connection behind."""

    def run():
        try:
            call()
        finally:
            connection.close()

    return run


def hold_as_a_list(pupil: int, held: Event, done: Event) -> None:
    """Hold a pupil (a key), as whoever writes a long list does, until something is done."""
    with transaction.atomic():
        Pupil.objects.hold(pupil)
        held.set()
        done.wait(30)


def save(person, held: Event, saved: Event) -> str:
    """Save something as somebody does, once what is ``held`` keeps others waiting for it."""
    held.wait(30)
    try:
        while not somebody_waits_long():
            pass
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        with transaction.atomic():
            person.hold_memberships()
            User.objects.select_for_update().get(pk=person.pk)
        return "saved"
    finally:
        saved.set()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a lock of PostgreSQL")
@pytest.mark.parametrize("what", ["a role", "a conflict of interest"])
def test_who_takes_access_away_waits_for_a_list_that_is_written(school, what):
    """Other pages give up after some seconds; lists in a row would keep everybody's access."""
    coordinator, person = member(Role.COORDINATOR, school), member(Role.TEACHER, school)
    administrator = member(Role.ADMINISTRATOR, school)
    case = CaseFactory(pupil=PupilFactory(school=school))
    waits, gave_up = Event(), Event()

    def write_a_list():
        with transaction.atomic():
            School.objects.select_for_update().get(pk=school.pk)
            Pupil.objects.select_for_update().get(pk=case.pupil_id)
            waits.set()
            while not (somebody_waits_long() or gave_up.is_set()):
                pass

    def take_away():
        waits.wait()
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{TIMEOUT}'")
            # What a page's question may take in all ended the waiting too.
            cursor.execute("SET statement_timeout = '40ms'")
        try:
            if what == "a role":
                end_role(person.memberships.get(), administrator, school)
            else:
                shut_out(case, coordinator, person, ground="concerned", explanation="")
        finally:
            gave_up.set()

    at_once(write_a_list, take_away)
    ended = person.memberships.get().ended_at is not None
    assert ended == (what == "a role")
    assert ShutOut.objects.exists() != ended


def signal_fields(**changes):
    return {
        "categories": ["tired"], "facts": "Viel in slaap.", "severe": False, "acute": False,
        "observed_at": timezone.now(), **changes,
    }  # fmt: skip


def test_first_signals_of_several_teachers_open_one_case(school):
    pupil = PupilFactory(school=school)
    teachers = [member(Role.TEACHER, school) for __ in range(AT_ONCE)]
    at_once(
        *(lambda by=t: file_signal(pupil, by, uuid.uuid4(), **signal_fields()) for t in teachers)
    )
    case = Case.objects.get()
    assert case.signals.count() == AT_ONCE
    assert (case.step, case.attention) == (2, Case.Attention.CONCERN)
    assert StepChange.objects.filter(case=case, to_step=2).count() == 1


def test_a_form_sent_several_times_files_one_record(school, teacher, coordinator):
    pupil, key = PupilFactory(school=school), uuid.uuid4()
    at_once(*[lambda: file_signal(pupil, teacher, key, **signal_fields())] * AT_ONCE)
    assert Signal.objects.count() == 1

    case, key = Case.objects.get(), uuid.uuid4()
    talk = {"kind": Conversation.Kind.PUPIL, "held_at": timezone.now(), "motivation": "Haast."}
    at_once(*[lambda: actions.record_conversation(case, coordinator, key, **talk)] * AT_ONCE)
    assert Conversation.objects.count() == 1

    key = uuid.uuid4()
    at_once(*[lambda: attach(case, coordinator, key=key)] * AT_ONCE)
    at_once(*[lambda: attach(case, coordinator)] * AT_ONCE)
    assert len(stored()) == Attachment.objects.count() == 1 + AT_ONCE
    assert Attachment.objects.last().number == 1 + AT_ONCE

    key = uuid.uuid4()
    at_once(*[lambda: request_export(case, coordinator, key, "Inzage door ouders.")] * AT_ONCE)
    assert DossierExport.objects.count() == 1


def test_one_worker_takes_an_export_up(school, coordinator):
    case = CaseFactory(pupil=PupilFactory(school=school))
    export = request_export(case, coordinator, uuid.uuid4(), "Inzage door ouders.")
    taken = at_once(*[lambda: claim(export.public_id)] * AT_ONCE)
    assert sum(job is not None for job in taken) == 1


def test_sweeps_at_once_remind_once(school, coordinator, mailoutbox):
    case = CaseFactory(pupil=PupilFactory(school=school))
    SignalFactory.create_batch(2, case=case)
    actions.refresh(case, None)
    later = timezone.now() + timedelta(days=30)
    at_once(*[lambda: sweep(later)] * AT_ONCE)
    assert Reminder.objects.count() == 1
    with time_machine.travel(later):
        at_once(*[deliver] * AT_ONCE)
    assert len(mailoutbox) == 1


# Two who lead one case to its end


@pytest.fixture
def decided(school):
    """A case that was decided on: it may be closed, and it may be walked again."""
    case = CaseFactory(pupil=PupilFactory(school=school))
    SignalFactory.create_batch(2, case=case)
    decision(case, timezone.now())
    actions.refresh(case, None)
    return case


def close(case, by, grounds):
    return actions.close_case(
        case, by, outcome="help_works", grounds=grounds, agreements="De mentor.", told="Beiden."
    )


def test_two_who_close_a_case_at_once_close_it_once_and_the_other_reads_by_whom(decided, school):
    people = [member(Role.COORDINATOR, school) for __ in range(AT_ONCE)]
    gave = at_once(*(lambda by=p: close(decided, by, f"Gronden van {by.pk}.") for p in people))
    closed = Case.objects.get()
    refused = [one for one in gave if isinstance(one, ActionError)]
    assert len(refused) == AT_ONCE - 1
    assert all(closed.closed_by.name in one.message for one in refused)
    assert closed.closing_grounds == f"Gronden van {closed.closed_by.pk}."
    assert closed.retention_years == 5


def test_closing_while_a_colleague_records_a_talk_loses_neither(decided, school):
    one, other = (member(Role.COORDINATOR, school) for __ in range(2))
    talk = {"kind": "pupil", "held_at": timezone.now(), "motivation": "Haast."}
    closing, recorded = at_once(
        lambda: close(decided, one, "Klaar."),
        lambda: actions.record_conversation(decided, other, uuid.uuid4(), **talk),
    )
    closed = Case.objects.get()
    assert not closed.is_open
    # Either the talk came first and is there, or whoever held it reads that the case is closed.
    assert isinstance(recorded, ActionError) == (not Conversation.objects.exists())
    assert closing.closing_grounds == "Klaar."


def test_closing_while_a_colleague_begins_again_does_one_of_the_two(decided, school):
    one, other = (member(Role.COORDINATOR, school) for __ in range(2))
    closing, begun = at_once(
        lambda: close(decided, one, "Klaar."),
        lambda: actions.begin_cycle(decided, other, grounds="De hulp werkt niet."),
    )
    case = Case.objects.get()
    refused = [one for one in (closing, begun) if isinstance(one, ActionError)]
    assert len(refused) == 1
    assert (case.is_open, case.cycle) in {(True, 2), (False, 1)}
    assert isinstance(closing, ActionError) == case.is_open


def test_a_pupil_who_leaves_while_the_case_is_closed_has_the_day_all_the_same(decided, school):
    left = timezone.localdate() - timedelta(days=3)
    by = member(Role.COORDINATOR, school)
    at_once(lambda: close(decided, by, "Klaar."), lambda: pupil_left(decided.pupil, left))
    assert Case.objects.get().kept_until == years_after(left, 5)


def test_a_signal_that_is_sent_while_the_case_is_closed_is_filed(decided, school, monkeypatch):
    """Each waited for the other: the database ended one of them, and nothing of it was saved."""
    one, teacher = member(Role.COORDINATOR, school), member(Role.TEACHER, school)
    signals = []

    def send() -> None:
        key = uuid.uuid4()
        signals.append(file_signal(decided.pupil, teacher, key, **signal_fields()))

    closed = in_between(monkeypatch, actions, "check", lambda: close(decided, one, "Klaar."), send)
    assert isinstance(closed, Case)
    assert len(signals) == 1
    assert not Case.objects.get(pk=decided.pk).is_open


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a lock of PostgreSQL")
@pytest.mark.parametrize("what", ["a conflict of interest", "its end", "a signal about staff"])
def test_whom_it_is_about_can_save_while_a_list_holds_the_pupil(school, what):
    """Sent once more on and on, it kept them from saving and from signing in."""
    case = CaseFactory(pupil=PupilFactory(school=school))
    teacher, person = member(Role.TEACHER, school), member(Role.SCHOOL_LEADER, school)
    by = member(Role.SCHOOL_LEADER, school)
    stands = {"ground": "family", "explanation": "Vader."}
    standing = shut_out(case, by, person, **stands) if what == "its end" else None
    held, saved = Event(), Event()

    def send():
        held.wait(30)
        if what == "a signal about staff":
            fields = signal_fields(about_staff=True)
            return file_signal(case.pupil, teacher, uuid.uuid4(), **fields)
        if standing:
            end_shut_out(standing, case, by, why="Voorbij.")
            return standing
        return shut_out(case, by, person, **stands)

    write_a_list = partial(hold_as_a_list, case.pupil_id, held, saved)
    __, sent, said = at_once(write_a_list, send, lambda: save(person, held, saved))
    assert said == "saved"
    assert isinstance(sent, ShutOut | Signal)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a lock of PostgreSQL")
@pytest.mark.parametrize("busy", ["whoever names them", "their school", "behind an end"])
def test_whoever_is_named_can_save_while_something_else_is_waited_for(school, busy):
    """Whose own roles are busy (a long list of theirs) held the leader's by a form that names them;
    and whoever ends a role, or beat behind that, held all roles of that person while a list holds
    the school.
    """
    person, by = member(Role.TEACHER, school), member(Role.ADMINISTRATOR, school)
    held, saved = Event(), Event()

    def write_a_list():
        with transaction.atomic():
            if busy != "whoever names them":
                School.objects.select_for_update(no_key=True).get(pk=school.pk)
            else:
                by.hold_memberships()
            held.set()
            saved.wait(30)

    def send():
        held.wait(30)
        named, me = User.objects.get(pk=person.pk), User.objects.get(pk=by.pk)
        if busy == "their school":
            end_role(named.memberships.get(), me, school)
        elif busy == "behind an end":
            named.memberships.update(ended_at=timezone.now())
            wind_up_memberships()
        else:
            with transaction.atomic():
                me.hold_memberships(named)
        return "done"

    found = at_once(write_a_list, send, lambda: save(person, held, saved))
    assert found[1:] == ["done", "saved"]


@shows("role-9")
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a lock of PostgreSQL")
def test_nor_does_whoever_saves_all_the_time_keep_what_hung_on_their_role(school):
    """Beat does not wait for their roles while it holds the school, and waits for them at last."""
    person = member(Role.TEACHER, school)
    person.memberships.update(ended_at=timezone.now())
    held, waits = Event(), Event()

    def save_all_the_time():
        with transaction.atomic():
            person.hold_memberships()
            held.set()
            while not (somebody_waits_long() or waits.is_set()):
                pass

    def wind_up():
        held.wait(30)
        try:
            wind_up_memberships()
        finally:
            waits.set()

    at_once(save_all_the_time, wind_up)
    assert person.memberships.get().wound_up_at is not None


@shows("role-9")
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a lock of PostgreSQL")
def test_a_role_ends_while_its_school_is_held(school):
    """What hangs on it waits for the list, and not its end: that is no page that fails."""
    person, by = member(Role.TEACHER, school), member(Role.ADMINISTRATOR, school)
    case = CaseFactory(pupil=PupilFactory(school=school), responsible=person)
    held, ended = Event(), Event()

    def write_a_list():
        with transaction.atomic():
            School.objects.select_for_update(no_key=True).get(pk=school.pk)
            held.set()
            ended.wait(30)
            return person.memberships.get().ended_at is not None

    def send():
        held.wait(30)
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{TIMEOUT}'")
            end_role(person.memberships.get(), by, school)
        finally:
            ended.set()

    assert at_once(write_a_list, send)[0]
    assert Case.objects.get().responsible == person
    wind_up_memberships()
    assert Case.objects.get().responsible != case.responsible


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a lock of PostgreSQL")
def test_a_list_waits_for_no_open_case(school):
    """By how long it took one knew of a pupil whether there is one: others hold them a while."""
    case = CaseFactory(pupil=PupilFactory(school=school))
    held, done = Event(), Event()

    def hold_the_case():
        with transaction.atomic():
            Case.objects.select_for_update().get(pk=case.pk)
            held.set()
            done.wait(30)

    def write_a_list():
        held.wait()
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{TIMEOUT}'")
        try:
            pupil_left(case.pupil, timezone.localdate())
        finally:
            done.set()

    at_once(hold_the_case, write_a_list)
    assert Pupil.objects.get().left_on == timezone.localdate()


def test_two_talks_of_three_at_once_are_both_there_and_the_last_one_holds(decided, school):
    one, other = (member(Role.COORDINATOR, school) for __ in range(2))

    def talk(by, said):
        return actions.record_conversation(
            decided, by, uuid.uuid4(), kind="three_way", held_at=timezone.now(),
            motivation="Haast.", consent_parents=said, consent_pupil="given",
        )  # fmt: skip

    at_once(lambda: talk(one, "given"), lambda: talk(other, "refused"))
    talks = Conversation.objects.order_by("pk")
    assert {filed.hands_over for filed in talks} == {True, False}
    facts = facts_for(Case.objects.get(), timezone.now())
    assert facts.buurtteam_consented == talks[1].hands_over


SAID = {
    "minutes": "Drie docenten zien hetzelfde.", "decided": "De mentor praat.",
    "decided_by": "Zorgteam", "talk": "pupil", "next_talk": "De mentor.",
}  # fmt: skip


def test_two_chairs_of_one_meeting_file_one_consultation(school, coordinator):
    case, meeting = CaseFactory(pupil=PupilFactory(school=school)), MeetingFactory(school=school)
    at_once(*[lambda: agenda.put_on_agenda(case, coordinator)] * AT_ONCE)
    assert AgendaItem.objects.count() == 1
    chairs = [coordinator, *(member(Role.ATTENTION_OFFICER, school) for __ in range(3))]
    got = at_once(
        *(lambda by=by: agenda.deal_with(meeting, case, by, uuid.uuid4(), **SAID) for by in chairs)
    )
    assert case.consultations.count() == 1
    assert sum(isinstance(one, ActionError) for one in got) == len(chairs) - 1


def test_a_meeting_that_closes_while_somebody_writes_loses_no_case(school, coordinator):
    meeting = MeetingFactory(school=school)
    cases = [CaseFactory(pupil=PupilFactory(school=school)) for __ in range(3)]
    for case in cases:
        agenda.put_on_agenda(case, coordinator)
    at_once(
        lambda: agenda.close_meeting(meeting, coordinator),
        *(
            lambda c=c: agenda.deal_with(meeting, c, coordinator, uuid.uuid4(), **SAID)
            for c in cases
        ),
    )
    dealt_with = AgendaItem.objects.filter(meeting=meeting).count()
    assert AgendaItem.objects.waiting().count() == len(cases) - dealt_with
    assert Consultation.objects.count() == dealt_with
    assert not Meeting.objects.open().exists()


def test_the_yearly_look_is_asked_for_once_by_sweeps_at_once(school, coordinator):
    ContactFactory(school=school, checked_on=timezone.localdate() - timedelta(days=400))
    at_once(*[lambda: remind(timezone.now())] * AT_ONCE)
    assert OutboxMessage.objects.count() == 1


def test_a_contact_or_a_list_made_twice_at_once_is_made_once(school, coordinator, administrator):
    key, fields = uuid.uuid4(), {"organisation": "save", "name": "SAVE", "telephone": "112"}
    at_once(*[lambda: add_contact(school, coordinator, key, **fields)] * AT_ONCE)
    assert Contact.objects.count() == 1
    at_once(*[lambda: make_own(school, administrator)] * AT_ONCE)
    assert HelpItem.objects.count() == len(DEFAULTS)
