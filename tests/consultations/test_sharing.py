"""What goes along with a question: chosen, shown first, and then never different."""

import uuid

import pytest
from django.urls import reverse
from guardian.shortcuts import assign_perm

from accounts.roles import Role
from cases.errors import ActionError, Immutable
from cases.references import sign_of
from consultations.actions import ask_consultation
from consultations.models import Consultation, SharedPiece
from signals.models import SignalFinding
from tests.accounts.page import Page
from tests.cases.records import NOW, assessment, decision, feedback
from tests.factories import (
    CaseFactory,
    ContactFactory,
    ConversationFactory,
    PupilFactory,
    SignalFactory,
    UserFactory,
    member,
)

pytestmark = pytest.mark.django_db


def question(**changes):
    return {"kind": "colleague", "question": "Hoe lees jij dit?", **changes}


def key_of(record, relation="signals"):
    return sign_of(f"{relation}-{record.pk}")


def ask(case, by, *records, **changes):
    keys = [record if isinstance(record, str) else key_of(record) for record in records]
    return ask_consultation(case, by, uuid.uuid4(), **question(share=keys, **changes))


def new(case):
    return reverse("consultations:new", args=[case.reference])


def test_it_is_shown_first_and_nothing_is_lost_on_the_way(case, coordinator, signed_in):
    browser, signal = signed_in(coordinator), case.signals.get()
    sent = question(
        idempotency_key=str(uuid.uuid4()),
        shared="Een leerling.\nVeel zorg.",
        share=[key_of(signal)],
        hidden_words="Sem",
        preview="1",
    )
    answer = browser.post(new(case), sent)
    assert answer.status_code == 200
    assert not Consultation.objects.exists()
    page = Page(answer)
    assert "[leerling] huilde. Haar moeder [familielid] was boos. [naam] zag het." in page.text
    assert "Jasmijn huilde" not in page.text

    key = sent["idempotency_key"]
    assert f'value="{key}"' in page.html
    carried = {**page.typed, "idempotency_key": key}
    changed = Page(browser.post(new(case), {**carried, "change": "1"}))
    for name in ("kind", "question", "share", "hidden_words"):
        value = sent[name] if isinstance(sent[name], list) else [sent[name]]
        assert changed.typed[name] == value, name

    assert browser.post(new(case), carried).status_code == 302
    assert browser.post(new(case), carried).status_code == 302
    asked = Consultation.objects.get()
    assert [piece.text for piece in asked.pieces.all()] == [
        "Wat er is gezien of gehoord: [leerling] huilde. Haar moeder [familielid] was boos. "
        "[naam] zag het."
    ]


def test_a_word_of_the_question_that_is_no_name_is_one_in_a_record_still(school, coordinator):
    """A pupil called Ben, and "Ben ik op tijd?": what was confirmed let each record through."""
    case = CaseFactory(pupil=PupilFactory(school=school, given_name="Ben", family_name="Visser"))
    signal = SignalFactory(case=case, facts="Ben zei dat hij niet naar huis wil.")
    said = ask(case, coordinator, signal, question="Ben ik op tijd?", confirmed_words="Ben")
    assert [piece.text for piece in said.pieces.all()] == [
        "Wat er is gezien of gehoord: [leerling] zei dat hij niet naar huis wil."
    ]


def test_with_the_name_it_goes_as_it_is(case, coordinator):
    asked = ask(case, coordinator, case.signals.get(), named=True, naming_ground="Toestemming.")
    assert "Jasmijn huilde" in asked.pieces.get().text


def test_who_told_it_goes_along_with_the_name_alone(case, coordinator):
    """An aunt of this name and this pupil belong to one family: she tells which."""
    signal = SignalFactory(case=case, facts="Kwam zonder jas.", hearsay_from="Tante Ria Bontekoe")
    named = {"named": True, "naming_ground": "Toestemming."}
    with_it, without_it = ask(case, coordinator, signal, **named), ask(case, coordinator, signal)
    assert "Ria Bontekoe" in with_it.pieces.get().text
    said = without_it.pieces.get().text
    assert "Kwam zonder jas." in said
    assert not {"Ria", "Bontekoe", "Verteld"} & set(said.replace(":", " ").split())


def test_who_is_invited_reads_the_pieces_and_nothing_else(
    case, coordinator, family_worker, signed_in
):
    other = SignalFactory(case=case, facts="Kwam zonder jas.")
    worker = family_worker.memberships.get()
    asked = ask(case, coordinator, case.signals.first(), kind="family_worker", invitees=[worker])
    browser = signed_in(family_worker)
    browser.post(reverse("consultations:accept", args=[asked.invitations.get().public_id]))
    page = browser.get(reverse("consultations:detail", args=[asked.reference])).content.decode()
    assert "[leerling] huilde" in page
    assert other.facts not in page
    assert "Jasmijn" not in page
    assert case.reference not in page


def test_who_sees_the_case_sees_what_was_shared(case, coordinator, signed_in):
    asked = ask(case, coordinator, case.signals.get())
    page = signed_in(coordinator).get(reverse("cases:whole", args=[case.reference]))
    assert asked.pieces.get().title in page.content.decode()


def test_it_stays_as_it_was_read(case, coordinator):
    first = case.signals.get()
    piece = ask(case, coordinator, first).pieces.get()
    SignalFactory(case=case, corrects=first, facts="Het was een ander kind.")
    assert "huilde" in SharedPiece.objects.get(pk=piece.pk).text
    piece.text = "Anders."
    with pytest.raises(Immutable):
        piece.save()


def test_every_kind_of_record_can_go_along(case, coordinator):
    talk = ConversationFactory(case=case, agreements="Morgen weer.")
    weighed = assessment(case, NOW, danger="no")
    decided = decision(case, NOW)
    heard = feedback(case, NOW)
    asked = ask(
        case,
        coordinator,
        case.signals.get(),
        key_of(talk, "conversations"),
        key_of(weighed, "assessments"),
        key_of(decided, "decisions"),
        key_of(heard, "feedbacks"),
    )
    assert [piece.position for piece in asked.pieces.all()] == [1, 2, 3, 4, 5]
    texts = [piece.text for piece in asked.pieces.all()]
    assert "Morgen weer." in texts[1]
    assert all(texts)
    # Who wrote it and who were there is nobody's to know.
    assert not [t for t in texts if talk.attendees and talk.attendees in t]


def replaced(case):
    old = case.signals.get()
    SignalFactory(case=case, corrects=old)
    return key_of(old)


def unfounded(case):
    signal = case.signals.get()
    SignalFinding.objects.create(case=case, author=UserFactory(), signal=signal, grounds="Val.")
    return key_of(signal)


def of_another_case(case):
    return key_of(SignalFactory(case=CaseFactory(pupil__school=case.school)))


@pytest.mark.parametrize("make", [replaced, unfounded, of_another_case, lambda case: "pupil-1"])
def test_what_is_not_there_to_share_is_refused(case, coordinator, make):
    with pytest.raises(ActionError):
        ask(case, coordinator, make(case))
    assert not Consultation.objects.exists()


def test_who_cannot_invite_reads_where_their_question_goes(case, teacher, coordinator, signed_in):
    assign_perm("cases.take_part", teacher, case)
    said = "Je nodigt zelf niemand uit."
    assert said in signed_in(teacher).get(new(case)).content.decode()
    assert said not in signed_in(coordinator).get(new(case)).content.decode()


def test_a_teacher_shares_what_their_page_of_the_case_shows_and_no_more(case, teacher, signed_in):
    assign_perm("cases.take_part", teacher, case)
    elsewhere = SignalFactory(case=CaseFactory(pupil__school=case.school), author=teacher)
    form = signed_in(teacher).get(new(case)).context["form"]
    offered = {key for key, __ in form.fields["share"].choices}
    assert offered == {key_of(signal) for signal in case.signals.all()}
    assert key_of(elsewhere) not in offered
    assert ask(case, teacher, case.signals.get()).pieces.count() == 1


# --- Whom of the contact book ------------------------------------------------
def test_somebody_of_the_contact_book_is_asked_and_called(case, coordinator, signed_in):
    doctor = ContactFactory(school=case.school, name="Dokter Vis")
    for strange in (ContactFactory(), ContactFactory(school=case.school, removed_at=NOW)):
        data = question(kind="other", contact=str(strange.public_id))
        assert signed_in(coordinator).post(new(case), data).status_code == 422
    data = question(kind="other", contact=str(doctor.public_id))
    assert signed_in(coordinator).post(new(case), data).status_code == 302
    asked = Consultation.objects.get()
    assert asked.contact == doctor
    assert "Dokter Vis" in asked.whom


def test_it_goes_outside_without_the_family_s_name(case, coordinator, signed_in):
    doctor = ContactFactory(school=case.school)
    data = question(kind="other", contact=str(doctor.public_id), shared="Jasmijn eet niet.")
    answer = signed_in(coordinator).post(new(case), {**data, "preview": "1"})
    assert answer.status_code == 422
    assert "shared" in answer.context["form"].errors


def test_a_school_without_a_contact_book_is_not_asked_for_it(case, coordinator, signed_in):
    form = signed_in(coordinator).get(new(case)).context["form"]
    assert "other" not in dict(form.fields["kind"].choices)
    assert "contact" not in form.fields


def test_a_call_keeps_who_answered_and_their_reference(case, teacher, signed_in):
    assign_perm("cases.take_part", teacher, case)
    colleague = member(Role.COORDINATOR, case.school)
    signed_in(teacher).post(
        reverse("consultations:call", args=[case.reference]),
        {
            "kind": "veilig_thuis", "held_at": "2026-01-05T10:00", "question": "Wat nu?",
            "outcome": "Wacht.", "talk": "wait", "spoken_to": "Adviseur Bos",
            "their_reference": "VT-77",
        },
    )  # fmt: skip
    page = signed_in(colleague).get(reverse("cases:whole", args=[case.reference]))
    assert {"Adviseur Bos", "VT-77"} <= set(page.content.decode().replace("<", ">").split(">"))
