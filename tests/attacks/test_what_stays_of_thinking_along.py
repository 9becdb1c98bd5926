"""Whoever thought along and is kept out since gets what anybody gets who was removed, to the byte.

What stays for one and not for the other tells them that they are kept out; where the question bore
no name, also about whom it was.
"""

import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from cases.need_to_know.actions import shut_out
from consultations.actions import record_outcome, withdraw_invitation
from consultations.answering.actions import decline_invitation, hand_over_invitation
from consultations.models import Advice
from tests.attacks.test_same_to_the_byte import as_said, told, undone
from tests.conftest import SESSION, sign_in
from tests.factories import CaseFactory

pytestmark = pytest.mark.django_db


def write(world):
    Advice.objects.create(
        consultation=world.consultation, author=world.people["joined"], text="Praat met haar."
    )


def decline(world):
    decline_invitation(world.joined, world.people["joined"], why="Met verlof.")


def hand_over(world):
    hand_over_invitation(world.joined, world.people["joined"], world.people["other_worker"])


def close(world):
    record_outcome(
        world.consultation, world.people["coordinator"], held_at=timezone.now(), outcome="Zorg.",
        next_talk="Mentor.",
    )  # fmt: skip


def close_case(world):
    Case.objects.filter(pk=world.case.pk).update(
        closed_at=timezone.now(),
        closed_by=world.people["coordinator"],
        outcome="cleared",
        closing_grounds="Opgehelderd.",
    )
    world.case.refresh_from_db()
    CaseFactory(pupil=world.case.pupil)


def withdraw(world):
    withdraw_invitation(world.joined, world.people["coordinator"])


def nothing(world):
    pass


def answers(world, key: str) -> dict[str, str]:
    """Return what the family worker gets of all that is about their consultations."""
    words = {"text": "Nog iets.", "idempotency_key": str(uuid.UUID(int=1))}
    room = reverse("consultations:detail", args=[world.consultation.reference])
    asked = {
        "inbox": (reverse("consultations:inbox"), None),
        "room": (room, None),
        "advice": (room, words),
        "draft": (room, {**words, "draft": "on"}),
        "bell": (reverse("notifications:list"), None),
        "trail": (reverse("audit:mine"), None),
    }
    for answer in ("decline", "hand_over"):
        address = reverse(f"consultations:{answer}", args=[world.joined.public_id])
        asked[answer], asked[f"{answer} sent"] = (address, None), (address, {"why": "Druk."})
    got = {"told": told(world.people["joined"])}
    for what, (address, data) in asked.items():
        browser = Client()
        browser.cookies[SESSION] = key
        with undone():
            answer = browser.get(address) if data is None else browser.post(address, data)
            got[what] = as_said(answer)
    return got


@pytest.mark.parametrize(
    ("before", "ends"),
    [
        (nothing, withdraw),
        (decline, nothing),
        (hand_over, nothing),
        (close, nothing),
        (close_case, nothing),
    ],
)
def test_who_is_kept_out_gets_what_anybody_gets_who_was_removed(world, before, ends):
    browser = sign_in(world.people["joined"])
    browser.get(reverse("help"))  # which notes that there is a session
    write(world)
    before(world)
    got = []
    for end in (ends, keep_out):
        with undone():
            end(world)
            got.append(answers(world, browser.cookies[SESSION].value))
    assert got[0] == got[1]


def keep_out(world):
    case = world.case.pupil.cases.filter(closed_at=None).get()
    shut_out(
        case, world.people["coordinator"], world.people["joined"], ground="family",
        explanation="",
    )  # fmt: skip
