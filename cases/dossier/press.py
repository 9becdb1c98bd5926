"""From a page to a paper: WeasyPrint, as PDF/A-3a and PDF/UA-1 at once.

Whatever was typed into a record, no address is opened. What is printed is archival (PDF/A: fonts
and colours inside, files embedded with their relationship) and accessible (PDF/UA: tags, language,
title, bookmarks).
"""

import gc
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from weasyprint import HTML, Attachment
from weasyprint.pdf.metadata import DocumentMetadata
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from cases.dossier.tags import finish

# Says PDF/A-3a; that it is PDF/UA-1 too is added to its metadata below.
VARIANT = "pdf/a-3a"
# PDF/A asks that a schema which it does not know itself is described where it is used.
ACCESSIBLE = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
  <pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
  xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
  <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
      <pdfaProperty:name>part</pdfaProperty:name>
      <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
      <pdfaProperty:category>internal</pdfaProperty:category>
      <pdfaProperty:description>The part of ISO 14289 that it follows</pdfaProperty:description>
    </rdf:li></rdf:Seq></pdfaSchema:property>
  </rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>"""

# How many objects Python makes before it searches for cycles. A long dossier is millions of boxes
# that all live until the end: searched at its own pace, Python goes through them again and again,
# and each page costs more than the one before (bench/README.md, "bench/papers").
BOXES = 50_000
# Of so many pages it pays to look for what was let go: that takes as long as two pages.
LONG = 50


# A word that no language has. Where both directions of writing are mixed in it, the printer goes
# through what is left of it again for each line, and twenty thousand letters take minutes. It is
# broken where nobody sees it, into pieces shorter than a line.
SIGN = r"(?:[^ \t\r\n<>&]|&#?\w{1,9};)"
ENDLESS, PIECE = re.compile(rf"{SIGN}{{60,}}"), re.compile(rf"{SIGN}{{1,30}}")
FROM_THE_RIGHT = re.compile(
    r"[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufefc"
    r"\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
BREAK = "\u200b"
# What ends a line by itself: each is set as a line of its own, twenty thousand of them for half a
# minute. A form sends the end of a line in another way, and a blank is what these are on a page.
ENDS_OF_LINES = dict.fromkeys((0x2028, 0x2029), " ")


class RefusedURL(Exception):
    """Something in the dossier asked for an address; a dossier fetches nothing."""


class NothingFetched(URLFetcher):
    """Refuses every address, whatever kind it is. WeasyPrint asks it for each: pictures, fonts,
    stylesheets, attachments; what was refused is left out, and the dossier is made all the same.
    """

    def fetch(self, url: str, headers: object = None) -> None:
        """Raise ``RefusedURL``."""
        raise RefusedURL


class AccessibleMetadata(DocumentMetadata):
    """The metadata of a PDF/A that says of itself that it is PDF/UA as well."""

    def generate_rdf_metadata(self, *args: object) -> bytes:
        """Return WeasyPrint's own, with what it has no place for."""
        return super().generate_rdf_metadata(*args).replace(b"</rdf:RDF>", ACCESSIBLE)


_of_this_thread = threading.local()


def fonts() -> FontConfiguration:
    """Return the fonts of this machine, looked up once: a list made for each paper is never given
    back whole, a quarter of a megabyte each time. It keeps no text, and our papers bring no fonts.
    """
    if not hasattr(_of_this_thread, "fonts"):
        _of_this_thread.fonts = FontConfiguration()
    return _of_this_thread.fonts


@contextmanager
def few_searches() -> Iterator[None]:
    """Let Python search less often for objects that only point at one another."""
    before = gc.get_threshold()
    gc.set_threshold(BOXES, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


# A paper that will stand behind a password: no PDF/A, but readable for everybody all the same.
LOCKED = "pdf/ua-1"


def on_paper(
    html: str,
    progress: Callable[[int], None],
    files: Iterable[Attachment] = (),
    variant: str = VARIANT,
) -> bytes:
    """Return a page as PDF, with files embedded; no address in it is opened."""
    with few_searches():
        document = HTML(string=broken(html), url_fetcher=NothingFetched()).render(
            pdf_variant=variant, font_config=fonts()
        )
        progress(70)
        # The page as a tree, with the style of each of its elements, is no longer needed: a fifth
        # of all that is held.
        document._html = None
        if len(document.pages) > LONG:
            gc.collect()
        if variant == VARIANT:
            document.metadata = AccessibleMetadata(**vars(document.metadata))
        return document.write_pdf(pdf_variant=variant, attachments=list(files), finisher=finish)


def embedded(data: bytes, name: str, description: str, at: datetime) -> Attachment:
    """Return a file to embed: one that the paper speaks of."""
    at = at.astimezone(UTC)  # WeasyPrint writes it as such
    return Attachment(
        string=data, name=name, description=description, created=at, modified=at,
        relationship="Supplement",
    )  # fmt: skip


def broken(html: str) -> str:
    """Return a page in which no word goes on for ever in both directions at once.

    Nor does it hold signs that end a line.
    """
    return ENDLESS.sub(_in_pieces, html.translate(ENDS_OF_LINES))


def _in_pieces(word: re.Match[str]) -> str:
    said = word.group()
    return BREAK.join(PIECE.findall(said)) if FROM_THE_RIGHT.search(said) else said
