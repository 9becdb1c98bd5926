"""What WeasyPrint's tags lack for a reader that is read out: head and foot of each page are no text
(ISO 14289-1, 7.8), and each heading of a table says of what it is one (7.5).

Asked by WeasyPrint when all is in place and nothing is written yet (``finisher``).
"""

from collections.abc import Iterator
from typing import Any

import pydyf

# As a content stream says it; no MCID: it belongs to nothing in the tree.
PAGINATION = pydyf.Dictionary({"Type": "/Pagination"})


def finish(_document: object, pdf: pydyf.PDF) -> None:
    """Say which is text, and which only stands around it."""
    root = _at(pdf, pdf.catalog["StructTreeRoot"])
    _scopes(pdf)
    _around_the_text(pdf, root)


def _at(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(bytes(reference).split()[0])]


def _scopes(pdf: pydyf.PDF) -> None:
    """Let each heading of a table say whether it heads a column or a row."""
    for one in pdf.objects:
        if isinstance(one, dict) and one.get("S") == "/TH" and "A" in one:
            group = _at(pdf, _at(pdf, one["P"])["P"])
            one["A"]["Scope"] = "/Column" if group.get("S") == "/THead" else "/Row"


def _around_the_text(pdf: pydyf.PDF, root: dict) -> None:
    """Make what hangs nowhere in the tree, the margins of the pages, into what it is: no text."""
    document = _at(pdf, root["K"][0])
    top = {bytes(reference) for reference in document["K"]}
    numbers = _at(pdf, root["ParentTree"])["Nums"]
    pages = [one for one in pdf.objects if isinstance(one, dict) and one.get("Type") == "/Page"]
    of_pages = dict(zip(numbers[::2], numbers[1::2], strict=True))
    for page in pages:
        below = of_pages[page["StructParents"]]
        loose = {mcid for mcid, ref in enumerate(below) if _topmost(pdf, ref, document) not in top}
        _as_artifacts(_at(pdf, page["Contents"]), loose)
        for mcid in loose:
            below[mcid] = "null"


def _topmost(pdf: pydyf.PDF, reference: bytes, document: dict) -> bytes:
    """Return the reference of the element right below the document that holds one."""
    end = bytes(document.reference)
    while bytes(parent := _at(pdf, reference)["P"]) != end:
        reference = parent
    return bytes(reference)


def _as_artifacts(stream: pydyf.Stream, loose: set[int]) -> None:
    for place in _marked(stream):
        if stream.stream[place + 1].get("MCID") in loose:
            stream.stream[place : place + 2] = ["/Artifact", PAGINATION]


def _marked(stream: pydyf.Stream) -> Iterator[int]:
    """Yield where in a stream a piece of text begins: its tag, and what follows that."""
    for place, one in enumerate(stream.stream):
        if one == b"BDC":
            yield place - 2
