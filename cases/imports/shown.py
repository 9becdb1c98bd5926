"""A plan as its page shows it: by class, and what changes of names with what it was."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.imports.plan import Change, Known, Plan
from cases.imports.rows import Problem

# Of rows that cannot be used: more are the same fault again.
PROBLEMS_SHOWN = 100
FIELD_NAMES: dict[str, Promise] = {
    "given": _("First name"),
    "family": _("Family name"),
    "born": _("Birth date"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Pupils of one class, by name. ``was``: the class that they come from."""

    name: str
    pupils: list[str]
    was: str = ""


@dataclass(frozen=True, slots=True)
class Renamed:
    """What changes of a pupil's name or birth date: field, before, after."""

    name: str
    class_name: str
    values: list[tuple[Promise, str, str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan in the words of the page."""

    plan: Plan
    counts: dict[str, int]
    new: list[Group]
    moved: list[Group]
    renamed: list[Renamed]
    linked: list[Group]
    returned: list[Group]
    left: list[Group]
    problems: list[Problem]

    @property
    def more_problems(self) -> int:
        """Return how many rows cannot be used beside those that are shown."""
        return self.counts["problems"] - len(self.problems)


def shown(plan: Plan) -> Shown:
    """Return a plan as its page shows it."""
    return Shown(
        plan,
        plan.counts(),
        new=_by_class(plan.of("new")),
        moved=_by_move(plan.of("moved")),
        renamed=[_renamed(change) for change in plan.of("renamed")],
        linked=_by_class(plan.of("linked")),
        returned=_by_class(plan.of("returned")),
        left=_by_class(plan.left),
        problems=plan.problems[:PROBLEMS_SHOWN],
    )


def _by_class(pupils: Iterable[Change | Known]) -> list[Group]:
    groups: dict[str, list[str]] = defaultdict(list)
    for pupil in pupils:
        groups[pupil.class_name].append(pupil.name)
    return [Group(name, sorted(groups[name])) for name in sorted(groups)]


def _by_move(changes: Iterable[Change]) -> list[Group]:
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for change in changes:
        groups[change.was_in, change.class_name].append(change.name)
    return [Group(now, sorted(groups[was, now]), was) for was, now in sorted(groups)]


def _renamed(change: Change) -> Renamed:
    return Renamed(
        change.pupil.name,
        change.class_name,
        [
            (FIELD_NAMES[name], _text(before), _text(after))
            for name, before, after in change.renamed
        ],
    )


def _text(value: object) -> str:
    return date_format(value, "j F Y") if isinstance(value, date) else str(value or "–")
