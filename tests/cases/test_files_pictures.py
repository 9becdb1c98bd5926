"""Of a picture the picture alone is kept, upright; what would grow as it is read is refused."""

import io
import tracemalloc
import zlib

import pytest
from PIL import Image, ImageFile
from PIL.TiffImagePlugin import IFDRational

from cases.files.kinds import MEGABYTE
from tests.attacks.proof import shows
from tests.cases.judged import bytes_of, kept, why_not
from tests.cases.made_up_files import (
    BLUE,
    HTML,
    MARKER,
    RED,
    docx,
    exif,
    halves,
    jpeg_that_says,
    moving,
    photo,
    png_that_says,
    saved,
    webp_that_says,
)

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@shows("file-5")
def test_of_a_photograph_nothing_but_the_picture_is_kept(kind):
    original = photo(kind)
    assert MARKER.encode() in original
    assert Image.open(io.BytesIO(original)).getexif().get_ifd(0x8825)
    stored = bytes_of(original)
    picture = Image.open(io.BytesIO(stored))
    picture.load()
    assert dict(picture.getexif()) == {}
    assert not {"exif", "xmp", "icc_profile", "comment", "Author", "photoshop"} & set(picture.info)
    for trace in (MARKER.encode(), b"Exif", b"xmpmeta", b"ICC", b"2026:03:02", b"eXIf", b"tEXt"):
        assert trace not in stored


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "size", "first", "last"),
    [
        (1, (64, 32), RED, BLUE),
        (2, (64, 32), BLUE, RED),
        (3, (64, 32), BLUE, RED),
        (6, (32, 64), RED, BLUE),  # held upright: what was left comes on top
        (8, (32, 64), BLUE, RED),
    ],
)
def test_it_stands_as_it_was_taken(kind, orientation, size, first, last):
    stored = bytes_of(photo(kind, orientation=orientation))
    picture = Image.open(io.BytesIO(stored)).convert("RGB")
    assert picture.size == size
    corners = picture.getpixel((2, 2)), picture.getpixel((size[0] - 3, size[1] - 3))
    assert [nearest(corner) for corner in corners] == [first, last]


def nearest(colour):
    return min((RED, BLUE), key=lambda c: sum(abs(a - b) for a, b in zip(c, colour, strict=True)))


def test_what_hangs_behind_a_picture_goes():
    assert b"<script>" not in bytes_of(photo() + HTML)
    assert b"PK\x03\x04" not in bytes_of(photo("PNG") + docx())


def test_of_a_picture_with_others_behind_it_the_first_is_kept():
    several = saved(halves(), "MPO", save_all=True, append_images=[halves().rotate(180)])
    assert several.startswith(b"\xff\xd8\xff")
    picture = Image.open(io.BytesIO(bytes_of(several)))
    assert (picture.format, getattr(picture, "n_frames", 1)) == ("JPEG", 1)
    assert nearest(picture.getpixel((2, 2))) == RED


def test_a_very_large_photograph_is_halved():
    picture = Image.open(io.BytesIO(bytes_of(saved(Image.new("L", (6000, 4100)), "JPEG"))))
    assert picture.size == (3000, 2050)
    picture = Image.open(io.BytesIO(bytes_of(saved(Image.new("L", (6000, 4000)), "JPEG"))))
    assert picture.size == (6000, 4000)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "CMYK"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("PNG", "LA"),
        ("PNG", "I;16"),
        ("WEBP", "RGBA"),
    ],
)
def test_other_ways_of_writing_colours_are_taken(kind, mode):
    assert kept(saved(halves(mode="L").convert(mode), kind)).kind.code == kind.lower()


@pytest.mark.parametrize("mode", ["P", "L", "1"])
def test_what_one_sees_through_is_white_as_on_paper(mode):
    clear = Image.new(mode, (8, 8), 0)
    stored = bytes_of(saved(clear, "PNG", transparency=0))
    assert Image.open(io.BytesIO(stored)).convert("RGBA").getpixel((1, 1)) == (255,) * 4


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_of_what_was_erased_nothing_is_kept(mode):
    """A name that somebody rubbed out: its colours are left, and cannot be seen."""
    erased = Image.new("LA", (8, 8), (0, 0)).convert(mode)
    picture = Image.open(io.BytesIO(bytes_of(saved(erased, "PNG"))))
    assert "A" not in picture.getbands()
    assert picture.convert("L").getextrema() == (255, 255)


@pytest.mark.parametrize(
    "content",
    [
        png_that_says(50_000, 50_000),
        png_that_says(5000, 5000),
        jpeg_that_says(65_000, 65_000),
        jpeg_that_says(9000, 9000),
        webp_that_says(16_000, 16_000),
    ],
    ids=("PNG", "PNG of 25 million", "JPEG", "JPEG of 81 million", "WebP"),
)
@shows("file-2")
def test_a_picture_that_says_it_is_enormous_is_refused_before_it_is_decoded(content):
    tracemalloc.start()
    told = why_not(content)
    assert "pixels" in told
    assert tracemalloc.get_traced_memory()[1] < 2 * MEGABYTE
    tracemalloc.stop()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("left", [0.3, 0.6, 0.9])
@shows("file-2")
def test_a_picture_that_breaks_off_is_refused(kind, left, monkeypatch):
    # As WeasyPrint leaves it in whichever process it was imported.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    noise = Image.effect_noise((64, 64), 90)
    whole = saved(noise, kind)
    assert "damaged" in why_not(whole[: int(len(whole) * left)])


def _jpeg_of(scans: int) -> bytes:
    """A progressive JPEG whose last scan comes again: each goes over the whole picture."""
    whole = saved(Image.effect_noise((64, 64), 90), "JPEG", progressive=True)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last * scans + b"\xff\xd9"


def _jpeg_with_hidden(scans: int, kind: int) -> bytes:
    """A JPEG whose scans stand in a segment that one reads over, and a decoder does not.

    Where it waits for a sign to go on and finds another, it looks for the next one right behind it.
    """
    whole = _jpeg_of(scans)
    first, last = whole.index(b"\xff\xda"), whole.rindex(b"\xff\xda")
    begins, behind = whole[:first] + b"\xff\xdd\0\x04\0\x01", whole[first:last]
    hidden = whole[last:-2]
    segment = bytes((0xFF, kind)) + (len(hidden) + 2).to_bytes(2) + hidden
    return begins + behind[:20] + segment + b"\xff\xd9"


def _with_chunks(count: int) -> bytes:
    """A PNG with profiles of a megabyte, each of which is unpacked."""
    profile = b"x\0\0" + zlib.compress(b"\0" * 1000, 9)
    named = b"iCCP" + profile
    chunk = len(profile).to_bytes(4) + named + zlib.crc32(named).to_bytes(4)
    whole = photo("PNG")
    return whole[:33] + chunk * count + whole[33:]


EXIF = b"\xff\xe1\0\x10Exif\0\0MM\0*\0\0\0\x08"


@pytest.mark.parametrize(
    "bomb",
    [
        lambda: _jpeg_of(65),
        lambda: _with_chunks(250),
        lambda: b"\xff\xd8" + EXIF * 600 + photo()[2:],
        lambda: b"\xff\xd8" + b"\xff" * 5000 + photo()[2:],
        lambda: b"\xff\xd8" + b"\xff" * MEGABYTE,
        lambda: _jpeg_with_hidden(3, 0x02),
        lambda: _jpeg_with_hidden(3, 0xBF),
        lambda: b"\xff\xd8\xff\xd9" + EXIF * 600 + photo()[2:],
    ],
    ids=[
        "scans",
        "chunks",
        "segments",
        "filling",
        "nothing else",
        "in what is no segment",
        "in the last that is none",
        "behind an end that is none",
    ],
)
@shows("file-2")
def test_a_picture_of_many_parts_is_refused_before_it_is_decoded(bomb, monkeypatch):
    content, opened = bomb(), []
    monkeypatch.setattr(Image, "open", lambda *args, **kwargs: opened.append(args))
    assert "damaged" in why_not(content)
    assert opened == []


def _says(kind: str, numbers: int) -> bytes:
    """Return a picture that is turned, with so many fractions (eight bytes each) beside that."""
    said = exif(orientation=6)
    said[0xC000] = tuple(IFDRational(2_971_215_073, 1_836_311_903) for __ in range(numbers))
    written = said.tobytes()
    if kind != "JPEG":
        return saved(halves(), kind, exif=written)
    written, most = written.removeprefix(b"Exif\0\0"), 65_000
    pieces = [b"Exif\0\0" + written[at : at + most] for at in range(0, len(written), most)]
    heads = [b"\xff\xe1" + (len(one) + 2).to_bytes(2) + one for one in pieces]
    plain = saved(halves(), "JPEG")
    return plain[:2] + b"".join(heads) + plain[2:]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@shows("file-2")
def test_a_picture_of_which_a_million_numbers_are_said_is_refused(kind, monkeypatch):
    """Each became an object, and was written anew: ten megabytes took a minute."""
    assert Image.open(kept(_says(kind, 4_000)).file).size == (32, 64)
    content, opened = _says(kind, 20_000), []
    monkeypatch.setattr(Image, "open", lambda *args, **kwargs: opened.append(args))
    assert "damaged" in why_not(content)
    assert opened == []


@pytest.mark.parametrize("make", [lambda: _jpeg_of(20), lambda: _with_chunks(3)])
def test_a_picture_of_some_parts_is_taken(make):
    assert kept(make()).size


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
@shows("file-2")
def test_a_picture_that_moves_is_refused(kind):
    assert "moves" in why_not(moving(kind))


def test_no_other_decoder_is_tried(monkeypatch):
    """Pillow knows dozens; each is a door."""
    tried = []
    monkeypatch.setitem(Image.OPEN, "ANY", (lambda *args: tried.append(args), None))
    monkeypatch.setattr(Image, "ID", [*Image.ID, "ANY"])
    assert "damaged" in why_not(b"\xff\xd8\xff" * 9)
    assert tried == []


def test_only_the_head_of_a_picture_is_damage_and_no_error():
    for head in (
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x00\x00\x00\x00WEBP",
        b"\xff\xd8\xff" * 9,
    ):
        assert "damaged" in why_not(head)
