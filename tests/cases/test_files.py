"""Files of a case: who adds, sees and withdraws them; what is kept, and what leaves no trace."""

import io
import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm
from PIL import Image
from pypdf import PdfReader

from accounts.at_rest.keys import Unreadable
from accounts.models import Membership
from accounts.roles import Role
from audit.models import LogEntry
from cases.dossier.contents import dossier
from cases.dossier.pdf import make_pdf
from cases.files import actions
from cases.files.kinds import KINDS, LARGEST
from cases.models import Attachment, Case, DossierExport, ShutOut
from cases.timeline import timeline
from tests.accounts.every_form import written
from tests.accounts.page import Page
from tests.at_rest import FIRST
from tests.attacks.proof import shows
from tests.cases.made_up_files import (
    TEXT,
    TITLE,
    attach,
    docx,
    odt,
    pdf,
    photo,
    send,
    stored,
    url_of,
)
from tests.factories import AttachmentFactory, CaseFactory, PupilFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db

OF_EACH_KIND = {
    "pdf": pdf, "jpeg": photo, "png": lambda: photo("PNG"), "webp": lambda: photo("WEBP"),
    "docx": docx, "odt": odt, "txt": lambda: TEXT,
}  # fmt: skip


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


@pytest.fixture
def leader(school):
    return member(Role.SCHOOL_LEADER, school)


# --- Adding and serving ---------------------------------------------------------------------------
@pytest.mark.parametrize("code", KINDS)
def test_a_file_of_each_kind_is_added_and_comes_back(code, case, coordinator, signed_in):
    browser = signed_in(coordinator)
    assert send(browser, case, OF_EACH_KIND[code](), "x.exe", "text/html").status_code == 302
    file = Attachment.objects.get()
    answer = browser.get(url_of(file))
    assert answer.status_code == 200
    body = answer.getvalue()
    assert (file.kind, file.size, file.number) == (code, len(body), 1)
    assert answer["Content-Type"] == KINDS[code].mime_type
    name = f"{case.reference}-bestand-1.{KINDS[code].extension}"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'


@shows("file-4")
def test_what_a_browser_is_told_of_a_file(case, coordinator, signed_in):
    for ask in (signed_in(coordinator).get, signed_in(coordinator).head):
        answer = ask(url_of(AttachmentFactory(case=case)))
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "no-store, private"
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Content-Disposition"].startswith("attachment;")
        assert answer["Content-Type"] == "text/plain; charset=utf-8"


@shows("file-5")
def test_a_phone_s_picture_comes_back_without_its_place(case, coordinator, signed_in):
    browser = signed_in(coordinator)
    send(browser, case, photo(orientation=6), "IMG_1.jpg", "image/jpeg")
    picture = Image.open(io.BytesIO(browser.get(url_of(Attachment.objects.get())).getvalue()))
    assert dict(picture.getexif()) == {}
    assert picture.size == (32, 64)


def test_each_reading_stands_in_the_audit_without_its_title(case, coordinator, signed_in):
    file = attach(case, coordinator)
    signed_in(coordinator).get(url_of(file))
    reads = LogEntry.objects.get_for_object(file).filter(action=LogEntry.Action.ACCESS)
    assert reads.get().actor == coordinator
    made = LogEntry.objects.get_for_object(file).get(action=LogEntry.Action.CREATE)
    assert set(made.changes) == {"kind", "author", "cycle", "withdrawn_at", "withdrawn_by"}
    entries = LogEntry.objects.get_for_object(file).values()
    assert TITLE not in str(list(entries))


def test_a_store_that_lost_a_file_answers_that_it_is_not_there(
    case, coordinator, signed_in, caplog
):
    file = attach(case, coordinator)
    default_storage.delete(file.file.name)
    assert signed_in(coordinator).get(url_of(file)).status_code == 404
    assert str(file.public_id) in caplog.text
    assert not LogEntry.objects.get_for_object(file).filter(action=LogEntry.Action.ACCESS).exists()


@shows("file-6")
def test_nothing_of_the_store_has_an_address(case, coordinator, signed_in):
    file = attach(case, coordinator)
    browser = signed_in(coordinator)
    for path in (f"/{file.file.name}", f"/media/{file.file.name}", f"/static/{file.file.name}",
                 f"/static/../media/{file.file.name}", f"/cases/{file.file.name}"):  # fmt: skip
        assert browser.get(path).status_code == 404, path


def test_the_store_is_closed_to_others_on_the_machine(case, coordinator):
    file = attach(case, coordinator)
    path = default_storage.path(file.file.name)
    assert Path(path).stat().st_mode & 0o777 == 0o600
    assert re.fullmatch(r"attachments/[0-9a-f]{48}", file.file.name)


def test_what_lies_encrypted_is_handed_out_as_it_was(case, coordinator, signed_in, settings):
    settings.DATA_KEYS = [FIRST]
    file = attach(case, coordinator)
    path = Path(default_storage.path(file.file.name))
    assert TEXT not in path.read_bytes()
    answer = signed_in(coordinator).get(url_of(file))
    assert b"".join(answer.streaming_content) == TEXT
    assert answer["Content-Length"] == str(len(TEXT)) == str(file.size)
    # Cut off: nothing of it is handed out.
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Unreadable):
        signed_in(coordinator).get(url_of(file))


# --- Where a file's own name goes: nowhere --------------------------------------------------------
NAMES = [
    "Rozendal_Ties_2B_blauwe_plek.txt",
    "../../../../tmp/Rozendal.txt",
    "..\\..\\Rozendal.txt",
    "/etc/Rozendal",
    "Rozendal\u202etxt.exe",
    'Rozendal".html\r\nX-Evil: 1',
    "Rozendal\x00.php",
    "Rozendal" * 200 + ".txt",
    "Rozendal%00%2e%2e%2f.txt",
    "....//....//Rozendal",
    "ROZENDAL.PDF.EXE",
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
@shows("file-3")
def test_the_name_it_came_with_is_nowhere(name, case, coordinator, signed_in, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    browser = signed_in(coordinator)
    answer = send(browser, case, name=name)
    assert answer.status_code == 302
    file = Attachment.objects.get()
    page = browser.get(answer["Location"])
    served = browser.get(url_of(file))
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
            assert "rozendal" not in str(cursor.fetchall()).lower(), table
    for told in (page.content.decode(), str(served.headers), str(answer.headers), caplog.text):
        assert "rozendal" not in told.lower()
    assert [path for path in tmp_path.rglob("*") if "rozendal" in path.name.lower()] == []
    assert len(stored()) == 1
    assert served.getvalue() == TEXT


def test_nor_when_the_file_is_refused(case, coordinator, signed_in, caplog):
    caplog.set_level(logging.DEBUG)
    answer = send(signed_in(coordinator), case, b"MZ\x90\x00", "Rozendal.exe")
    assert answer.status_code == 422
    assert "rozendal" not in (answer.content.decode() + caplog.text).lower()


def test_words_of_the_title_are_in_no_address_and_no_header(case, coordinator, signed_in):
    browser = signed_in(coordinator)
    answer = send(browser, case, title="Blauwe plek\u202e <b>Ties</b>")
    served = browser.get(url_of(Attachment.objects.get()))
    for told in (served.headers, answer.headers, url_of(Attachment.objects.get())):
        assert "Ties" not in str(told)
    page = browser.get(answer["Location"]).content.decode()
    assert "<b>Ties" not in page
    assert "<bdi>Blauwe plek\u202e &lt;b&gt;Ties" in page


# --- Refused --------------------------------------------------------------------------------------
def test_what_is_refused_says_so_at_the_field_and_keeps_the_title(case, coordinator, signed_in):
    browser = signed_in(coordinator)
    for content in (b"<svg/>", b"<!doctype html>", b"MZ\x00", photo()[:200], b""):
        before = written()
        answer = send(browser, case, content, "brief.pdf", "application/pdf")
        page = Page(answer)
        assert answer.status_code == 422
        assert page.summary_leads_to("file")
        assert answer.context["form"].errors["file"][0] in page.at("file")
        assert page.typed["title"] == [TITLE]
        assert written() == before
    assert stored() == []


@shows("file-2")
def test_a_file_that_is_far_too_large_is_told_so_and_not_taken_in(case, coordinator, signed_in):
    answer = send(signed_in(coordinator), case, b"%PDF-" + b" " * (LARGEST + 5_000_000))
    assert answer.status_code == 422
    assert Page(answer).typed["title"] == [TITLE]
    assert "te groot" in Page(answer).at("file")
    taken = answer.context["form"].files["file"].size
    assert LARGEST < taken < LARGEST + 200_000
    assert not Attachment.objects.exists()


def test_two_files_at_once_are_refused(case, coordinator, signed_in):
    url = reverse("cases:attach", args=[case.reference])
    two = [SimpleUploadedFile("a.txt", TEXT), SimpleUploadedFile("b.txt", TEXT)]
    answer = signed_in(coordinator).post(url, {"title": TITLE, "file": two})
    assert answer.status_code == 400
    assert "Je browser stuurde iets" in answer.content.decode()


def test_a_file_sent_to_a_form_without_one_changes_nothing(case, coordinator, signed_in):
    url = reverse("cases:look_back", args=[case.reference])
    data = {"seen": "Lacht weer.", "result": "watch", "file": SimpleUploadedFile("a.txt", TEXT)}
    assert signed_in(coordinator).post(url, data).status_code == 302
    assert stored() == []


def test_a_case_has_room_for_so_much(case, coordinator, signed_in, monkeypatch):
    attach(case, coordinator)
    monkeypatch.setattr(actions, "LIMIT_OF_CASE", 2 * len(TEXT) - 1)
    answer = send(signed_in(coordinator), case)
    assert answer.status_code == 422
    assert "samen" in Page(answer).at("file")
    assert len(stored()) == 1


def test_a_closed_case_takes_no_file(case, coordinator, signed_in):
    Case.objects.filter(pk=case.pk).update(
        closed_at=timezone.now(), outcome="cleared", closing_grounds="Klaar."
    )
    browser = signed_in(coordinator)
    assert send(browser, case).status_code == 422
    url = reverse("cases:attach", args=[case.reference])
    assert browser.get(url)["Location"] == reverse("cases:detail", args=[case.reference])
    assert url not in browser.get(reverse("cases:detail", args=[case.reference])).content.decode()
    assert stored() == []


# --- Who ------------------------------------------------------------------------------------------
def test_whoever_takes_part_adds_and_sees_files_and_nobody_else(case, teacher, coordinator):
    with pytest.raises(PermissionDenied):
        attach(case, teacher)
    assert stored() == []
    assign_perm("cases.take_part", teacher, case)
    file = attach(case, teacher)
    others = [
        member(Role.TEACHER, case.school),
        member(Role.COORDINATOR, SchoolFactory()),
        member(Role.BUURTTEAM_WORKER, case.school.buurtteam),
        member(Role.ADMINISTRATOR, case.school),
    ]
    for person in (teacher, coordinator):
        assert file in Attachment.objects.visible_to(person)
    for person in others:
        assert not Attachment.objects.visible_to(person).exists()
        with pytest.raises(PermissionDenied):
            attach(case, person)


@shows("file-6")
def test_a_conflict_of_interest_shuts_files_too(case, coordinator, leader, signed_in):
    file = attach(case, coordinator)
    browser = signed_in(coordinator)
    assert browser.get(url_of(file)).status_code == 200
    ShutOut.objects.create(pupil=case.pupil, user=coordinator, ground="family", set_by=leader)
    assert browser.get(url_of(file)).status_code == 404
    assert send(browser, case).status_code == 404
    with pytest.raises(PermissionDenied):
        attach(case, coordinator)
    with pytest.raises(PermissionDenied):
        actions.withdraw(file, coordinator, why="Weg ermee.")


@shows("file-6")
def test_when_a_role_or_a_part_ends_so_do_the_files(case, teacher, coordinator, signed_in):
    assign_perm("cases.take_part", teacher, case)
    file = attach(case, teacher)
    yesterday = timezone.localdate() - timedelta(days=1)
    for person in (teacher, coordinator):
        browser = signed_in(person)
        assert browser.get(url_of(file)).status_code == 200
        Membership.objects.filter(user=person).update(ends_on=yesterday, starts_on=yesterday)
        assert browser.get(url_of(file)).status_code == 404


def test_a_file_is_found_under_its_own_case_only(case, school, coordinator, signed_in):
    other = CaseFactory(pupil=PupilFactory(school=school))
    file = attach(case, coordinator)
    browser = signed_in(coordinator)
    for name in ("cases:file", "cases:withdraw_file"):
        wrong = reverse(name, args=[other.reference, file.public_id])
        assert browser.get(wrong).status_code == 404


def test_a_case_about_somebody_of_the_school_takes_files_of_the_board_s_line(
    school, leader, coordinator, signed_in
):
    case = CaseFactory(pupil=PupilFactory(school=school), restricted=True)
    file = attach(case, leader)
    assert (
        TITLE
        in signed_in(leader).get(reverse("cases:files", args=[case.reference])).content.decode()
    )
    assert signed_in(leader).get(url_of(file)).status_code == 200
    assert signed_in(coordinator).get(url_of(file)).status_code == 404
    with pytest.raises(PermissionDenied):
        attach(case, coordinator)


# --- Where it is shown ----------------------------------------------------------------------------
def test_it_stands_on_the_page_and_in_the_timeline(case, coordinator, signed_in):
    file = attach(case, coordinator, photo(), title="Foto van het schrift")
    actions.withdraw(file, coordinator, why="Ander kind.")
    case = Case.objects.with_records().get(pk=case.pk)
    told = [(str(entry.title), entry.who, entry.text) for entry in timeline(case)]
    assert ("Bestand toegevoegd", coordinator.name, "Foto van het schrift") in told
    assert ("Bestand ingetrokken", coordinator.name, "Foto van het schrift: Ander kind.") in told
    attach(case, coordinator, pdf())
    page = Page(signed_in(coordinator).get(reverse("cases:files", args=[case.reference])))
    for word in ("Bestanden", "Bestand 2", "PDF", TITLE, coordinator.name):
        assert word in page.text


def test_the_dossier_lists_it_and_does_not_hold_it(case, coordinator):
    file = attach(case, coordinator, b"Dit staat in het bestand zelf.", title="Verzuim")
    export = DossierExport.objects.create(case=case, requested_by=coordinator, reason="Inzage.")
    paper = PdfReader(io.BytesIO(make_pdf(dossier(export, timezone.localtime()), lambda p: None)))
    text = " ".join("".join(page.extract_text() for page in paper.pages).split())
    for word in ("Bestand 1: Verzuim", "Platte tekst", coordinator.name):
        assert word in text
    assert file.sha256 in text.replace(" ", "")
    assert "Dit staat in het bestand zelf" not in text
