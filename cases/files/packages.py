"""DOCX and ODT: zip archives that are judged before anything believes what they say of themselves.

First the directory at the end of the archive (how many entries, how large in all), then every entry
as a stream that stops where the limit is, so that a header that lies gains nothing, and last that
there is one way to read it. Nothing is written to disk, so what an entry is called can lead
nowhere; no archive inside it is opened.
"""

import struct
import zipfile
import zlib
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
# What stands before each entry; a size that is all ones stands in the long form (zip64) behind it.
HEAD = struct.Struct("<4s5H3L2H")
LONG, LONG_FORM = 0xFFFFFFFF, struct.Struct("<2H2Q")
LONG_FORM_CODE = 1
# What stands beside an entry comes in pieces; and those that hold its name or comment once more
# (Unicode Path and Comment, APPNOTE 4.6.8 and 4.6.9).
PIECE, OTHER_TEXTS = struct.Struct("<2H"), frozenset({0x7075, 0x6375})
# In bytes, beside an entry: Word leaves some hundreds free, and others write a day and an owner.
MOST_BESIDE = 4096
# The flag of an entry whose sizes stand behind it, as a writer does that cannot go back; and how:
# with a mark or without, short or long.
SIZES_BEHIND = 0x08
BEHIND = tuple(
    (mark, struct.Struct(form)) for mark in (b"PK\x07\x08", b"") for form in ("<3L", "<L2Q")
)
MOST_BEHIND = max(len(mark) + form.size for mark, form in BEHIND)
# How they are packed. Of other kinds ``zipfile`` reads so many bytes and unpacks them whole, be it
# into gigabytes.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

# What can run something when the document is opened, by a part of an entry's name.
RUNS = ("vbaproject", "vbadata", "activex/", "embeddings/oleobject", "basic/", "scripts/")
ODT_TYPE = b"application/vnd.oasis.opendocument.text"


def code_of(upload: BinaryIO) -> str:
    """Return ``docx`` or ``odt`` for a zip archive that is one. Raises ``Refused``."""
    count = check_directory(upload)
    try:
        with zipfile.ZipFile(upload) as archive:
            _check_entries(archive, upload.seek(0, 2))
            _check_streams(archive)
            check_layout(archive, upload, count)
            code = _code(archive)
    except Refused:
        raise
    except Exception as error:
        # zipfile and zlib raise a dozen kinds of errors on what is locked, or not as they expect.
        raise Refused(_damaged()) from error
    upload.seek(0)
    return code


def check_directory(upload: BinaryIO) -> int:
    """Return how many entries the end says there are, before ``zipfile`` reads a long directory.

    Word and LibreOffice write it last, without a comment and without the long form (zip64), and say
    where it stands. With another place, ``zipfile`` reads what stands before the end and others
    what stands at that place. Raises ``Refused``.
    """
    size = upload.seek(0, 2)
    upload.seek(max(0, size - END.size - LOCATOR_SIZE))
    tail = upload.read()
    if len(tail) < END.size:
        raise Refused(_unknown())
    mark, disk, disk_of_it, here, entries, length, offset, comment = END.unpack(tail[-END.size :])
    if mark != END_MARK or tail.startswith(END64_LOCATOR_MARK):
        raise Refused(_unknown())
    if entries > MOST_ENTRIES or length > MOST_DIRECTORY:
        raise Refused(_bomb())
    one_disk = disk == disk_of_it == 0 and here == entries
    if not one_disk or comment or offset + length != size - END.size:
        raise Refused(_damaged())
    return entries


def check_layout(archive: zipfile.ZipFile, upload: BinaryIO, count: int) -> None:
    """Look whether who reads from the front finds the same entries as who reads the directory.

    They stand one behind the other from the first byte up to the directory, and each is said to be
    the same in both places; there are ``count``, as the end said. For entries whose sizes are
    bounded already. Raises ``Refused``.
    """
    entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    ends = [entry.header_offset for entry in entries[1:]] + [archive.start_dir]
    if len(entries) != count:
        raise Refused(_damaged())
    at = 0
    for entry, until in zip(entries, ends, strict=True):
        if entry.comment or _has_other_text(entry.extra):
            raise Refused(_damaged())
        if entry.header_offset != at or not _fills(upload, entry, until):
            raise Refused(_damaged())
        at = until


def _fills(upload: BinaryIO, entry: zipfile.ZipInfo, until: int) -> bool:
    """Tell whether an entry is what the directory says, and ends where the next thing begins."""
    upload.seek(entry.header_offset)
    head = upload.read(HEAD.size)
    if len(head) < HEAD.size:
        return False
    _mark, _version, flags, method, _time, _day, *said, name, more = HEAD.unpack(head)
    sizes = [entry.CRC, entry.compress_size, entry.file_size]
    room = upload.read(name + more)[name:]
    if _has_other_text(room):
        return False
    if (flags & SIZES_BEHIND, method) != (entry.flag_bits & SIZES_BEHIND, entry.compress_type):
        return False
    start = entry.header_offset + HEAD.size + name + more
    behind = until - start - entry.compress_size
    if not 0 <= behind <= MOST_BEHIND or not _is_whole(upload, entry, start):
        return False
    if not flags & SIZES_BEHIND:
        return behind == 0 and sizes == _in_long_form(said, room)
    upload.seek(until - behind)
    ends = upload.read(behind)
    return ends in [mark + form.pack(*sizes) for mark, form in BEHIND]


def _has_other_text(room: bytes) -> bool:
    """Tell whether what stands beside an entry holds a second name, or a word of its own, which
    other programs show.

    Raises ``Refused`` for more than belongs there: it would be read through for each of a thousand.
    """
    if len(room) > MOST_BESIDE:
        raise Refused(_damaged())
    at = 0
    while at + PIECE.size <= len(room):
        code, length = PIECE.unpack_from(room, at)
        if code in OTHER_TEXTS:
            return True
        at += PIECE.size + length
    return False


def _in_long_form(said: list[int], room: bytes) -> list[int]:
    """Return what the head of an entry says of its sizes, be it where there is room for more."""
    if said[1:] != [LONG, LONG] or len(room) < LONG_FORM.size:
        return said
    code, _length, unpacked, packed = LONG_FORM.unpack(room[: LONG_FORM.size])
    return [said[0], packed, unpacked] if code == LONG_FORM_CODE else said


def _is_whole(upload: BinaryIO, entry: zipfile.ZipInfo, start: int) -> bool:
    """Tell whether all that is kept of an entry is what it unpacks to, and nothing behind that.

    ``zipfile`` stops at the size in the directory, who reads from the front at the end of the
    stream: what comes after that is the next entry to them.
    """
    if entry.compress_type == zipfile.ZIP_STORED:
        return entry.compress_size == entry.file_size
    upload.seek(start)
    stream, left, unpacked = zlib.decompressobj(-zlib.MAX_WBITS), entry.compress_size, 0
    while not stream.eof and unpacked <= entry.file_size:
        packed = stream.unconsumed_tail
        if not packed:
            packed = upload.read(min(CHUNK, left))
            left -= len(packed)
        more = stream.decompress(packed, CHUNK)
        unpacked += len(more)
        if not packed and not more:
            break
    ends = stream.eof and not left and not stream.unused_data
    return ends and unpacked == entry.file_size


def _check_entries(archive: zipfile.ZipFile, size: int) -> None:
    """Judge what the directory says of the entries."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > min(MOST_UNPACKED, MOST_RATIO * size):
        raise Refused(_bomb())
    if len(entries) != len({entry.filename.lower() for entry in entries}):
        raise Refused(_unknown())
    if any(entry.compress_type not in METHODS for entry in entries):
        raise Refused(_damaged())


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


def _damaged() -> str:
    return _("This file is damaged or locked with a password.")


def _bomb() -> str:
    return _("This document holds too much inside. Save it as PDF and add that.")


def _macros() -> str:
    return _("This document holds a macro or a program. Save it as PDF and add that.")
