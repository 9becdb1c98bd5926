"""What was read and searched without a row in the audit. Each failed on the day it was written."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import typed
from accounts.roles import Role
from audit.kinds import Kind
from audit.models import Flag, LogEntry
from audit.unusual import look
from cases.need_to_know.actions import shut_out
from cases.references import sign_of
from referrals.models import Goal
from referrals.report.actions import write_texts
from referrals.report.models import Report
from tests.cases.records import decision
from tests.factories import (
    AttachmentFactory,
    CaseFactory,
    ConsultationFactory,
    InvitationFactory,
    PupilFactory,
    SignalFactory,
    member,
)
from tests.world import World

pytestmark = pytest.mark.django_db


def searches(user):
    return LogEntry.objects.filter(actor=user, kind=Kind.SEARCHED).count()


def reads(user):
    return LogEntry.objects.filter(actor=user, kind=Kind.READ).count()


@pytest.fixture
def pupil(school):
    return PupilFactory(school=school, given_name="Ties", family_name="Rozendal")


# --- Who saves a signal without choosing a pupil is shown those who match all the same
def test_a_form_that_is_refused_does_not_search_in_silence(teacher, pupil, signed_in):
    url = reverse("signals:new")
    answer = signed_in(teacher).post(url, {"pupil_query": "Rozendal"})
    assert "Ties" in answer.content.decode()
    assert searches(teacher) == 1


def test_nor_does_one_that_comes_back_after_a_lost_session(teacher, pupil, signed_in, client):
    url = reverse("signals:new")
    browser = signed_in(teacher)
    browser.cookies.pop("csrf", None)
    browser.handler.enforce_csrf_checks = True
    kept = {"pupil_query": "Rozendal", "typed_by": typed.token_for(teacher.pk)}
    assert browser.post(url, kept).status_code == 302
    assert "Ties" in browser.get(url).content.decode()
    assert searches(teacher) == 1


def test_a_form_without_a_search_writes_none_down(teacher, pupil, signed_in):
    signed_in(teacher).get(reverse("signals:new"))
    assert searches(teacher) == 0


# --- Words of a case on pages that look like forms and lists
def test_why_somebody_is_kept_out_is_not_read_in_silence(school, pupil, coordinator, signed_in):
    case = CaseFactory(pupil=pupil)
    person = member(Role.TEACHER, school)
    shut_out(case, coordinator, person, ground="other", explanation="Hij is haar oom.")
    url = reverse("cases:shut_out", args=[case.reference])
    assert "Hij is haar oom." in signed_in(coordinator).get(url).content.decode()
    assert reads(coordinator) == 1


def test_what_a_file_is_called_is_not_read_in_silence(pupil, coordinator, signed_in):
    case = CaseFactory(pupil=pupil)
    file = AttachmentFactory(case=case, title="Brief van de kinderarts")
    url = reverse("cases:withdraw_file", args=[case.reference, file.public_id])
    assert "Brief van de kinderarts" in signed_in(coordinator).get(url).content.decode()
    assert reads(coordinator) == 1


def test_the_list_of_consultations_holds_no_question(pupil, coordinator, family_worker, signed_in):
    """One reads it in its room, where that is written down."""
    asked = ConsultationFactory(
        case=CaseFactory(pupil=pupil), author=coordinator, question="Mag zij daar slapen?"
    )
    invited = InvitationFactory(consultation=asked, user=family_worker)
    invited.buurtteam = family_worker.memberships.get().buurtteam
    invited.save()
    browser = signed_in(family_worker)
    browser.post(reverse("consultations:accept", args=[invited.public_id]))
    room = reverse("consultations:detail", args=[asked.reference])
    page = browser.get(reverse("consultations:inbox")).content.decode()
    assert room in page
    assert "Mag zij" not in page or reads(family_worker) == 1


# --- Whoever asks for a consultation chooses from all records of the case, and reads them first
def test_records_that_could_go_along_are_not_read_in_silence(pupil, coordinator, signed_in):
    case = CaseFactory(pupil=pupil)
    SignalFactory(case=case, facts="Zij sliep op de bank van een buurvrouw.")
    url = reverse("consultations:new", args=[case.reference])
    assert "op de bank" in signed_in(coordinator).get(url).content.decode()
    assert reads(coordinator) == 1


def test_nor_is_all_of_them_as_it_would_be_read(pupil, coordinator, signed_in):
    case = CaseFactory(pupil=pupil)
    signal = SignalFactory(case=case, facts=f"Zij sliep op de bank. {'Stil. ' * 40}Ook gisteren.")
    asked = {
        "kind": "colleague",
        "question": "Wat zie jij?",
        "share": sign_of(f"signals-{signal.pk}"),
        "preview": "1",
    }
    url = reverse("consultations:new", args=[case.reference])
    assert "Ook gisteren." in signed_in(coordinator).post(url, asked).content.decode()
    assert reads(coordinator) == 1


# --- A form that is sent, and refused, shows what stands there as well as one that is asked for
@pytest.fixture
def written():
    """A report with a text, in the world of everybody."""
    world = World()
    write_texts(world.report, {"expected": "Een onderzoek in de kerstvakantie."})
    return world


@pytest.mark.parametrize("form", ["file_report", "write_report"])
def test_a_report_is_not_read_in_silence_by_a_form_that_is_refused(written, form, signed_in):
    reader = written.people["leader"]
    url = reverse(f"referrals:{form}", args=[written.report.public_id])
    answer = signed_in(reader).post(url, {"expected": "Iets anders.", "seen": ""})
    assert "Een onderzoek in de kerstvakantie." in answer.content.decode()
    assert reads(reader) == 1


def test_a_plan_is_not_read_in_silence(written, signed_in):
    reader = written.people["leader"]
    Goal.objects.update(what="Elke ochtend ontbijten op school")
    url = reverse("referrals:feedback", args=[written.case.reference])
    assert "Elke ochtend ontbijten" in signed_in(reader).get(url).content.decode()
    assert reads(reader) == 1


def test_nor_is_what_files_are_called(written, signed_in):
    reader = written.people["leader"]
    AttachmentFactory(case=written.case, title="Brief van de kinderarts")
    url = reverse("referrals:prepare", args=[written.referral.public_id])
    assert "Brief van de kinderarts" in signed_in(reader).get(url).content.decode()
    assert reads(reader) == 1


def test_nor_a_signal_that_one_corrects(pupil, teacher, signed_in):
    signal = SignalFactory(case=CaseFactory(pupil=pupil), author=teacher)
    url = reverse("signals:correct", args=[signal.reference])
    assert signal.facts in signed_in(teacher).get(url).content.decode()
    assert reads(teacher) == 1


# --- What can go along with a question is the whole case: chosen, shown as they read it, not sent
@pytest.mark.parametrize("asked", ["form", "preview"])
def test_what_can_be_shared_is_not_read_in_silence(pupil, coordinator, signed_in, asked):
    signal = SignalFactory(case=CaseFactory(pupil=pupil), facts="Zij slaapt in de auto.")
    url = reverse("consultations:new", args=[signal.case.reference])
    browser = signed_in(coordinator)
    if asked == "form":
        answer = browser.get(url)
    else:
        chosen = [sign_of(f"signals-{signal.pk}")]
        sent = {"preview": "", "kind": "care_team", "question": "Hoe verder?", "share": chosen}
        answer = browser.post(url, sent)
    assert "Zij slaapt in de auto." in answer.content.decode()
    assert reads(coordinator) == 1


# --- What is handed over, and what a plan wants, in the fields of a form
def test_what_is_prepared_is_not_read_in_silence(pupil, coordinator, signed_in):
    case = CaseFactory(pupil=pupil)
    referral = decision(case, timezone.now(), to={"buurtteam": None}).referrals.get()
    referral.handed_over = "Zij slaapt in de auto."
    referral.save()
    url = reverse("referrals:prepare", args=[referral.public_id])
    assert "Zij slaapt in de auto." in signed_in(coordinator).get(url).content.decode()
    assert reads(coordinator) == 1


def test_nor_is_what_letters_and_goals_are_called(pupil, coordinator, signed_in):
    case = CaseFactory(pupil=pupil)
    AttachmentFactory(case=case, title="Brief van de kinderarts")
    url = reverse("referrals:feedback", args=[case.reference])
    assert "Brief van de kinderarts" in signed_in(coordinator).get(url).content.decode()
    assert reads(coordinator) == 1


# --- A report, by a form that is refused
@pytest.fixture
def report(pupil, coordinator):
    made = decision(CaseFactory(pupil=pupil), timezone.now(), to={"veilig_thuis": None})
    started = Report.objects.create(
        referral=made.referrals.get(), started_by=coordinator, saved_by=coordinator
    )
    write_texts(started, {"facts": "Zij slaapt in de auto."})
    return started


@pytest.mark.parametrize("form", ["write_report", "file_report"])
def test_a_report_is_not_read_in_silence_by_sending_nothing_of_use(report, school, signed_in, form):
    other = member(Role.COORDINATOR, school)
    url = reverse(f"referrals:{form}", args=[report.public_id])
    answer = signed_in(other).post(url, {"facts": "Iets anders."})
    assert answer.status_code == 422
    assert "Zij slaapt in de auto." in answer.content.decode()
    assert reads(other) == 1


def test_the_page_of_a_pupil_is_one_of_their_cases(school, coordinator, signed_in, time_machine):
    """What each signal was about, and who filed it, was read there of all pupils, at night, with a
    row in no case and without a flag.
    """
    night = timezone.localtime().replace(hour=2, minute=30) + timedelta(days=1)
    time_machine.move_to(night)
    cases = [CaseFactory(pupil=PupilFactory(school=school)) for __ in range(40)]
    browser = signed_in(coordinator)
    for case in cases:
        browser.get(reverse("cases:pupil", args=[case.pupil.public_id]))
    rows = LogEntry.objects.filter(actor=coordinator, kind=Kind.READ)
    assert set(rows.values_list("case_reference", flat=True)) - {""} == {
        case.reference for case in cases
    }
    look(timezone.now() + timedelta(minutes=5))
    assert set(Flag.objects.values_list("rule", flat=True)) == {"at_night", "many_cases"}
