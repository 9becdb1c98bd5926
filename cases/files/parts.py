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
# Between two segments, in bytes: nothing belongs there.
MOST_JUNK = 4096
# A marker: none that stands for a byte of the picture, fills up, or says where one can go on.
# Without a repetition: of a long filling each beginning would be tried.
MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])", re.DOTALL)
BEGINS, ENDS, SCAN, EMPTY = 0xD8, 0xD9, 0xDA, 0x01
# Below it no marker means anything. A decoder does not read over the segment that seems to follow,
# but looks for the next marker in it.
FIRST = 0xC0


def check_parts(content: bytes, code: str) -> None:
    """Raise ``Refused`` for a picture of more parts than one has."""
    check = {"jpeg": _check_jpeg, "png": _check_png}.get(code)
    if check is not None:
        check(content)


def _check_jpeg(content: bytes) -> None:
    scans = segments = at = 0
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
            at += int.from_bytes(content[at : at + 2])
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
        if chunks > MOST_CHUNKS or pieces > MOST_PIECES:
            raise _refused()
        at += size + 12


def _refused() -> Refused:
    return Refused(_("This picture is damaged. Make or save it again."))
