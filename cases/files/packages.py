"""DOCX and ODT: zip archives that are judged before anything believes what they say of themselves.

First the directory at the end of the archive (how many entries, how large in all), then every entry
as a stream that stops where the limit is, so that a header that lies gains nothing. Nothing is
written to disk, so what an entry is called can lead nowhere; no archive inside it is opened.
"""

import struct
import zipfile
from typing import BinaryIO

from django.utils.translation import gettext as _

from cases.files.kinds import MEGABYTE, Refused, allowed
from cases.files.word import CONTENT_TYPES, check_word

MOST_ENTRIES = 1000
# All entries unpacked, in bytes, and against the size of the archive itself.
MOST_UNPACKED = 100 * MEGABYTE
MOST_RATIO = 100
MOST_DIRECTORY = 256 * 1024
CHUNK = 64 * 1024

END = struct.Struct("<4s4H2LH")
END_MARK, END64_LOCATOR_MARK, LOCATOR_SIZE = b"PK\x05\x06", b"PK\x06\x07", 20
# How they are packed. Of other kinds ``zipfile`` reads so many bytes and unpacks them whole, be it
# into gigabytes.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

# What can run something when the document is opened, by a part of an entry's name.
RUNS = ("vbaproject", "vbadata", "activex/", "embeddings/oleobject", "basic/", "scripts/")
ODT_TYPE = b"application/vnd.oasis.opendocument.text"


def code_of(upload: BinaryIO) -> str:
    """Return ``docx`` or ``odt`` for a zip archive that is one. Raises ``Refused``."""
    check_directory(upload)
    try:
        with zipfile.ZipFile(upload) as archive:
            _check_entries(archive, upload.seek(0, 2))
            _check_streams(archive)
            code = _code(archive)
    except Refused:
        raise
    except Exception as error:
        # zipfile and zlib raise a dozen kinds of errors on what is locked, or not as they expect.
        raise Refused(_("This file is damaged or locked with a password.")) from error
    upload.seek(0)
    return code


def check_directory(upload: BinaryIO) -> None:
    """Look at the end of the archive before ``zipfile`` reads a directory of any length.

    Word and LibreOffice write it last, without a comment and without the long form (zip64). Raises
    ``Refused``.
    """
    size = upload.seek(0, 2)
    upload.seek(max(0, size - END.size - LOCATOR_SIZE))
    tail = upload.read()
    if len(tail) < END.size:
        raise Refused(_unknown())
    mark, *__, entries, length, _offset, _comment = END.unpack(tail[-END.size :])
    if mark != END_MARK or tail.startswith(END64_LOCATOR_MARK):
        raise Refused(_unknown())
    if entries > MOST_ENTRIES or length > MOST_DIRECTORY:
        raise Refused(_bomb())


def _check_entries(archive: zipfile.ZipFile, size: int) -> None:
    """Judge what the directory says of the entries."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > min(MOST_UNPACKED, MOST_RATIO * size):
        raise Refused(_bomb())
    if len(entries) != len({entry.filename.lower() for entry in entries}):
        raise Refused(_unknown())
    if any(entry.compress_type not in METHODS for entry in entries):
        raise Refused(_("This file is damaged or locked with a password."))


def _check_streams(archive: zipfile.ZipFile) -> None:
    """Unpack every entry into nothing: it must be what the directory said, and no more."""
    for entry in archive.infolist():
        with archive.open(entry) as stream:
            unpacked = 0
            while chunk := stream.read(CHUNK):
                unpacked += len(chunk)
        if unpacked != entry.file_size:
            raise Refused(_bomb())


def _code(archive: zipfile.ZipFile) -> str:
    names = [entry.filename for entry in archive.infolist()]
    if any(part in name.lower() for part in RUNS for name in names):
        raise Refused(_macros())
    if CONTENT_TYPES in names and "word/document.xml" in names:
        check_word(archive)
        return "docx"
    first = min(archive.infolist(), key=lambda entry: entry.header_offset)
    if first.filename == "mimetype" and first.file_size == len(ODT_TYPE):
        stored = first.compress_type == zipfile.ZIP_STORED
        if stored and archive.read(first) == ODT_TYPE and "content.xml" in names:
            return "odt"
    raise Refused(_unknown())


def _unknown() -> str:
    return _("This kind of file cannot be added. You can add %(kinds)s.") % {"kinds": allowed()}


def _bomb() -> str:
    return _("This document holds too much inside. Save it as PDF and add that.")


def _macros() -> str:
    return _("This document holds a macro or a program. Save it as PDF and add that.")
