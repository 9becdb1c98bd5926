"""The veil over the texts of a dossier that somebody else reads: whose names we know, it takes out.

It knows everybody who is loaded with the case, everybody who works or worked at the school or its
buurtteam, the other pupils of the school, the contact book, and what the asker named beside that.
A name of somebody whom nobody here knows it cannot see: the form says so.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from accounts.models import User
from cases.contact_book.organisations import Organisation
from cases.dossier.variants import Ground, Names, Variant
from cases.models import Case, Contact, Pupil, SiblingTie
from cases.names import (
    CAPITALS,
    MARKS,
    PREFIXES,
    RELATIVE,
    WORD,
    Found,
    apart,
    both_of,
    find_said,
    fold,
    forms_of,
    parts_of,
    said_in,
    visible,
    written_as_one,
)

# Behind one of these, a word with a capital is the name of somebody outside the family.
OTHERS = (
    "juf|juffrouw|meester|mentor|docent|leraar|lerares|collega|vriend|vriendin|klasgenoot|"
    "klasgenootje|buurman|buurvrouw|buurjongen|buurmeisje|dokter|huisarts|teacher|colleague|friend|"
    "classmate|neighbour|doctor"
)
BEHIND_OTHER = re.compile(rf"\b(?i:{OTHERS})\s+([{CAPITALS}][\w’'{MARKS}-]+)")
# Names of other classes as one word ("devries") are no other word where they are as long; "van Af"
# is one.
LONG = 7
PIECE = re.compile(r"\S+")
# An address of mail or of a page, and what somebody is called there: no name has a capital in it.
ADDRESS = re.compile(r"@|[^\W_][._][^\W\d_]")
# Words before a family name: "van der".
LONGEST_PREFIX = 2
# Chinese and Japanese set no space between a name and the next word.
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Veil:
    """What is taken out. ``anywhere``: parts of names in whatever letters; ``capital``: only with a
    capital, for "roos" and "de wit" are words too; ``bearers``: whose they are, by a number, for
    two of one person are a name in whatever letters ("anna smit"); ``said``: whole names;
    ``signs``: those in a script without spaces. All but the last two folded.
    """

    anywhere: frozenset[str] = frozenset()
    capital: frozenset[str] = frozenset()
    bearers: dict[str, set[int]] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    said: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    others: bool = False
    _known: dict[str, bool] = field(default_factory=dict)
    _parts: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case, variant: Variant, hidden_words: str) -> "Veil | None":
        """Return the veil of a kind of dossier over a case; None when it takes out no name.

        ``case``: with its records. In a number of queries that stays.
        """
        if not variant.veiled:
            return None
        staff = Names.STAFF in variant.names
        pupils = _pupils(case, siblings=staff)
        known = [(given, family) for given, family, __ in pupils]
        near = [both_of(name) for name in people_of(case)] if staff else []
        near += [
            (given, family)
            for given, family, class_name in pupils
            if class_name == case.pupil.class_name
        ]
        own = _spelled([(case.pupil.given_name, case.pupil.family_name)])
        contacts = _contacts(case) if staff else []
        said = said_in(hidden_words)
        names = [*said, *map(" ".join, near + known)]
        long = {word for word in _as_one(known) if len(word) >= LONG}
        return cls(
            anywhere=(_spelled(near) | _as_one(map(both_of, said)) | long) - own,
            capital=(_spelled(known) | _names_of(contacts)) - own,
            bearers=_bearers(known),
            own=own,
            said=tuple(dict.fromkeys([*said, *filter(None, contacts)])),
            signs=tuple(sorted(_signs(names) - _signs([case.pupil.name]), key=len, reverse=True)),
            others=staff,
        )

    def over(self, text: str) -> tuple[str, int]:
        """Return a text without the names, and how many there were.

        Where each was stands on which ground it is left out.
        """
        text = visible(text)
        places = list(_joined(text, self._places(text)))
        mark = _("[name left out: %(ground)s]") % {"ground": Ground.OTHERS} if places else ""
        for start, end in reversed(places):
            text = f"{text[:start]}{mark}{text[end:]}"
        return text, len(places)

    def _places(self, text: str) -> list[Found]:
        places = [
            Found(match.start(), match.end(), match.group(), RELATIVE)
            for match in WORD.finditer(text)
            if self._is_name(match.group())
        ]
        for piece in PIECE.finditer(text):
            if ADDRESS.search(piece.group()):
                places += [
                    Found(match.start(), match.end(), match.group(), RELATIVE)
                    for match in WORD.finditer(text, *piece.span())
                    if self._is_name(match.group().capitalize())
                ]
        places += self._in_haste(text)
        if self.others:
            places += [
                Found(match.start(1), match.end(1), match.group(1), RELATIVE)
                for match in BEHIND_OTHER.finditer(text)
                if self.own.isdisjoint(forms_of(match.group(1)))
            ]
        for sign in self.signs:
            for match in re.finditer(re.escape(sign), text):
                places.append(Found(match.start(), match.end(), sign, RELATIVE))
        if self.said:
            places += find_said(text, self.said)
        return apart(places)

    def _in_haste(self, text: str) -> Iterator[Found]:
        """Yield the parts of names that stand beside one another: "app van anna de smit".

        But for the pupil's own: who bears one of these too is found by the rest.
        """
        words = [(match, self._parts_in(match.group())) for match in WORD.finditer(text)]
        for place, (first, parts) in enumerate(words):
            for last, others in words[place + 1 : place + 2 + LONGEST_PREFIX] if parts else ():
                between = text[first.end() : last.start()]
                if self._of_one(parts, others) and _is_beside(between):
                    yield from (
                        Found(match.start(), match.end(), match.group(), RELATIVE)
                        for match in (first, last)
                        if self.own.isdisjoint(forms_of(match.group()))
                    )
                    break

    def _parts_in(self, word: str) -> set[str]:
        """Return the parts of names in a word; of the pupil's own in haste alone."""
        parts = self._parts.get(word)
        if parts is None:
            parts = {form for form in forms_of(word) if form in self.bearers}
            parts = self._parts[word] = parts - self.own if word[:1].isupper() else parts
        return parts

    def _of_one(self, some: set[str], others: set[str]) -> bool:
        """Tell whether somebody bears a part of some and another part of others."""
        return any(
            one != other and not self.bearers[one].isdisjoint(self.bearers[other])
            for one in some
            for other in others
        )

    def _is_name(self, word: str) -> bool:
        """Tell whether a word is a part of a name; each word of a dossier is looked at once."""
        known = self._known.get(word)
        if known is None:
            forms = set(forms_of(word))
            # Arabic, Chinese and Tigrinya have no capitals: not small is enough.
            if word[:1].islower():  # "ik ben bang" is not about Ben
                known = not self.anywhere.isdisjoint(forms - PREFIXES)
            else:
                known = not (self.anywhere.isdisjoint(forms) and self.capital.isdisjoint(forms))
            self._known[word] = known
        return known


def _spelled(names: Collection[tuple[str, str]]) -> frozenset[str]:
    """Return how names stand in a text: the parts of each, and those as one word."""
    return _parts(map(" ".join, names)) | _as_one(names)


def _parts(names: Iterable[str]) -> frozenset[str]:
    return frozenset(part for name in names for part in _cached_parts(name))


@lru_cache(maxsize=4096)
def _cached_parts(name: str) -> tuple[str, ...]:
    return tuple(parts_of(name))


def _bearers(names: Iterable[tuple[str, str]]) -> dict[str, set[int]]:
    """Return of each part of names who bears it, by a number."""
    found: dict[str, set[int]] = defaultdict(set)
    for number, both in enumerate(names):
        for part in _parts(both):
            found[part].add(number)
    return dict(found)


def _as_one(names: Iterable[tuple[str, str]]) -> frozenset[str]:
    return frozenset(word for both in names for word in _cached_as_one(*both))


@lru_cache(maxsize=4096)
def _cached_as_one(given: str, family: str) -> tuple[str, ...]:
    return tuple(written_as_one(given, family))


def _signs(names: Iterable[str]) -> set[str]:
    """Return the parts of names in a script without spaces, two signs at least."""
    words = (word for name in names for word in name.split() if UNSPACED.search(word))
    return {word for word in words if len(word) > 1}


def _joined(text: str, places: Iterable[Found]) -> Iterator[tuple[int, int]]:
    """Yield places, those with nothing but a prefix between them as one: "Anna van der Berg"."""
    start = end = None
    for place in places:
        between = text[end : place.start] if end is not None else ""
        if end is not None and _is_beside(between):
            end = place.end
            continue
        if end is not None:
            yield start, end
        start, end = place.start, place.end
    if end is not None:
        yield start, end


def _is_beside(between: str) -> bool:
    """Tell whether two parts of a name stand beside one another: "Anna", "van der", "Berg"."""
    return "\n" not in between and all(word in PREFIXES for word in fold(between).split())


def _pupils(case: Case, *, siblings: bool) -> list[tuple[str, str, str]]:
    """Return the other pupils of the school by names and class, with siblings or without.

    Whoever helps the family hears of all its children: who bears its name, and who was tied to the
    pupil, whatever they are called. A name that another pupil bears too is taken out all the same.
    """
    others = Pupil.objects.filter(school_id=case.school_id).exclude(pk=case.pupil_id)
    if not siblings:
        ties = SiblingTie.objects.of(case.pupil).values_list("first", "second")
        tied = {key for tie in ties for key in tie}
        others = others.exclude(family_name__iexact=case.pupil.family_name).exclude(pk__in=tied)
    return list(others.values_list("given_name", "family_name", "class_name"))


def _contacts(case: Case) -> list[str]:
    return list(Contact.objects.filter(school_id=case.school_id).values_list("name", flat=True))


def _names_of(contacts: Iterable[str]) -> frozenset[str]:
    """Return the parts of names of contacts: what has a capital, and is no kind of organisation."""
    # "SAVE" of "SAVE-team" too: the family knows who is meant, and it is nobody's name.
    labels = [str(label) for label in Organisation.labels]
    kinds = _parts(labels) | {fold(word) for label in labels for word in label.split()}
    words = (word for name in contacts for word in name.split() if word[:1].isupper())
    return _parts(words) - kinds


def people_of(case: Case) -> set[str]:
    """Return the names of everybody loaded with a case, and of all who work or worked with it."""
    places = Q(memberships__school=case.school_id)
    if case.school.buurtteam_id:
        places |= Q(memberships__buurtteam=case.school.buurtteam_id)
    working = User.objects.filter(places).values_list("name", flat=True)
    return {user.name for user in _loaded(case, set())} | set(working)


def _loaded(row: Model, seen: set[tuple[type, object]]) -> Iterator[User]:
    """Yield the people that stand in rows which were fetched with this one."""
    if (key := (type(row), row.pk)) in seen:
        return
    seen.add(key)
    if isinstance(row, User):
        yield row
        return
    near = [one for one in row._state.fields_cache.values() if isinstance(one, Model)]
    for rows in getattr(row, "_prefetched_objects_cache", {}).values():
        near.extend(rows)
    for one in near:
        yield from _loaded(one, seen)
