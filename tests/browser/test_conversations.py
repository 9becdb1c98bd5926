"""Step 3 in a browser: prepared on a telephone, held with the buurtteam, and the case closed."""

from datetime import timedelta

import pytest
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.roles import Role
from cases import actions
from cases.models import Case, Conversation, Deviation
from tests.browser.conftest import dutch, weigh
from tests.cases.records import consultation, feedback
from tests.factories import (
    BuurtteamFactory,
    CaseFactory,
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
    """A case of a pupil of fourteen, consulted on: the talk is asked for."""
    pupil = PupilFactory(school=school, given_name="Tess", family_name="van der Zwaan")
    case = CaseFactory(pupil=pupil, opened_at=timezone.now() - timedelta(days=9))
    SignalFactory.create_batch(2, case=case, author=member(Role.TEACHER, school))
    consultation(
        case, recorded_at=timezone.now() - timedelta(days=2), next_talk="De mentor.",
        closed_at=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    actions.refresh(case, None)
    return case


def handed_over(case, school):
    teacher = member(Role.TEACHER, school)
    for permission in ("cases.take_part", "cases.handed_over"):
        assign_perm(permission, teacher, case)
    return teacher


def fill_talk(person, **consents):
    """Fill in a talk of three, as far as it is shown."""
    person.choose(
        kind="three_way", family_there="both", concern="less", help_wanted="yes",
        home_safe="agreed",
    )  # fmt: skip
    person.fill(
        attendees="Tess, moeder, vader, mentor, gezinswerker",
        facts_brought="Tien keer te laat.\nSliep in de les.",
        reactions="Tess was stil.",
        parents_reactions="Vader schrok.",
        buurtteam_contact="Noor Kuipers",
        home_agreed="Ze belt om vijf uur.",
    )
    person.choose(**consents)
    person.choose(consent_how="spoken")


# Each page of it at a desk too: by axe. A talk is held with a phone in the hand.
@pytest.mark.parametrize("size", ["phone"])
def test_prepared_held_with_consent_and_closed(visitor, school, case):
    teacher = visitor(handed_over(case, school))
    teacher.open(f"/cases/{case.reference}/")
    card = teacher.page.locator(".what-now")
    card.get_by_role("link", name=dutch("Prepare the talk"), exact=True).first.click()
    teacher.look()
    assert teacher.reads("With the pupil. After that with the parents.")
    assert not teacher.reads(
        "With the parents. Tell them concretely what was noticed, and ask how they see it."
    )
    box = teacher.page.locator("#before-1")
    assert not box.is_checked()
    teacher.page.locator("label[for=before-1]").click()
    assert box.is_checked()

    teacher.press("Record a talk")
    # What only matters in a talk of three comes with it.
    assert not teacher.page.locator("#div_id_consent_pupil").is_visible()
    fill_talk(teacher, consent_parents="given", consent_pupil="given")
    assert not teacher.page.locator("#div_id_hand_over_grounds").is_visible()
    teacher.press("Save the talk")
    assert teacher.reads(
        "The buurtteam is responsible from this talk on. Your school stays in touch."
    )
    teacher.open(f"/cases/{case.reference}/step/3/")
    assert teacher.reads("They consent to help by the buurtteam.")
    teacher.open(f"/cases/{case.reference}/")
    assert Conversation.objects.get().hands_over

    teacher.press("Weigh the severity")
    weigh(teacher, suspicion="doubt", possible="yes", accepted="yes", works="later")
    teacher.press("Save the assessment")
    teacher.press("Take the decisions")
    teacher.choose(report="no", help="none")
    teacher.fill(
        report_grounds="Het buurtteam is verantwoordelijk.",
        help_grounds="Het buurtteam helpt al.",
        override_grounds="De hulp van het buurtteam is er al; de school houdt contact.",
    )
    teacher.press("Save the decisions")
    feedback(case, timezone.now(), helped_by="buurtteam")
    actions.refresh(Case.objects.get(), None)
    teacher.open(f"/cases/{case.reference}/close/")
    kept = "The dossier is kept until five years after the pupil leaves the school."
    assert teacher.reads(kept)
    teacher.choose(outcome="handed_over")
    teacher.fill(
        grounds="Het buurtteam is verantwoordelijk.", agreements="De mentor let op.",
        told="De mentor, aan Tess en haar ouders.", retention_years="8",
    )  # fmt: skip
    teacher.press("Close the case")
    assert teacher.reads("Write down why it is kept longer.")
    teacher.fill(retention_reason="Een jonger broertje komt volgend jaar op school.")
    teacher.press("Close the case")
    closed = Case.objects.get()
    assert (closed.is_open, closed.retention_years) == (False, 8)
    assert "8 jaar nadat de leerling de school verlaat" in teacher.text


def test_without_the_pupils_consent_the_school_stays_responsible(visitor, school, case):
    teacher = visitor(handed_over(case, school))
    teacher.open(f"/cases/{case.reference}/conversation/")
    fill_talk(teacher, consent_parents="given", consent_pupil="refused")
    assert teacher.page.locator("#div_id_hand_over_grounds").is_visible()
    teacher.press("Save the talk")
    assert teacher.reads(
        "Not everybody consents whose consent it takes: your school stays responsible."
    )
    assert not Conversation.objects.get().hands_over
    assert not Deviation.objects.exists()


def test_a_talk_is_put_off_with_whom_and_until_when(visitor, school, case):
    coordinator = visitor(member(Role.COORDINATOR, school))
    coordinator.open(f"/cases/{case.reference}/no-conversation/")
    known = coordinator.page.locator("[name=weighed_where]").first.get_attribute("value")
    assert known == case.consultations.get().reference
    coordinator.choose(weighed_where=known)
    assert not coordinator.page.locator("#div_id_weighed_with").is_visible()
    coordinator.fill(
        skip_reason="Vader dreigde.",
        look_again_on=(timezone.localdate() + timedelta(days=7)).isoformat(),
    )
    coordinator.press("Save the reason")
    skipped = Conversation.objects.get()
    assert skipped.weighed_outside
    coordinator.open(f"/cases/{case.reference}/step/3/")
    assert "kijkt de school opnieuw of een gesprek veilig is" in coordinator.text


def test_a_pupil_of_whom_the_age_is_not_known(visitor, school, case):
    type(case.pupil).objects.update(birth_date=None)
    coordinator = visitor(member(Role.COORDINATOR, school))
    coordinator.open(f"/cases/{case.reference}/talk/prepare/")
    assert coordinator.reads("The birth date of this pupil is not known. How old is the pupil?")
    coordinator.press("Under 12")
    assert coordinator.reads(
        "With the parents. Tell them concretely what was noticed, and ask how they see it."
    )
