"""Reading EDEXML, the Dutch format in which school administrations hand over pupils and groups.

Source: docs/imports.md. Read as a stream by defusedxml, whatever is sent: no document type, no
entity, nothing from elsewhere; so deep, so many attributes, so much between two marks, and so many
pupils, and no more. What is not in ``READ`` is passed over unread.
"""

from datetime import date
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser
from django.utils.translation import gettext_lazy as _

from accounts.tables import MOST_ROWS, Unreadable
from cases.imports.fields import BORN, CLASS, FAMILY, GIVEN, KEY, PREFIX, holds_bsn, names_bsn
from cases.imports.read import Read
from cases.imports.rows import Problem, Row, row_of

# Of a file, and of the same in UWLR, which carries the structure of EDEXML 2.1.
ROOTS = frozenset({"edex", "leerlinggegevens", "leerlinggegevens_antwoord"})
# Element of a pupil → what it is. The official first names stand in where no other is given.
READ = {
    "roepnaam": GIVEN,
    "voornamen": "voornamen",
    "voorvoegsel": PREFIX,
    "achternaam": FAMILY,
    "geboortedatum": BORN,
    "jaargroep": "jaargroep",
}
GROUPS = ("groep", "samengestelde_groep")
DEEPEST = 12
MOST_ATTRIBUTES = 20
LONGEST_TEXT = 1_000
CHUNK = 64 * 1024
# Pieces in a row without the beginning or end of anything: no pupil's name is that long.
SILENT = 4
# Years of primary school: beyond these the format has letters for other groups.
YEAR_GROUPS = frozenset("12345678")


def read_edexml(content: bytes, today: date) -> Read:
    """Return the pupils of a file. Raises ``Unreadable`` for what is no EDEXML."""
    handler = _Handler()
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(handler)
    handler.setDocumentLocator(parser)
    try:
        for start in range(0, len(content), CHUNK):
            handler.expect()
            parser.feed(content[start : start + CHUNK])
        parser.close()
    except DefusedXmlException as error:
        raise Unreadable(
            _("This file holds a document type or entities, which EDEXML has not. It is refused.")
        ) from error
    except (SAXException, LookupError, ValueError) as error:
        raise Unreadable(
            _("This file is no well-formed XML. Make the export anew; do not edit it by hand.")
        ) from error
    return handler.result(today)


class _Handler(ContentHandler):
    """Collects groups and pupils, and refuses what no administration writes."""

    def __init__(self) -> None:
        super().__init__()
        self._path: list[str] = []
        self._groups: dict[str, str] = {}
        self._group = ""
        self._pupils: list[tuple[int, dict[str, str]]] = []
        self._text: list[str] | None = None
        self._length = 0
        self._silent = 0
        self._bsn: set[str] = set()

    def expect(self) -> None:
        """Take note that another piece of the file comes."""
        self._silent += 1
        if self._silent > SILENT:
            raise Unreadable(_("Something in this file is far too long for EDEXML. It is refused."))

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        """Open a group or pupil, or something that is read of one."""
        self._silent = 0
        name = name.rpartition(":")[2].casefold()
        if not self._path and name not in ROOTS:
            raise Unreadable(_("This is XML, but no EDEXML: it does not begin with EDEX."))
        if len(self._path) >= DEEPEST or len(attrs) > MOST_ATTRIBUTES:
            raise Unreadable(_("This file is built otherwise than EDEXML is. It is refused."))
        if name == "leerling" and self._inside("leerlingen"):
            self._begin_pupil(attrs.get("key", ""))
        elif name in GROUPS and self._inside("leerling") and self._pupils:
            self._pupils[-1][1].setdefault(name, attrs.get("key", "").strip())
        elif name in GROUPS and self._inside("groepen"):
            self._group = attrs.get("key", "").strip()
        elif names_bsn(name):
            self._bsn.add(name)
        self._path.append(name)
        wanted = (self._inside("leerling", 2) and name in READ) or (
            name == "naam" and self._inside("groepen", 3) and self._path[-2] in GROUPS
        )
        self._text, self._length = ([] if wanted else None), 0

    def characters(self, content: str) -> None:
        """Keep what is read, as long as a name can be."""
        if self._text is not None:
            self._length += len(content)
            if self._length > LONGEST_TEXT:
                raise Unreadable(
                    _("Something in this file is far too long for EDEXML. It is refused.")
                )
            self._text.append(content)

    def endElement(self, name: str) -> None:
        """Keep what stood in an element that is read."""
        self._silent = 0
        name = self._path.pop()
        if self._text is not None:
            text = "".join(self._text)
            if name == "naam":
                self._groups[self._group] = text
            elif self._pupils:
                self._pupils[-1][1].setdefault(READ[name], text)
        self._text = None

    def result(self, today: date) -> Read:
        """Return what was read."""
        if holds_bsn("", (said[KEY] for __, said in self._pupils)):
            self._bsn.add("leerling key")
            self._pupils = [(line, {**said, KEY: ""}) for line, said in self._pupils]
        read = [self._row(line, said, today) for line, said in self._pupils]
        if not read:
            raise Unreadable(_("There are no pupils in this file."))
        rows = tuple(one for one in read if isinstance(one, Row))
        problems = tuple(one for one in read if isinstance(one, Problem))
        return Read(rows, problems, tuple(sorted(self._bsn)))

    def _begin_pupil(self, key: str) -> None:
        if len(self._pupils) >= MOST_ROWS:
            raise Unreadable(_("This file has too many rows. Send it in parts."))
        self._pupils.append((self._locator.getLineNumber(), {KEY: key.strip()}))

    def _inside(self, name: str, up: int = 1) -> bool:
        return len(self._path) >= up and self._path[-up] == name

    def _row(self, line: int, said: dict[str, str], today: date) -> Row | Problem:
        cells = {code: said.get(code, "") for code in (KEY, PREFIX, FAMILY, BORN)}
        cells[GIVEN] = said.get(GIVEN, "").strip() or said.get("voornamen", "")
        group = said.get("groep") or said.get("samengestelde_groep")
        if group is not None and group not in self._groups:
            return Problem(line, "no_group")
        year = said.get("jaargroep", "").strip()
        of_year = f"Groep {year}" if year in YEAR_GROUPS else ""
        cells[CLASS] = of_year if group is None else self._groups[group]
        return row_of(line, cells, today)
