"""The report to Veilig Thuis, from the weighing to the paper, as a coordinator does it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from cases import actions
from cases.models import Conversation
from referrals.models import Referral
from referrals.report.models import Report, ReportCopy
from referrals.report.tasks import make_report_pdf
from tests.browser.conftest import dutch, weigh
from tests.cases.records import consultation
from tests.factories import (
    CaseFactory,
    ConversationFactory,
    PupilFactory,
    SchoolFactory,
    SignalFactory,
    member,
)
from tests.referrals.test_report_pdf import text_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(db):
    school = SchoolFactory(name="Lyceum De Kade", city="Utrecht")
    pupil = PupilFactory(school=school, given_name="Tess", family_name="van der Zwaan")
    now = timezone.now()
    case = CaseFactory(pupil=pupil, opened_at=now - timedelta(days=9))
    fields = {"case": case, "author": member(Role.TEACHER, school)}
    SignalFactory(
        **fields, facts="Een blauwe plek op haar bovenarm. Vader is agressief.",
        child_words="Hij sloeg met de riem.", interpretation="Zij is bang voor thuis.",
        recorded_at=now - timedelta(days=8),
    )  # fmt: skip
    SignalFactory(**fields, facts="Kwam zonder eten.", recorded_at=now - timedelta(days=7))
    consultation(
        case, recorded_at=now - timedelta(days=6), closed_at=now - timedelta(days=5),
        next_talk="De mentor.", kind="veilig_thuis",
    )  # fmt: skip
    ConversationFactory(
        case=case, kind=Conversation.Kind.PARENTS, reactions="Vader liep weg.", help_wanted="no",
        recorded_at=now - timedelta(days=4), held_at=now - timedelta(days=4),
    )  # fmt: skip
    actions.refresh(case, None)
    return case


# Each page of it on a phone too: by axe. Who writes a report sits at a desk.
@pytest.mark.parametrize("size", ["desk"])
def test_from_the_weighing_to_the_paper(visitor, case, tmp_path):
    coordinator = visitor(
        member(Role.COORDINATOR, case.school, name="Chaima Verhoef"),
    )
    coordinator.open(f"/cases/{case.reference}/")
    coordinator.press("Weigh the severity")
    weigh(coordinator, danger="doubt", suspicion="yes", unsafety="acute")
    coordinator.press("Save the assessment")
    coordinator.press("Take the decisions")
    coordinator.choose(report="yes", anonymous="no", family_told="yes", help="none")
    coordinator.fill(
        report_grounds="Acute onveiligheid.", help_grounds="Zij weigeren alle hulp.",
        follow_up_on=(timezone.localdate() + timedelta(days=14)).isoformat(),
    )  # fmt: skip
    coordinator.press("Save the decisions")

    coordinator.press("To the report")
    coordinator.press("Begin the report")
    page = coordinator.page
    assert "blauwe plek" in page.locator("[name=facts]").input_value()
    assert page.locator(".remarks mark").first.inner_text() == "agressief"
    button = page.get_by_role("button", name=dutch("Move to what you make of it")).first
    button.click()
    coordinator.look()
    assert "agressief" not in page.locator("[name=facts]").input_value()
    assert "Vader is agressief." in page.locator("[name=interpretation]").input_value()

    coordinator.fill(
        telephone="030 123 45 67", reachable="Elke dag tot vijf uur", address="Kade 1, Utrecht",
        parents="Moeder en vader Van der Zwaan, Kade 1", authority="Beide ouders",
        told_how="De coördinator, vandaag, op school.", strengths="Zij komt elke dag.",
        expected="Onderzoek naar haar veiligheid.", feedback="Zij bellen binnen vijf dagen.",
    )  # fmt: skip
    coordinator.press("Save, and look a last time")
    assert coordinator.reads("Veilig Thuis asks for this too, and it is empty")
    coordinator.press("File the report")  # something is empty, and no reason is given
    assert page.locator(".error-summary").is_visible()
    coordinator.press("Go on writing")
    coordinator.fill(visit_risks="Er is een grote hond.")
    coordinator.tick("harm", "physical_abuse", "witness")
    coordinator.press("Save the draft")
    coordinator.press("Save, and look a last time")
    coordinator.press("File the report")
    report = Report.objects.get()
    assert report.filed_at is not None

    coordinator.press("Read it out by telephone")
    assert "Een blauwe plek op haar bovenarm." in coordinator.text
    coordinator.press("Back to the report")
    coordinator.press("Make the PDF")
    coordinator.fill(reason="Voor Veilig Thuis, per beveiligde mail.")
    coordinator.press("Make the PDF")
    make_report_pdf(str(ReportCopy.objects.get().public_id))  # what the worker does
    link = page.get_by_role("link", name=dutch("Download the PDF"))
    link.wait_for()
    coordinator.look()
    with page.expect_download() as download:
        link.click()
    path = tmp_path / "melding.pdf"
    download.value.save_as(path)
    text = text_of(path.read_bytes())
    for expected in ("Chaima Verhoef", "Kade 1, Utrecht", "Er is een grote hond.", "riem"):
        assert expected in text, expected

    coordinator.press("Back to the report")
    coordinator.press("Mark as sent")
    assert Referral.objects.get().sent_at is not None
    coordinator.open(f"/reports/{report.public_id}/")
    assert coordinator.reads("Veilig Thuis says what it does with the report")
    coordinator.press("They say it came in")
    assert Referral.objects.get().confirmed_at is not None
    coordinator.open(f"/reports/{report.public_id}/")
    coordinator.press("Correct the report")
    coordinator.fill(reason="De datum klopte niet.")
    coordinator.press("Begin the correction")
    assert Report.objects.count() == 2
