"""A meeting of the care team, and a number of the contact book, as people at a school use them."""

import pytest
from django.utils import timezone

from accounts.roles import Role
from cases import actions
from cases.models import Contact
from tests.browser.conftest import dutch
from tests.factories import (
    BuurtteamFactory,
    CaseFactory,
    MeetingFactory,
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


def case_of(school, given_name, **signal):
    pupil = PupilFactory(school=school, given_name=given_name, family_name="van der Zwaan")
    case = CaseFactory(pupil=pupil)
    SignalFactory.create_batch(2, case=case, author=member(Role.TEACHER, school), **signal)
    actions.refresh(case, None)
    return case


def test_two_cases_are_put_on_the_agenda_and_walked_through(visitor, school):
    cases = [case_of(school, "Tess"), case_of(school, "Sem")]
    MeetingFactory(school=school, place="Kamer 12", starts_at=timezone.now())
    coordinator = visitor(member(Role.COORDINATOR, school))
    for case in cases:
        coordinator.open(f"/cases/{case.reference}/step/2/")
        coordinator.press("Put on the agenda of the care team")
        assert coordinator.reads("On the agenda of the care team")

    coordinator.open("/meetings/")
    coordinator.page.locator("main .link-card").first.click()
    coordinator.look()
    coordinator.page.get_by_text("1. Tess van der Zwaan").click()
    coordinator.look()
    assert "Casus 1 van 2" in coordinator.text
    coordinator.press("Next case")
    assert "Sem van der Zwaan" in coordinator.text
    coordinator.press("Previous case")
    for decided, button in (
        ("De mentor praat met Tess.", "Save, and to the next case"),
        ("We vragen de gezinswerker.", "Save"),
    ):
        coordinator.fill(
            minutes="Drie docenten zien hetzelfde.", decided=decided,
            decided_by="Zorgteam", next_talk="De mentor.",
        )  # fmt: skip
        coordinator.choose(talk="now")
        coordinator.press(button)
    assert coordinator.text.count(dutch("discussed")) == 2
    coordinator.press("Close the meeting")

    for case, decided in zip(cases, ("De mentor praat", "We vragen de gez"), strict=True):
        coordinator.open(f"/cases/{case.reference}/step/2/")
        assert decided in coordinator.text
        case.refresh_from_db()
        assert case.step == 3


def test_a_number_of_the_book_appears_where_somebody_is_told_to_call(visitor, school):
    case = case_of(school, "Tess", severe=True)
    administrator = visitor(member(Role.ADMINISTRATOR, school))
    administrator.open("/help/")
    administrator.press("Contact book")
    assert "Buurtteam Kade" in administrator.text
    administrator.press("Add a contact")
    administrator.page.locator("[name=organisation]").select_option("veilig_thuis")
    administrator.fill(name="Veilig Thuis Kade", telephone="030 12", hours="ma t/m vr")
    administrator.press("Save")
    assert "0800-2000" in administrator.page.locator(".invalid-feedback").first.inner_text()
    administrator.fill(telephone="030 000 33 44")
    administrator.press("Save")
    assert Contact.objects.get().school == school

    coordinator = visitor(member(Role.COORDINATOR, school))
    coordinator.open(f"/cases/{case.reference}/")
    numbers = [
        number.get_attribute("href")
        for number in coordinator.page.locator(".urgent-banner .tel-button").all()
    ]
    assert {"tel:08002000", "tel:0300003344"} <= set(numbers)


def test_an_administrator_makes_the_help_page_the_schools_own(visitor, school):
    administrator = visitor(member(Role.ADMINISTRATOR, school))
    administrator.open("/help/")
    administrator.press("Edit this page")
    administrator.press("Make this list our own")
    administrator.press("Add something")
    administrator.choose(section="reading")
    administrator.fill(title="Onze studiedag", url="https://studiedag.example/")
    administrator.press("Save")
    administrator.open("/help/")
    assert "Onze studiedag" in administrator.text
