"""THE table of what may be attached: each kind, how large, under which name and type it is served.

Everything else is refused. What a file is follows from its content alone (``cases.files.content``);
the name that it came with is not looked at and not kept: it may hold the name of a pupil.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

MEGABYTE = 1024 * 1024
MILLION = 1_000_000


class Refused(Exception):
    """A file that is not taken; the message says why, and what would be."""

    def __init__(self, message: Promise | str) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file. ``limit`` in bytes; ``pixels``: of a picture, before it is decoded."""

    code: str
    name: Promise | str
    extension: str
    mime_type: str
    limit: int
    pixels: int = 0


# fmt: off
KINDS: dict[str, FileKind] = {kind.code: kind for kind in (
    FileKind("pdf",  "PDF",                "pdf",  "application/pdf",           20 * MEGABYTE),
    # A phone's largest usual picture; above a third of it, it is halved while it is decoded.
    FileKind("jpeg", _("Picture (JPEG)"),  "jpg",  "image/jpeg",                10 * MEGABYTE,
             pixels=64 * MILLION),
    # These are decoded whole: a page of A4 at 300 dots an inch has 9 million.
    FileKind("png",  _("Picture (PNG)"),   "png",  "image/png",                 10 * MEGABYTE,
             pixels=24 * MILLION),
    FileKind("webp", _("Picture (WebP)"),  "webp", "image/webp",                10 * MEGABYTE,
             pixels=24 * MILLION),
    FileKind("docx", "Word (DOCX)",        "docx",
             "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
             10 * MEGABYTE),
    FileKind("odt",  _("Text (ODT)"),      "odt",  "application/vnd.oasis.opendocument.text",
             10 * MEGABYTE),
    FileKind("txt",  _("Plain text"),      "txt",  "text/plain; charset=utf-8", MEGABYTE),
)}
# fmt: on

LARGEST = max(kind.limit for kind in KINDS.values())
# Of one case, all its files together: hundreds of letters and pictures.
LIMIT_OF_CASE = 250 * MEGABYTE


def allowed() -> str:
    """Return the kinds in words, for hints and refusals."""
    return gettext(
        "a PDF, a picture (JPEG, PNG or WebP), a document (DOCX or ODT) or plain text (TXT)"
    )


def accepts() -> str:
    """Return what a browser may offer to choose (the ``accept`` of a file field)."""
    types = [kind.mime_type.partition(";")[0] for kind in KINDS.values()]
    return ",".join([*(f".{kind.extension}" for kind in KINDS.values()), ".jpeg", *types])
