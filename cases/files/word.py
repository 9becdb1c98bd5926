"""What a Word document would run or fetch by itself when it is opened: macros, ties, fields.

Each part is read as Word reads it, whatever signs and letters it is written in.
"""

import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from django.utils.translation import gettext as _

from cases.files.kinds import MEGABYTE, Refused, allowed

CONTENT_TYPES = "[Content_Types].xml"
# Where it fetches nothing from elsewhere: a drive or folder of the machine itself, or beside the
# document. All else is far away, in whatever way it is written: also a border of a path by number.
NAME = r"(?:[^\\/:%]|%(?!2F|5C|3A)[0-9A-F]{2})+"
# One that leads down, and no two borders beside each other: else a path leads to another machine.
BORDER = r"(?:[\\/]|%5C|%2F)"
STEP = rf"(?!(?:\.|%2E){{1,2}}(?:{BORDER}|$)){NAME}"
DRIVE = rf"[a-z]:{BORDER}(?:{STEP}(?:{BORDER}{STEP})*{BORDER}?)?"
# Where Word of a Mac looks for templates, as it writes that now and wrote it before.
OF_A_MAC = rf"/Users(?:/{STEP})+|Macintosh(?: |%20)HD(?::{NAME})+"
# Nothing is fetched at all: a part of a mail, no page, nothing, a picture that stands there itself.
NOTHING = r"cid:[^\\/:%]+|about:blank|data:image/(?:png|jpe?g|gif|bmp|tiff);base64,[0-9A-Z+/= ]*|"
NEAR = re.compile(
    rf"(?:{DRIVE}|file:///(?:{DRIVE}|{STEP}(?:/{STEP})+)|{NAME}(?:[\\/]{NAME})*|{OF_A_MAC}|{NOTHING})$",
    re.IGNORECASE,
)
# Fields that start a program, or fetch a picture or a text: how their first words begin.
ACTS = ("DATABASE", "DDEAUTO", "DDE", "INCLUDE", "IMPORT", "LINK", "RD")
# Ties to what runs: a macro, a program, a control. What the part itself is called says nothing.
RUNS = frozenset({"vbaproject", "wordvbadata", "oleobject", "control", "activexcontrolbinary"})
# Ties to what becomes a part of it when it is opened, and is no Word document: a web page, RTF, an
# add-in. What that fetches or runs nobody looks into.
TAKES_IN = frozenset({"afchunk", "webextension", "webextensiontaskpanes"})
# Ties to what is text of the document, or says how it looks. Only what is called so is read through
# for fields: Word finds a part by its tie and its kind, whatever it is called.
TEXTS = frozenset({
    "officedocument", "header", "footer", "footnotes", "endnotes", "comments", "glossarydocument",
    "styles", "numbering", "settings",
})  # fmt: skip
READ_THROUGH, TIES = ".xml", ".rels"
# What goes by a link when somebody clicks, or points at it.
CLICKED = frozenset({"hyperlink", "hlinkClick", "hlinkHover", "hlinkMouseOver"})
# The kind of such a part. Settings of a printer, or a document within this one, are none. No
# pattern: of a kind that says the first a thousand times it would be the square.
TEXT_KIND, AS_XML = "wordprocessingml", "+xml"
# Where Word finds its own, as most write it and in the strict kind: text, and formulas with text.
WORDS = frozenset({
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
})  # fmt: skip
FORMULAS = frozenset({
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
})  # fmt: skip
# What a field is made of.
PIECES = frozenset({"instrText", "delInstrText", "fldChar", "fldSimple"})
# A field says what stands between its beginning and its separator, in whatever it came. Programs
# read more or less of it: what was taken away by a tracked change counts or does not, and so does
# text as of a paragraph. So it is read in four ways; here is in which of these each counts.
ALL_WAYS = range(4)
COUNTS = {"instrText": ALL_WAYS, "delInstrText": (1, 3), "t": (2, 3), "delText": (3,)}
# Text as of a paragraph; and what is one sign of a text, of which nothing tells how it is read.
LOOSE, SIGNS = frozenset({"t", "delText"}), frozenset({"sym", "noBreakHyphen", "softHyphen"})
# A document that asks a database, or a list elsewhere, for whom it is: with a command of its own.
MERGES = "mailMerge"
# A part without these holds no field; without a zero it is not written two bytes a letter.
FIELD = re.compile(rb"fldChar|fldSimple|nstrText|mailMerge|\0")
# So of what is written as letters of ASCII and more, as Word writes; in UTF-7 or another code these
# names can be spelled with other bytes.
AS_WRITTEN = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?!\?xml[^>]*encoding\s*=\s*[\"'](?!utf-?8[\"']))", re.I
)
# Far more than what belongs to a document, or a text with fields, ever is, in bytes: all parts
# together, for each of a thousand would be read through.
MOST_TIES, MOST_WITH_FIELDS = MEGABYTE, 10 * MEGABYTE
CHUNK = 64 * 1024
# Of a part: bytes of where a name belongs, which expat writes before each name of an element or
# attribute; attributes of an element, elements in one another, and bytes from one mark to the next.
# Far more than any program writes. With more, of kilobytes of a document it makes gigabytes.
LONGEST_SPACE, MOST_ATTRIBUTES, DEEPEST, LONGEST_PIECE = 300, 500, 500, 16 * CHUNK
# What of a field says whether it acts: its first word.
BEGINNING = 100
# Blanks, hyphens that show at the end of a line alone, joiners and marks of a direction.
UNSEEN = re.compile(r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")


def check_word(archive: zipfile.ZipFile) -> None:
    """Raise ``Refused`` for a document that runs or fetches something when it is opened."""
    ties, texts = MOST_TIES, MOST_WITH_FIELDS
    links: dict[str, _Links] = {}
    parts = []
    for entry in archive.infolist():
        name = entry.filename.lower()
        if name.endswith(TIES):
            found = links.setdefault(_tied_by(name), _Links())
            ties = _read(archive, entry, ties, found.tie)
        elif name == CONTENT_TYPES.lower():
            ties = _read(archive, entry, ties, _check_part)
        else:
            parts.append((name, entry))
    for name, entry in parts:
        if name in links and links[name].names:
            texts = _read(archive, entry, texts, links[name].use)
        if name.endswith(READ_THROUGH) and _has_fields(archive, entry):
            fields = _Fields()
            texts = _read(archive, entry, texts, fields.start, fields)
            fields.judge_all()


def _tied_by(name: str) -> str:
    """Return whose ties stand in a part: those of ``word/document.xml`` in
    ``word/_rels/document.xml.rels``. Raises ``Refused`` where they stand in no such folder.
    """
    folder, __, called = name.removesuffix(TIES).rpartition("/")
    above, border, last = folder.rpartition("/")
    if last != "_rels":
        raise Refused(_fetches())
    return f"{above}{border}{called}"


class _Links:
    """The ties of a part that say that they are links, which lead elsewhere: by their names."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def tie(self, name: str, said: dict[str, str]) -> None:
        """Judge one tie, and remember a link."""
        if _check_tie(name, said):
            self.names.add(said.get("Id", ""))

    def use(self, name: str, said: dict[str, str]) -> None:
        """Look at an element of the part: a picture by such a tie is fetched, whatever that says
        of itself.
        """
        if _local(name) not in CLICKED and self.names.intersection(said.values()):
            raise Refused(_fetches())


@dataclass(slots=True)
class _Field:
    """A field that nobody ended yet: within how many elements of others it began, what it says in
    each way that it can be read, and whether that is over and what it shows follows."""

    within: int
    said: list[str] = field(default_factory=lambda: [""] * len(ALL_WAYS))
    shows: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it may still become one that acts, by what follows."""
        return any(name.startswith(said) for said in set(self.said) for name in ACTS)

    def judge(self) -> None:
        """Raise ``Refused`` for one that acts, in whatever way it is read."""
        if any(said.startswith(ACTS) for said in self.said):
            raise Refused(_fetches())


class _Fields:
    """The fields of a part: what each says, put together from the pieces that Word makes of it.

    Word leaves out what it does not know, and one of two ways to say a thing. So a field lies whole
    within an element that is none of Word's own, as in a text box, or whole outside of it: then it
    says the same whatever is left out.
    """

    def __init__(self) -> None:
        self.open: list[_Field] = []
        self.counts: Sequence[int] = ()
        self.within = 0

    def start(self, name: str, said: dict[str, str]) -> None:
        """Follow where fields begin and end."""
        space, __, kind = name.rpartition(" ")
        # Within what a field says Word knows no element.
        if kind == MERGES or self.counts or (kind in PIECES and space not in WORDS):
            raise Refused(_fetches())
        self.within += _of_others(space)
        self.counts = COUNTS.get(kind, ()) if kind in PIECES or self._is_said(space, kind) else ()
        what = _attribute("fldCharType", said) if kind == "fldChar" else ""
        if kind == "fldSimple":
            self._check_next()
            if _tight(_attribute("instr", said)).startswith(ACTS):
                raise Refused(_fetches())
        elif what == "begin":
            self._check_next()
            self.open.append(_Field(self.within))
        elif kind in PIECES and self.open:
            if self.open[-1].within != self.within:
                raise Refused(_fetches())
            if what == "separate":
                self.open[-1].shows = True
            elif what == "end":
                self.open.pop().judge()

    def text(self, text: str) -> None:
        """Add to what the field says in which one reads, as far as its first word.

        Each line comes by itself: put together whole, ten megabytes of them take ten minutes.
        Without blanks: which of them Word leaves out between two pieces, the document says.
        """
        if not self.counts or not self.open or text.isspace():
            return
        said = self.open[-1].said
        # Where the least counts stands first: there it says the least.
        if len(said[self.counts[0]]) < BEGINNING:
            more = _tight(text)
            for way in self.counts:
                said[way] = (said[way] + more)[:BEGINNING]

    def end(self, name: str) -> None:
        """Follow where a piece ends."""
        self.counts = ()
        self.within -= _of_others(name.rpartition(" ")[0])
        if self.open and self.open[-1].within > self.within:
            raise Refused(_fetches())

    def judge_all(self) -> None:
        """Raise ``Refused`` for a field that acts and that nobody ended."""
        for one in self.open:
            one.judge()

    def _is_said(self, space: str, kind: str) -> bool:
        """Tell whether a text as of a paragraph is part of what a field says it is."""
        if kind not in LOOSE | SIGNS or _of_others(space) or not self.open:
            return False
        if self.open[-1].shows or not self.open[-1].is_open:
            return False
        if kind in SIGNS or self.open[-1].within != self.within:
            raise Refused(_fetches())
        return True

    def _check_next(self) -> None:
        """Refuse a field in another one, where what kind that one is may follow from it."""
        if self.open and self.open[-1].is_open:
            raise Refused(_fetches())


def _of_others(space: str) -> bool:
    return space not in WORDS and space not in FORMULAS


def _tight(text: str) -> str:
    return UNSEEN.sub("", text).upper()


def _attribute(called: str, said: dict[str, str]) -> str:
    """Return what Word reads there. It stands there once, and as its own."""
    found = [
        (key.rpartition(" ")[0], value) for key, value in said.items() if _local(key) == called
    ]
    if len(found) > 1 or any(space not in WORDS for space, __ in found):
        raise Refused(_fetches())
    return found[0][1] if found else ""


def _has_fields(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Tell whether a part has to be read: it may hold a field, or be written so that one cannot
    see that."""
    before = b""
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            if FIELD.search(before + chunk) or not (before or AS_WRITTEN.match(chunk)):
                return True
            before = chunk[-16:]
    return False


def _read(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    most: int,
    start: Callable[[str, dict[str, str]], None],
    fields: _Fields | None = None,
) -> int:
    """Read a part, and return how many bytes there may be still of ``most``."""
    if entry.file_size > most:
        raise Refused(_too_much())
    part = archive.read(entry)
    _check_shape(part)
    parser = expat.ParserCreate(namespace_separator=" ", intern=None)
    parser.StartElementHandler = start
    if fields:
        parser.CharacterDataHandler, parser.EndElementHandler = fields.text, fields.end
    parser.Parse(part, True)
    return most - entry.file_size


def _check_shape(part: bytes) -> None:
    """Refuse a part that grows as it is read. Before that, and by itself: expat goes on to the end
    of what it was given, whatever a handler says of it.
    """
    depth = 0

    def start(name: str, said: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST or len(said) > MOST_ATTRIBUTES:
            raise Refused(_too_much())
        for key, value in said.items():
            if key.startswith("xmlns") and len(value.encode()) > LONGEST_SPACE:
                raise Refused(_too_much())

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate(intern=None)
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler, parser.EndElementHandler = start, end
    for read in range(0, len(part), CHUNK):
        parser.Parse(part[read : read + CHUNK], False)
        if read - parser.CurrentByteIndex > LONGEST_PIECE:
            raise Refused(_too_much())
    parser.Parse(b"", True)


def _too_much() -> str:
    return _("This document holds too much inside. Save it as PDF and add that.")


def _no_doctype(*args: object) -> None:
    """No Word document has one: entities would be made of it."""
    raise Refused(
        _("This kind of file cannot be added. You can add %(kinds)s.") % {"kinds": allowed()}
    )


def _check_part(name: str, said: dict[str, str]) -> None:
    """Judge what the list of parts says of one."""
    kind = said.get("ContentType", "").lower()
    if "macroenabled" in kind or "vbaproject" in kind:
        raise Refused(_macros())
    called = said.get("PartName", "") or said.get("Extension", "")
    is_text = AS_XML in kind.partition(TEXT_KIND)[2]
    if is_text and not f".{called.lower()}".endswith(READ_THROUGH):
        raise Refused(_fetches())


def _check_tie(name: str, said: dict[str, str]) -> bool:
    """Judge one tie of a document, and tell whether it is a link that leads elsewhere: that fetches
    nothing by itself where somebody clicks it.
    """
    outside = said.get("TargetMode", "").lower() == "external"
    kind = said.get("Type", "").rpartition("/")[2]
    if _local(name) != "Relationship":
        return False
    if kind.lower() in RUNS:
        raise Refused(_macros())
    if kind.lower() in TAKES_IN:
        raise Refused(_fetches())
    if kind.lower() in TEXTS and not said.get("Target", "").lower().endswith(READ_THROUGH):
        raise Refused(_fetches())
    leads = outside and not NEAR.match(said.get("Target", "").strip())
    if leads and kind != "hyperlink":
        raise Refused(_fetches())
    return leads


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _macros() -> str:
    return _("This document holds a macro or a program. Save it as PDF and add that.")


def _fetches() -> str:
    return _("This document fetches something from elsewhere. Save it as PDF.")
