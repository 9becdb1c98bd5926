"""What a file is follows from its content: each kind as it is kept, and each that is refused."""

import hashlib
import io
import struct
import tracemalloc
import zipfile
import zlib
from dataclasses import replace
from random import Random

import pytest
from django.utils import translation

from cases.files import packages
from cases.files.content import look_at
from cases.files.kinds import KINDS, MEGABYTE, Refused, allowed
from tests.attacks.proof import shows
from tests.cases.judged import bytes_of, kept, why_not
from tests.cases.made_up_files import (
    HTML,
    docx,
    odt,
    package,
    pdf,
    photo,
    streamed,
    two_in_one,
    with_between,
    with_end_in_a_comment,
    with_lying_header,
)

pytestmark = pytest.mark.usefixtures("in_english")

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
TEXT = "Tien keer te laat. Zoë zei: ‘ik durf niet’.\r\n\t- 3 maart\n".encode()


GOOD = {
    "pdf": pdf, "jpeg": photo, "png": lambda: photo("PNG"), "webp": lambda: photo("WEBP"),
    "docx": docx, "odt": odt, "txt": lambda: TEXT,
}  # fmt: skip


# --- What is taken --------------------------------------------------------------------------------
@pytest.mark.parametrize("code", KINDS)
def test_each_kind_is_taken_and_known_by_its_content(code):
    found = kept(GOOD[code]())
    stored = found.file.read()
    assert found.kind is KINDS[code]
    assert found.size == len(stored)
    assert found.sha256 == hashlib.sha256(stored).hexdigest()


@pytest.mark.parametrize("code", ["pdf", "docx", "odt", "txt"])
def test_what_is_no_picture_is_kept_as_it_came(code):
    content = GOOD[code]()
    assert bytes_of(content) == content


def test_text_may_begin_with_a_mark_of_its_order_of_bytes():
    assert kept(b"\xef\xbb\xbfTien keer te laat.").kind.code == "txt"


def test_a_sign_of_several_bytes_may_lie_across_two_chunks():
    assert kept(b"a" * (64 * 1024 - 1) + "ë".encode()).kind.code == "txt"


# --- Documents ------------------------------------------------------------------------------------
def test_a_pdf_that_breaks_off_is_refused():
    assert "damaged" in why_not(pdf()[:-40])


@pytest.mark.parametrize(
    "document",
    [
        docx(("word/vbaProject.bin", b"x")),
        docx(("word/vbaData.xml", b"x")),
        docx(("word/activeX/activeX1.bin", b"x")),
        docx(("word/embeddings/oleObject1.bin", b"x")),
        docx(
            types='<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
        ),
        odt(("Basic/Standard/Module1.xml", b"x")),
        odt(("Scripts/python/a.py", b"x")),
    ],
)
@shows("file-4")
def test_a_document_that_can_run_something_is_refused(document):
    assert "macro" in why_not(document)


TIES = "<Relationships>{}</Relationships>"
TIE = '<Relationship Id="r1" Type="http://schemas.example/relationships/{}" {}/>'


@pytest.mark.parametrize(
    ("kind", "attributes", "is_taken"),
    [
        ("attachedTemplate", 'Target="http://x.example/a.dotm" TargetMode="External"', False),
        ("attachedTemplate", "TargetMode='External' Target='https://x.example/a.dotm'", False),
        ("attachedTemplate", 'Target="file:///\\\\x\\a.dotm" TargetMode="External"', False),
        ("attachedTemplate", 'Target="\\\\x\\a.dotm" TargetMode="External"', False),
        ("image", 'Target="http://x.example/seen.png" TargetMode="External"', False),
        ("hyperlink", 'Target="https://www.nji.example/" TargetMode="External"', True),
        ("attachedTemplate", 'Target="file:///C:/Users/x/brief.dotm" TargetMode="External"', True),
        ("image", 'Target="media/image1.png"', True),
        ("attachedTemplate", 'Target="mhtml:http://x.example/a" TargetMode="External"', False),
        ("attachedTemplate", 'Target="file:////x/a.dotm" TargetMode="External"', False),
        ("attachedTemplate", 'Target="\\/x/a.dotm" TargetMode="External"', False),
        ("attachedTemplate", 'Target="http://x.example/hyperlink/a" TargetMode="External"', False),
        ("attachedTemplate", 'Target="&#104;ttp://x.example/a" TargetMode="External"', False),
    ],
)
@shows("file-4")
def test_a_document_that_fetches_from_elsewhere_is_refused(kind, attributes, is_taken):
    document = docx(("word/_rels/settings.xml.rels", TIES.format(TIE.format(kind, attributes))))
    if is_taken:
        assert kept(document).kind.code == "docx"
    else:
        assert "elsewhere" in why_not(document)


TARGET = 'Target="http://x.example/a" TargetMode="External"'
FAR = TIES.format(TIE.format("attachedTemplate", TARGET))


@pytest.mark.parametrize(
    ("ties", "why"),
    [
        (FAR.encode("utf-16"), "elsewhere"),
        (FAR.replace("<", "<p:").replace("<p:/", "</p:").replace(
            "<p:Relationships", '<p:Relationships xmlns:p="x"', 1), "elsewhere"),
        (f"<!DOCTYPE x [<!ENTITY h 'http'>]>{FAR}", "cannot be added"),
        ("<Relationship " * 2_000, "damaged"),
        (b"<Relationship " * 374_000 + bytes(range(256)) * 4000, "too much"),
    ],
    ids=["utf-16", "prefix", "entity", "no end", "long"],
)  # fmt: skip
@shows("file-4")
def test_ties_written_in_another_way_are_read_all_the_same(ties, why):
    assert why in why_not(docx(("word/_rels/settings.xml.rels", ties)))


@shows("file-3")
def test_names_of_entries_lead_nowhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = ("../../etc/cron.d/x", "/etc/passwd", "..\\..\\x", "word/../../y")
    document = docx(*((name, b"boo") for name in names))
    assert kept(document).kind.code == "docx"
    assert list(tmp_path.rglob("*")) == []


def test_an_archive_within_is_not_opened():
    inner = package([("a", b"\x00" * 50 * MEGABYTE)])
    assert kept(docx(("word/media/inner.zip", inner))).kind.code == "docx"


@pytest.mark.parametrize(
    "bomb",
    [
        docx(("word/media/a", b"\x00" * 30 * MEGABYTE)),  # a thousand times its size
        docx(*((f"word/{number}", b"") for number in range(packages.MOST_ENTRIES))),
        # Two bytes in the archive's end say there are few; the directory itself is long.
        docx(*((f"word/{'x' * 300}{number}", b"") for number in range(900))),
        with_lying_header(
            docx(("word/media/a", b"\x00" * MEGABYTE)), b"word/media/a", 4_000_000_000
        ),
    ],
)
@shows("file-1")
def test_an_archive_that_is_a_bomb_is_refused(bomb):
    assert len(bomb) < MEGABYTE
    assert "too much" in why_not(bomb)


def test_more_in_all_than_is_allowed_is_refused_whatever_the_ratio(monkeypatch):
    monkeypatch.setattr(packages, "MOST_UNPACKED", 100)
    assert "too much" in why_not(docx())


@pytest.mark.parametrize("says", [10, MEGABYTE - 1, MEGABYTE + 1])
@shows("file-1")
def test_a_header_that_lies_is_found_out(says):
    honest = docx(
        ("word/media/a", b"\x00" * MEGABYTE), ("word/media/b", Random(1).randbytes(20_000))
    )
    assert kept(honest)
    assert why_not(with_lying_header(honest, b"word/media/a", says))


def test_a_header_that_says_little_unpacks_little():
    """What an entry says it holds is all that is ever unpacked of it."""
    bomb = with_lying_header(docx(("word/a", b"\x00" * 60 * MEGABYTE)), b"word/a", 10)
    tracemalloc.start()
    why_not(bomb)
    assert tracemalloc.get_traced_memory()[1] < 2 * MEGABYTE
    tracemalloc.stop()


def test_a_locked_entry_is_refused():
    document = bytearray(docx())
    document[document.index(b"PK\x01\x02") + 8] |= 1
    assert "password" in why_not(bytes(document))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_entry_packed_in_another_way_is_refused(method):
    assert "password" in why_not(docx(method=method))


def test_the_same_entry_twice_is_refused():
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = docx(("word/document.xml", "<other/>"))
    assert why_not(twice)


@pytest.mark.parametrize(
    "document",
    [
        package([("a.txt", "x")]),
        package([("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<x/>")]),  # a sheet
        odt(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
        package(
            [("content.xml", "<office/>"), ("mimetype", "application/vnd.oasis.opendocument.text")]
        ),
        docx(comment=b"PK\x05\x06 twice the end"),
        docx() + b"behind it",
        b"PK\x03\x04",
        b"PK\x03\x04" + b"\x00" * 100,
        docx()[:-30],
    ],
)
def test_other_archives_and_broken_ones_are_refused(document):
    assert "You can add" in why_not(document) or "damaged" in why_not(document)


# --- One way to read it ---------------------------------------------------------------------------
MACRO, SMALL = ("word/vbaProject.bin", Random(2).randbytes(3000)), ("word/media/pict.bin", b"x")


@shows("file-7")
@pytest.mark.parametrize("join", [two_in_one, with_end_in_a_comment])
def test_a_document_with_another_for_other_readers_is_refused(join):
    hidden, shown = docx(MACRO), docx(SMALL)
    assert kept(shown)
    assert why_not(hidden)
    both = join(hidden, shown)
    assert "damaged" in why_not(both)


def test_what_zipfile_finds_in_two_is_not_what_is_at_the_place_that_the_end_names():
    both = two_in_one(docx(MACRO), docx(SMALL))
    with zipfile.ZipFile(io.BytesIO(both)) as archive:
        assert archive.read(SMALL[0]) == SMALL[1]
    assert MACRO[0].encode() in both


@shows("file-7")
@pytest.mark.parametrize("place", [0, 1])
def test_an_entry_that_no_directory_names_is_refused(place):
    hidden = package([MACRO])
    assert "damaged" in why_not(with_between(docx(), hidden[: hidden.index(b"PK\x01\x02")], place))


def with_more_in_the_first(document: bytes, more: bytes) -> bytes:
    """Return a document with something behind the end of what its first entry unpacks to."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        first, second, *_ = archive.infolist()
    size = first.compress_size
    end = second.header_offset - 16  # what is said behind it
    behind = document[end : second.header_offset]
    said = behind[:8] + (size + len(behind) + len(more)).to_bytes(4, "little") + behind[12:]
    grown = document[:end] + behind + more + said + document[second.header_offset :]
    by = len(grown) - len(document)
    forged = bytearray(grown)
    at, begins = grown.index(b"PK\x01\x02"), True
    forged[-6:-2] = at.to_bytes(4, "little")
    while grown[at : at + 4] == b"PK\x01\x02":
        place = int.from_bytes(grown[at + 42 : at + 46], "little")
        if begins:
            forged[at + 20 : at + 24] = said[8:12]
        else:
            forged[at + 42 : at + 46] = (place + by).to_bytes(4, "little")
        begins = False
        at += 46 + int.from_bytes(grown[at + 28 : at + 30], "little")
    return bytes(forged)


def test_an_entry_behind_the_end_of_another_is_refused():
    """Who reads from the front goes on where the first unpacks no further."""
    document = streamed(docx())
    hidden = package([MACRO])
    hidden = hidden[: hidden.index(b"PK\x01\x02")]
    forged = with_more_in_the_first(document, hidden)
    with zipfile.ZipFile(io.BytesIO(forged)) as archive:
        assert archive.testzip() is None
    assert kept(document)
    assert "damaged" in why_not(forged)


@pytest.mark.parametrize("at", [8, 14, 18, 22])
def test_an_entry_that_is_said_to_be_another_before_it_is_refused(at):
    """How it is packed, its checksum and both sizes: who reads from the front goes by these."""
    document = bytearray(docx())
    document[at] ^= 1
    assert "damaged" in why_not(bytes(document))


def test_a_directory_that_holds_more_than_it_says_is_refused():
    document = bytearray(docx(SMALL))
    document[-12] -= 1
    document[-14] -= 1
    assert "damaged" in why_not(bytes(document))


@pytest.mark.parametrize("more", [b"", b"\x20\xa2\x08\x00" + b"\x28\xa0\x04\x00" + b"\x00" * 4])
@pytest.mark.parametrize("says", [0, 0xFFFFFFFF])
@pytest.mark.parametrize("tail", ["<4s3L", "<3L", "<4sL2Q", "<L2Q"])
def test_a_document_of_a_writer_that_cannot_go_back_is_kept(tail, says, more):
    """As Google, LibreOffice and .NET write them, the last in the long form; and Word's room."""
    document = streamed(docx(SMALL, ("word/empty.xml", b"")), tail, says, more)
    assert bytes_of(document) == document


def test_a_document_with_its_sizes_in_the_long_form_is_kept():
    out, read = io.BytesIO(), zipfile.ZipFile(io.BytesIO(docx(SMALL)))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in read.namelist():
            with archive.open(name, "w", force_zip64=True) as entry:
                entry.write(read.read(name))
    assert bytes_of(out.getvalue()) == out.getvalue()


# --- Everything else ------------------------------------------------------------------------------
OTHERS = {
    "program": b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 60,
    "Linux program": b"\x7fELF\x02\x01\x01" + b"\x00" * 60,
    "drawing": SVG,
    "drawing with a head": b'\xef\xbb\xbf <?xml version="1.0"?>\n' + SVG,
    "page": HTML,
    "page after white space": b" \n" * 50_000 + HTML,
    "GIF": b"GIF89a" + b"\x01\x00" * 20,
    "TIFF": b"II*\x00\x08\x00\x00\x00" + b"\x00" * 20,
    "HEIC": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00",
    "old Word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 20,
    "old text": "café".encode("latin-1"),
    "text of two bytes a sign": "café".encode("utf-16"),
    "NUL": b"tekst\x00tekst",
    "escape": b"tekst \x1b[2J",
    "control sign of two bytes": "tekst \x9b2J".encode(),
    "half a sign at the end": "café".encode()[:-1],
    "PDF that begins later": b"\x00\x00" + pdf(),
    "sound": b"RIFF\x00\x00\x00\x00WAVEfmt ",
}


@pytest.mark.parametrize("what", OTHERS)
@shows("file-4")
def test_anything_else_is_refused_and_told_what_is_taken(what):
    told = why_not(OTHERS[what])
    assert "You can add a PDF, a picture (JPEG" in told


def test_every_kind_is_named_where_it_is_told_what_is_taken():
    for language in ("nl", "en"):
        with translation.override(language):
            assert [code for code in KINDS if code not in allowed().lower()] == []


@pytest.mark.parametrize("code", KINDS)
def test_what_is_too_large_is_refused(code, monkeypatch):
    content = GOOD[code]()
    for limit, taken in ((len(content), True), (len(content) - 1, False)):
        monkeypatch.setitem(KINDS, code, replace(KINDS[code], limit=limit))
        if taken:
            assert kept(content)
        else:
            assert "too large" in why_not(content)


def test_more_than_any_kind_may_have_is_refused_unread():
    class Unread(io.BytesIO):
        def read(self, *args):
            raise AssertionError

    with pytest.raises(Refused, match="20 MB"):
        look_at(Unread(b"%PDF-" + b" " * 21 * MEGABYTE))


def test_nor_is_one_with_more_beside_it_than_belongs_there():
    """All of it is read through, for each of a thousand entries."""
    made = io.BytesIO(docx())
    entry = zipfile.ZipInfo("docProps/thumb.txt")
    entry.extra = bytes(4 * 16_000)
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr(entry, b"x")
    assert "damaged" in why_not(made.getvalue())


@shows("file-7")
@pytest.mark.parametrize("where", ["both", "head"])
def test_an_entry_with_a_second_name_is_refused(where):
    """Some programs read that one, and Meldcode had looked at the first."""
    name = b"word/_rels/settings.xml.rels"
    second = (
        struct.pack("<2HBL", 0x7075, 5 + len(name), 1, zlib.crc32(b"docProps/thumb.txt")) + name
    )
    entry = zipfile.ZipInfo("docProps/thumb.txt")
    entry.extra = second
    made = io.BytesIO(docx())
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr(entry, b"x")
        if where == "head":  # the directory is written when it is closed
            archive.getinfo(entry.filename).extra = b""
    assert "damaged" in why_not(made.getvalue())
