"""Who is told of what: a table. One row after the other, in one world; nobody else hears of it."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.people.actions import end_role, give_role
from accounts.roles import Role
from cases import actions, jobs
from cases.dossier.year import request_year
from cases.models import Notification
from cases.notifications.kinds import KINDS, known
from cases.notifications.letters import parts
from cases.notifications.outbox import deliver
from cases.protocol.vacations import school_year
from consultations.actions import accept_invitation, give_advice, record_outcome, tell_invited
from consultations.answering.actions import decline_invitation, hand_over_invitation
from consultations.models import Consultation
from consultations.times.actions import agree_time, propose_times
from referrals.actions import confirm_received
from signals.actions import correct_signal, file_signal
from tests.cases.records import send
from tests.factories import InvitationFactory
from tests.world import World

pytestmark = pytest.mark.django_db

WORD = "Qzkwoord van het gezin"
Do = Callable[[World, str], object]


def a_signal(**severity) -> Do:
    def do(world, by):
        world.newest = file_signal(
            world.pupil, world.people[by], uuid.uuid4(), categories=["tired"], facts=WORD,
            observed_at=timezone.now(), **{"severe": False, "acute": False, **severity},
        )  # fmt: skip

    return do


def made_severe(world, by):
    correct_signal(
        world.newest, world.people[by], uuid.uuid4(), reason="Het was erger.",
        categories=["tired"], facts=WORD, observed_at=timezone.now(), severe=True, acute=False,
    )  # fmt: skip


def advice(*mentioned) -> Do:
    def do(world, by):
        named = [world.people[who] for who in mentioned]
        give_advice(world.consultation, world.people[by], uuid.uuid4(), WORD, named)

    return do


def propose(world, by):
    moment = timezone.now() + timedelta(days=9)
    propose_times(world.consultation, world.people[by], [moment])
    propose_times(world.consultation, world.people[by], [moment])  # sent twice


def agree(*places) -> Do:
    def do(world, by):
        for place in places:
            agree_time(world.consultation, world.people[by], world.time, minutes=45, place=place)

    return do


def take_part(*, hand_over: bool) -> Do:
    def do(world, by):
        for _ in range(2):
            actions.add_participant(
                world.case, world.people[by], world.people["teacher"], hand_over=hand_over
            )

    return do


def hand_over(world, by):
    world.taken_over = hand_over_invitation(
        world.invited, world.people[by], world.people["other_worker"]
    )


def receive(world, by):
    send(world.referral, world.people["coordinator"])
    confirm_received(world.referral, world.people[by])


def conclude(world, by):
    record_outcome(
        world.consultation, world.people[by], held_at=timezone.now(), outcome=WORD,
        next_talk="De mentor.",
    )  # fmt: skip


def new_role(world, by):
    person = world.people["teacher"]
    give_role(world.school, world.people[by], person, role=Role.ATTENTION_OFFICER)


def old_role(world, by):
    for member in world.people["teacher"].memberships.order_by("pk"):
        end_role(member, world.people[by], world.school)


# Who does it, what, and who is told what; with "!" it is urgent.
def a_year(world, by):
    """Ask for the dossiers of the school year in which the case was opened."""
    opened = school_year(timezone.localdate(world.case.opened_at))
    request_year(world.school, world.people[by], uuid.uuid4(), opened, WORD)


# fmt: off
TABLE: tuple[tuple[str, Do, dict[str, set[str]]], ...] = (
    ("attention_officer", propose,                    {"times": {"joined"}}),
    ("attention_officer", agree("Kamer 3"),           {"agreed": {"joined", "coordinator"}}),
    ("attention_officer", agree("Kamer 4", "Kamer 4"), {"agreed": {"joined", "coordinator"}}),
    ("joined",            advice(),                   {"advised": {"coordinator"}}),
    ("joined",            advice("coordinator"),      {"mentioned": {"coordinator"}}),
    ("coordinator",       advice("joined"),           {"mentioned": {"joined"}}),
    ("coordinator",       advice(),                   {}),
    ("invited",           lambda w, by: accept_invitation(w.invited, w.people[by]),
                                                      {"accepted": {"coordinator"}}),
    ("invited",           hand_over,                  {"handed_over": {"coordinator"},
                                                       "invited": {"other_worker"}}),
    ("other_worker",      lambda w, by: decline_invitation(w.taken_over, w.people[by], why=WORD),
                                                      {"declined": {"coordinator"}}),
    ("leader",            take_part(hand_over=False), {"takes_part": {"teacher"}}),
    ("leader",            take_part(hand_over=True),  {"responsible": {"teacher"}}),
    ("author",            a_signal(),                 {}),
    ("author",            made_severe,
     {"severe!": {"coordinator", "attention_officer", "teacher"}}),
    ("coordinator",       a_signal(acute=True),
     {"severe!": {"attention_officer", "teacher"}}),
    # From here on the case is on the accelerated path.
    ("joined",            advice(),                   {"advised!": {"coordinator"}}),
    ("attention_officer", receive,                    {"received!": {"coordinator", "teacher"}}),
    ("administrator",     lambda w, by: jobs.finish(w.export, b"%PDF"),
                                                      {"dossier_ready": {"administrator"}}),
    ("administrator",     lambda w, by: jobs.fail(w.export),
                                                      {"dossier_failed": {"administrator"}}),
    ("administrator",     lambda w, by: jobs.finish(w.year, b"PK"),
                                                      {"year_ready": {"administrator"}}),
    ("administrator",     lambda w, by: jobs.fail(w.year),
                                                      {"year_failed": {"administrator"}}),
    ("administrator",     a_year,                     {"year_asked": {"leader"}}),
    ("coordinator",       lambda w, by: jobs.finish(w.report_copy, b"%PDF"),
                                                      {"copy_ready": {"coordinator"}}),
    ("coordinator",       lambda w, by: jobs.fail(w.report_copy),
                                                      {"copy_failed": {"coordinator"}}),
    ("coordinator",       conclude,                   {"outcome!": {"teacher"},
                                                       "consultation_ended!": {"joined"}}),
    # Who runs cases from now on hears who came into one lately.
    ("administrator",     new_role,                   {"role": {"teacher"},
                                                       "people_changed": {"leader"},
                                                       "emergency!": {"teacher"}}),
    ("administrator",     old_role,                   {"responsible!": {"coordinator"}}),
)
# fmt: on
# tests/cases/test_reminders.py, test_need_to_know.py, test_contact_book.py, test_imports.py,
# test_destruction.py, test_rights_requests.py; tests/api/test_page.py, test_signals.py;
# tests/attacks/test_a_leader_for_a_minute.py
TESTED_ELSEWHERE = {
    "reminder",
    "shut_out",
    "contacts",
    "year_report_ready",
    "year_report_failed",
    "import_done",
    "import_failed",
    "import_overtaken",
    "destruction_listed",
    "destroyed",
    "request_due",
    "token_made",
    "token_alone",
    "signal_came_in",
    "signal_unread",
}  # fmt: skip


@pytest.fixture
def world():
    made = World()
    made.colleague.name = WORD
    type(made.colleague).objects.update(name=WORD)
    type(made.pupil).objects.update(given_name=WORD, family_name=WORD)
    Consultation.objects.update(question=WORD)
    return made


def test_who_is_told_of_what_and_nobody_else(world, subtests):
    names = {user.pk: who for who, user in world.people.items() if user}
    told_before = set(Notification.objects.values_list("pk", flat=True))
    for number, (by, do, expected) in enumerate(TABLE):
        world.people = {who: fresh(user) for who, user in world.people.items()}
        world.case.refresh_from_db()
        do(world, by)
        new = list(Notification.objects.exclude(pk__in=told_before))
        told_before |= {one.pk for one in new}
        told: dict[str, set[str]] = {}
        for one in new:
            who = names.get(one.recipient_id)
            if who is None:
                continue  # who invited in this world, and is nobody in it
            told.setdefault(one.kind + "!" * one.urgent, set()).add(who)
            with subtests.test(row=number, kind=one.kind, who=who):
                assert known(fresh(world.people[who]), [one]) == [one]
        with subtests.test(row=number, by=by):
            assert told == expected
    of_this_table = {kind.rstrip("!") for _, _, expected in TABLE for kind in expected}
    assert set(KINDS) - of_this_table == TESTED_ELSEWHERE
    assert_says_nothing(world)


def fresh(user):
    return user and type(user).objects.get(pk=user.pk)


def assert_says_nothing(world):
    """Whatever was told, no name and no word of content stands in a line or a mail."""
    everything = Notification.objects.select_related("case")
    said = [str(part) for part in parts(everything)]
    mail.outbox.clear()  # a role is told by a mail of its own, with its school
    assert deliver() == 5
    for letter in mail.outbox:
        said += [letter.subject, letter.body, *(html for html, _ in letter.alternatives)]
    text = "\n".join(said)
    assert "om het gezin te beschermen" in text
    assert "Qzkwoord" not in text
    assert world.school.name not in text


def test_that_a_case_is_severe_is_not_told_to_a_colleague_who_is_only_invited(world):
    """They could guess from it what another colleague logged (protocol, scenario 2)."""
    a_signal(severe=True)(world, "author")
    for who, team in (("teacher", None), ("other_worker", world.school.buurtteam)):
        tell_invited(
            InvitationFactory(
                consultation=Consultation.objects.get(pk=world.consultation.pk),
                user=world.people[who], buurtteam=team,
            )
        )  # fmt: skip
    told = Notification.objects.filter(kind="invited").order_by("pk")
    assert [(one.recipient, one.urgent) for one in told] == [
        (world.people["teacher"], False),
        (world.people["other_worker"], True),
    ]
