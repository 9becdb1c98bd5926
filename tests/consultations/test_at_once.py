"""Two people in one consultation, or one person on two devices, at the same moment."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.errors import ActionError
from consultations import actions
from consultations.actions import accept_invitation, give_advice, record_outcome
from consultations.answering.actions import decline_invitation, hand_over_invitation
from consultations.models import Advice, Invitation, ReadMark, TimeAnswer
from consultations.times.actions import answer_times, propose_times
from tests.attacks.test_insider_races import in_between
from tests.test_concurrency import AT_ONCE, at_once

pytestmark = pytest.mark.django_db(transaction=True)

one_after_the_other = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="one writer at a time"
)


def refused_or(call):
    """Return what a call gives, or the refusal: ``at_once`` lets only our own errors through."""

    def run():
        try:
            return call()
        except PermissionDenied as denied:
            return denied

    return run


def test_two_people_who_write_at_once_are_both_kept(invitation, family_worker, coordinator):
    room = invitation.consultation
    at_once(
        lambda: give_advice(room, family_worker, uuid.uuid4(), "Praat eerst."),
        lambda: give_advice(room, coordinator, uuid.uuid4(), "Met wie?", [family_worker]),
        lambda: give_advice(room, family_worker, uuid.uuid4(), "En bel mij."),
    )
    texts = set(Advice.objects.values_list("text", flat=True))
    assert texts == {"Praat eerst.", "Met wie?", "En bel mij."}


def test_one_advice_sent_by_an_impatient_finger_is_one(invitation, family_worker):
    key = uuid.uuid4()
    at_once(*[lambda: give_advice(invitation.consultation, family_worker, key, "Praat.")] * AT_ONCE)
    assert Advice.objects.count() == 1


@pytest.mark.parametrize("ends", ["withdrawn", "closed"])
@one_after_the_other
def test_what_ends_while_an_advice_is_sent_waits_for_it(
    invitation, family_worker, coordinator, monkeypatch, ends
):
    """The advice had the lock first: it stands, and only then it ends."""
    said = in_between(
        monkeypatch,
        actions,
        "open_consultation",
        lambda: give_advice(invitation.consultation, family_worker, uuid.uuid4(), "Praat."),
        lambda: end(ends, invitation, coordinator),
    )
    advice = Advice.objects.get()
    assert said == advice
    assert advice.written_at < ended_at(ends, invitation)


@pytest.mark.parametrize("ends", ["withdrawn", "closed"])
@one_after_the_other
def test_who_writes_while_it_ends_gets_their_words_back(
    invitation, family_worker, coordinator, signed_in, monkeypatch, ends
):
    """The room was theirs when the page was read, and is not when the advice has the lock."""
    browser, url = signed_in(family_worker), _room(invitation)
    real = actions.lock

    def waits_for_the_end(case, **kwargs):
        monkeypatch.setattr(actions, "lock", real)
        at_once(lambda: end(ends, invitation, coordinator))
        return real(case, **kwargs)

    monkeypatch.setattr(actions, "lock", waits_for_the_end)
    answer = browser.post(url, {"text": "Praat eerst met haar."})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Praat eerst met haar." in page
    assert "Je tekst is niet verstuurd" in page
    assert invitation.consultation.question not in page
    assert not Advice.objects.exists()


def test_writing_and_withdrawing_at_once_loses_no_words(
    invitation, family_worker, coordinator, signed_in
):
    """Whoever comes first: the advice stands, or its writer has the words."""
    browser = signed_in(family_worker)
    answer, __ = at_once(
        lambda: browser.post(_room(invitation), {"text": "Praat eerst."}),
        lambda: end("withdrawn", invitation, coordinator),
    )
    if answer.status_code == 302:
        assert Advice.objects.get().text == "Praat eerst."
    else:
        assert "Praat eerst." in answer.content.decode()
        assert not Advice.objects.exists()


def test_accepted_on_two_devices_it_is_accepted_once(invitation, family_worker):
    Invitation.objects.update(accepted_at=None)
    given = at_once(*[lambda: accept_invitation(invitation, family_worker)] * AT_ONCE)
    assert len({one.accepted_at for one in given}) == 1


def test_accepted_and_handed_over_at_once_one_holds(
    invitation, family_worker, team_mate, signed_in
):
    Invitation.objects.update(accepted_at=None)
    at_once(
        refused_or(lambda: accept_invitation(invitation, family_worker)),
        refused_or(lambda: hand_over_invitation(invitation, family_worker, team_mate)),
    )
    theirs = Invitation.objects.get(user=team_mate)
    assert theirs.waits
    assert not Invitation.objects.of(family_worker).exists()


def test_declined_and_handed_over_at_once_one_holds(invitation, family_worker, team_mate):
    said = at_once(
        lambda: decline_invitation(invitation, family_worker, why="Verlof."),
        lambda: hand_over_invitation(invitation, family_worker, team_mate),
    )
    assert sum(isinstance(one, ActionError) for one in said) == 1
    invitation.refresh_from_db()
    assert bool(invitation.declined_at) != bool(invitation.handed_over_at)
    assert Invitation.objects.filter(user=team_mate).exists() == bool(invitation.handed_over_at)


def test_who_accepts_what_they_answered_elsewhere_is_told_so(
    invitation, family_worker, team_mate, signed_in
):
    hand_over_invitation(invitation, family_worker, team_mate)
    browser: Client = signed_in(family_worker)
    url = reverse("consultations:accept", args=[invitation.public_id])
    page = browser.post(url, follow=True).content.decode()
    assert "Je hebt deze uitnodiging al beantwoord." in page


def test_reading_and_answering_on_two_devices_leaves_one_row(
    invitation, family_worker, coordinator
):
    room, soon = invitation.consultation, timezone.now() + timedelta(days=1)
    at_once(*[lambda: propose_times(room, coordinator, [soon])] * AT_ONCE)
    time = room.times.get()
    at_once(*[lambda: answer_times(room, family_worker, [time])] * AT_ONCE)
    assert TimeAnswer.objects.count() == 1
    at_once(*[lambda: ReadMark.objects.note(room, family_worker)] * AT_ONCE)
    assert ReadMark.objects.count() == 1


def end(how, invitation, coordinator):
    """End the family worker's part, as whoever chairs does."""
    if how == "withdrawn":
        actions.withdraw_invitation(invitation, coordinator)
    else:
        record_outcome(
            invitation.consultation,
            coordinator,
            held_at=timezone.now(),
            outcome="Klaar.",
            next_talk="De mentor.",
        )


def ended_at(how, invitation):
    invitation.refresh_from_db()
    return invitation.withdrawn_at if how == "withdrawn" else (invitation.consultation.closed_at)


def _room(invitation):
    return reverse("consultations:detail", args=[invitation.consultation.reference])
