"""What a list of pupils would change at a school: pure, so that preview and doing cannot differ.

A pupil is known by their number in the administration, or else by name and birth date. What is not
certain is a problem of that row, for somebody to decide; it is never guessed. A value that a file
does not give takes nothing away.
"""

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice

from accounts.letters import normal
from cases.imports.read import Read
from cases.imports.rows import COLUMNS, Problem, Row

# What is counted of an import, in the order of the page.
COUNTED = ("new", "moved", "renamed", "linked", "returned", "left", "unchanged", "problems")
# Which of a pupil's fields make them count as what.
RENAMED = ("given", "family", "born")
NEW = 0
# So many pupils are offered of whom a row may be one; more of one name are of no school.
MOST_AMONG = 20


@dataclass(frozen=True, slots=True)
class Known:
    """A pupil as the school has them."""

    pk: int
    key: str
    given: str
    family: str
    born: date | None
    class_name: str
    left_on: date | None

    @property
    def name(self) -> str:
        """Return the name as one says it."""
        return f"{self.given} {self.family}"


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one pupil. ``values``: what each field that changes becomes."""

    pupil: Known | None
    values: Mapping[str, object]
    returns: bool = False

    @property
    def name(self) -> str:
        """Return the name that the pupil has afterwards."""
        given, family = (
            self.values.get(name, getattr(self.pupil, name, "")) for name in ("given", "family")
        )
        return f"{given} {family}"

    @property
    def class_name(self) -> str:
        """Return the class in which the pupil is afterwards."""
        return str(self.values.get("class_name", self.pupil.class_name if self.pupil else ""))

    @property
    def was_in(self) -> str:
        """Return the class in which the pupil was."""
        return self.pupil.class_name if self.pupil else ""

    @property
    def renamed(self) -> list[tuple[str, object, object]]:
        """Return field, before and after of what changes of name and birth date."""
        if self.pupil is None:
            return []
        return [
            (name, getattr(self.pupil, name), self.values[name])
            for name in RENAMED
            if name in self.values
        ]


@dataclass(slots=True)
class Plan:
    """All that a list changes at a school."""

    changes: list[Change] = field(default_factory=list)
    left: list[Known] = field(default_factory=list)
    left_on: date | None = None
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    # A full list of which rows could not be used: who is missing is not known, and nobody left.
    leaving_unknown: bool = False
    at_school: int = 0

    def of(self, what: str) -> list[Change]:
        """Return the changes of one kind; a pupil can stand in several."""
        known = [change for change in self.changes if change.pupil]
        return {
            "new": [change for change in self.changes if not change.pupil],
            "moved": [change for change in known if "class_name" in change.values],
            "renamed": [change for change in known if change.renamed],
            "linked": [change for change in known if "key" in change.values],
            "returned": [change for change in known if change.returns],
        }[what]

    def counts(self) -> dict[str, int]:
        """Return how many there are of each of ``COUNTED``."""
        others = {
            "left": len(self.left), "unchanged": self.unchanged, "problems": len(self.problems)
        }  # fmt: skip
        return {name: others[name] if name in others else len(self.of(name)) for name in COUNTED}

    @property
    def does_something(self) -> bool:
        """Tell whether anything changes."""
        return bool(self.changes or self.left)

    @property
    def many_leave(self) -> bool:
        """Tell whether more leave than a school loses in a year: rather half a file."""
        return len(self.left) * 4 > self.at_school

    def digest(self) -> str:
        """Return the checksum of all that is changed, with what it was before."""
        said = repr((
            [(change.pupil, sorted(change.values.items()), change.returns)
             for change in self.changes],
            self.left, self.left_on, len(self.problems),
        ))  # fmt: skip
        return hashlib.sha256(said.encode()).hexdigest()


def plan(
    read: Read,
    known: Iterable[Known],
    decided: Mapping[int, int],
    *,
    full_list: bool,
    left_on: date | None,
) -> Plan:
    """Return what a list changes. ``decided``: line → key of the pupil who is meant, or ``NEW``."""
    at = _School(list(known), {row.key for row in read.rows})
    made = Plan(problems=list(read.problems))
    taken: dict[int, int] = {}
    for row in _once(read.rows, made.problems):
        pupil, problem = at.find(row, decided)
        if problem is None and pupil is not None and pupil.pk in taken:
            problem = Problem(row.line, "same", {"other": taken[pupil.pk]}, name=row.name)
        if problem is not None:
            made.problems.append(problem)
            continue
        if pupil is not None:
            taken[pupil.pk] = row.line
        _add(made, row, pupil)
    made.problems.sort(key=lambda problem: problem.line)
    made.at_school = sum(pupil.left_on is None for pupil in at.pupils)
    made.leaving_unknown = full_list and bool(made.problems)
    if full_list and not made.problems:
        made.left_on = left_on
        made.left = [one for one in at.pupils if one.left_on is None and one.pk not in taken]
    return made


def _add(made: Plan, row: Row, pupil: Known | None) -> None:
    said = {name: getattr(row, name) for name in COLUMNS if getattr(row, name)}
    if pupil is None:
        made.changes.append(Change(None, said))
        return
    values = {name: value for name, value in said.items() if value != getattr(pupil, name)}
    returns = pupil.left_on is not None
    if values or returns:
        made.changes.append(Change(pupil, values, returns))
    else:
        made.unchanged += 1


def _once(rows: Iterable[Row], problems: list[Problem]) -> list[Row]:
    """Return each pupil once; who stands there twice and otherwise is a problem."""
    seen: dict[object, Row] = {}
    for row in rows:
        who = row.key or (_alike(row), row.born)
        first = seen.setdefault(who, row)
        if first is not row and first.says() != row.says():
            problems.append(Problem(row.line, "twice", {"other": first.line}, name=row.name))
    return list(seen.values())


class _Namesakes:
    """The pupils of one name, looked through once, however many rows bear it."""

    def __init__(self, pupils: list[Known]) -> None:
        self.all = pupils
        self.without_date = [one for one in pupils if not one.born]
        self._born: dict[date | None, list[Known]] = defaultdict(list)
        for one in pupils:
            self._born[one.born].append(one)

    def born(self, day: date | None) -> list[Known]:
        """Return those who were born on a day; nobody on none."""
        return self._born.get(day, []) if day else []


class _School:
    """The pupils of a school, found by number or by name."""

    def __init__(self, pupils: list[Known], listed: set[str]) -> None:
        self.pupils = pupils
        self._by_pk = {pupil.pk: pupil for pupil in pupils}
        self._by_key = {pupil.key: pupil for pupil in pupils if pupil.key}
        by_name: dict[str, list[Known]] = defaultdict(list)
        for pupil in pupils:
            by_name[_alike(pupil)].append(pupil)
        self._alike = {name: _Namesakes(alike) for name, alike in by_name.items()}
        # Whose own number stands in the file too is somebody else, by the word of the school.
        self._unlisted = {
            name: _Namesakes([one for one in alike if not one.key or one.key not in listed])
            for name, alike in by_name.items()
        }

    def find(self, row: Row, decided: Mapping[int, int]) -> tuple[Known | None, Problem | None]:
        """Return the pupil whom a row means, None for a new one; or why that is not certain."""
        if row.key and (pupil := self._by_key.get(row.key)):
            return pupil, None
        known = self._unlisted if row.key else self._alike
        namesakes = known.get(_alike(row)) or _Namesakes([])
        same = namesakes.born(row.born)
        unsure = namesakes.without_date if row.born else namesakes.all
        among = tuple(one.pk for one in islice(chain(same, unsure), MOST_AMONG))
        if row.line in decided and decided[row.line] in (NEW, *among):
            return self._by_pk.get(decided[row.line]), None
        if not among:
            return None, None
        if len(same) == 1 and not unsure and not (row.key and same[0].key):
            return same[0], None
        code = "several" if len(same) > 1 else "unsure" if unsure else "renumbered"
        return None, Problem(row.line, code, among=among, name=row.name)


def _alike(who: Row | Known) -> str:
    """Return a name as it is compared: without accents, capitals and signs between its words."""
    name = normal("NFKD", who.name.casefold().replace("-", " "))
    return " ".join("".join(sign for sign in name if not unicodedata.combining(sign)).split())
