"""Packages as another school would hand them over."""

import io
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pypdf import PdfWriter

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
    return sealed(as_json(handed(**who, birth_date=pupil.birth_date)), _paper(), PASSWORD)


@cache
def _paper() -> bytes:
    writer, made = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=200, height=200)
    writer.write(made)
    return locked(made.getvalue(), PASSWORD)
