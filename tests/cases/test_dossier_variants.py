"""For whom a dossier is meant: what the table leaves out is not there, and is marked."""

import hashlib
import io
import uuid
from datetime import date, datetime
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader, PdfWriter

from accounts.roles import Role
from audit.kinds import Kind
from audit.models import LogEntry
from cases import jobs
from cases.dossier import actions, enclosed
from cases.dossier.actions import Wish
from cases.dossier.contents import dossier, offered
from cases.dossier.deciding import REFERRAL
from cases.dossier.fields import CLOSING, KINDS
from cases.dossier.lines import Kind as KindOfRecord
from cases.dossier.lines import Line, field, note
from cases.dossier.lock import SHORTEST, check_strength, locked, unseal
from cases.dossier.pdf import as_html, make_pdf
from cases.dossier.tasks import make_dossier
from cases.dossier.variants import LEFT_OUT, VARIANTS, About, Also, Code, Ground, left_out
from cases.errors import ActionError
from cases.models import Case, DossierExport, LookBack, Statement
from cases.siblings import actions as siblings
from consultations.models import SharedPiece
from referrals.models import Referral
from tests.cases.records import NOW, assessment, decision, feedback
from tests.factories import (
    AttachmentFactory,
    CaseFactory,
    ConsultationFactory,
    ContactFactory,
    ConversationFactory,
    InjuryMarkFactory,
    InvitationFactory,
    PupilFactory,
    SchoolFactory,
    SignalCategoryFactory,
    SignalFactory,
    UserFactory,
    member,
)

pytestmark = pytest.mark.django_db
MADE_AT = datetime(2026, 3, 11, 10, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
REASON = "De ouders vroegen om inzage."
# A field of a record that stands on no paper, and why.
NOT_ON_PAPER = {
    "signals": {"reference": "is its title", "place": "stands beside its moment"},
    "lookbacks": {"result": "is its title"},
    "statements": {"said_by": "is its title"},
    "consultations": {
        "reference": "is for mails", "kind": "is its title", "confirmed_words": "are no names",
        "talk": "says who holds it (next_talk)", "correction_reason": "is never corrected",
    },
    "conversations": {"kind": "is its title"},
    "decisions": {},
    "assessments": {},
    "feedbacks": {"heard_from": "is in `heard`", "source": "is in `heard`", "effect": "its title"},
    "deviations": {"kind": "is its title"},
    "attachments": {"title": "is its title", "file": "is a place in the store"},
}  # fmt: skip
SCRIPTS = (
    "محمد العلي", "Çağla Şahin İnönü", "Олександр Ґалаґан їжак", "王小明", "歐陽娜娜", "ተስፋዬ ኣብርሃም",
    "Nguyễn Đỗ", "🙁",
)  # fmt: skip


@pytest.fixture
def case(school):
    """A case in which each kind of line says a word of its own: its name in capitals."""
    pupil = PupilFactory(
        school=school, given_name="Çağla", family_name="van der Zwaan", class_name="3A"
    )
    PupilFactory(school=school, given_name="Fatima", family_name="Ait Ben", class_name="3A")
    PupilFactory(school=school, given_name="Roos", family_name="Bakker", class_name="1B")
    PupilFactory(school=school, given_name="Melle", family_name="van der Zwaan")
    PupilFactory(school=school, given_name="王小明", family_name="李娜")
    case = CaseFactory(pupil=pupil, deadline=NOW, period="decide")
    mentor = member(Role.TEACHER, school, name="Karim Ouazzani-Smit")
    ContactFactory(school=school, name="dr. Van Oud")
    ContactFactory(school=school, name="SAVE-team Kromhoek")
    SignalFactory(
        case=case, author=mentor, facts="PUPIL zag Fatima's tas, bij meester Dirk en een roos.",
        child_words="CONFIDED",
        interpretation="Karim en Ouazzani denken zo, Roos Bakker ook; 王小明说好. Çağla zweeg. "
        "SAVE komt, van Kromhoek.",
    )  # fmt: skip
    InjuryMarkFactory(
        signal=case.signals.get(), note="PUPIL wees het aan; Roos Bakker zag het ook."
    )
    SignalFactory(case=case, author=mentor, facts="PUPIL was moe.")
    SignalFactory(case=case, author=mentor, facts="CHILD_TOLD", child_words="Papa slaat.")
    told = SignalFactory(case=case, author=mentor, facts="OTHERS_TOLD", hearsay_from="SOURCE")
    SignalCategoryFactory(signal=told, code="told_others")
    ConversationFactory(case=case, kind="pupil_and_parents", reactions="JOINT_TALK")
    ConversationFactory(case=case, kind="parents", reactions="PARENT_TALK")
    consultation = ConsultationFactory(
        case=case, author=mentor, decided_by="STAFF", closed_at=NOW, held_at=NOW, closed_by=mentor,
        outcome="Van Oud vond het ernstig, zei de buurvrouw Ans.",
    )  # fmt: skip
    SharedPiece.objects.create(consultation=consultation, position=1, title="Signaal", text="COPY")
    replaced = SignalFactory(case=case, facts="REPLACED")
    SignalFactory(case=case, corrects=replaced, correction_reason="Van horen zeggen.")
    InvitationFactory(consultation=consultation, user=UserFactory(name="STAFF Invited"))
    ConversationFactory(case=case, kind="skipped", skip_reason="SAFETY", weighed_with="STAFF")
    ConversationFactory(
        case=case, kind="pupil", reactions="CONFIDED", attendees="Melle was erbij",
        home_agreed="SAFETY",
    )  # fmt: skip
    assessment(case, NOW, danger="no")
    decided = decision(case, NOW, to={"veilig_thuis": NOW}, report=True, help="none")
    Referral.objects.filter(decision=decided).update(
        family_told=False, not_told_reason="UNTOLD", handed_over="UNTOLD",
    )  # fmt: skip
    told = decision(case, NOW, to={"veilig_thuis": NOW}, report=True, help="none")
    Referral.objects.filter(decision=told).update(
        family_told=True, anonymous=True, anonymous_reason="REPORTER", handed_over="REPORTER",
    )  # fmt: skip
    feedback(
        case, NOW, source="SOURCE", heard_from="school", text="PUPIL lacht weer.",
        child_words="CONFIDED",
    )  # fmt: skip
    LookBack.objects.create(
        case=case, author=mentor, seen="PUPIL eet weer.", child_words="CONFIDED", result="quiet"
    )
    AttachmentFactory(case=case, number=1, title="FILE met een brief", author=mentor)
    Statement.objects.create(
        case=case, author=mentor, step=1, said_by="parent", about="Het gesprek", text="STATED"
    )
    return case


def export_of(case, variant, also=tuple(Also), **fields):
    by = UserFactory(name="Chaima Verhoef", language="nl")
    return DossierExport.objects.create(
        case=case, requested_by=by, reason="Inzage.", variant=variant, number=1,
        also=also, **fields,
    )  # fmt: skip


def page(case, variant, **fields):
    return as_html(dossier(export_of(case, variant, **fields), MADE_AT))


def keys(case):
    whole = Case.objects.with_records().get(pk=case.pk)
    return [key for key, _name in offered(whole, sees_case=True)]


def test_every_text_of_a_record_is_decided_on():
    decided = {
        relation: {name for read in kind.lines for name in read.fields}
        for relation, kind in KINDS.items()
    }
    for relation, names in decided.items():
        model = Case._meta.get_field(relation).related_model
        texts = set(texts_of(model)) - {"correction_reason"}
        assert texts <= names | set(NOT_ON_PAPER[relation]), relation
    referral = {name for read in REFERRAL for name in read.fields}
    told = {
        field.name for field in Referral._meta.get_fields() if isinstance(field, models.TextField)
    }
    assert told <= referral
    closing = {name for read in CLOSING for name in read.fields}
    assert set(texts_of(Case, models.TextField)) <= closing


def texts_of(model, *kinds):
    kinds = kinds or (models.CharField, models.TextField, models.FileField)
    return [field.name for field in model._meta.get_fields() if isinstance(field, kinds)]


@pytest.mark.parametrize("code", [Code.WHOLE, Code.PARENTS, Code.PUPIL, Code.BUURTTEAM])
def test_what_the_table_leaves_out_is_not_there_and_marked(case, code):
    shown = page(case, code, chosen=keys(case), also=())
    for about in About:
        if about is About.HOUSE:
            is_shown = left_out(about, code) is None
            assert ('id="timeline"' in shown) is is_shown
            # No label without its text, on a ground that is not the reason.
            assert ("Nu loopt" in shown) is is_shown
            continue
        if about is About.BY_OTHERS:
            assert ("Verteld door anderen" in shown) is (left_out(about, code) is None)
            continue
        ground = left_out(about, code)
        assert (about.name in shown) is (ground is None), about
        if ground:
            silent = code in {Code.PARENTS, Code.PUPIL} and ground in {"B", "C"}
            assert (f"[weggelaten: {ground}]" in shown) is not silent
            assert f'<th scope="row">{"–" if silent else ground}</th>' in shown
    # Of what the family was not told, the title says nothing either.
    assert ("Verwijzing of melding" in shown) is (code not in {Code.PARENTS, Code.PUPIL})


def test_what_nobody_decided_on_is_shown_to_nobody(monkeypatch):
    decided = {(about, code) for about, row in LEFT_OUT.items() for code in row}
    assert decided == set(product(About, Code))
    assert {left_out(about, code) for about in About for code in (Code.WHOLE, Code.SUMMARY)} == {
        None
    }
    monkeypatch.delitem(LEFT_OUT, About.PUPIL)
    assert left_out(About.PUPIL, Code.PARENTS) is Ground.NEEDED
    # A line, a field and a kind of record say what they are about: forgotten, they are no line.
    for forgets in (
        lambda: Line("Nieuw", "Iets."),
        lambda: note("Iets."),
        lambda: field("facts", "Feiten"),
        lambda: KindOfRecord("signals", str, "recorded_at", ()),
    ):
        with pytest.raises(TypeError):
            forgets()


@pytest.mark.parametrize(
    ("code", "years", "consent", "refused"),
    [
        (Code.PARENTS, 15, "", False),
        (Code.PARENTS, 16, "", True),
        (Code.PARENTS, 16, "Vroeg het haar op 3 maart, ze vindt het goed.", False),
        (Code.PARENTS, None, "", True),
        (Code.PUPIL, 11, "", True),
        (Code.PUPIL, 12, "", False),
        (Code.PUPIL, 17, "", False),
        (Code.WHOLE, 17, "", False),
    ],
)
def test_from_16_on_the_pupil_decides(school, coordinator, code, years, consent, refused):
    today = timezone.localdate()
    born = years and today.replace(year=today.year - years, day=1)
    case = CaseFactory(pupil=PupilFactory(school=school, birth_date=born))
    wish = Wish(variant=code, consent=consent)
    try:
        with translation.override("en"):
            made = actions.request_export(case, coordinator, uuid.uuid4(), REASON, wish)
    except ActionError:
        assert refused
    else:
        assert not refused
        assert made.reason == (f"{REASON}\nConsent of the pupil: {consent}" if consent else REASON)


def test_the_form_asks_for_the_consent_of_a_pupil_of_16(school, administrator, signed_in):
    case = CaseFactory(pupil=PupilFactory(school=school, birth_date=date(2001, 1, 1)))
    browser, url = signed_in(administrator), reverse("cases:dossier", args=[case.reference])
    sent = {"reason": REASON, "variant": "parents", "hidden_words": ""}
    sent["seen"] = browser.get(url, {"kind": "parents"}).context["form"]["seen"].value()
    assert "consent" in browser.post(url, sent).context["form"].errors
    assert browser.post(url, sent | {"consent": "Ze vroeg er zelf om."}).status_code == 302
    assert "consent" not in browser.get(url, {"kind": "for_pupil"}).context["form"].fields


@pytest.mark.parametrize(
    ("sent", "made_for"),
    [
        ({"variant": "parents"}, None),
        ({"variant": "parents", "younger": "on"}, (None, 11, 15)),
        ({"variant": "parents", "consent": "Vroeg het haar op 3 maart."}, (None, 11, 15, 16)),
        ({"variant": "for_pupil"}, (None, 15, 16)),
    ],
)
def test_how_old_a_pupil_is_no_form_tells_who_sees_the_reference(
    school, administrator, signed_in, sent, made_for
):
    today, browser, got = timezone.localdate(), signed_in(administrator), set()
    for years in (None, 11, 15, 16):
        born = years and today.replace(year=today.year - years, day=1)
        case = CaseFactory(pupil=PupilFactory(school=school, birth_date=born))
        url, asked = reverse("cases:dossier", args=[case.reference]), sent | {"reason": REASON}
        page = browser.get(url, {"kind": sent["variant"]})
        answer = browser.post(url, asked | {"seen": page.context["form"]["seen"].value()})
        errors = answer.status_code == 422 and str(answer.context["form"].errors)
        got.add((tuple(page.context["form"].fields), answer.status_code, errors))
        if made_for is not None:
            export = case.exports.get()  # as the trail has it, whether it is made or not
            assert (export.state == "waiting") == (years in made_for), years
            assert LogEntry.objects.filter(kind=Kind.EXPORTED, case_reference=case.reference)
    assert len(got) == 1
    assert (made_for is None) == (got.pop()[1] == 422)


@pytest.mark.parametrize("code", [Code.PARENTS, Code.PUPIL, Code.BUURTTEAM])
def test_names_of_others_are_taken_out_of_every_text(case, code):
    shown = page(case, code, chosen=keys(case), hidden_words="Ans, dokter Teun")
    pupils = ("Fatima", "Roos Bakker", "王小明")
    staff = ("Karim", "Ouazzani", "Van Oud", "Dirk", "Kromhoek")
    for name in (*pupils, "Ans"):
        assert name not in shown, name
    for name in staff:
        assert (name in shown) is (code == Code.BUURTTEAM), name
    # Brothers and sisters are others too, but not for who helps the family.
    assert ("Melle" in shown) is (code == Code.BUURTTEAM)
    # The pupil is no other; nor is a flower.
    assert "Çağla" in shown
    assert "een roos." in shown
    # A kind of organisation is nobody's name. (What was made of what the pupil told is not theirs.)
    for made_of_it in ("SAVE komt", "[naam weggelaten: A]说好"):
        assert (made_of_it in shown) is (code != Code.PARENTS)


@pytest.mark.parametrize(
    ("code", "helps"), [(Code.BUURTTEAM, True), (Code.VEILIG_THUIS, True), (Code.PARENTS, False)]
)
def test_a_sibling_by_another_name_is_family_to_who_helps_the_family(
    school, coordinator, code, helps
):
    """Whom somebody of the care team tied; the referral is about them all. Not to the parents."""
    case = CaseFactory(pupil=PupilFactory(school=school, given_name="Mila", class_name="3A"))
    tied, untied, _other = (
        PupilFactory(school=school, given_name=given, family_name=family, class_name="3A")
        for given, family in (("Fenna", "Ait Ben"), ("Yara", "Postma"), ("Bram", "Ait Ben"))
    )
    for sibling in (tied, untied):
        tie = siblings.tie(case.pupil, coordinator, sibling)
    siblings.untie(tie, coordinator)
    said = "Fenna slaapt bij Yara Postma. Bram Ait Ben belde."
    SignalFactory(case=case, author=coordinator, facts=said)
    shown = page(case, code, chosen=keys(case))
    named = [name for name in ("Fenna", "Yara", "Postma", "Bram", "Ait Ben") if name in shown]
    assert named == (["Fenna"] if helps else [])


def test_what_is_handed_over_is_what_was_chosen(case, administrator):
    AttachmentFactory(
        case=case, number=90, withdrawn_at=NOW, withdrawn_by=UserFactory(), withdrawn_why="Fout."
    )
    there = keys(case)
    assert len([key for key in there if key.startswith("attachments")]) == 1
    signal = next(key for key in there if key.startswith("signals"))
    shown = page(case, Code.BUURTTEAM, chosen=[signal])
    assert "PUPIL zag" in shown
    assert "vond het ernstig" not in shown
    assert "is weggelaten: D." in shown

    def ask(*chosen):
        wish = Wish(variant=Code.BUURTTEAM, chosen=chosen)
        return actions.request_export(case, administrator, uuid.uuid4(), REASON, wish)

    for wrong in ((), ("signals-0",), (signal, "attachments-0")):
        with pytest.raises(ActionError):
            ask(*wrong)
    # By their numbers nobody knows how many there are.
    numbers = {ask(signal).number, ask(signal).number}
    assert len(numbers) == 2
    assert min(numbers) >= 1000


def test_the_form_of_each_kind_asks_what_fits_it(case, administrator, signed_in):
    browser = signed_in(administrator)
    url = reverse("cases:dossier", args=[case.reference])
    for code, kind in VARIANTS.items():
        answer = browser.get(url, {"kind": code})
        fields = answer.context["form"].fields
        assert ("chosen" in fields) is kind.chosen
        assert ("hidden_words" in fields) is kind.veiled
        assert ("with_files" in fields) is kind.files
        assert "also" not in fields
        # What is refused is said before it is typed.
        assert f"Ten minste {SHORTEST} tekens" in answer.content.decode()
        # Who may not see a case chooses by kind and day: no name, and no word.
        assert "Zwaan" not in answer.content.decode()
        assert "PUPIL" not in answer.content.decode()
    seen = browser.get(url, {"kind": "parents"}).context["form"]["seen"].value()
    sent = browser.post(
        url,
        {"reason": REASON, "variant": "parents", "hidden_words": "Ans", "with_files": "on",
         "younger": "on", "seen": seen},
    )  # fmt: skip
    export = DossierExport.objects.get()
    assert sent.url == reverse("cases:export", args=[export.public_id])
    # Made in one minute, one tells them apart by their kind.
    assert "<span>Voor de ouders, die het mogen inzien</span>" in browser.get(url).content.decode()
    assert (export.variant, export.hidden_words, export.with_files) == ("parents", "Ans", False)
    make_dossier(str(export.public_id))
    export.refresh_from_db()
    # Once the paper is made, nobody needs the names any more.
    assert (export.state, export.hidden_words) == ("ready", "")


def test_a_summary_is_one_page_and_holds_no_words_of_the_records(case):
    export = export_of(case, Code.SUMMARY)
    export.reason = "Een lange reden. " * 58
    pdf = PdfReader(io.BytesIO(make_pdf(dossier(export, MADE_AT), lambda percent: None)))
    assert len(pdf.pages) == 1
    text = pdf.pages[0].extract_text()
    assert case.pupil.name in text
    assert "PUPIL" not in text


def test_the_paper_holds_its_files_and_every_script_and_is_well_made(case, monkeypatch):
    """One paper, looked at from all sides: what is in it, how it is built, what it says."""
    inside = b"een brief, zoals hij is"
    SignalFactory(case=case, facts=" · ".join(SCRIPTS))
    AttachmentFactory(case=case, number=7, size=len(inside), file=ContentFile(inside, "x"))
    gone = {"withdrawn_at": NOW, "withdrawn_by": UserFactory(), "withdrawn_why": "Fout."}
    AttachmentFactory(case=case, number=8, file=ContentFile(b"weg", "x"), **gone)
    export = export_of(case, Code.WHOLE, with_files=True)
    pdf = PdfReader(io.BytesIO(make_pdf(dossier(export, MADE_AT), lambda percent: None)))
    text = " ".join(" ".join(one.extract_text() for one in pdf.pages).split())
    for words in SCRIPTS:
        assert words in text, words
    for number, one in enumerate(pdf.pages, start=1):
        foot = one.extract_text()
        assert f"{case.reference}/1" in foot
        assert "Chaima Verhoef, 11 maart 2026" in foot
        assert "VERTROUWELIJK" in foot
        assert f"pagina {number} van {len(pdf.pages)}" in foot
    assert [data for (data,) in pdf.attachments.values()].count(inside) == 1
    assert set(pdf.attachments) == {f"{case.reference}-bestand-{n}.txt" for n in (1, 7)}
    assert faults(pdf) == []
    assert len(list(_all(pdf, "/Figure"))) == 1  # of the front: nothing was marked elsewhere
    monkeypatch.setattr(enclosed, "LIMIT", 20)
    with pytest.raises(ActionError, match="past"):
        enclosed.check_size(enclosed.files_for(case, Code.WHOLE, ()))


def faults(pdf: PdfReader) -> list[str]:
    """Return what a PDF/A-3a and PDF/UA-1 must have and this one has not, as far as one can see."""
    root = pdf.trailer["/Root"]
    xmp = root["/Metadata"].get_object().get_data().decode()
    names = {
        "tagged": root["/MarkInfo"]["/Marked"],
        "language": root["/Lang"] == "nl",
        "title shown": root["/ViewerPreferences"]["/DisplayDocTitle"] and pdf.metadata.title,
        "PDF/A-3a": 'part="3"' in xmp and 'conformance="A"' in xmp,
        "PDF/UA-1": "<pdfuaid:part>1</pdfuaid:part>" in xmp,
        "schema": xmp.count("<rdf:RDF") == 1 and "pdfaExtension:schemas" in xmp,
        "output intent": root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1",
        "no encryption": not pdf.is_encrypted,
        "bookmarks": len(pdf.outline[1]) > 8,
        "tab order": all(page["/Tabs"] == "/S" for page in pdf.pages),
        "fonts inside": all(map(_is_embedded, _fonts(pdf))) and len(list(_fonts(pdf))) > 3,
        "files related": all("/AFRelationship" in f.get_object() for f in root["/AF"]),
        "headings of tables": all(one["/A"]["/Scope"] for one in _all(pdf, "/TH")),
        "figures have a text": all(one["/Alt"] for one in _all(pdf, "/Figure")),
        "headings nest": _nests(list(_headings(root["/StructTreeRoot"]))),
    }
    return [name for name, holds in names.items() if not holds]


def _all(pdf, tag):
    """Yield each element with a tag."""
    waiting = [pdf.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        below = waiting.pop().get("/K", [])
        for one in below if isinstance(below, list) else [below]:
            child = one.get_object()
            if hasattr(child, "get") and "/S" in child:
                waiting.append(child)
                if child["/S"] == tag:
                    yield child


def _fonts(pdf):
    for one in pdf.pages:
        for font in one["/Resources"]["/Font"].values():
            yield font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]


def _is_embedded(descriptor):
    return any(name in descriptor.get_object() for name in ("/FontFile2", "/FontFile3"))


def _headings(element):
    """Yield the levels of the headings in the order of reading."""
    below = element.get("/K", [])
    for one in below if isinstance(below, list) else [below]:
        child = one.get_object() if hasattr(one, "get_object") else one
        if hasattr(child, "get") and child.get("/S"):
            if child["/S"] in {f"/H{level}" for level in range(1, 7)}:
                yield int(child["/S"][2:])
            yield from _headings(child)


def _nests(levels):
    return levels[0] == 1 and all(b - a <= 1 for a, b in pairwise(levels))


def test_a_paper_is_known_again_when_its_file_is_gone(case, administrator, signed_in):
    export = actions.request_export(
        case, administrator, uuid.uuid4(), REASON, Wish(variant=Code.SUMMARY)
    )
    make_dossier(str(export.public_id))
    export.refresh_from_db()
    paper = export.file.read()
    assert hashlib.sha256(paper).hexdigest() == export.sha256
    export.file.delete(save=False)
    url = reverse("cases:check_paper")

    def said(by, content):
        upload = SimpleUploadedFile("dossier.pdf", content, "application/pdf")
        answer = signed_in(by).post(url, {"file": upload})
        return answer.context["found"], answer

    coordinator = member(Role.COORDINATOR, case.school)
    found, answer = said(coordinator, paper)
    assert found == export
    assert export.name in answer.content.decode()
    assert LogEntry.objects.get_for_object(export).filter(actor=coordinator, kind=Kind.READ)
    assert said(administrator, paper[:-1] + b"x")[0] is None
    assert said(member(Role.ADMINISTRATOR, SchoolFactory()), paper)[0] is None
    assert said(administrator, b"")[1].status_code == 422


@pytest.mark.parametrize(
    "password",
    [
        "é" * 60 + "abcdefgh",
        "cafe\u0301 met vier stoelen",
        "vier\u00a0woorden op rij",
        "vier\u00adwoorden op rij",
    ],
    ids=["longer than PDF looks at", "an accent apart", "a hard blank", "a soft hyphen"],
)  # fmt: skip
def test_a_password_that_one_program_reads_otherwise_than_another_is_refused(password):
    with pytest.raises(ValidationError):
        check_strength(password)


def test_one_as_long_as_can_be_opens_it():
    password = "é" * 50 + "abcdefghijklmnopqrstuvwxyz."
    check_strength(password)
    made, bare = PdfWriter(), io.BytesIO()
    made.add_blank_page(width=10, height=10)
    made.write(bare)
    assert PdfReader(io.BytesIO(locked(bare.getvalue(), password))).decrypt(password)


def test_a_password_is_kept_nowhere_and_the_file_opens_by_it_alone(case, administrator, signed_in):
    word = "zeven paarse fietsen in de regen"
    url = reverse("cases:dossier", args=[case.reference])
    asked = {"reason": REASON, "variant": "summary", "password": word}
    browser = signed_in(administrator)
    for weak in ("kort", "aaaaaaaaaaaaaaaaaaaa"):
        answer = browser.post(url, asked | {"password": weak})
        assert "password" in answer.context["form"].errors
    browser.post(url, asked)
    export = DossierExport.objects.get()
    assert word not in str(DossierExport.objects.values().get())
    assert unseal(export.sealed_password) == word
    make_dossier(str(export.public_id))
    export.refresh_from_db()
    assert (export.state, export.sealed_password) == ("ready", "")
    content = export.file.read()
    pdf = PdfReader(io.BytesIO(content))
    assert pdf.is_encrypted
    assert not pdf.decrypt("iets anders")
    assert pdf.decrypt(word)
    assert case.pupil.name in pdf.pages[0].extract_text()
    xmp = pdf.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "pdfaid" not in xmp
    assert "pdfuaid" in xmp
    # Given up, the password is gone: it is not made anew, and surely not without.
    wish = Wish(variant=Code.SUMMARY, password=word)
    failed = actions.request_export(case, administrator, uuid.uuid4(), REASON, wish)
    jobs.fail(failed)
    failed.refresh_from_db()
    assert failed.sealed_password == ""
    assert jobs.retry(failed) is False
    DossierExport.objects.filter(pk=failed.pk).update(state="waiting")
    make_dossier(str(failed.public_id))
    failed.refresh_from_db()
    assert failed.state == "failed"
