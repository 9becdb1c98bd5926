"""Files as these tests make them: good ones of each kind, and what somebody might send instead."""

import io
import struct
import uuid
import zipfile
import zlib
from collections.abc import Iterable

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfWriter

from cases.files import actions
from cases.files.content import look_at

TITLE = "Brief van de huisarts"
TEXT = b"Tien keer te laat in maart."

# Left half red, right half blue: which way up it is can be seen.
RED, BLUE = (200, 20, 20), (20, 20, 200)
PLACE = (52.0, 5.0, 26.5)
# Stands in every corner of a picture where words can stand.
MARKER = "SAMSUNG van Ties Rozendal"

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES = f'<Types><Override PartName="/word/document.xml" ContentType="{WORD}"/></Types>'
ODT = "application/vnd.oasis.opendocument.text"
HTML = b"<!DOCTYPE html><script>alert(1)</script>"


def halves(size=(64, 32), mode="RGB") -> Image.Image:
    """Return a picture of two colours."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, *size))
    return picture.convert(mode)


def exif(orientation=1) -> Image.Exif:
    """Return what a phone writes: how it was held, which phone, when, and where."""
    found = Image.Exif()
    found[Base.Orientation] = orientation
    found[Base.Make] = MARKER
    found[Base.DateTime] = "2026:03:02 10:15:00"
    found.get_ifd(IFD.GPSInfo).update(
        {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: PLACE, GPS.GPSLongitudeRef: "E"}
    )
    return found


def saved(picture: Image.Image, kind: str, **options) -> bytes:
    """Return a picture as a file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def photo(kind="JPEG", size=(64, 32), orientation=1) -> bytes:
    """Return a photograph with all that can hang on one."""
    more = {"xmp": f"<x:xmpmeta>{MARKER}</x:xmpmeta>".encode(), "icc_profile": MARKER.encode()}
    if kind == "JPEG":
        more["comment"] = MARKER.encode()
    if kind == "PNG":
        words = PngInfo()
        words.add_text("Author", MARKER)
        words.add_itxt("XML:com.adobe.xmp", more.pop("xmp").decode())
        more["pnginfo"] = words
    return saved(halves(size), kind, exif=exif(orientation), **more)


def pdf() -> bytes:
    """Return a PDF of one empty page."""
    out = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(out)
    return out.getvalue()


def package(
    entries: Iterable[tuple[str, bytes | str]], method=zipfile.ZIP_DEFLATED, comment=b""
) -> bytes:
    """Return a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries:
            stored = zipfile.ZIP_STORED if name == "mimetype" else method
            archive.writestr(name, content, compress_type=stored)
        archive.comment = comment
    return out.getvalue()


def docx(*more: tuple[str, bytes | str], types=TYPES, **options) -> bytes:
    """Return a Word document, with more in it."""
    body = "<w:document>Overzicht</w:document>"
    return package([("[Content_Types].xml", types), ("word/document.xml", body), *more], **options)


def odt(*more: tuple[str, bytes | str], mimetype=ODT) -> bytes:
    """Return a document of LibreOffice, with more in it."""
    return package([("mimetype", mimetype), ("content.xml", "<office/>"), *more])


def png_that_says(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes whose head says that it is that large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def jpeg_that_says(width: int, height: int) -> bytes:
    """Return a small JPEG whose frame says that it is that large."""
    small = saved(halves(), "JPEG")
    frame = small.index(b"\xff\xc0") + 5
    return small[:frame] + struct.pack(">HH", height, width) + small[frame + 4 :]


def webp_that_says(width: int, height: int) -> bytes:
    """Return a WebP whose canvas says that it is that large."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    canvas = b"VP8X" + struct.pack("<I", 10) + b"\x00\x00\x00\x00" + size
    rest = saved(halves(), "WEBP")[12:]
    body = b"WEBP" + canvas + rest
    return b"RIFF" + struct.pack("<I", len(body)) + body


def moving(kind: str) -> bytes:
    """Return a picture of two frames."""
    return saved(halves(), kind, save_all=True, append_images=[Image.new("RGB", (64, 32), BLUE)])


def with_lying_header(archive: bytes, name: bytes, says: int) -> bytes:
    """Return the archive with another unpacked size of an entry in its directory and before it."""
    forged = bytearray(archive)
    for mark, size_at, name_at in ((b"PK\x01\x02", 24, 46), (b"PK\x03\x04", 22, 30)):
        at = archive.find(mark)
        while at >= 0 and archive[at + name_at :][: len(name)] != name:
            at = archive.find(mark, at + 1)
        struct.pack_into("<I", forged, at + size_at, says)
    return bytes(forged)


END = struct.Struct("<4s4H2LH")


def parts_of(archive: bytes) -> tuple[bytes, bytes, int]:
    """Return what stands before the directory, the directory, and how many entries it names."""
    *__, count, length, at, __ = END.unpack(archive[-END.size :])
    return archive[:at], archive[at : at + length], count


def moved(directory: bytes, by: int) -> bytes:
    """Return a directory whose entries stand so much further on."""
    made, at = bytearray(directory), 0
    while at < len(made):
        struct.pack_into("<L", made, at + 42, struct.unpack_from("<L", made, at + 42)[0] + by)
        at += 46 + sum(struct.unpack_from("<3H", made, at + 28))
    return bytes(made)


def end_of(count: int, length: int, at: int) -> bytes:
    """Return the last record of an archive."""
    return END.pack(b"PK\x05\x06", 0, 0, count, count, length, at, 0)


def two_in_one(hidden: bytes, shown: bytes) -> bytes:
    """Return an archive with two directories, for two kinds of readers.

    ``hidden`` is at the place that the end names; ``shown`` ends right before that end, its offsets
    as ``zipfile`` mends them in an archive with something in front. Both have as many entries, by
    names as long; ``hidden`` is the larger.
    """
    (front, others, count), (entries, directory, same) = parts_of(hidden), parts_of(shown)
    assert (count, len(others)) == (same, len(directory))
    assert len(front) > len(entries)
    mended = moved(directory, len(front) - len(entries))
    return front + others + entries + mended + end_of(count, len(directory), len(front))


def with_end_in_a_comment(hidden: bytes, shown: bytes) -> bytes:
    """Return an archive whose end has a comment, in which stands another archive with its end."""
    (front, directory, count) = parts_of(hidden)
    entries, others, same = parts_of(shown)
    by = len(front) + len(directory) + END.size
    behind = entries + moved(others, by)
    behind += end_of(same, len(others), by + len(entries))
    end = bytearray(end_of(count, len(directory), len(front)))
    struct.pack_into("<H", end, 20, len(behind))
    return front + directory + bytes(end) + behind


def with_between(archive: bytes, between: bytes, place: int = 0) -> bytes:
    """Return an archive with something before its entries, or else before its directory."""
    front, directory, count = parts_of(archive)
    if place == 0:
        front, directory = between + front, moved(directory, len(between))
    else:
        front += between
    return front + directory + end_of(count, len(directory), len(front))


def streamed(archive: bytes, tail: str = "<4s3L", says: int = 0, more: bytes = b"") -> bytes:
    """Return an archive as one writes it who cannot go back: sizes stand behind each entry.

    ``tail``: how they stand there; ``says``: the sizes before it; ``more``: what the head of an
    entry has besides, as Word keeps room in it; behind each of them it may be a whole other entry.
    """
    body, directory, count = b"", b"", 0
    with zipfile.ZipFile(io.BytesIO(archive)) as read:
        for entry in read.infolist():
            name, content = entry.filename.encode(), read.read(entry)
            packing = zlib.compressobj(wbits=-15)
            data = packing.compress(content) + packing.flush()
            sizes = (zlib.crc32(content), len(data), len(content))
            fixed = (20, 8, zipfile.ZIP_DEFLATED, 0, 0x21)
            directory += struct.pack(
                "<4sH5H3L5H2L", b"PK\x01\x02", 20, *fixed, *sizes,
                len(name), 0, 0, 0, 0, 0, len(body),
            ) + name  # fmt: skip
            body += struct.pack(
                "<4s5H3L2H", b"PK\x03\x04", *fixed, 0, says, says, len(name), len(more)
            )
            head = (b"PK\x07\x08",) if "s" in tail else ()
            body += name + more + data + struct.pack(tail, *head, *sizes)
            count += 1
    return body + directory + end_of(count, len(directory), len(body))


def attach(case, by, content=TEXT, key=None, title=TITLE):
    """Add a file to a case."""
    looked_at = look_at(io.BytesIO(content))
    return actions.attach(case, by, key or uuid.uuid4(), title=title, content=looked_at)


def send(browser, case, content=TEXT, name="a.txt", kind="text/plain", **data):
    """Send the form with a file."""
    upload = SimpleUploadedFile("a.txt", content, kind)
    upload.name = name  # as it was typed by whoever attacks: Django's own class would mend it
    url = reverse("cases:attach", args=[case.reference])
    return browser.post(url, {"title": TITLE, "file": upload, **data})


def url_of(file):
    """Return where a file is served."""
    return reverse("cases:file", args=[file.case.reference, file.public_id])


def stored():
    """Return the files in the store, by name."""
    return (
        default_storage.listdir("attachments")[1] if default_storage.exists("attachments") else []
    )
