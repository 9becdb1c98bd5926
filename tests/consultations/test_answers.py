"""Accepting, declining, handing over; advice, mentions, reads; and what is left when it ends."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.models import Draft
from accounts.roles import Role
from cases.errors import ActionError
from cases.models import ShutOut
from cases.need_to_know.actions import shut_out
from consultations.actions import accept_invitation, give_advice, record_outcome
from consultations.answering.actions import decline_invitation, hand_over_invitation
from consultations.inbox import inbox_of
from consultations.models import Advice, Consultation, Mention, ReadMark
from consultations.querysets import colleagues_of, people_in
from tests.accounts.page import Page
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    InvitationFactory,
    PupilFactory,
    SchoolFactory,
    member,
)

pytestmark = pytest.mark.django_db


def room(consultation):
    return reverse("consultations:detail", args=[consultation.reference])


def close(consultation, by):
    record_outcome(consultation, by, held_at=timezone.now(), outcome="Klaar.", next_talk="Mentor.")


def test_who_declines_is_out_and_the_case_says_why(
    invitation, family_worker, coordinator, signed_in
):
    decline_invitation(invitation, family_worker, why="Ik ken dit gezin privé.")
    assert signed_in(family_worker).get(room(invitation.consultation)).status_code == 404
    case = reverse("cases:whole", args=[invitation.consultation.case.reference])
    assert "Ik ken dit gezin privé." in signed_in(coordinator).get(case).content.decode()
    with pytest.raises(ActionError):
        accept_invitation(invitation, family_worker)


def test_a_colleague_of_the_team_takes_over(invitation, family_worker, team_mate, signed_in):
    new = hand_over_invitation(invitation, family_worker, team_mate)
    assert signed_in(family_worker).get(room(invitation.consultation)).status_code == 404
    assert (new.in_place_of, new.buurtteam) == (invitation, invitation.buurtteam)
    accept_invitation(new, team_mate)
    assert signed_in(team_mate).get(room(invitation.consultation)).status_code == 200


def test_whoever_withdraws_one_that_was_handed_over_is_told_so(
    invitation, family_worker, team_mate, coordinator, signed_in
):
    """An old page has its button still: it said "withdrawn", and the colleague read on."""
    new = hand_over_invitation(invitation, family_worker, team_mate)
    browser = signed_in(coordinator)
    url = reverse("consultations:withdraw", args=[invitation.public_id])
    page = browser.post(url, follow=True).content.decode()
    assert "Deze is doorgegeven aan een collega." in page
    new.refresh_from_db()
    assert new.stands


def test_handing_over_buys_no_time(invitation, family_worker, team_mate):
    invitation.accepted_at = None
    invitation.invited_at -= timedelta(days=9)
    invitation.save()
    new = hand_over_invitation(invitation, family_worker, team_mate)
    assert new.invited_at == invitation.invited_at


def test_nobody_else_takes_over(invitation, family_worker, team_mate, school):
    shut_out = member(Role.BUURTTEAM_WORKER, school.buurtteam)
    ShutOut.objects.create(
        pupil=invitation.consultation.case.pupil, user=shut_out, ground="family", set_by=team_mate
    )
    invited = member(Role.BUURTTEAM_WORKER, school.buurtteam)
    InvitationFactory(consultation=invitation.consultation, user=invited)
    before = member(Role.BUURTTEAM_WORKER, school.buurtteam)
    before.memberships.update(ended_at=timezone.now())
    elsewhere, colleague = member(Role.BUURTTEAM_WORKER), member(Role.TEACHER, school)
    assert list(colleagues_of(invitation)) == [team_mate]
    for person in (shut_out, invited, before, elsewhere, colleague, family_worker):
        with pytest.raises(ActionError):
            hand_over_invitation(invitation, family_worker, person)


def test_a_colleague_of_the_school_hands_over_to_nobody(consultation, teacher, signed_in):
    own = InvitationFactory(consultation=consultation, user=teacher)
    url = reverse("consultations:hand_over", args=[own.public_id])
    assert signed_in(teacher).get(url).status_code == 404


# --- The thread --------------------------------------------------------------
def test_whose_eye_one_can_ask_for(invitation, family_worker, team_mate, coordinator, school):
    InvitationFactory(
        consultation=invitation.consultation, user=team_mate, buurtteam=school.buurtteam
    )
    out = member(Role.COORDINATOR, school)
    give_advice(invitation.consultation, out, uuid.uuid4(), "Bel.")
    ShutOut.objects.create(
        pupil=invitation.consultation.case.pupil, user=out, ground="family", set_by=coordinator
    )
    assert set(people_in(invitation.consultation)) == {coordinator, family_worker}
    for person in (team_mate, out):
        with pytest.raises(ActionError) as refused:
            give_advice(invitation.consultation, coordinator, uuid.uuid4(), "Kijk.", [person])
        assert refused.value.field == "mentions"
    give_advice(invitation.consultation, coordinator, uuid.uuid4(), "Kijk.", [family_worker])
    assert Mention.objects.get().user == family_worker


def test_who_read_and_when(invitation, family_worker, coordinator, signed_in, teacher):
    url = room(invitation.consultation)
    signed_in(family_worker).get(url)
    signed_in(family_worker).get(url)
    mark = ReadMark.objects.get()
    assert mark.user == family_worker
    assert family_worker.name in Page(signed_in(coordinator).get(url)).text
    assert ReadMark.objects.count() == 2


def test_the_oldest_advice_stands_first(invitation, family_worker, coordinator, signed_in):
    for number, by in enumerate((family_worker, coordinator, family_worker)):
        give_advice(invitation.consultation, by, uuid.uuid4(), f"Woord {number}.")
    text = Page(signed_in(family_worker).get(room(invitation.consultation))).text
    assert text.index("Woord 0") < text.index("Woord 1") < text.index("Woord 2")


# --- When it ends while somebody writes ---------------------------------------
@pytest.mark.parametrize("ended", ["closed", "withdrawn", "declined"])
def test_whose_part_ended_keeps_their_words_and_learns_nothing(
    invitation, family_worker, coordinator, signed_in, ended
):
    consultation = invitation.consultation
    if ended == "closed":
        close(consultation, coordinator)
    elif ended == "withdrawn":
        type(invitation).objects.update(withdrawn_at=timezone.now())
    else:
        decline_invitation(invitation, family_worker, why="Verlof.")
    browser = signed_in(family_worker)
    answer = browser.post(room(consultation), {"text": "Praat eerst met haar."})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Praat eerst met haar." in page
    assert "Je tekst is niet verstuurd" in page
    for word in (consultation.question, consultation.shared, consultation.case.school.name):
        assert word not in page
    assert not Advice.objects.exists()
    typing = {"text": "Praat eerst", "draft": "1", "idempotency_key": str(uuid.uuid4())}
    kept = browser.post(room(consultation), typing, HTTP_HX_REQUEST="true")
    assert (kept.status_code, kept["Content-Type"]) == (409, "text/plain")
    assert "Je kunt hier niet meer schrijven" in kept.content.decode()
    assert not Draft.objects.exists()
    assert browser.post(room(consultation), {"text": " "}).status_code == 404
    assert browser.get(room(consultation)).status_code == 404


def test_who_never_was_in_is_told_nothing(consultation, team_mate, school, signed_in):
    InvitationFactory(consultation=consultation, user=team_mate, buurtteam=school.buurtteam)
    data = {"text": "Mag ik meelezen?"}
    assert signed_in(team_mate).post(room(consultation), data).status_code == 404
    assert signed_in(member(Role.TEACHER)).post(room(consultation), data).status_code == 404


def test_a_conflict_of_interest_leaves_nothing_but_ones_own_words(
    invitation, family_worker, coordinator, signed_in
):
    """As for whoever is withdrawn: else they would know which of the two it was."""
    case = invitation.consultation.case
    shut_out(case, coordinator, family_worker, ground="family", explanation="")
    url = room(invitation.consultation)
    answer = signed_in(family_worker).post(url, {"text": "Praat."})
    assert answer.status_code == 409
    assert "Praat." in answer.content.decode()
    assert signed_in(family_worker).get(url).status_code == 404
    assert invitation.consultation.reference not in _inbox(family_worker, signed_in)


def test_who_sees_the_case_gets_the_form_back_with_the_words(
    consultation, coordinator, school, signed_in
):
    close(consultation, coordinator)
    answer = signed_in(member(Role.COORDINATOR, school)).post(
        room(consultation), {"text": "Nog één ding."}
    )
    assert answer.status_code == 422
    assert Page(answer).typed["text"] == ["Nog één ding."]
    assert not Advice.objects.exists()


def test_it_closes_with_who_decided(consultation, coordinator):
    close(consultation, coordinator)
    consultation.refresh_from_db()
    assert consultation.decided_by == coordinator.name


# --- The inbox ----------------------------------------------------------------
def _inbox(user, signed_in):
    return signed_in(user).get(reverse("consultations:inbox")).content.decode()


def places(user):
    found = inbox_of(user, timezone.now())
    return {
        name: [i.consultation for i in getattr(found, name)]
        for name in ("new", "waiting", "planned", "running", "closed")
        if getattr(found, name)
    }


def test_where_a_consultation_stands_in_the_inbox(invitation, family_worker, coordinator, school):
    here = invitation.consultation
    invitation.accepted_at = None
    invitation.save()
    assert places(family_worker) == {"new": [here]}
    accept_invitation(invitation, family_worker)
    assert places(family_worker) == {"waiting": [here]}
    give_advice(here, family_worker, uuid.uuid4(), "Praat.")
    assert places(family_worker) == {"running": [here]}
    give_advice(here, coordinator, uuid.uuid4(), "En thuis?", [family_worker])
    assert places(family_worker) == {"waiting": [here]}
    give_advice(here, family_worker, uuid.uuid4(), "Ook.")
    soon = timezone.now() + timedelta(days=2)
    time = here.times.create(starts_at=soon, proposed_by=coordinator)
    assert places(family_worker) == {"waiting": [here]}
    time.answers.create(user=family_worker, can=False)
    assert places(family_worker) == {"running": [here]}
    Consultation.objects.update(planned_at=soon, minutes=30)
    assert places(family_worker) == {"planned": [here]}
    Consultation.objects.update(planned_at=timezone.now() - timedelta(hours=1))
    assert places(family_worker) == {"running": [here]}
    close(here, coordinator)
    assert places(family_worker) == {"closed": [here]}


def test_the_inbox_reaches_over_all_schools_of_the_team(invitation, family_worker, school):
    sister = SchoolFactory(buurtteam=school.buurtteam)
    other = ConsultationFactory(case=CaseFactory(pupil=PupilFactory(school=sister)))
    InvitationFactory(consultation=other, user=family_worker, buurtteam=school.buurtteam)
    assert places(family_worker) == {"new": [other], "waiting": [invitation.consultation]}


def test_who_asked_finds_it_in_their_inbox_when_their_eye_is_asked_for(
    invitation, family_worker, coordinator, signed_in
):
    here = invitation.consultation
    assert inbox_of(coordinator, timezone.now()).called == []
    give_advice(here, family_worker, uuid.uuid4(), "Weet jij dit?", [coordinator])
    assert inbox_of(coordinator, timezone.now()).called == [here]
    page = _inbox(coordinator, signed_in)
    assert room(here) in page
    assert "Iemand vraagt of jij kijkt" in page
    give_advice(here, coordinator, uuid.uuid4(), "Ja.")
    assert inbox_of(coordinator, timezone.now()).called == []


def test_of_what_closed_there_is_a_reference_and_no_word(
    invitation, family_worker, coordinator, signed_in
):
    consultation = invitation.consultation
    close(consultation, coordinator)
    page = _inbox(family_worker, signed_in)
    assert consultation.reference in page
    assert room(consultation) not in page
    for word in (consultation.question, consultation.shared, "Klaar."):
        assert word not in page


def test_what_was_declined_or_withdrawn_is_nowhere(invitation, family_worker, coordinator):
    decline_invitation(invitation, family_worker, why="Verlof.")
    assert places(family_worker) == {}
    close(invitation.consultation, coordinator)
    assert places(family_worker) == {}
    with pytest.raises(PermissionDenied):
        give_advice(
            ConsultationFactory(case__pupil__school=SchoolFactory()),
            family_worker,
            uuid.uuid4(),
            "Hallo?",
        )
