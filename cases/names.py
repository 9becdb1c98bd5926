"""Finding names in a text that goes out of the school without them: of a family (R14), and of
others who are no business of its reader (``cases.dossier.veil``).

Source: docs/protocol.md, R14: outside consultation goes without the family's names unless there is
a ground. A text is searched for what would tell who the pupil is: names in any spelling, birth
date, class, brothers and sisters at the same school, and a name behind "moeder" or "vader".
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations, pairwise

from accounts.letters import normal
from cases.models import Pupil, SiblingTie

# What stands before a Dutch family name is no name by itself.
PREFIXES = frozenset(
    [
        "van", "de", "der", "den", "het", "ten", "ter", "te", "in", "op", "aan", "bij", "onder",
        "uit", "voor", "vd", "v.d.", "v/d", "'t", "'s", "d'", "el", "al", "la", "le", "du", "di",
        "da", "dos", "von", "zu", "bin", "ben", "ibn",
    ]
)  # fmt: skip
# What stands before a name with a full stop, and is none.
TITLES = frozenset(["mw", "mevr", "dhr", "dr", "drs", "mr", "ir", "ing", "prof", "fam", "st"])
MONTHS = (
    "januari februari maart april mei juni juli augustus september oktober november december",
    "january february march april may june july august september october november december",
)
SHORT_MONTHS = (
    "jan feb mrt apr mei jun jul aug sept okt nov dec",
    "jan feb mar apr may jun jul aug sep oct nov dec",
)
# Within a word, and no end of it: an accent that stands apart from its sign (as a Mac and a PDF
# write it), a vowel above or below its letter (Arabic, Hindi, Thai), and what nobody sees (a soft
# hyphen, a joiner, what says in which direction one reads).
UNSEEN = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
MARKS = UNSEEN + "".join(
    sign for sign in map(chr, range(0x300, 0x10000)) if unicodedata.category(sign).startswith("M")
)
# Of whatever alphabet has them: Şengül, Łukasz, Ấn.
CAPITALS = "".join(sign for sign in map(chr, range(0x2000)) if sign.isupper())
# Behind one of these, a word with a capital is a name.
RELATIVES = (
    "vader|moeder|papa|mama|pa|ma|ouder|stiefvader|stiefmoeder|pleegvader|pleegmoeder|oom|tante|opa|"
    "oma|broer|broertje|zus|zusje|neef|nicht|vriend|vriendin|father|mother|dad|mum|brother|sister|"
    "uncle|aunt"
)
BEHIND_RELATIVE = re.compile(
    rf"\b(?i:{RELATIVES})[{UNSEEN}]*\s+[{UNSEEN}]*((?!(?:Ik|Hij|Zij|Ze|Het|De|Een|En|Maar|Die|Dat|The|He|She|It|And)\b)"
    rf"[{CAPITALS}][\w’'{MARKS}-]+)"
)
# What is typed, or what a word processor makes of it, for a hyphen.
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
# Letters that no accent makes of another, as everybody writes them; and one apostrophe, one hyphen.
PLAIN = str.maketrans(
    {
        "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h",
        "ŧ": "t", "ı": "i", "’": "'", "‘": "'", "ʼ": "'", **dict.fromkeys(DASHES, "-"),
    }
)  # fmt: skip
# What stands between day, month and year. White space is tried one way only: of two ways side by
# side a long gap would be walked through as often as it is long.
BETWEEN = rf"(?:\s*[-/.,_·{DASHES}]\s*|\s+)"
LETTERS = rf"(?:[^\W_]|[{MARKS}])+"
WORD = re.compile(rf"{LETTERS}(?:[’'\-]{LETTERS})*[’']?")
PART = re.compile(rf"{LETTERS}(?:[’']{LETTERS})*[’']?")
NUMBER = re.compile("[0-9]+")
# Between two parts of what somebody named: "Anna  Smit", "Jan-Willem".
LONGEST_GAP = 3
# Of so many parts of a name one makes a word.
LONGEST_RUN = 6
# Of the words of a given name, and of a family name: so many are names by themselves. With six of
# each there were seven hundred ways to write one as one word.
MOST_NAMES = 3

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
    # The names as one word.
    as_one: frozenset[str] = frozenset()

    @classmethod
    def of(cls, pupil: Pupil) -> "Family":
        """Read what would tell who a pupil is, and who their brothers and sisters at school are."""
        words: dict[str, str] = {}
        names = [(pupil.given_name, pupil.family_name)]
        siblings = Pupil.objects.filter(
            school_id=pupil.school_id, family_name__iexact=pupil.family_name
        ).exclude(pk=pupil.pk)
        for sibling in siblings:
            words |= dict.fromkeys(parts_of(sibling.given_name), RELATIVE)
            names.append((sibling.given_name, sibling.family_name))
        # Whatever they are called.
        for tie in SiblingTie.objects.of(pupil).select_related("first", "second"):
            tied = tie.second if tie.first_id == pupil.pk else tie.first
            words |= dict.fromkeys(parts_of(tied.family_name), FAMILY_NAME)
            words |= dict.fromkeys(parts_of(tied.given_name), RELATIVE)
            names.append((tied.given_name, tied.family_name))
        words |= dict.fromkeys(parts_of(pupil.family_name), FAMILY_NAME)
        words |= dict.fromkeys(parts_of(pupil.given_name), PUPIL)
        if pupil.class_name:
            words.setdefault(fold(pupil.class_name), CLASS)
        as_one = frozenset(word for both in names for word in written_as_one(*both))
        return cls(words, pupil.birth_date, as_one)


def visible(text: str) -> str:
    """Return a text in one way of writing its signs, without those that nobody sees."""
    return normal("NFC", re.sub(f"[{UNSEEN}]", "", text))


def fold(text: str) -> str:
    """Return a text without accents, capitals and what nobody sees, to compare names with."""
    plain = normal("NFKD", visible(text).casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).translate(PLAIN)


def parts_of(name: str) -> Iterator[str]:
    """Yield the parts by which one knows a name again: whole, each part of it, and as one word.

    Whatever signs stand around them, as an administration has it: "Jong, De", "Mohammed (Mo)". No
    title ("mw."), and no prefix, unless there is nothing else: somebody is called Ben.
    """
    folded = fold(name)
    words = [
        match.group().rstrip("'")
        for match in WORD.finditer(folded)
        if not (match.group() in TITLES and folded[match.end() :].startswith("."))
    ]
    parts = [
        part for word in words for part in {word, re.sub("[-']", "", word), *re.split("[-']", word)}
    ]
    known = [part for part in parts if part not in PREFIXES] or parts
    # "12" is no name, whatever somebody is called.
    yield from (part for part in known if len(part) > 1 and not part.isdecimal())


def both_of(name: str) -> tuple[str, str]:
    """Return a name as a given one, and the rest."""
    given, __, rest = name.partition(" ")
    return given, rest


def written_as_one(given: str, family: str) -> Iterator[str]:
    """Yield how names stand in an address of mail, folded: "devries", "annadevries", "famsmit".

    Of "Anna Maria Smit" it is "annasmit" that one writes, and of "Smit-Jansen" "annajansen" too.
    """
    first, last = _runs_of(given), _runs_of(family)
    said = [*first, *last]
    for run in last:
        said += [["fam", *run], ["familie", *run]]
        said += (both for one in first for both in (one + run, run + one))
    yield from ("".join(run) for run in said if 1 < len(run) <= LONGEST_RUN)


def _runs_of(name: str) -> list[list[str]]:
    """Return the words of a name that follow one another, up to one that is a name by itself.

    In the order in which one says them: of "Vries, de" too. What stands before a name is one where
    there is nothing else: "Ben", "Le".
    """
    said = " ".join(reversed(fold(name).split(",")))
    words = [match.group().replace("'", "") for match in PART.finditer(said)][:LONGEST_RUN]
    names = set(words) - PREFIXES or set(words)
    ends = [place for place, word in enumerate(words, 1) if word in names][:MOST_NAMES]
    places = combinations(range(len(words) + 1), 2)
    return [words[start:end] for start, end in places if end in ends]


def find(text: str, family: Family) -> list[Found]:
    """Return the places in a text that tell who the family is, in order, none over another."""
    places = [
        *_words(text, family),
        *_classes(text, family),
        *_behind_relatives(text),
        *_dates(text, family.birth_date),
    ]
    return apart(places)


def apart(places: list[Found]) -> list[Found]:
    """Return places in order, none over another."""
    found: list[Found] = []
    for place in sorted(places, key=lambda f: (f.start, -f.end)):
        if not found or place.start >= found[-1].end:
            found.append(place)
    return found


def _words(text: str, family: Family) -> Iterator[Found]:
    for match in WORD.finditer(text):
        word = match.group()
        forms = list(forms_of(word))
        known = [form for form in forms if form in family.words]
        if not visible(word)[:1].isupper():  # "ik ben bang" is not about Ben
            known = [form for form in known if form not in PREFIXES]
        if known:
            yield Found(match.start(), match.end(), word, family.words[known[0]])
        elif not family.as_one.isdisjoint(forms):
            yield Found(match.start(), match.end(), word, FAMILY_NAME)


def _classes(text: str, family: Family) -> Iterator[Found]:
    """Find a class of several words, or written with a gap: "groep 7", "2 B"; and "groep2B"."""
    for name in (word for word, kind in family.words.items() if kind == CLASS):
        parts = re.findall(r"\d+|[^\W\d_]+", name)
        spelling = r"[\W_]{0,3}".join(map(re.escape, parts))
        begins = r"(?:\b|(?<=\bgroep)|(?<=\bklas)|(?<=\bgr))"
        whole = rf"{begins}{spelling}\b"
        for match in re.finditer(whole, text, flags=re.IGNORECASE) if parts else ():
            yield Found(match.start(), match.end(), match.group(), CLASS)


def forms_of(word: str) -> Iterator[str]:
    """Yield how a name can stand in a text: as it is, of somebody (Jaydens, Lars'), in a pair,
    with a number as in an address of mail (anna2012).
    """
    folded = fold(word)
    parts = (folded, folded.replace("-", ""), *folded.split("-"))
    for form in (*parts, *(bare for part in parts for bare in _without_number(part))):
        bare = form.rstrip("'")
        yield bare
        for ending, shortest in ENDINGS:
            if bare.endswith(ending) and len(bare) - len(ending) >= shortest:
                yield bare.removesuffix(ending)


def _without_number(word: str) -> Iterator[str]:
    yield from (bare for bare in NUMBER.split(word) if 1 < len(bare) < len(word))


def _behind_relatives(text: str) -> Iterator[Found]:
    for match in BEHIND_RELATIVE.finditer(text):
        yield Found(match.start(1), match.end(1), match.group(1), RELATIVE)


def _dates(text: str, day: date | None) -> Iterator[Found]:
    if day is None:
        return
    months = "|".join(names.split()[day.month - 1] for names in MONTHS)
    short = "|".join(names.split()[day.month - 1] for names in SHORT_MONTHS)
    d, m, y = rf"0?{day.day}", rf"0?{day.month}", rf"(?:{day.year}|['’]?{day.year % 100:02})"
    named, counted = rf"(?:{months}|{short})", rf"{d}(?:e|de|ste|st|nd|rd|th)?"
    spellings = (
        rf"{d}{BETWEEN}{m}{BETWEEN}{y}",
        rf"{m}{BETWEEN}{d}{BETWEEN}{y}",
        rf"{y}{BETWEEN}{m}{BETWEEN}{d}",
        rf"{day:%d%m%Y}|{day:%Y%m%d}",
        rf"{counted}(?:\s+of)?{BETWEEN}?{named}(?:{BETWEEN}?{y})?",
        rf"{named}\.?\s+{counted},?\s+{y}",
    )
    for spelling in spellings:
        # Between no other letters and digits; "_" is none of them.
        whole = rf"(?<![^\W_])(?:{spelling})(?![^\W_])"
        for match in re.finditer(whole, text, flags=re.IGNORECASE):
            yield Found(match.start(), match.end(), match.group(), BIRTH_DATE)


def said_in(text: str) -> list[str]:
    """Return the names that somebody wrote down, by commas, semicolons or one below another."""
    return [name for part in re.split(r"[,;\n]", visible(text)) if (name := part.strip())]


def find_said(text: str, words: Iterable[str]) -> list[Found]:
    """Return the places of words that somebody named, however they are written in a text."""
    known = cache(lambda word: frozenset(forms_of(word)))
    parts = [(match, known(match.group())) for match in PART.finditer(text)]
    at: dict[str, list[int]] = defaultdict(list)
    for index, (__, forms) in enumerate(parts):
        for form in forms:
            at[form].append(index)
    places = []
    for word in dict.fromkeys(words):
        asked = [fold(match.group()).rstrip("'") for match in PART.finditer(word)]
        rarest = min(range(len(asked)), key=lambda place: len(at[asked[place]]), default=0)
        behind = 0  # what was found: "a a a" is there once in a text that is nothing else
        for index in at[asked[rarest]] if asked else ():
            first = index - rarest
            run = parts[first : first + len(asked)] if first >= behind else []
            if len(run) == len(asked) and _follows(run, asked):
                start, end = run[0][0].start(), run[-1][0].end()
                places.append(Found(start, end, text[start:end], RELATIVE))
                behind = first + len(asked)
    return apart(places)


def find_as_one(text: str, names: frozenset[str]) -> list[Found]:
    """Return the places of names that are written as one word (``written_as_one``)."""
    return [
        Found(match.start(), match.end(), match.group(), RELATIVE)
        for match in (WORD.finditer(text) if names else ())
        if not names.isdisjoint(forms_of(match.group()))
    ]


def _follows(run: list[tuple[re.Match, frozenset[str]]], asked: list[str]) -> bool:
    """Tell whether parts of a text are the words that were asked, close to one another."""
    if any(word not in forms for word, (__, forms) in zip(asked, run, strict=True)):
        return False
    return all(b.start() - a.end() <= LONGEST_GAP for (a, _), (b, __) in pairwise(run))


def forms_in(text: str) -> set[str]:
    """Return the words of a text in all forms in which a name is looked for."""
    return {form for match in WORD.finditer(text) for form in forms_of(match.group())}


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
    return put_in(text, ((one.start, one.end, str(INSTEAD[one.kind])) for one in found))


def put_in(text: str, places: Iterable[tuple[int, int, str]]) -> str:
    """Return a text with words in the place of others: from where, to where, and which, in order.

    In one go: a long text written anew for each of its words takes the square of it.
    """
    pieces, at = [], 0
    for start, end, word in places:
        pieces += [text[at:start], word]
        at = end
    return "".join([*pieces, text[at:]])
