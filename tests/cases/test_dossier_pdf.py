"""The dossier on paper: everything is in it, nothing falls off, and it fetches nothing."""

import io
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from cases.dossier.contents import dossier
from cases.dossier.pdf import make_pdf, without_indentation
from cases.models import Deviation, DossierExport, LookBack
from signals.models import Signal, SignalFinding
from tests.attacks.proof import shows
from tests.cases.records import NOW, assessment, decision, feedback
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    ConversationFactory,
    PupilFactory,
    SignalFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MADE_AT = datetime(2026, 3, 11, 10, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
A4_POINTS = (595, 842)
# More signs than this do not fit beside each other on the paper.
LONGEST_LINE = 160


@pytest.fixture
def case(school):
    pupil = PupilFactory(school=school, given_name="Çağla", family_name="Wróblewicz-Đỗ")
    return CaseFactory(pupil=pupil)


def one_of_each(case):
    unfounded = SignalFactory(case=case, facts="Blauwe plek.", child_words="Au, zei ik.")
    who = {"case": case, "author": UserFactory()}
    SignalFinding.objects.create(**who, signal=unfounded, grounds="Een val van het klimrek.")
    LookBack.objects.create(**who, seen="Lacht weer met vriendinnen.", result="quiet")
    Deviation.objects.create(
        **who, kind="not_done", step=2, rule="R12", grounds="Hij was op vakantie."
    )
    ConsultationFactory(case=case, question="Hoe lees jij dit?")
    ConversationFactory(case=case, reactions="Moeder schrok.")
    assessment(case, NOW, danger="no")
    decision(case, NOW, to={"buurtteam": NOW}, help="buurtteam")
    feedback(case, NOW)


def export_of(case, language="nl"):
    by = UserFactory(name="Chaima Verhoef", language=language)
    return DossierExport.objects.create(case=case, requested_by=by, reason="Inzage door vader.")


def read(case, language="nl"):
    heard = []
    pdf = make_pdf(dossier(export_of(case, language), MADE_AT), heard.append)
    assert heard == sorted(heard)
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf):
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def test_everything_of_a_case_is_in_it(case):
    one_of_each(case)
    pdf = read(case)
    text = text_of(pdf)
    for expected in (
        "Çağla Wróblewicz-Đỗ", case.reference, case.school.name, "Inzage door vader.",
        "geëxporteerd door Chaima Verhoef, 11 maart 2026, 10:30", "Samenvatting", "Tijdlijn",
        "Blauwe plek.", "Au, zei ik.", "Hoe lees jij dit?", "Moeder schrok.", "Rust in huis.",
        "Een val van het klimrek.", "Lacht weer met vriendinnen.", "Hij was op vakantie.",
    ):  # fmt: skip
        assert expected in text, expected
    for step in range(1, 6):
        assert f"Stap {step}:" in text
    assert f"pagina 1 van {len(pdf.pages)}" in text
    assert [round(side) for side in pdf.pages[0].mediabox[2:]] == list(A4_POINTS)
    assert pdf.metadata.title == f"Dossier {case.reference}"


def test_it_is_in_the_language_of_who_asked(case):
    one_of_each(case)
    text = text_of(read(case, "en"))
    assert "Step 1: signals" in text
    assert "Tijdlijn" not in text
    # Of the worker that makes it the language is Dutch; the timeline is written before the page.
    assert text.count("Help by the buurtteam") > 1
    assert "Hulp van het buurtteam" not in text


def test_nothing_long_or_strange_falls_off_the_page(case):
    SignalFactory(
        case=case,
        facts="Lange zinnen over wat er te zien was. " * 520,
        child_words="A" * 4_999 + "Z",
        interpretation="<script>alert('hier')</script> & 😀 ğşłéñï",
    )
    pdf = read(case)
    text = text_of(pdf)
    assert "<script>alert('hier')</script> &" in text
    assert "ğşłéñï" in text
    # A word without end goes on on the next line: all of its letters are on the paper.
    assert text.replace(" ", "").count("A" * 50) >= 90
    assert len(pdf.pages) > 6
    lines = [line for page in pdf.pages for line in page.extract_text().splitlines()]
    assert max(len(line) for line in lines) < LONGEST_LINE


@shows("busy-1")
def test_signs_that_end_a_line_make_no_paper_of_hundreds_of_pages(case):
    SignalFactory(case=case, facts=f"Zij zei:{chr(0x2028) * 2000}niets.{chr(0x2029) * 2000}")
    pdf = read(case)
    assert "Zij zei: niets." in text_of(pdf)
    assert len(pdf.pages) < 10  # ninety they were


@shows("busy-1")
def test_blanks_without_number_are_looked_at_once():
    blank = "\n " * 200_000
    assert without_indentation(f"<p>\n  a {blank}b \n  </p>") == f"<p>a {blank}b </p>"
    assert without_indentation(f"<p>a{blank}</p>") == "<p>a</p>"


def test_a_corrected_signal_shows_both_versions(case):
    first = SignalFactory(case=case, facts="Een plek op de linkerarm.")
    SignalFactory(
        case=case,
        facts="Een plek op de rechterarm.",
        corrects=first,
        correction_reason="Verkeerd om gezien.",
    )
    text = text_of(read(case))
    for expected in ("linkerarm", "rechterarm", "Verkeerd om gezien."):
        assert expected in text


@shows("pdf-2")
def test_it_opens_no_address(case):
    SignalFactory(case=case, facts='<img src="file:///etc/passwd"> <a href="https://a.nl">a</a>')
    assert '<img src="file:///etc/passwd">' in text_of(read(case))


@pytest.mark.production
def test_hundreds_of_records_fit(case):
    author = UserFactory()
    SignalFactory.create_batch(300, case=case, author=author)
    assert text_of(read(case)).count("Zat stil in de pauze") == 300
    assert Signal.objects.count() == 300


def test_it_takes_as_many_queries_for_many_records(case):
    def queries(times):
        for __ in range(times):
            one_of_each(case)
        export = export_of(case)
        with CaptureQueriesContext(connection) as captured:
            dossier(export, MADE_AT)
        return len(captured)

    queries(1)  # with what a process asks once
    assert queries(1) == queries(12)
