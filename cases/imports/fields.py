"""THE table of what is read of a pupil, and under which headings it is known.

Nothing else of a file is read. Sources of the headings: docs/imports.md. A citizen service number
(BSN), or the education number in its place, is never read: which column holds it is recognised by
its heading and by its numbers, and left out before anything is kept.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.letters import normal


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is read. ``headings``: as administrations write them, in small letters."""

    code: str
    label: Promise
    headings: tuple[str, ...]


KEY, GIVEN, PREFIX, FAMILY, BORN, CLASS = "key", "given", "prefix", "family", "born", "class"

# fmt: off
FIELDS: dict[str, Field] = {field.code: field for field in (
    Field(KEY, _("Number of the pupil"),
          ("leerlingnummer", "leerlingnr", "stamnummer", "stamnr", "leerlingid", "llnr",
           "administratienummer", "studentnummer")),
    Field(GIVEN, _("First name as called"),
          ("roepnaam", "voornaam")),
    Field(PREFIX, _("Prefix of the family name"),
          ("tussenvoegsel", "tussenvoegsels", "tussenv", "voorvoegsel", "voorvoegsels")),
    Field(FAMILY, _("Family name"),
          ("achternaam", "familienaam")),
    Field(BORN, _("Birth date"),
          ("geboortedatum", "gebdatum", "gebdat")),
    Field(CLASS, _("Class or group"),
          ("klas", "groep", "stamgroep", "stamklas", "klasnaam", "groepsnaam", "groepnaam",
           "basisgroep")),
)}
# fmt: on
NEEDED = (GIVEN, FAMILY)

# A heading, or the name of an element of EDEXML ("bsn_ondwnr-4"), that says what is in it.
BSN_HEADING = re.compile(
    r"(?<![a-z])bsn(?![a-z])|burgerservice|sofi-?(?:nummer|nr)|onderwijs-?(?:nummer|nr)|ondwnr"
    r"|persoonsgebonden|(?<![a-z])pgn(?![a-z])"
)
# What stands among digits, seen or not; and around them: "BSN 1234.56.782 x".
AMONG_DIGITS = re.compile(r"[\W_]+")
AROUND_DIGITS = re.compile(r"^[^\W\d_]+(?=\d)|(?<=\d)[^\W\d_]+$")
NEARLY_ALL = 0.8
BSN_DIGITS = re.compile(r"\d{8,9}", re.ASCII)
# So many cells must look like one before a column is taken for it: one in eleven numbers does.
ENOUGH = 3


def plain(heading: str) -> str:
    """Return a heading as it is compared: small letters and digits, without accents."""
    letters = normal("NFKD", heading.casefold())
    return "".join(sign for sign in letters if sign.isalnum())


def guess(headings: Sequence[str], kept: dict[str, str] | None = None) -> dict[str, int]:
    """Return which column holds which field: as the school said before, else by its heading."""
    places = {plain(heading): place for place, heading in reversed(list(enumerate(headings)))}
    if kept and all(plain(heading) in places for heading in kept.values()):
        return {code: places[plain(heading)] for code, heading in kept.items()}
    found = {}
    for field in FIELDS.values():
        place = next((places[name] for name in field.headings if name in places), None)
        if place is not None:
            found[field.code] = place
    return found


def names_bsn(heading: str) -> bool:
    """Tell whether a heading, or the name of an element, says that a BSN stands there."""
    return BSN_HEADING.search(heading.casefold()) is not None


def holds_bsn(heading: str, cells: Iterable[str]) -> bool:
    """Tell whether a column holds BSNs: it says so, or nearly all its numbers are such numbers.

    However they are written; of numbers of another kind one in eleven passes the test.
    """
    if names_bsn(heading):
        return True
    numbers = [bare for cell in cells if (bare := _bare(cell))]
    found = sum(is_bsn(number) or is_bsn(number.lstrip("0")) for number in numbers)
    return len(numbers) >= ENOUGH and found >= NEARLY_ALL * len(numbers)


def _bare(cell: str) -> str:
    """Return what is written in a cell without what one writes among and around a number."""
    return AROUND_DIGITS.sub("", AMONG_DIGITS.sub("", normal("NFKC", cell)))


def is_bsn(text: str) -> bool:
    """Tell whether a number passes the test of eleven of a BSN."""
    if not BSN_DIGITS.fullmatch(text):
        return False
    digits = [int(sign) for sign in text.zfill(9)]
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return any(digits) and sum(d * w for d, w in zip(digits, weights, strict=True)) % 11 == 0
