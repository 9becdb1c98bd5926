"""Pictures: decoded within limits and written anew, so that nothing but the picture is kept.

Where and when it was taken, by which device, its preview, colour profile, comments, and whatever
else hung behind it: all that goes.
"""

import threading
from tempfile import TemporaryFile
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps

from cases.files.kinds import FileKind, Refused
from cases.files.parts import check_parts

FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
# Good for reading a letter in the picture, and half the bytes of the best.
QUALITY = {"jpeg": {"quality": 88}, "png": {}, "webp": {"quality": 88}}
# What can be written as it is; everything else becomes plain colour first.
MODES = {"jpeg": ("L", "RGB"), "png": ("1", "L", "RGB", "I;16"), "webp": ("RGB",)}
# A JPEG above this is halved in both directions while it is decoded: it stays far above what a
# screen or a page shows, and takes a quarter of the memory.
HALVED_ABOVE = 24_000_000

# A picture takes tens of megabytes while it is decoded: one at a time in each process.
_one_at_a_time = threading.Lock()
# Of the four threads of a web process: the one that decodes, and one that waits for it. The others
# are for everybody else: a picture of a megabyte can take five seconds.
_in_line = threading.BoundedSemaphore(2)


def cleaned(upload: BinaryIO, kind: FileKind) -> BinaryIO:
    """Return the picture alone, upright, as a new file. Raises ``Refused``."""
    upload.seek(0)
    check_parts(upload.read(), kind.code)
    upload.seek(0)
    if not _in_line.acquire(blocking=False):
        raise Refused(_("Several pictures are added at this moment. Try again in a minute."))
    try:
        return _written_anew(upload, kind)
    finally:
        _in_line.release()


def _written_anew(upload: BinaryIO, kind: FileKind) -> BinaryIO:
    kept = TemporaryFile()  # noqa: SIM115 - whoever keeps the picture reads it
    try:
        with _one_at_a_time, Image.open(upload, formats=[FORMATS[kind.code]]) as picture:
            # WeasyPrint lets half a picture pass, for the whole process, when it is imported.
            ImageFile.LOAD_TRUNCATED_IMAGES = False
            _check(picture, kind)
            _write(picture, kind, kept)
    except Exception as error:
        kept.close()
        if isinstance(error, Refused):
            raise
        if isinstance(error, Image.DecompressionBombError):
            raise Refused(_too_many_pixels(kind)) from error
        # Decoders raise whatever they stumble over, from struct.error to SyntaxError.
        raise Refused(_("This picture is damaged. Make or save it again.")) from error
    return kept


def _check(picture: Image.Image, kind: FileKind) -> None:
    """Judge what the head of the file says; nothing is decoded yet."""
    width, height = picture.size
    if width * height > kind.pixels:
        raise Refused(_too_many_pixels(kind))
    # A phone's JPEG often has a second one behind it (depth, preview): the first is the picture.
    if kind.code != "jpeg" and getattr(picture, "is_animated", False):
        raise Refused(_("This picture moves. Add a picture that stands still."))


def _write(picture: Image.Image, kind: FileKind, kept: BinaryIO) -> None:
    width, height = picture.size
    if kind.code == "jpeg" and width * height > HALVED_ABOVE:
        picture.draft(None, (width // 2, height // 2))
    # How it is turned is known by then, and nothing is left that Pillow would write anew.
    picture.load()
    picture.getexif()
    for said in ("exif", "Raw profile type exif"):
        picture.info.pop(said, None)
    ImageOps.exif_transpose(picture, in_place=True)
    plain = picture
    if kind.code != "jpeg" and picture.has_transparency_data:
        plain = _on_paper(picture)
    elif picture.mode not in MODES[kind.code]:
        plain = picture.convert("RGB")
    plain.info.clear()  # what Pillow would write along by itself
    plain.save(kept, format=FORMATS[kind.code], **QUALITY[kind.code])


def _on_paper(picture: Image.Image) -> Image.Image:
    """Return what one sees of a picture that is see-through in places, as on white paper.

    Somebody may have erased a name: its colours are there still, and nothing but not to be seen.
    """
    colours = picture if picture.mode == "RGBA" else picture.convert("RGBA")
    paper = Image.new("RGB", colours.size, "white")
    paper.paste(colours, mask=colours)
    return paper


def _too_many_pixels(kind: FileKind) -> str:
    return _("This picture has too many pixels: %(millions)s million at most.") % {
        "millions": kind.pixels // 1_000_000
    }
