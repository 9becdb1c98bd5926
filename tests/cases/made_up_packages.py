"""Packages as another school would hand them over."""

import io
import re
import struct
import zlib
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pypdf import PdfWriter
from pypdf.generic import NameObject, NumberObject, StreamObject

from cases.dossier.lock import locked
from cases.models import Pupil
from cases.transfer.contents import Chapter, Handed, Part, Passage, as_json
from cases.transfer.sealing import sealed

PASSWORD = "vier woorden op een rij"


def handed(**fields: Any) -> Handed:
    """Return a dossier of one signal, made on a day in March."""
    lines = (Passage("Gezien", "Een blauwe plek.", "fact"),)
    chapters = (Chapter("Stap 1", (Part("Signaal", "3 maart", "Ernstig", lines),)),)
    return Handed(
        **{
            "sender": "De Vlierboom", "number": "M-AAAAAA/1", "reason": "Verhuizing.",
            "made_at": datetime(2026, 3, 11, tzinfo=UTC), "given_name": "Çağla",
            "family_name": "van der Zwaan", "birth_date": None, "chapters": chapters, **fields,
        }
    )  # fmt: skip


def package_about(pupil: Pupil) -> bytes:
    """Return a package about somebody, behind ``PASSWORD``."""
    who = {"given_name": pupil.given_name, "family_name": pupil.family_name}
    return sealed(as_json(handed(**who, birth_date=pupil.birth_date)), locked_paper(), PASSWORD)


@cache
def locked_paper() -> bytes:
    """Return a page of nothing, behind ``PASSWORD``."""
    writer, made = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=200, height=200)
    writer.write(made)
    return locked(made.getvalue(), PASSWORD)


def paper_of_no_known_kind() -> bytes:
    """Return a paper behind a password that asks for a cipher which no reader has."""
    return locked_paper().replace(b"/AuthEvent /DocOpen", b"/CFM /V4 /X 1 /Y 2")


def swollen_paper(megabytes: int) -> bytes:
    """Return a paper behind ``PASSWORD`` that is small, and large once somebody reads it."""
    row = b"[" + b"<<>>" * 9_000 + b"]"
    held = b"900 0 [" + row * (megabytes * 1024 * 1024 // len(row)) + b"]"
    writer, made = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=10, height=10)
    objects = StreamObject()
    objects.set_data(zlib.compress(held, 9))
    objects.update({
        NameObject("/Type"): NameObject("/ObjStm"), NameObject("/N"): NumberObject(1),
        NameObject("/First"): NumberObject(6), NameObject("/Filter"): NameObject("/FlateDecode"),
    })  # fmt: skip
    place = writer._add_object(objects)
    writer.root_object[NameObject("/Kept")] = place
    writer.encrypt(PASSWORD, algorithm="AES-256")
    writer.write(made)
    return _with_hidden_object(made.getvalue(), place.idnum)


def _with_hidden_object(paper: bytes, place: int) -> bytes:
    """Return a paper whose catalogue names object 900, which stands in a stream of objects."""
    found = {
        name: re.search(rb"/%s (\d+ 0 R|\[[^]]*\])" % name, paper)[1]
        for name in (b"Root", b"Encrypt", b"ID", b"Pages")
    }
    catalogue, root = len(paper), int(found[b"Root"].split()[0])
    paper += b"%d 0 obj\n<</Type/Catalog/Pages %s/X 900 0 R>>\nendobj\n" % (root, found[b"Pages"])
    table = len(paper)
    rows = b"".join(
        struct.pack(">BIH", *row) for row in ((1, catalogue, 0), (2, place, 0), (1, table, 0))
    )
    before = int(re.search(rb"startxref\s+(\d+)", paper)[1])
    return paper + (
        b"901 0 obj\n<</Type/XRef/Size 902/Index[%d 1 900 2]/W[1 4 2]/Root %s/Encrypt %s/ID %s"
        b"/Prev %d/Length %d>>stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF"
    ) % (
        root, found[b"Root"], found[b"Encrypt"], found[b"ID"], before, len(rows), rows, table
    )  # fmt: skip
