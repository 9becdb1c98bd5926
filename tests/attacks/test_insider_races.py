"""Two people at the same moment. On PostgreSQL (SQLite lets one transaction write at a time)."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Event, Thread
from time import monotonic

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from accounts.errors import ActionError
from accounts.models import Telling
from accounts.people import actions as people
from accounts.people import mails
from accounts.roles import Role
from api.querysets import ApiTokenQuerySet
from cases import handing_on
from cases.files import actions as files
from cases.models import Attachment, Case, Notification, ShutOut
from cases.need_to_know import actions as need_to_know
from cases.notifications.kinds import EMERGENCY, SHUT_OUT
from cases.querysets.of_keeping import RightsRequestQuerySet
from cases.rights_requests import actions as requests
from consultations import actions as consultations
from consultations.models import Advice
from signals import actions as signals
from signals.kinds import UNREAD
from tests.cases.made_up_files import attach
from tests.cases.test_rights_requests import answer, ask
from tests.factories import (
    BoardFactory,
    CaseFactory,
    ConsultationFactory,
    PupilFactory,
    RoleInvitationFactory,
    SchoolFactory,
    member,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time"),
]


def waits_for_this_one(process: int) -> bool:
    """Return whether a process of PostgreSQL waits for what this thread's connection holds."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid() = ANY(pg_blocking_pids(%s))", [process])
        return cursor.fetchone()[0]


def in_between(monkeypatch, module, name, first, second):
    """Halt ``first`` behind its first call of ``module.name``, run ``second``, then the rest.

    The rest too as soon as the second waits for the first, which it does for as long as that halts.
    """
    real, reached, go_on, said = getattr(module, name), Event(), Event(), []
    second_one = 0
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        second_one = connection.connection.info.backend_pid

    def halting(*args, **kwargs):
        result = real(*args, **kwargs)
        if not reached.is_set():
            reached.set()
            until = monotonic() + 2
            while not (go_on.wait(0.02) or waits_for_this_one(second_one)):
                if monotonic() > until:
                    break
        return result

    def run():
        try:
            said.append(first())
        except Exception as error:
            said.append(error)
        finally:
            connection.close()

    monkeypatch.setattr(module, name, halting)
    thread = Thread(target=run)
    thread.start()
    reached.wait(10)
    second()
    go_on.set()
    thread.join(20)
    return said[0]


def test_whom_a_conflict_keeps_out_files_nothing_more(school, coordinator, monkeypatch):
    other = member(Role.COORDINATOR, school)
    case = CaseFactory(pupil=PupilFactory(school=school))
    said = in_between(
        monkeypatch,
        files,
        "check",
        lambda: attach(case, other),
        lambda: need_to_know.shut_out(case, coordinator, other, ground="family", explanation=""),
    )
    kept_out = ShutOut.objects.get()
    assert not Attachment.objects.filter(recorded_at__gt=kept_out.set_at).exists(), said


def test_two_do_not_keep_one_another_out(school, coordinator, monkeypatch):
    """By two cases of one pupil: each locks another row."""
    other = member(Role.COORDINATOR, school)
    pupil = PupilFactory(school=school)
    old = CaseFactory(pupil=pupil)
    Case.objects.filter(pk=old.pk).update(
        closed_at=old.opened_at, outcome="other", closing_grounds="x"
    )
    new = CaseFactory(pupil=pupil)
    family = {"ground": "family", "explanation": ""}

    def the_other_way_round():
        # It waits for the first, and is refused then: whoever is kept out keeps nobody out.
        with pytest.raises(PermissionDenied):
            need_to_know.shut_out(new, other, coordinator, **family)

    said = in_between(
        monkeypatch,
        need_to_know,
        "runners",
        lambda: need_to_know.shut_out(old, coordinator, other, **family),
        the_other_way_round,
    )
    assert ShutOut.objects.get().user == other, said


def test_a_withdrawn_invitation_gives_no_role(school, administrator, monkeypatch):
    person = member(Role.TEACHER, email="a@b.example")
    invited = RoleInvitationFactory(school=school, email="a@b.example", role=Role.COORDINATOR)
    real = people.withdraw_all

    def accept():
        with suppress(PermissionDenied):
            people.accept(invited, person)

    monkeypatch.setattr(people, "rows", list, raising=False)
    monkeypatch.setattr(people, "withdraw_all", lambda standing: real(people.rows(standing)))
    in_between(
        monkeypatch,
        people,
        "rows",
        lambda: people.withdraw(invited, administrator),
        accept,
    )
    invited.refresh_from_db()
    assert not (invited.accepted_at and invited.withdrawn_at)


def test_the_same_invitation_makes_one_account_and_no_error(school):
    invited = RoleInvitationFactory(school=school, email="a@b.example")

    def accept(_):
        try:
            return people.accept_as_new(invited, name="A", password="een lange zin voor de race")
        except PermissionDenied as refused:
            return refused
        except Exception as error:
            return f"500 {type(error).__name__}"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(accept, range(4)))
    assert not [one for one in said if isinstance(one, str)], said


def test_whom_a_conflict_keeps_out_advises_no_more(school, coordinator, monkeypatch):
    """The case is locked before the room: advice stands before the conflict, or not at all."""
    case = CaseFactory(pupil=PupilFactory(school=school))
    room = ConsultationFactory(case=case, author=coordinator)
    said = in_between(
        monkeypatch,
        consultations,
        "open_consultation",
        lambda: consultations.give_advice(room, coordinator, uuid.uuid4(), "Bel vandaag."),
        lambda: need_to_know.shut_out(
            case, member(Role.COORDINATOR, school), coordinator, ground="family", explanation=""
        ),
    )
    kept_out = ShutOut.objects.get()
    assert Advice.objects.get().written_at < kept_out.set_at, said


def test_whose_role_ends_at_once_with_ours_is_left_no_case(school, coordinator, monkeypatch):
    """The one who would take the case over leaves before that is written down."""
    next_in_line, leader = member(Role.COORDINATOR, school), member(Role.SCHOOL_LEADER, school)
    administrator = member(Role.ADMINISTRATOR, school)
    case = CaseFactory(pupil=PupilFactory(school=school), responsible=coordinator)

    def end(person):
        people.end_role(person.memberships.get(), administrator, school)

    second = Thread(target=lambda: (end(next_in_line), connection.close()))

    def meanwhile():
        second.start()
        second.join(1)  # it waits for the first, or is done

    said = in_between(monkeypatch, handing_on, "successor", lambda: end(coordinator), meanwhile)
    second.join(20)
    case.refresh_from_db()
    assert case.responsible == leader, said


@pytest.mark.parametrize("write", ["answer", "take longer"])
def test_whom_a_conflict_keeps_out_answers_no_letter(school, coordinator, monkeypatch, write):
    """The pupil is held before the letter is looked for: answered before the conflict, or not."""
    leader, case = member(Role.SCHOOL_LEADER, school), CaseFactory(pupil__school=school)
    asked, kept_out = ask(case.pupil, leader), []

    def write_it() -> bool:
        if write == "answer":
            answer(asked, coordinator, "refused", grounds=["rights"], words="Nee.")
        else:
            requests.take_longer(asked, coordinator, why="Druk.")
        return True

    def keep_out() -> None:
        need_to_know.shut_out(case, leader, coordinator, ground="family", explanation="")
        connection.close()

    keeping_out = Thread(target=keep_out)

    def meanwhile() -> None:
        keeping_out.start()
        keeping_out.join(1)  # it waits for the first, or is done
        kept_out.append(ShutOut.objects.exists())

    wrote = in_between(monkeypatch, RightsRequestQuerySet, "select_for_update", write_it, meanwhile)
    keeping_out.join(20)
    assert ShutOut.objects.exists()
    assert (wrote, kept_out) == (True, [False])


def beside(monkeypatch, module, name, first, second):
    """Begin ``second`` on a connection of its own behind the first call of ``module.name``.

    It waits for the first, or is done before that goes on. Returns what the first said.
    """

    def run():
        try:
            second()
        finally:
            connection.close()

    thread = Thread(target=run)

    def meanwhile():
        thread.start()
        thread.join(1)

    said = in_between(monkeypatch, module, name, first, meanwhile)
    thread.join(20)
    return said


@pytest.mark.parametrize("day", [0, 300])
def test_no_role_is_given_while_the_last_one_ends(school, administrator, monkeypatch, day):
    """It was looked at before anything was held: the new one outlived the last."""
    person, other = member(Role.TEACHER, school), member(Role.ADMINISTRATOR, school)
    starts_on = timezone.localdate() + timedelta(days=day)

    def give():
        people.give_role(school, administrator, person, role=Role.COORDINATOR, starts_on=starts_on)

    def end():
        people.end_role(person.memberships.get(role=Role.TEACHER), other, school)

    beside(monkeypatch, people, "_check_works_here", give, end)
    standing = person.memberships.filter(ended_at=None)
    assert not standing.filter(role=Role.TEACHER).exists()
    # Given before: of today it stands, as the end of one role leaves another; of some day it goes.
    assert standing.exists() == (day == 0)


def test_who_begins_to_lead_is_kept_out_before_or_after_and_not_in_silence(
    school, coordinator, administrator, monkeypatch
):
    person, officer = member(Role.TEACHER, school), member(Role.ATTENTION_OFFICER, school)
    member(Role.SCHOOL_LEADER, school)
    case, refused = CaseFactory(pupil__school=school), []

    def give():
        people.give_role(school, administrator, person, role=Role.SCHOOL_LEADER)

    def keep_out():
        try:
            need_to_know.shut_out(case, coordinator, person, ground="family", explanation="")
        except ActionError as error:
            refused.append(error)

    # The last of those who look what was before: by then the others have looked.
    beside(monkeypatch, ApiTokenQuerySet, "filter", give, keep_out)
    told = Notification.objects.filter(kind=SHUT_OUT, recipient=officer)
    assert bool(refused) or told.exists()


def test_who_begins_to_run_cases_as_they_are_let_in_again_is_told_of_what_was_done(
    school, administrator, coordinator, monkeypatch
):
    """The one looked whether they run cases already, the other whether they are let in by now."""
    school.board = BoardFactory()
    school.save()
    sister = member(Role.SCHOOL_LEADER, SchoolFactory(board=school.board))
    person = member(Role.TEACHER, school)
    case = CaseFactory(pupil=PupilFactory(school=school))
    standing = need_to_know.shut_out(case, coordinator, person, ground="family", explanation="")
    need_to_know.open_in_emergency(
        school, sister, uuid.uuid4(), reference=case.reference, reason="x" * 30
    )
    in_between(
        monkeypatch, need_to_know, "_tell_since",
        lambda: need_to_know.end_shut_out(standing, case, coordinator, why="Vergissing."),
        lambda: people.give_role(school, administrator, person, role=Role.COORDINATOR),
    )  # fmt: skip
    told = Notification.objects.filter(recipient=person, kind=EMERGENCY)
    assert len(told) == 1


def test_whoever_writes_for_the_board_is_told_when_its_last_reader_leaves_meanwhile(
    school, administrator, monkeypatch
):
    author, leader = member(Role.TEACHER, school), member(Role.SCHOOL_LEADER, school)
    pupil = PupilFactory(school=school)

    def log():
        signals.file_signal(
            pupil, author, uuid.uuid4(), categories=["tired"], facts="Moe.", severe=False,
            acute=False, about_staff=True, observed_at=timezone.now(),
        )  # fmt: skip

    def end():
        people.end_role(leader.memberships.get(), administrator, school)

    said = beside(monkeypatch, signals, "told_of", log, end)
    assert said is None
    assert Case.objects.filter(restricted=True).exists()
    assert Notification.objects.filter(kind=UNREAD, recipient=author).exists()


def test_two_that_tell_at_once_tell_it_once(school, monkeypatch, mailoutbox):
    """What beat begins, and what somebody begins by hand: each letter went twice."""
    leader, person = member(Role.SCHOOL_LEADER, school), member(Role.TEACHER, school)
    now = timezone.now()
    Telling.objects.create(
        what=mails.What.GIVEN, about=person.memberships.get().pk, schools=[school.pk], next_try=now
    )
    said = in_between(
        monkeypatch, mails, "_send", lambda: mails.tell_again(now), lambda: mails.tell_again(now)
    )
    assert said is None
    assert [sent.to for sent in mailoutbox].count([leader.email]) == 1
    assert not Telling.objects.exists()
