"""The report on paper: all of it, no word more, in Dutch, tagged, for who asked for it alone."""

import io
import shutil
import subprocess
import uuid
from datetime import timedelta

import pytest
from celery import current_app
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from accounts.roles import Role
from audit.kinds import Kind
from audit.models import LogEntry
from cases import jobs
from cases.models import Deviation, LookBack
from referrals.models import Goal, HelpPlan
from referrals.report import actions, tasks
from referrals.report.fields import FIELDS, SECTIONS
from referrals.report.lines import reference_of
from referrals.report.models import ReportCopy
from referrals.report.pdf import make_pdf
from referrals.report.tasks import look_after_report_copies, make_report_pdf
from referrals.report.versions import read_seen, seen_of
from tests.attacks.proof import shows
from tests.canary import Markers
from tests.cases.records import NOW, assessment, consultation, decision, feedback
from tests.factories import (
    AttachmentFactory,
    CaseFactory,
    ConversationFactory,
    InvitationFactory,
    PupilFactory,
    SignalFactory,
    UserFactory,
    member,
)

pytestmark = pytest.mark.django_db

REASON = "Voor Veilig Thuis, per beveiligde mail."
State = ReportCopy.State


@pytest.fixture
def markers():
    return Markers()


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school, given_name="Tess"))


@pytest.fixture
def around(case, school, markers, coordinator):
    """All that a report has no business with: each with a word of its own."""

    def word(field):
        return markers.new("elsewhere", field)

    SignalFactory(case=case, author=UserFactory(name=word("colleague")))
    old = SignalFactory(case=case, facts=word("old version"))
    SignalFactory(case=case, corrects=old, correction_reason=word("why"))
    asked = consultation(case, NOW, question=word("question"), shared=word("shared"))
    InvitationFactory(consultation=asked, user=UserFactory(name=word("invited")))
    asked.advices.create(author=UserFactory(name=word("adviser")), text=word("advice"))
    ConversationFactory(case=case, attendees=word("attendees"), facts_brought=word("brought"))
    LookBack.objects.create(case=case, author=UserFactory(), seen=word("look back"), result="quiet")
    Deviation.objects.create(case=case, author=UserFactory(), kind="order", step=3,
                             grounds=word("deviation"))  # fmt: skip
    AttachmentFactory(case=case, title=word("file"))
    other = CaseFactory(pupil=PupilFactory(school=school, given_name=word("other pupil"),
                                           family_name=case.pupil.family_name))  # fmt: skip
    SignalFactory(case=other, facts=word("other case"))
    earlier = CaseFactory(pupil=case.pupil, closed_at=NOW - timedelta(days=90), outcome="cleared",
                          opened_at=NOW - timedelta(days=200),
                          closing_grounds=word("closing"), closing_told=word("told"))  # fmt: skip
    SignalFactory(case=earlier, facts=word("earlier case"))
    board = CaseFactory(pupil=case.pupil, restricted=True)
    SignalFactory(case=board, facts=word("for the board"))
    assessment(case, NOW, danger="no", unsafety="acute")
    feedback(case, NOW, source=word("feedback source"))
    decided = decision(case, NOW, to={"veilig_thuis": None}, report=True, results=word("results"),
                       case_manager=word("manager"))  # fmt: skip
    plan = HelpPlan.objects.create(decision=decided)
    Goal.objects.create(
        plan=plan,
        number=1,
        what="Iedere dag een gesprek.",
        who=word("who does it"),
        by_day=NOW.date(),
        seen_by=word("seen by"),
        added_by=coordinator,
    )
    return decided.referrals.get()


def filed_with_markers(referral, by, markers, **texts):
    """File a report with a word of its own in every field that takes words."""
    report = actions.start_report(referral, by)
    words = {
        code: markers.new("report", code) for code, field in FIELDS.items() if not field.choices
    }
    chosen = {"anonymous": "yes", "family_told": "no", "unsafety": "both", "harm": "witness pcf"}
    seen = read_seen(seen_of(report.contents))
    actions.save_draft(report, by, {**words, **chosen, **texts}, seen)
    return actions.file_report(report, by, revision=None)


def text_of(pdf: bytes) -> str:
    """Return what another program reads of a PDF: pdftotext where it is, else pypdf."""
    if shutil.which("pdftotext"):
        read = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
        return read.stdout.decode()
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def paper(report):
    return make_pdf(report, timezone.localtime(), lambda percent: None)


def test_all_of_it_is_there_and_no_more(around, coordinator, markers):
    report = filed_with_markers(around, coordinator, markers)
    text = text_of(paper(report))
    found = markers.found(text)
    # What was told of the report to a family that does not know of it: asked of nobody.
    asked = {code for code, field in FIELDS.items() if not field.choices} - {"told_how"}
    assert found == {("report", code) for code in asked}
    flat = " ".join(text.split())
    with translation.override("nl"):
        for section in SECTIONS:
            assert str(section.title) in flat
    for expected in (
        "Melding bij Veilig Thuis", "Anoniem tegenover het gezin", "Zowel acuut als structureel",
        "Getuige van huiselijk geweld", "Vertrouwelijk: alleen voor Veilig Thuis",
    ):  # fmt: skip
        assert expected in flat, expected
    assert flat.index("Anoniem tegenover het gezin") < flat.index("Melding bij Veilig Thuis")


def test_an_anonymous_one_bears_no_number_that_the_family_knows(around, coordinator, markers):
    report = filed_with_markers(around, coordinator, markers)
    number = report.referral.decision.case.reference
    pdf = paper(report)
    assert number not in text_of(pdf)
    metadata = PdfReader(io.BytesIO(pdf)).metadata
    assert number not in str(metadata)
    # A correction bears the same, by which Veilig Thuis knows it again; and it stands on the page.
    own = reference_of(report)
    assert own in text_of(pdf)
    again = actions.correct_report(report, coordinator, reason="Een naam was fout.")
    assert reference_of(again) == own


def test_the_case_fills_in_none_of_what_stays_at_school(around, coordinator, markers):
    report = actions.start_report(around, coordinator)
    actions.file_report(report, coordinator, revision=None, why_incomplete="Haast.", looked_at=True)
    text = text_of(paper(report))
    assert markers.found(text) == set()
    assert "niet ingevuld" in text
    assert "Haast." not in text


def test_under_ones_own_name_nothing_says_otherwise(around, coordinator, markers):
    report = filed_with_markers(around, coordinator, markers, anonymous="no", family_told="yes")
    text = text_of(paper(report))
    assert "Anoniem" not in text
    fields = {field for _, field in markers.found(text)}
    assert "told_how" in fields
    assert not fields & {"anonymous_reason", "not_told_reason"}


def test_it_is_tagged_titled_and_in_dutch_whoever_asks(around, coordinator, markers):
    coordinator.language = "en"
    coordinator.save()
    report = filed_with_markers(around, coordinator, markers)
    with translation.override("en"):
        pdf = PdfReader(io.BytesIO(paper(report)))
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "nl"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    reference = reference_of(report)
    assert pdf.metadata.title == f"Melding bij Veilig Thuis {reference}"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    kinds = kinds_of(root["/StructTreeRoot"])
    assert {"/H1", "/H2", "/H3", "/Table", "/TH", "/TD", "/P"} <= kinds
    assert f"versie {report.number}" in pdf.pages[0].extract_text()


def kinds_of(node, depth=0):
    """Return the kinds of tags below a node of the tree that a screen reader walks."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return set().union(*(kinds_of(one, depth + 1) for one in node))
    if not isinstance(node, dict) or depth > 40:
        return set()
    own = {str(node["/S"])} if "/S" in node else set()
    return own | (kinds_of(node["/K"], depth + 1) if "/K" in node else set())


@shows("pdf-2")
def test_it_opens_no_address_and_shows_markup_as_text(around, coordinator, markers):
    typed = '<img src="file:///etc/passwd"> <b>vet</b> 👩‍👧 عربي {{ 1 }}'
    report = filed_with_markers(around, coordinator, markers, facts=typed)
    assert '<img src="file:///etc/passwd"> <b>vet</b>' in " ".join(text_of(paper(report)).split())


def test_long_texts_do_not_fall_off(around, coordinator, markers):
    report = filed_with_markers(
        around, coordinator, markers, facts="A" * 4999 + "Z", help="Een zin over hulp. " * 900
    )
    text = "".join(text_of(paper(report)).split())
    assert text.count("A" * 40) > 90
    assert text.count("Eenzinoverhulp.") == 900


# --- The job --------------------------------------------------------------------------------------
@pytest.fixture
def report(around, coordinator, markers):
    return filed_with_markers(around, coordinator, markers)


@pytest.fixture
def queued(monkeypatch):
    sent = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, args, **more: sent.append((name, args))
    )
    return sent


def page(copy, name="referrals:copy"):
    return reverse(name, args=[copy.public_id])


def made(report, by):
    copy = actions.request_copy(report, by, uuid.uuid4(), REASON)
    make_report_pdf(str(copy.public_id))
    copy.refresh_from_db()
    return copy


def test_it_is_asked_made_and_taken_along(
    report, coordinator, signed_in, queued, django_capture_on_commit_callbacks
):
    browser = signed_in(coordinator)
    url = reverse("referrals:request_copy", args=[report.public_id])
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(url, {"reason": REASON})
    copy = ReportCopy.objects.get()
    assert answer.url == page(copy)
    assert queued == [(ReportCopy.task, [str(copy.public_id)])]
    assert queued[0][0] in current_app.tasks
    assert browser.get(page(copy, "referrals:copy_download")).status_code == 404
    make_report_pdf(str(copy.public_id))
    answer = browser.get(page(copy, "referrals:copy_download"))
    pdf = b"".join(answer.streaming_content)
    assert pdf.startswith(b"%PDF")
    reference = reference_of(report)
    assert answer["Content-Disposition"] == f'attachment; filename="melding-{reference}.pdf"'
    assert "no-store" in answer["Cache-Control"]
    copy.refresh_from_db()
    assert reference not in copy.file.name
    why = [row.reason for row in LogEntry.objects.filter(kind=Kind.EXPORTED)]
    assert why == [REASON] * 2


def test_a_draft_has_no_pdf(around, coordinator, signed_in):
    draft = actions.start_report(around, coordinator)
    url = reverse("referrals:request_copy", args=[draft.public_id])
    assert signed_in(coordinator).get(url).url == reverse(
        "referrals:report", args=[draft.public_id]
    )
    with pytest.raises(actions.ActionError):
        actions.request_copy(draft, coordinator, uuid.uuid4(), REASON)


def test_nobody_else_gets_it(report, coordinator, school, administrator, signed_in):
    copy = made(report, coordinator)
    for other in (member(Role.COORDINATOR, school), administrator, member(Role.COORDINATOR)):
        for name in ("referrals:copy", "referrals:copy_download"):
            assert signed_in(other).get(page(copy, name)).status_code == 404
    coordinator.memberships.update(role=Role.TEACHER)
    assert signed_in(coordinator).get(page(copy, "referrals:copy_download")).status_code == 404


def test_who_may_not_any_more_gets_none_made(report, coordinator):
    copy = actions.request_copy(report, coordinator, uuid.uuid4(), REASON)
    coordinator.memberships.update(role=Role.TEACHER)
    make_report_pdf(str(copy.public_id))
    assert ReportCopy.objects.get().state == State.FAILED


def test_a_failure_says_no_word_of_it(report, coordinator, signed_in, monkeypatch, caplog):
    def broken(*args):
        raise ValueError("Tess van der Zwaan")

    monkeypatch.setattr(tasks, "make_pdf", broken)
    copy = made(report, coordinator)
    assert copy.state == State.FAILED
    assert "ValueError" in caplog.text
    assert "Zwaan" not in caplog.text
    assert signed_in(coordinator).get(page(copy)).status_code == 200


def test_it_does_not_linger(report, coordinator, signed_in):
    copy = made(report, coordinator)
    ReportCopy.objects.update(finished_at=timezone.now() - jobs.KEPT_FOR - timedelta(minutes=1))
    look_after_report_copies()
    copy.refresh_from_db()
    assert (copy.state, copy.file.name) == (State.EXPIRED, "")
    assert signed_in(coordinator).get(page(copy, "referrals:copy_download")).status_code == 404
