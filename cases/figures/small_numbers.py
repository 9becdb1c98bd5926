"""What of figures may leave the care team: THE function that hides small numbers.

A count below ``LEAST`` tells of children whom somebody can recognise. It is hidden, and as many
others with it as it takes: none that is hidden can be computed from what stays. All counts of a
paper are judged at once, with every sum that holds between them (``Sum``): of rows, of columns, of
another table, of a year before. What is no sum of a table and can be computed all the same is
declared as one too: "in time" and "late" make "all".

What it promises, and a test shows: by addition and subtraction no hidden count follows from what is
shown, nor does a sum of hidden ones that is itself below ``LEAST``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

# From how many on a number is shown.
LEAST = 5

# A count by its name, as ("decided", "own", 2025).
Key = tuple[str | int, ...]
# What remains of a sum when what is shown is taken off: how often each hidden one counts.
Rest = dict[Key, Fraction]


@dataclass(frozen=True, slots=True)
class Sum:
    """That some counts together make another, which stands in the paper or can be known."""

    total: Key
    parts: tuple[Key, ...]

    @property
    def keys(self) -> tuple[Key, ...]:
        """Return all that takes part in it."""
        return (self.total, *self.parts)


def hidden(counts: Mapping[Key, int], sums: Iterable[Sum]) -> frozenset[Key]:
    """Return which of the counts are not shown outside the care team.

    Raises ``ValueError`` where sums by themselves say what a count is: such a count is none.
    """
    gone = {key for key, count in counts.items() if count < LEAST}
    for together in _apart(sums):
        while (weak := _first_that_tells(counts, together, gone)) is not None:
            gone.add(_to_hide_beside(weak, counts, together, gone))
    return frozenset(gone)


def _apart(sums: Iterable[Sum]) -> list[tuple[Sum, ...]]:
    """Return sums by those that have counts in common, directly or through others.

    What has nothing to do with each other is judged apart. So a school year that stands in two
    reports, each time beside another one, hides the same in both: else each would tell what the
    other hides.
    """
    groups: list[tuple[set[Key], tuple[Sum, ...]]] = []
    for one in sums:
        keys, group = set(one.keys), (one,)
        for other in [found for found in groups if found[0] & keys]:
            groups.remove(other)
            keys, group = keys | other[0], (*other[1], *group)
        groups.append((keys, group))
    return [group for __, group in groups]


def _first_that_tells(
    counts: Mapping[Key, int], sums: tuple[Sum, ...], gone: set[Key]
) -> set[Key] | None:
    """Return hidden counts of which too much follows from what is shown; None: there are none."""
    rests = [rest for one in sums if (rest := _rest(one, gone))]
    for rest in [*rests, *_reduced(rests)]:
        together = sum(counts[key] * times for key, times in rest.items())
        same_sign = min(rest.values()) > 0 or max(rest.values()) < 0
        if len(rest) == 1 or (same_sign and abs(together) < LEAST):
            return set(rest)
    return None


def _rest(one: Sum, gone: set[Key]) -> Rest:
    times: Rest = {}
    for key, sign in ((one.total, 1), *((part, -1) for part in one.parts)):
        if key in gone:
            times[key] = times.get(key, Fraction(0)) + sign
    return {key: value for key, value in times.items() if value}


def _reduced(rests: list[Rest]) -> list[Rest]:
    """Return what follows from sums that have hidden counts in common (Gauss and Jordan).

    In the end each has a count that is in no other: one that follows by itself stands alone.
    """
    done: list[Rest] = []
    for rest in rests:
        left = reduce(_without, done, rest)
        if left:
            done = [*(_without(other, left) for other in done), left]
    return done


def _without(rest: Rest, other: Rest) -> Rest:
    """Take as much of another off that its own count is gone."""
    own = next(iter(other))
    if own not in rest:
        return rest
    factor = rest[own] / other[own]
    keys = dict.fromkeys([*rest, *other])
    left = {key: rest.get(key, Fraction(0)) - factor * other.get(key, Fraction(0)) for key in keys}
    return {key: value for key, value in left.items() if value}


def _to_hide_beside(
    weak: set[Key], counts: Mapping[Key, int], sums: tuple[Sum, ...], gone: set[Key]
) -> Key:
    """Return what is hidden too: the smallest part of a sum with one of them; totals go last."""
    near = [one for one in sums if weak & set(one.keys)]
    for found in (
        {part for one in near for part in one.parts},
        {one.total for one in near},
        {key for one in sums for key in one.keys},
    ):
        if shown := found - gone:
            return min(shown, key=lambda key: (counts[key], str(key)))
    raise ValueError("All is hidden, and something follows all the same.")
