"""Facts versus opinions (R7): words in the fields for facts that sound like an opinion.

Pure Python. It reads only; it never stops anybody: one changes the words, moves the sentence to
the interpretation, or says that they stand as they are. What somebody said, between quotation
marks, is a fact by itself: there nothing is marked.
"""

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from referrals.report.fields import FIELDS


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of opinion: what it is called, and kindly why it belongs elsewhere."""

    code: str
    label: Promise
    why: Promise
    # In Dutch and English: beginnings and ends of words count, "*" stands for the rest of a word.
    words: tuple[str, ...]


# fmt: off
SORTS: tuple[Sort, ...] = (
    Sort("opinion", _("An opinion"),
         _("This tells what you think. Write what you saw or heard, and move the rest to what you "
           "make of it."),
         ("ik denk", "ik vind", "ik geloof", "ik vermoed", "ik heb het idee", "ik heb het gevoel",
          "ik krijg de indruk", "naar mijn idee", "naar mijn mening", "mijn gevoel zegt",
          "volgens mij", "volgens ons", "wij denken", "we denken", "wij vinden dat",
          "we vinden dat", "wij vermoeden", "we vermoeden", "mijns inziens", "onze indruk",
          "mijn indruk", "denk ik", "vind ik", "vermoed ik", "lijkt mij", "lijkt me", "lijkt ons",
          "i think", "i believe", "i feel", "i suspect", "we think", "we believe", "we suspect",
          "in my opinion", "in our opinion", "my impression", "our impression", "seems to me")),
    Sort("guess", _("A guess"),
         _("This is a guess. Write what makes you think so, or move it to what you make of it."),
         ("waarschijnlijk", "vermoedelijk", "misschien", "wellicht", "mogelijkerwijs",
          "is mogelijk", "mogelijk dat", "blijkbaar", "kennelijk", "schijnbaar", "ongetwijfeld",
          "vast en zeker", "het zou kunnen", "zal wel", "zullen wel", "lijkt alsof", "lijkt erop",
          "lijkt te", "leek alsof", "leek te", "lijkt wel", "zou kunnen zijn", "probably",
          "presumably", "perhaps", "maybe", "possibly", "apparently", "undoubtedly",
          "must have been", "seems to", "seemed to", "looks like", "looked like")),
    Sort("generalisation", _("A generalisation"),
         _("How often, and when? Write the times that you know of."),
         ("altijd", "nooit", "steeds weer", "steeds maar", "steeds opnieuw", "voortdurend",
          "constant", "iedere keer", "elke keer", "de hele tijd", "iedereen weet",
          "iedereen zegt", "zoals gewoonlijk", "typisch", "nergens", "helemaal niets", "always",
          "never", "constantly", "every time", "all the time", "everybody knows",
          "everyone knows", "as usual", "typical", "typically")),
    Sort("judgement", _("A judgement"),
         _("This is a judgement. What did they do or say, so that somebody else would see it too?"),
         ("slecht gezin", "slechte moeder", "slechte vader", "slechte ouder*", "probleemgezin",
          "asociaal", "asociale", "aso", "agressief", "agressieve", "manipulatief",
          "manipulatieve", "onverantwoord*", "onverschillig*", "liefdeloos", "liefdeloze", "lui",
          "luie", "verwend", "verwende", "brutaal", "brutale", "leugenachtig*", "liegt", "loog",
          "hysterisch*", "labiel", "labiele", "ontspoord*", "onhandelbaar", "onhandelbare",
          "onopgevoed", "gestoord", "gestoorde", "raar gezin", "vreemd gezin", "verwaarloosd",
          "verwaarloosde", "mishandeld", "mishandelt", "mishandelde", "overbezorgd*", "onwillig*",
          "ongeïnteresseerd*", "niet geïnteresseerd", "overdrijft", "stelt zich aan",
          "bad family", "bad mother", "bad father", "bad parent*", "problem family", "aggressive",
          "manipulative", "irresponsible", "indifferent", "lazy", "spoiled", "spoilt", "liar",
          "tells lies", "hysterical", "unstable", "neglected", "abused", "abusive",
          "uninterested", "exaggerates")),
    Sort("diagnosis", _("A diagnosis"),
         _("A diagnosis is for a doctor or a psychologist. Who made it? Else write what you saw."),
         ("depressief", "depressieve", "depressie", "autistisch*", "autisme", "adhd",
          "borderline", "narcist*", "psychotisch*", "psychopaat", "psychopathisch*",
          "getraumatiseerd*", "trauma's", "hechtingsprobleem", "hechtingsstoornis",
          "hechtingsproblem*", "verslaafd*", "alcoholist*", "alcoholisch*", "suïcidaal",
          "suïcidale", "zwakbegaafd*", "depressed", "depression", "autistic", "autism",
          "narcissist*", "narcissistic", "psychotic", "psychopath", "traumatised", "traumatized",
          "attachment disorder", "addicted", "addict", "alcoholic", "suicidal")),
    Sort("intention", _("An intention"),
         _("What somebody wants or means cannot be seen. Write what they did or said."),
         ("met opzet", "expres", "opzettelijk", "doelbewust", "wil niet meewerken",
          "willen niet meewerken", "wil aandacht", "vraagt om aandacht", "interesseert zich niet",
          "geeft niet om", "geven niet om", "houdt niet van", "on purpose", "deliberately",
          "intentionally", "wants attention", "does not care", "doesn't care", "do not care",
          "don't care")),
)
# fmt: on

BY_CODE = {sort.code: sort for sort in SORTS}
# Between these, somebody is quoted. A single straight one is an apostrophe more often. Each begins
# at its last opening sign: of many that nobody closes, none is walked through more than once.
QUOTED = re.compile(r"“[^“”]*”|„[^„”“]*[”“]|«[^«»]*»|\"[^\"]*\"|‘[^‘’]*’")
SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?]+|\n|$)")
DIGEST_SIGNS = 10


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text that sounds like an opinion: ``text[start:end]`` is ``word``."""

    start: int
    end: int
    word: str
    sort: Sort


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a sentence, marked when it sounds like an opinion."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence with marks, as the screen shows it; ``key`` tells it from other sentences."""

    key: str
    sentence: str
    pieces: tuple[Piece, ...]
    sorts: tuple[Sort, ...]


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Sort], ...]:
    def pattern(words: Iterable[str]) -> re.Pattern[str]:
        longest_first = sorted(words, key=len, reverse=True)
        spelled = (
            re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in longest_first
        )
        return re.compile(rf"(?<![\w-])(?:{'|'.join(spelled)})(?![\w-])", re.IGNORECASE)

    return tuple((pattern(sort.words), sort) for sort in SORTS)


def find(text: str) -> list[Mark]:
    """Return the places that sound like an opinion, in order, none over another."""
    quoted = [match.span() for match in QUOTED.finditer(text)]
    openings = [start for start, __ in quoted]

    def is_said(match: re.Match[str]) -> bool:
        """Tell whether a quotation stands over it: the last that begins before its end."""
        before = bisect_left(openings, match.end())
        return bool(before) and quoted[before - 1][1] > match.start()

    places = [
        Mark(match.start(), match.end(), match.group(), sort)
        for pattern, sort in _patterns()
        for match in pattern.finditer(text)
        if not is_said(match)
    ]
    found: list[Mark] = []
    for place in sorted(places, key=lambda mark: (mark.start, -mark.end)):
        if not found or place.start >= found[-1].end:
            found.append(place)
    return found


def opinions_in(texts: Mapping[str, str]) -> dict[str, list[Mark]]:
    """Return the marks by field, of the fields for facts that have any."""
    found = {code: find(texts.get(code, "")) for code, field in FIELDS.items() if field.facts}
    return {code: marks for code, marks in found.items() if marks}


def remarks(text: str) -> list[Remark]:
    """Return the sentences that sound like an opinion, each once with its marks."""
    marks, at, found = find(text), 0, []
    for start, end in _sentences(text):
        first = at
        while at < len(marks) and marks[at].start < end:
            at += 1
        here = marks[first:at]
        if here:
            sentence = text[start:end].strip()
            sorts = tuple(dict.fromkeys(mark.sort for mark in here))
            found.append(Remark(_key(sentence), sentence, _pieces(text, start, end, here), sorts))
    return found


def take_out(text: str, key: str) -> tuple[str, str]:
    """Return a text without the sentence of that key, and the sentence; empty when it is gone."""
    for start, end in _sentences(text):
        sentence = text[start:end].strip()
        if sentence and _key(sentence) == key:
            before, after = text[:start].rstrip(" "), text[end:].lstrip(" ")
            glue = " " if before and after and not before.endswith("\n") else ""
            return before + glue + after, sentence
    return text, ""


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    return (m.span() for m in SENTENCE.finditer(text) if m.end() > m.start())


def _pieces(text: str, start: int, end: int, marks: Iterable[Mark]) -> tuple[Piece, ...]:
    pieces, at = [], start
    for mark in marks:
        pieces.append(Piece(text[at : mark.start], marked=False))
        pieces.append(Piece(text[mark.start : mark.end], marked=True))
        at = mark.end
    pieces.append(Piece(text[at : max(at, end)], marked=False))
    return tuple(piece for piece in pieces if piece.text)


def _key(sentence: str) -> str:
    plain = " ".join(sentence.split())
    return hashlib.sha256(plain.encode(errors="surrogatepass")).hexdigest()[:DIGEST_SIGNS]
