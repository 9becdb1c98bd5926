"""The walk of issue 2, role by role: each does in a browser what it does at school."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from cases import actions
from cases.dossier.tasks import make_dossier
from cases.models import Case, DossierExport, EmergencyAccess, YearText
from consultations.models import Advice, Consultation, Invitation
from referrals.models import Decision, Referral
from signals.models import Signal
from tests.browser.conftest import PLAIN, SIZES, dutch, weigh
from tests.factories import (
    BoardFactory,
    BuurtteamFactory,
    CaseFactory,
    ConsultationFactory,
    InvitationFactory,
    PupilFactory,
    SchoolFactory,
    SignalFactory,
    member,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[*SIZES, PLAIN])
def size(request):
    """At each size, and on a phone on which no script runs."""
    return request.param


@pytest.fixture
def school(db):
    team = BuurtteamFactory(name="Buurtteam Kade", telephone="030 000 11 22")
    return SchoolFactory(name="Lyceum De Kade", buurtteam=team)


@pytest.fixture
def pupil(school):
    return PupilFactory(school=school, given_name="Tess", family_name="van der Zwaan")


@pytest.fixture
def concern(pupil):
    """A case with two signals: there is concern."""
    case = CaseFactory(pupil=pupil)
    SignalFactory.create_batch(2, case=case, author=member(Role.TEACHER, pupil.school))
    actions.refresh(case, None)
    return case


def log_signal(teacher, facts, **choices):
    teacher.open("/signals/new/")
    teacher.fill(pupil_query="zwaan")
    if not teacher.scripts:
        teacher.press("Search")
    teacher.page.get_by_text("Tess van der Zwaan").click()
    teacher.fill(facts=facts)
    if choices:
        teacher.choose(**choices)


def test_a_teacher_logs_signals(visitor, school, pupil):
    teacher = visitor(member(Role.TEACHER, school))

    log_signal(teacher, "At niets in de pauze.")
    teacher.fill(child_words="Ik mocht vanochtend niet eten.", place="Aula")
    teacher.tick("categories", "food", "tired")
    teacher.press("Save the signal")
    assert teacher.reads("One signal: stay watchful.")
    assert Case.objects.get().step == 1

    log_signal(teacher, "Kwam voor de derde keer te laat.")
    teacher.press("Save the signal")
    assert teacher.reads("There is concern about this pupil.")
    assert Case.objects.get().step == 2

    log_signal(teacher, "Een blauwe plek op de bovenarm, zo groot als een hand.")
    teacher.choose(urgency="severe")
    teacher.press("Save the signal")
    banner = teacher.page.locator(".urgent-banner").inner_text()
    assert "112" in banner
    assert "0800-2000" in banner
    assert "Buurtteam Kade" in banner
    case = Case.objects.get()
    assert case.accelerated
    assert case.deadline < timezone.now() + timedelta(hours=3)

    teacher.open("/signals/")
    assert teacher.text.count("Tess van der Zwaan") == 3
    first = Signal.objects.earliest("pk")
    assert (first.child_words, first.place) == ("Ik mocht vanochtend niet eten.", "Aula")
    assert {c.code for c in first.categories.all()} == {"food", "tired"}


@pytest.mark.parametrize("size", SIZES)
def test_who_chooses_before_the_list_came_keeps_the_choice(visitor, school, pupil):
    author, held = member(Role.TEACHER, school), []
    SignalFactory(case=CaseFactory(pupil=pupil), author=author)
    teacher = visitor(author)
    teacher.open("/signals/new/")
    teacher.page.route("**/pupils/**", lambda route: held.append(route))
    with teacher.page.expect_request("**/pupils/**"):
        teacher.fill(pupil_query="zwaan")
    teacher.page.get_by_text("Tess van der Zwaan").click()
    with teacher.page.expect_response("**/pupils/**"):
        held[0].continue_()
    expect(teacher.page.locator(".htmx-request")).to_have_count(0)
    assert teacher.page.locator(f"[value='{pupil.public_id}']").is_checked()


def test_a_teacher_makes_a_mistake_and_loses_nothing(visitor, school, pupil):
    author = member(Role.TEACHER, school)
    teacher = visitor(author)
    log_signal(teacher, "Zat alleen.")
    teacher.choose(observed_at_when="other")
    teacher.fill(observed_at="2990-01-01T10:00", interpretation="Ik maak me zorgen.")
    teacher.tick("categories", "withdrawn")
    teacher.press("Save the signal")

    assert teacher.reads("This lies in the future. Fill in when it happened.")
    assert teacher.page.locator("[name=facts]").input_value() == "Zat alleen."
    assert teacher.page.locator("[name=interpretation]").input_value() == "Ik maak me zorgen."
    assert teacher.page.locator("[value=withdrawn]").is_checked()
    assert teacher.page.locator(f"[value='{pupil.public_id}']").is_checked()

    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    teacher.fill(observed_at=now)
    teacher.page.context.clear_cookies()  # halfway the session ends
    teacher.press("Save the signal")
    assert Signal.objects.count() == 0
    teacher.identify(author)

    assert teacher.page.locator("[name=facts]").input_value() == "Zat alleen."
    assert teacher.page.locator("[value=withdrawn]").is_checked()
    teacher.press("Save the signal")
    signal = Signal.objects.get()
    assert (signal.facts, signal.case.pupil) == ("Zat alleen.", pupil)


def test_a_coordinator_walks_a_case(visitor, school, concern):
    worker = member(Role.BUURTTEAM_WORKER, school.buurtteam, name="Noor Kuipers")
    coordinator = visitor(member(Role.COORDINATOR, school))
    assert "Tess" not in coordinator.text  # one task for all cases that are nobody's
    coordinator.page.get_by_role("link", name=dutch("Divide the cases")).click()
    coordinator.press_words("Tess van der Zwaan")
    coordinator.press("Take this case on")
    assert coordinator.reads("There is concern about this pupil.")

    coordinator.open("/tasks/")
    assert "Tess van der Zwaan" in coordinator.text
    coordinator.page.get_by_role("link", name=dutch("Ask for a consultation")).click()
    coordinator.choose(kind="family_worker")
    coordinator.fill(question="Hoe lees jij deze signalen?", shared="Een leerling van 14 eet niet.")
    coordinator.page.get_by_text("Noor Kuipers").click()
    coordinator.press("See what they will see")
    coordinator.press("Ask the consultation")
    consultation = Consultation.objects.get()
    assert consultation.invitations.get().user == worker

    coordinator.open(f"/consultations/{consultation.reference}/outcome/")
    coordinator.fill(outcome="De zorg is terecht.", next_talk="De mentor praat met de leerling.")
    coordinator.choose(talk="now")
    coordinator.press("Save the outcome")
    assert Case.objects.get().step == 3

    coordinator.press("Record a talk")
    coordinator.choose(kind="parents", concern="stays", help_wanted="yes")
    coordinator.fill(
        attendees="Moeder en mentor",
        facts_brought="Tess eet niet in de pauze.",
        reactions="Moeder schrok.",
    )
    coordinator.press("Save the talk")

    coordinator.press("Weigh the severity")
    weigh(coordinator, suspicion="doubt", possible="yes", accepted="yes", works="later")
    coordinator.press("Save the assessment")

    coordinator.press("Take the decisions")
    coordinator.choose(report="no", help="buurtteam")
    coordinator.fill(
        report_grounds="Er is geen acute of structurele onveiligheid.",
        help_grounds="Moeder wil hulp.",
        results="Ze eet in de pauze en slaapt, binnen zes weken.",
        case_manager="Noor Kuipers, gezinswerker",
        follow_up_on=(timezone.localdate() + timedelta(days=30)).isoformat(),
    )
    coordinator.press("Save the decisions")
    case = Case.objects.get()
    coordinator.open(f"/cases/{case.reference}/step/5/")
    coordinator.press("What do you hand over?")
    coordinator.choose(consent="given")
    coordinator.fill(consent_of="Moeder", handed_over="De signalen van dit najaar.")
    coordinator.press("Save what you hand over")
    coordinator.press("Mark as sent")
    assert Referral.objects.get().sent_at is not None
    coordinator.press("They say it came in")
    assert Referral.objects.get().confirmed_at is not None

    case.refresh_from_db()
    assert case.step == 5
    assert Decision.objects.get().help == "buurtteam"
    coordinator.press("Timeline")
    assert coordinator.reads("Referral sent")


def test_a_talk_is_left_out_for_safety(visitor, school, concern):
    coordinator = visitor(member(Role.COORDINATOR, school))
    coordinator.open(f"/cases/{concern.reference}/no-conversation/")
    coordinator.choose(weighed_where="veilig_thuis")
    coordinator.fill(
        skip_reason="Vader dreigde eerder met geweld.",
        weighed_with="Sanne, adviesgesprek",
        look_again_on=(timezone.localdate() + timedelta(days=7)).isoformat(),
    )
    coordinator.press("Save the reason")
    assert concern.conversations.get().is_skipped
    coordinator.open(f"/cases/{concern.reference}/step/3/")
    assert "Vader dreigde eerder met geweld." in coordinator.text


def test_a_family_worker_advises_and_sees_nothing_else(visitor, school, concern):
    worker = member(Role.BUURTTEAM_WORKER, school.buurtteam)
    consultation = ConsultationFactory(
        case=concern, author=member(Role.COORDINATOR, school), question="Hoe lees jij dit?"
    )
    InvitationFactory(consultation=consultation, user=worker, buurtteam=school.buurtteam)
    guest = visitor(worker)
    assert "Lyceum De Kade" in guest.text

    guest.page.get_by_role("link", name=dutch("Answer the invitation")).click()
    guest.press("Accept and read")
    assert "Hoe lees jij dit?" in guest.text
    assert "Tess" not in guest.page.content()
    guest.fill(text="Praat eerst met de leerling zelf.")
    guest.press("Send the advice")
    assert Advice.objects.get().text == "Praat eerst met de leerling zelf."
    assert Invitation.objects.get().accepted_at is not None

    for path in (f"/cases/{concern.reference}/", "/cases/", "/signals/new/", "/cases/dossiers/"):
        answer = guest.page.request.get(f"{guest.address}{path}")
        assert answer.status == 404, path
        assert "Tess" not in answer.text()


def test_an_administrator_exports_the_dossier(visitor, school, concern):
    administrator = visitor(member(Role.ADMINISTRATOR, school))
    administrator.open("/cases/dossiers/")
    assert concern.reference in administrator.text
    assert "Tess" not in administrator.page.content()

    administrator.open(f"/cases/{concern.reference}/dossier/")
    administrator.fill(reason="kort")
    administrator.press("Make the PDF")
    assert administrator.page.locator(".error-summary").is_visible()
    administrator.fill(reason="Ouders vragen om inzage.")
    administrator.press("Make the PDF")
    assert administrator.page.locator("progress").is_visible()

    export = DossierExport.objects.get()
    make_dossier(str(export.public_id))  # what the worker does
    if not administrator.scripts:
        administrator.page.reload()
    button = administrator.page.get_by_role("link", name=dutch("Download the PDF"))
    button.wait_for()
    administrator.look()
    with administrator.page.expect_download() as download:
        button.click()
    file = download.value
    assert file.suggested_filename == f"dossier-{concern.reference}.pdf"
    assert file.path().read_bytes().startswith(b"%PDF")


def test_a_leader_answers_for_the_school(visitor, school, pupil, concern):
    school.board = BoardFactory()
    school.save()
    sister = SchoolFactory(name="Mavo De Kaai", board=school.board)
    theirs = CaseFactory(pupil=PupilFactory(school=sister, family_name="Zomerdijk"))
    about_staff = CaseFactory(pupil=pupil, restricted=True)
    SignalFactory(case=about_staff, author=member(Role.TEACHER, school), about_staff=True)
    actions.refresh(about_staff, None)

    leader = visitor(member(Role.SCHOOL_LEADER, school))
    leader.page.locator(f"main a[href^='/cases/{about_staff.reference}/']").first.click()
    leader.look()
    assert "0900-111 3 111" in leader.page.locator(".urgent-banner").inner_text()
    leader.page.locator(".what-now").get_by_role(
        "link", name=dutch("Close the case"), exact=True
    ).click()
    leader.choose(outcome="with_the_board")
    leader.fill(
        grounds="Aan het bestuur en de vertrouwensinspecteur overgedragen.",
        agreements="Het bestuur houdt mij op de hoogte.", told="De ouders, door het bestuur.",
    )  # fmt: skip
    leader.press("Close the case")
    assert not Case.objects.get(pk=about_staff.pk).is_open

    leader.go("/cases/year-report/")
    leader.look()
    leader.press("Write in your own words")
    leader.fill(knowledge="Alle mentoren volgden de training.")
    leader.press("Save")
    assert "Alle mentoren volgden de training." in leader.text
    assert YearText.objects.get().school == school
    leader.press("Make the PDF")
    assert leader.page.locator("progress").is_visible()

    leader.open("/cases/emergency/")
    leader.page.locator("[name=school]").select_option(label="Mavo De Kaai")
    leader.fill(reference=theirs.reference, reason="De politie belt, en daar neemt niemand op.")
    leader.press("Open this case")
    assert "Zomerdijk" in leader.text
    leader.open("/cases/emergency/")
    leader.page.locator("main form[action*='/emergency/'] button").click()
    leader.look()
    assert EmergencyAccess.objects.get().ends_at <= timezone.now()
    assert not leader.reads("Open to you now")
