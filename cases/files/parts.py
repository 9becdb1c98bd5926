"""Of how many parts a picture is made: judged before a decoder walks through them.

What is decoded is bounded by a picture's size, but not how often. Each scan of a JPEG goes over all
of it, and one takes forty bytes: ten megabytes of them keep a processor busy for an hour. Pillow
itself puts parts of a kind together again and again, or unpacks each. A camera makes a dozen parts.
"""

import re

from django.utils.translation import gettext as _

from cases.files.kinds import Refused

# A progressive JPEG has ten scans; what describes it comes in pieces of 64 KB.
MOST_SCANS, MOST_SEGMENTS = 64, 500
# Beside the picture itself (IDAT), which comes in pieces of some KB.
MOST_CHUNKS, MOST_PIECES = 200, 20_000
# What a camera says of itself (EXIF), in bytes: the standard has one segment of a JPEG. Of each of
# its numbers Pillow makes an object, to see how the picture is turned.
MOST_SAID = 2 * 65_536
# Between two segments, in bytes: nothing belongs there.
MOST_JUNK = 4096
# A marker: none that stands for a byte of the picture, fills up, or says where one can go on.
# Without a repetition: of a long filling each beginning would be tried.
MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])", re.DOTALL)
BEGINS, ENDS, SCAN, EMPTY, SAYS = 0xD8, 0xD9, 0xDA, 0x01, 0xE1
# Below it no marker means anything. A decoder does not read over the segment that seems to follow,
# but looks for the next marker in it.
FIRST = 0xC0


def check_parts(content: bytes, code: str) -> None:
    """Raise ``Refused`` for a picture of more parts than one has."""
    {"jpeg": _check_jpeg, "png": _check_png, "webp": _check_webp}[code](content)


def _check_jpeg(content: bytes) -> None:
    scans = segments = said = at = 0
    while found := MARKER.search(content, at):
        junk, kind, at = found.start() - at, found[1][0], found.end()
        segments += 1
        scans += kind == SCAN
        # Pillow goes on behind an end that has no scan before it.
        if EMPTY < kind < FIRST or (kind == ENDS and not scans):
            raise _refused()
        if scans > MOST_SCANS or segments > MOST_SEGMENTS or (not scans and junk > MOST_JUNK):
            raise _refused()
        if kind == ENDS:
            return
        if kind not in (BEGINS, EMPTY):
            size = int.from_bytes(content[at : at + 2])
            # Beside EXIF there can be megabytes of other things, as how far away what stands where.
            said += size if kind == SAYS and content[at + 2 : at + 8] == b"Exif\0\0" else 0
            at += size
        if said > MOST_SAID:
            raise _refused()
    if not scans:
        raise _refused()


def _check_png(content: bytes) -> None:
    chunks = pieces = 0
    at = 8
    while at + 8 <= len(content):
        size, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        if kind == b"IEND":
            return
        chunks, pieces = chunks + (kind != b"IDAT"), pieces + 1
        too_much = kind == b"eXIf" and size > MOST_SAID
        if chunks > MOST_CHUNKS or pieces > MOST_PIECES or too_much:
            raise _refused()
        at += size + 12


def _check_webp(content: bytes) -> None:
    at = 12
    while at + 8 <= len(content):
        kind, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if kind == b"EXIF" and size > MOST_SAID:
            raise _refused()
        at += 8 + size + size % 2


def _refused() -> Refused:
    return Refused(_("This picture is damaged. Make or save it again."))
