"""What a file is, by its content; and what is kept of it. No database, no request.

Nothing is written to disk under a name of the file, nothing inside it is unpacked to disk, and
nothing is read into memory whole but a picture, whose size is known before it is decoded.
"""

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from cases.files import packages, pictures
from cases.files.kinds import KINDS, LARGEST, MEGABYTE, FileKind, Refused, allowed

CHUNK = 64 * 1024
# How far from its end the last mark of a PDF may stand.
PDF_TAIL = 2048
# What a text may hold besides signs one can read: tab, line ends, new page.
LAYOUT = frozenset("\t\n\r\f")


@dataclass(frozen=True, slots=True)
class Content:
    """A file that may be kept: its kind, the bytes to keep, their size and SHA-256."""

    kind: FileKind
    file: BinaryIO
    size: int
    sha256: str


def look_at(upload: BinaryIO) -> Content:
    """Return what an upload is and what is kept of it. Raises ``Refused``."""
    size = _size(upload)
    if size > LARGEST:
        raise Refused(_too_large(LARGEST))
    kind = _kind(upload)
    if size > kind.limit:
        raise Refused(_too_large(kind.limit))
    kept = pictures.cleaned(upload, kind) if kind.pixels else upload
    return Content(kind, kept, _size(kept), _digest(kept))


def _kind(upload: BinaryIO) -> FileKind:
    """Return the kind by the first bytes, each looked at more closely by its own check."""
    head = _start(upload, 16)
    if head.startswith(b"%PDF-"):
        _check_pdf(upload)
        return KINDS["pdf"]
    if head.startswith(b"\xff\xd8\xff"):
        return KINDS["jpeg"]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return KINDS["png"]
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return KINDS["webp"]
    if head.startswith(b"PK\x03\x04"):
        return KINDS[packages.code_of(upload)]
    _check_text(upload)
    return KINDS["txt"]


def _check_pdf(upload: BinaryIO) -> None:
    """A PDF that stops halfway is refused. What it holds is not looked into (docs/security.md)."""
    upload.seek(max(0, _size(upload) - PDF_TAIL))
    if b"%%EOF" not in upload.read(PDF_TAIL):
        raise Refused(_("This PDF is damaged: its end is missing. Make or download it again."))


def _check_text(upload: BinaryIO) -> None:
    """Text is UTF-8 that one can read, and does not begin as a web page or drawing (SVG)."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    begun = False
    try:
        for chunk in _chunks(upload):
            text = decoder.decode(chunk)
            begins = text.lstrip()
            if begins and not begun:
                begun = True
                if begins.startswith("<"):
                    raise Refused(_unknown())
            if any(sign not in LAYOUT and not _readable(sign) for sign in set(text)):
                raise Refused(_unknown())
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise Refused(_unknown()) from error


def _readable(sign: str) -> bool:
    """Tell whether a sign is no control character (C0, DEL and C1)."""
    return not ("\x00" <= sign < " " or "\x7f" <= sign < "\xa0")


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def _start(file: BinaryIO, length: int) -> bytes:
    file.seek(0)
    return file.read(length)


def _size(file: BinaryIO) -> int:
    return file.seek(0, 2)


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(file):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _too_large(limit: int) -> str:
    return _("This file is too large. It may be %(megabytes)s MB at most.") % {
        "megabytes": limit // MEGABYTE
    }


def _unknown() -> str:
    return _("This kind of file cannot be added. You can add %(kinds)s.") % {"kinds": allowed()}
