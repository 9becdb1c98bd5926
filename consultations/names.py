"""Finding a family in a text that goes out of the school without its name (R14).

Source: docs/protocol.md, R14: outside consultation goes without the family's names unless there is
a ground. A text is searched for what would tell who the pupil is: names in any spelling, birth
date, class, brothers and sisters at the same school, and a name behind "moeder" or "vader".
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from cases.models import Pupil

# What stands before a Dutch family name is no name by itself.
PREFIXES = frozenset(
    [
        "van", "de", "der", "den", "het", "ten", "ter", "te", "in", "op", "aan", "bij", "onder",
        "uit", "voor", "'t", "'s", "d'", "el", "al", "la", "le", "du", "di", "da", "dos", "von",
        "zu", "bin", "ben", "ibn",
    ]
)  # fmt: skip
MONTHS = (
    "januari februari maart april mei juni juli augustus september oktober november december",
    "january february march april may june july august september october november december",
)
# Within a word, and no end of it: an accent that stands apart from its sign (as a Mac and a PDF
# write it), and what nobody sees (a soft hyphen, a joiner).
UNSEEN = r"\u00ad\u200b-\u200d\u2060\ufeff"
MARKS = rf"\u0300-\u036f{UNSEEN}"
# Behind one of these, a word with a capital is a name.
RELATIVES = (
    "vader|moeder|papa|mama|pa|ma|ouder|stiefvader|stiefmoeder|pleegvader|pleegmoeder|oom|tante|opa|"
    "oma|broer|broertje|zus|zusje|neef|nicht|vriend|vriendin|father|mother|dad|mum|brother|sister|"
    "uncle|aunt"
)
BEHIND_RELATIVE = re.compile(
    rf"\b(?i:{RELATIVES})\s+((?!(?:Ik|Hij|Zij|Ze|Het|De|Een|En|Maar|Die|Dat|The|He|She|It|And)\b)"
    rf"[A-ZÀ-ÖØ-Þ][\w’'{MARKS}-]+)"
)
# What stands between day, month and year. White space is tried one way only: of two ways side by
# side a long gap would be walked through as often as it is long.
BETWEEN = r"(?:\s*[-/.]\s*|\s+)"
LETTERS = rf"(?:[^\W_]|[{MARKS}])+"
WORD = re.compile(rf"{LETTERS}(?:[’'\-]{LETTERS})*[’']?")

# What can stand behind a name, and how long a name is at least before it. A bare "s" behind two
# letters is mostly another word: "een bos rozen" is not about Bo, whom one writes "Bo's".
ENDINGS = (("'s", 2), ("s", 3), ("'tje", 2), ("je", 2), ("tje", 2))

PUPIL, FAMILY_NAME, RELATIVE, BIRTH_DATE, CLASS = (
    "pupil", "family_name", "relative", "birth_date", "class",
)  # fmt: skip
# What a proposed text says instead.
INSTEAD = {
    PUPIL: "[leerling]",
    # Not the pupil: "mevrouw Bos" is the mother.
    FAMILY_NAME: "[achternaam]",
    RELATIVE: "[familielid]",
    BIRTH_DATE: "[geboortedatum]",
    CLASS: "[klas]",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a text that tells who the family is: ``text[start:end]``."""

    start: int
    end: int
    word: str
    kind: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text, marked when it tells who the family is."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Family:
    """What would tell who a pupil is, folded: without accents, in small letters."""

    words: dict[str, str]
    birth_date: date | None

    @classmethod
    def of(cls, pupil: Pupil) -> "Family":
        """Read what would tell who a pupil is, and who their brothers and sisters at school are."""
        words: dict[str, str] = {}
        siblings = Pupil.objects.filter(
            school_id=pupil.school_id, family_name__iexact=pupil.family_name
        ).exclude(pk=pupil.pk)
        for sibling in siblings[:20]:
            words |= dict.fromkeys(_parts(sibling.given_name), RELATIVE)
        words |= dict.fromkeys(_parts(pupil.family_name), FAMILY_NAME)
        words |= dict.fromkeys(_parts(pupil.given_name), PUPIL)
        if pupil.class_name:
            words.setdefault(fold(pupil.class_name), CLASS)
        return cls(words, pupil.birth_date)


def visible(text: str) -> str:
    """Return a text in one way of writing its signs, without those that nobody sees."""
    return unicodedata.normalize("NFC", re.sub(f"[{UNSEEN}]", "", text))


def fold(text: str) -> str:
    """Return a text without accents, capitals and what nobody sees, to compare names with."""
    plain = unicodedata.normalize("NFKD", visible(text).casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).replace("’", "'")


def _parts(name: str) -> Iterator[str]:
    """Yield the parts by which one knows a name again: whole, and each part of it."""
    for word in fold(name).split():
        for part in {word, *word.split("-")}:
            if len(part) > 1 and part not in PREFIXES:
                yield part


def find(text: str, family: Family) -> list[Found]:
    """Return the places in a text that tell who the family is, in order, none over another."""
    places = [*_words(text, family), *_behind_relatives(text), *_dates(text, family.birth_date)]
    found: list[Found] = []
    for place in sorted(places, key=lambda f: (f.start, -f.end)):
        if not found or place.start >= found[-1].end:
            found.append(place)
    return found


def _words(text: str, family: Family) -> Iterator[Found]:
    for match in WORD.finditer(text):
        kind = next((family.words[f] for f in _forms(match.group()) if f in family.words), None)
        if kind:
            yield Found(match.start(), match.end(), match.group(), kind)


def _forms(word: str) -> Iterator[str]:
    """Yield how a name can stand in a text: as it is, of somebody (Jaydens, Lars'), in a pair."""
    folded = fold(word)
    for form in (folded, *folded.split("-")):
        bare = form.rstrip("'")
        yield bare
        for ending, shortest in ENDINGS:
            if bare.endswith(ending) and len(bare) - len(ending) >= shortest:
                yield bare.removesuffix(ending)


def _behind_relatives(text: str) -> Iterator[Found]:
    for match in BEHIND_RELATIVE.finditer(text):
        yield Found(match.start(1), match.end(1), match.group(1), RELATIVE)


def _dates(text: str, day: date | None) -> Iterator[Found]:
    if day is None:
        return
    months = "|".join(names.split()[day.month - 1] for names in MONTHS)
    short = "|".join(names.split()[day.month - 1][:3] for names in MONTHS)
    d, m, y = rf"0?{day.day}", rf"0?{day.month}", rf"(?:{day.year}|{day.year % 100:02})"
    spellings = (
        rf"\b{d}{BETWEEN}{m}{BETWEEN}{y}\b",
        rf"\b{day.year}{BETWEEN}{m}{BETWEEN}{d}\b",
        rf"\b{d}\s+(?:{months}|(?:{short})\.?)(?:\s+{y})?\b",
    )
    for spelling in spellings:
        for match in re.finditer(spelling, text, flags=re.IGNORECASE):
            yield Found(match.start(), match.end(), match.group(), BIRTH_DATE)


def words_of(found: Iterable[Found]) -> list[str]:
    """Return the words that were found, each once, in order."""
    return list(dict.fromkeys(place.word for place in found))


def segments(text: str, found: Iterable[Found]) -> list[Segment]:
    """Return a text in pieces, those that were found marked."""
    pieces, at = [], 0
    for place in found:
        if place.start > at:
            pieces.append(Segment(text[at : place.start], marked=False))
        pieces.append(Segment(text[place.start : place.end], marked=True))
        at = place.end
    return [*pieces, Segment(text[at:], marked=False)] if at < len(text) else pieces


def without(text: str, found: Iterable[Found]) -> str:
    """Return a text in which what was found is replaced by what it is."""
    for place in reversed(list(found)):
        text = text[: place.start] + INSTEAD[place.kind] + text[place.end :]
    return text
