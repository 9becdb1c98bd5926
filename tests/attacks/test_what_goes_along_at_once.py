"""Whom a question invites saves nothing while it is written down: so that does not take long."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.most import MOST
from accounts.roles import Role
from cases.errors import ActionError
from cases.names import Family, find, put_in, without
from consultations import sharing
from consultations.actions import ask_consultation
from consultations.models import Consultation, SharedPiece
from consultations.sharing import MOST_SIGNS, Veil, pieces_of, recorded
from tests.accounts.page import Page
from tests.attacks.proof import shows
from tests.cases.records import signal
from tests.factories import CaseFactory, PupilFactory, member

pytestmark = pytest.mark.django_db

QUESTION = "Wat zien we over het hoofd?"


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


def keys_of(case) -> list[str]:
    return [piece.key for piece in pieces_of(recorded(case), Veil())]


@shows("busy-14")
def test_no_text_is_made_but_of_what_goes_along(case, coordinator, monkeypatch):
    """In a case that holds much, all of it took half a minute, behind the locks of the invited."""
    for n in range(3):
        signal(case, facts=f"Feit {n}.")
    made, over = [], Veil.over
    monkeypatch.setattr(Veil, "over", lambda veil, text: made.append(text) or over(veil, text))
    key = keys_of(case)[1]
    made.clear()
    colleague = member(Role.TEACHER, case.school).memberships.get()
    ask_consultation(
        case, coordinator, uuid4(), kind="colleague", question=QUESTION, shared="",
        share=[key], invitees=[colleague],
    )  # fmt: skip
    assert len(made) == SharedPiece.objects.count() == 1


@shows("busy-14")
@pytest.mark.parametrize("pressed", [{}, {"preview": "1"}])
def test_more_than_anybody_reads_does_not_go_along(
    case, coordinator, signed_in, monkeypatch, pressed
):
    for n in range(2):
        signal(case, facts=f"Feit {n}.")
    monkeypatch.setattr(sharing, "MOST_SIGNS", 40)
    url = reverse("consultations:new", args=[case.reference])
    sent = {"kind": "colleague", "question": QUESTION, "share": keys_of(case), **pressed}
    browser = signed_in(coordinator)
    page = Page(browser.post(url, sent))
    assert "Dit is meer dan iemand in één keer leest" in page.text
    assert QUESTION in page.html
    assert not Consultation.objects.exists()
    sent["share"] = sent["share"][:1]
    browser.post(url, {**sent, "idempotency_key": str(uuid4())})
    assert Consultation.objects.exists() is ("preview" not in pressed)
    assert MOST_SIGNS > 100_000


@shows("busy-14")
def test_a_long_text_is_put_together_once():
    """Written anew for each word that is hidden, 160,000 signs took ten seconds, behind locks."""
    text, asked = "a " * 5000, []

    class Counted(str):
        def __getitem__(self, at):
            asked.append(len(str.__getitem__(self, at)))
            return Counted(str.__getitem__(self, at))

    places = [(at, at + 1, "[naam]") for at in range(0, len(text), 2)]
    assert put_in(Counted(text), places) == "[naam] " * 5000
    assert sum(asked) <= len(text)
    said = "Bo zag Bo."
    family = Family(words={"bo": "pupil"}, birth_date=None)
    assert without(said, find(said, family)) == "[leerling] zag [leerling]."


@shows("busy-14")
def test_nobody_has_more_open_questions_in_a_case_than_anybody_reads(
    case, coordinator, monkeypatch
):
    """Each stands in the inbox of all whom it invites, of other organisations too."""
    monkeypatch.setitem(MOST, "consultations", (2, MOST["consultations"][1]))

    def ask(key, by=coordinator):
        return ask_consultation(case, by, key, kind="care_team", question=QUESTION, shared="")

    keys = [uuid4(), uuid4()]
    for key in [*keys, *keys]:  # sent again, it is the same
        ask(key)
    with pytest.raises(ActionError, match="Je vroeg 2 overleggen aan"):
        ask(uuid4())
    # Whoever asks on and on leaves room for a colleague.
    ask(uuid4(), member(Role.COORDINATOR, case.school))
    Consultation.objects.filter(idempotency_key=keys[0]).update(
        closed_at=timezone.now(), held_at=timezone.now(), outcome="Klaar."
    )
    ask(uuid4())
    assert Consultation.objects.count() == 4
