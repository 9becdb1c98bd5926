"""One case through the five steps, by the actions alone."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.roles import Role
from cases import actions
from cases.errors import ActionError
from cases.models import Case, Conversation
from cases.protocol import QUESTIONS
from consultations.actions import (
    accept_invitation,
    ask_consultation,
    give_advice,
    record_outcome,
    withdraw_invitation,
)
from consultations.models import Advice, Consultation, Invitation
from referrals.actions import decide, mark_sent, record_feedback
from tests.cases.records import send
from tests.factories import CaseFactory, InvitationFactory, PupilFactory, SignalFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(school):
    case = CaseFactory(pupil=PupilFactory(school=school))
    SignalFactory.create_batch(2, case=case)
    actions.refresh(case, None)
    return case


def ask(case, by, worker=None):
    return ask_consultation(
        case, by, uuid.uuid4(), kind="family_worker", question="Hoe lees jij dit?", shared="",
        named=False, naming_ground="", invitees=worker.memberships.all() if worker else (),
    )  # fmt: skip


def conclude(consultation, by):
    return record_outcome(
        consultation, by, held_at=timezone.now(), outcome="Zorg is terecht.", next_talk="Mentor."
    )


def talk(case, by, **fields):
    return actions.record_conversation(
        case, by, uuid.uuid4(), kind=Conversation.Kind.PARENTS, held_at=timezone.now(),
        motivation="Dit kon niet wachten.", **fields,
    )  # fmt: skip


def weigh(case, by, **answers):
    usual = {"possible": "yes", "accepted": "yes", "works": "later"} | answers
    given = {q.code: (usual.get(q.code, "no"), "Gronden.") for q in QUESTIONS}
    return actions.record_assessment(
        case, by, uuid.uuid4(), given, consulted="Gezinswerker", assessed_at=timezone.now(),
        motivation="Dit kon niet wachten.",
    )  # fmt: skip


def take_decision(case, by, **changes):
    fields = {
        "decided_at": timezone.now(), "report": False, "report_grounds": "Veilig genoeg.",
        "motivation": "Samen zo besloten.",
        "help": "buurtteam", "help_grounds": "Ouders willen hulp.",
        "follow_up_on": timezone.localdate() + timedelta(days=30), "report_fields": {},
        **changes,
    }  # fmt: skip
    return decide(case, by, uuid.uuid4(), **fields)


def step_of(case):
    return Case.objects.get(pk=case.pk).step


def test_the_whole_walk(case, coordinator, family_worker):
    actions.take_on(case, coordinator)
    consultation = ask(case, coordinator, family_worker)
    accept_invitation(Invitation.objects.get(), family_worker)
    give_advice(consultation, family_worker, uuid.uuid4(), "Praat eerst met de leerling.")
    assert step_of(case) == 2
    conclude(consultation, coordinator)
    assert step_of(case) == 3
    talk(case, coordinator)
    assert step_of(case) == 4
    weigh(case, coordinator, suspicion="yes")
    assert step_of(case) == 5
    decision = take_decision(case, coordinator)
    send(decision.referrals.get(), coordinator)
    record_feedback(
        case, coordinator, uuid.uuid4(), received_at=timezone.now(), source="Gezinswerker",
        text="Rust in huis.", effect="works", heard_from="buurtteam", helped_by="buurtteam",
    )  # fmt: skip
    closed = actions.close_case(
        case, coordinator, outcome="help_works", grounds="Het gaat beter.", agreements=""
    )
    assert not closed.is_open
    assert closed.period == "look_back"
    steps = list(case.step_changes.values_list("from_step", "to_step"))
    assert steps == [(1, 2), (2, 3), (3, 4), (4, 5)]


def test_no_closing_without_a_decision(case, coordinator):
    with pytest.raises(ActionError):
        actions.close_case(case, coordinator, outcome="other", grounds="Zomaar.", agreements="")


def test_a_closed_case_takes_no_more_records(case, coordinator):
    take_decision(case, coordinator, help="none", follow_up_on=None)
    actions.close_case(case, coordinator, outcome="other", grounds="Klaar.", agreements="")
    with pytest.raises(ActionError):
        talk(case, coordinator)


def test_closing_twice_is_closing_once(case, coordinator):
    take_decision(case, coordinator)
    for _attempt in range(2):
        closed = actions.close_case(
            case, coordinator, outcome="other", grounds="Klaar.", agreements=""
        )
    assert not closed.is_open


def test_a_skipped_talk_leads_on_to_step_4(case, coordinator):
    conclude(ask(case, coordinator), coordinator)
    actions.record_conversation(
        case, coordinator, uuid.uuid4(), kind="skipped", held_at=timezone.now(),
        skip_reason="Vader dreigt.", weighed_with="Veilig Thuis",
    )  # fmt: skip
    assert step_of(case) == 4


def test_a_report_and_help_give_two_referrals(case, coordinator):
    decision = take_decision(
        case, coordinator, report=True,
        report_fields={"family_told": False, "not_told_reason": "Niet veilig."},
    )  # fmt: skip
    assert set(decision.referrals.values_list("to", flat=True)) == {"veilig_thuis", "buurtteam"}


def test_marking_as_sent_twice_keeps_the_first_moment(case, coordinator):
    referral = take_decision(case, coordinator).referrals.get()
    first = send(referral, coordinator).sent_at
    assert mark_sent(referral, coordinator).sent_at == first


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ADMINISTRATOR, Role.BUURTTEAM_WORKER])
def test_who_may_not_move_a_case(case, role, school):
    place = school.buurtteam if role == Role.BUURTTEAM_WORKER else school
    somebody = member(role, place)
    for act in (talk, weigh, take_decision):
        with pytest.raises(PermissionDenied):
            act(case, somebody)


def test_a_teacher_moves_a_case_that_was_handed_over(case, coordinator, teacher):
    actions.add_participant(case, coordinator, teacher, hand_over=True)
    talk(case, teacher)
    actions.remove_participant(case, coordinator, teacher)
    with pytest.raises(PermissionDenied):
        talk(case, teacher)


def test_a_part_in_a_closed_case_ends_and_who_was_responsible_stands(case, coordinator, teacher):
    actions.add_participant(case, coordinator, teacher, hand_over=True)
    Case.objects.filter(pk=case.pk).update(
        closed_at=timezone.now(), outcome=Case.Outcome.CLEARED, closing_grounds="Uitgezocht."
    )
    assert Case.objects.visible_to(teacher).exists()
    actions.remove_participant(case, coordinator, teacher)
    assert not Case.objects.visible_to(teacher).exists()
    case.refresh_from_db()
    assert case.responsible == teacher


def test_a_person_of_another_school_cannot_take_part(case, coordinator):
    with pytest.raises(ActionError):
        actions.add_participant(case, coordinator, member(Role.TEACHER), hand_over=False)


def test_a_worker_sees_nothing_before_accepting_and_after_closing(case, coordinator, family_worker):
    consultation = ask(case, coordinator, family_worker)
    seen = Consultation.objects.visible_to
    assert not seen(family_worker).exists()
    accept_invitation(Invitation.objects.get(), family_worker)
    assert seen(family_worker).get() == consultation
    assert not Case.objects.visible_to(family_worker).exists()
    conclude(consultation, coordinator)
    assert not seen(family_worker).exists()


def test_what_was_advised_stays_when_the_invitation_is_withdrawn(case, coordinator, family_worker):
    consultation = ask(case, coordinator, family_worker)
    invitation = accept_invitation(Invitation.objects.get(), family_worker)
    give_advice(consultation, family_worker, uuid.uuid4(), "Bel mij.")
    withdraw_invitation(invitation, coordinator)
    assert not Consultation.objects.visible_to(family_worker).exists()
    assert Advice.objects.get().text == "Bel mij."
    with pytest.raises(PermissionDenied):
        give_advice(consultation, family_worker, uuid.uuid4(), "Nog iets.")


def test_an_invitation_ends_with_the_membership(case, coordinator, family_worker, school):
    consultation = ask(case, coordinator)
    InvitationFactory(
        consultation=consultation, user=family_worker, buurtteam=school.buurtteam,
        accepted_at=timezone.now(),
    )  # fmt: skip
    family_worker.memberships.update(
        starts_on=timezone.localdate() - timedelta(days=9),
        ends_on=timezone.localdate() - timedelta(days=1),
    )
    family_worker.__dict__.pop("current_memberships", None)
    assert not Consultation.objects.visible_to(family_worker).exists()
