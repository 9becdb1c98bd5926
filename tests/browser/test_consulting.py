"""Step 2 in a browser: what goes along, and the family worker who is invited, on a phone too."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from cases.references import sign_of
from consultations.actions import record_outcome
from consultations.models import Advice, Consultation, Invitation
from consultations.times.actions import agree_time, propose_times
from tests.browser.conftest import dutch
from tests.factories import (
    BuurtteamFactory,
    CaseFactory,
    ConsultationFactory,
    ContactFactory,
    InvitationFactory,
    PupilFactory,
    SchoolFactory,
    SignalFactory,
    member,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def school(db):
    team = BuurtteamFactory(name="Buurtteam Kade", telephone="030 000 11 22")
    return SchoolFactory(name="Lyceum De Kade", buurtteam=team)


@pytest.fixture
def case(school):
    pupil = PupilFactory(school=school, given_name="Tess", family_name="van der Zwaan")
    case = CaseFactory(pupil=pupil)
    SignalFactory(case=case, facts="Tess huilde. Haar moeder Fatima werd boos op Sem.")
    SignalFactory(case=case, facts="Kwam zonder jas.")
    return case


def test_a_coordinator_sees_what_they_will_see(visitor, school, case):
    worker = member(Role.BUURTTEAM_WORKER, school.buurtteam, name="Noor Kuipers")
    ContactFactory(school=school, name="Dokter Vis")
    coordinator = visitor(member(Role.COORDINATOR, school))
    coordinator.open(f"/cases/{case.reference}/consultations/new/")
    coordinator.choose(kind="family_worker")
    coordinator.fill(question="Hoe lees jij dit?", shared="Een leerling van 14.")
    coordinator.tick("share", sign_of(f"signals-{case.signals.first().pk}"))
    coordinator.page.get_by_text("Noor Kuipers").click()
    coordinator.press("See what they will see")
    assert "[leerling] huilde. Haar moeder [familielid] werd boos op Sem." in coordinator.text
    assert "Kwam zonder jas" not in coordinator.text
    assert not Consultation.objects.exists()

    # A classmate's name that nobody but the writer can know.
    coordinator.press("Change it")
    assert coordinator.page.locator("[name=question]").input_value() == "Hoe lees jij dit?"
    coordinator.fill(hidden_words="Sem")
    coordinator.press("See what they will see")
    assert "werd boos op [naam]." in coordinator.text
    coordinator.press("Ask the consultation")
    asked = Consultation.objects.get()
    assert asked.invitations.get().user == worker
    assert asked.pieces.get().text.endswith("werd boos op [naam].")


def test_a_family_worker_from_invitation_to_closing(visitor, school, case):
    asker = member(Role.COORDINATOR, school, name="Els de Graaf")
    worker = member(Role.BUURTTEAM_WORKER, school.buurtteam, name="Noor Kuipers")
    room = ConsultationFactory(case=case, author=asker, question="Hoe lees jij dit?")
    InvitationFactory(consultation=room, user=worker, buurtteam=school.buurtteam, invited_by=asker)
    soon = timezone.now() + timedelta(days=2)
    propose_times(room, asker, [soon, soon + timedelta(days=1)])

    guest = visitor(worker)
    guest.page.get_by_role("link", name=dutch("Answer the invitation")).click()
    guest.press("Accept and read")
    assert "Hoe lees jij dit?" in guest.text
    assert "Tess" not in guest.page.content()

    guest.press("Say when you can")
    first = room.times.first()
    guest.tick("can", str(first.public_id))
    guest.press("Send when I can")
    assert [answer.can for answer in first.answers.all()] == [True]

    guest.fill(text="Praat eerst met de leerling zelf.")
    guest.tick("mentions", str(asker.public_id))
    guest.press("Send the advice")
    assert Advice.objects.get().mentions.get().user == asker

    agree_time(room, asker, first, minutes=45, place="Spreekkamer 1")
    guest.open("/consultations/")
    assert guest.reads("Planned")
    guest.page.get_by_text("Lyceum De Kade").click()
    guest.look()
    with guest.page.expect_download() as download:
        guest.page.get_by_role("link", name=dutch("To your calendar (.ics)")).click()
    assert b"SUMMARY:Meldcode: overleg" in download.value.path().read_bytes()

    # It closes while she writes: she keeps her words, and reads that it closed.
    guest.fill(text="Nog iets: bel ook de mentor.")
    record_outcome(
        room, asker, held_at=timezone.now(), outcome="Mentor praat.", next_talk="De mentor."
    )
    guest.complaints = _Without409(guest.complaints)
    guest.press("Send the advice")
    kept = guest.page.locator("#kept-text").input_value()
    assert kept == "Nog iets: bel ook de mentor."
    assert "Hoe lees jij dit?" not in guest.page.content()
    guest.press("To my consultations")
    assert guest.reads("Closed")
    assert room.reference in guest.text
    assert "Hoe lees jij dit?" not in guest.text


def test_a_family_worker_hands_over_and_a_colleague_declines(visitor, school, case):
    worker = member(Role.BUURTTEAM_WORKER, school.buurtteam)
    mate = member(Role.BUURTTEAM_WORKER, school.buurtteam, name="Noor Kuipers")
    room = ConsultationFactory(case=case, author=member(Role.COORDINATOR, school))
    InvitationFactory(consultation=room, user=worker, buurtteam=school.buurtteam)
    guest = visitor(worker)
    guest.page.get_by_role("link", name=dutch("Answer the invitation")).click()
    guest.page.get_by_role("link", name=dutch("Hand over")).click()
    guest.page.locator("[name=to]").select_option(label="Noor Kuipers")
    guest.press("Hand over")
    assert guest.reads("Your colleague is invited in your place.")

    other = visitor(mate)
    other.page.get_by_role("link", name=dutch("Answer the invitation")).click()
    other.page.get_by_role("link", name=dutch("I cannot")).click()
    other.fill(why="Ik heb verlof.")
    other.press("Send why I cannot")
    assert Invitation.objects.get(user=mate).declined_why == "Ik heb verlof."


class _Without409(list):
    """Complaints but for the browser's own word on a page that says it was not sent (409)."""

    def append(self, complaint: str) -> None:
        if "409" not in complaint:
            super().append(complaint)
