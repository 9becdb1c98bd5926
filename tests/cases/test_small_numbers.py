"""What is hidden cannot be computed: not from rows, columns and totals, by whoever has a pencil."""

from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cases.figures.small_numbers import LEAST, Sum, hidden

ROWS, COLUMNS = ("a", "b"), ("x", "y")
INNER = tuple(product(ROWS, COLUMNS))
# A table of two by two with its totals: six sums.
SUMS = (
    *(Sum((row,), tuple((row, column) for column in COLUMNS)) for row in ROWS),
    *(Sum((column,), tuple((row, column) for row in ROWS)) for column in COLUMNS),
    Sum(("all",), tuple((row,) for row in ROWS)),
    Sum(("all",), tuple((column,) for column in COLUMNS)),
)


KEYS = (*INNER, ("a",), ("b",), ("x",), ("y",), ("all",))


def with_totals(ax, ay, bx, by):
    """Return a table with its totals, in the order of ``KEYS``."""
    return (ax, ay, bx, by, ax + ay, bx + by, ax + bx, ay + by, ax + ay + bx + by)


def filled(numbers):
    """Return a table with its totals, by key."""
    return dict(zip(KEYS, with_totals(*numbers), strict=True))


def others(counts, gone, most):
    """Return all tables that look the same to whoever sees only what is shown."""
    ranges = [range(most) if cell in gone else (counts[cell],) for cell in INNER]
    shown = [(place, counts[key]) for place, key in enumerate(KEYS) if key not in gone]
    tables = (with_totals(*numbers) for numbers in product(*ranges))
    return [t for t in tables if all(t[place] == count for place, count in shown)]


@settings(max_examples=50, deadline=None)
@given(st.tuples(*[st.integers(0, 7)] * 4))
@example((0, 0, 0, 0))
@example((7, 7, 7, 1))
@example((0, 7, 7, 7))
@example((4, 4, 7, 7))
def test_no_hidden_count_follows_from_what_is_shown(numbers):
    counts = filled(numbers)
    gone = hidden(counts, SUMS)
    assert {key for key, count in counts.items() if count < LEAST} <= gone
    possible = others(counts, gone, 9)
    for place, key in enumerate(KEYS):
        assert key not in gone or len({table[place] for table in possible}) > 1, key
    for one in SUMS:
        rest = [part for part in one.parts if part in gone]
        if rest and one.total not in gone:
            assert sum(counts[part] for part in rest) >= LEAST, "a small number, in two pieces"


def test_what_needs_no_hiding_is_shown():
    counts = filled((7, 8, 9, 6))
    assert hidden(counts, SUMS) == frozenset()
    # One is small: of its row, its column and what they cross one more each, and no total.
    assert hidden(filled((30, 8, 9, 1)), SUMS) == frozenset(INNER)


@pytest.mark.parametrize("small", [(1, 2), (0, 0)])
def test_two_small_ones_do_not_hide_behind_each_other(small):
    """Of 16 and two small ones, the total says what these are together: that is small too."""
    counts = {("all",): 16 + sum(small), ("a",): 16, ("b",): small[0], ("c",): small[1]}
    assert hidden(counts, [Sum(("all",), (("a",), ("b",), ("c",)))]) == {("a",), ("b",), ("c",)}


def test_a_cycle_over_two_tables_is_seen_through():
    """Each sum hides two, and yet one follows: (p + q) and (q + r) and (p + r) tell all three."""
    sums = [Sum((f"{a}{b}",), ((a,), (b,))) for a, b in ("pq", "qr", "pr")]
    counts = {("p",): 3, ("q",): 4, ("r",): 2, ("pq",): 7, ("qr",): 6, ("pr",): 5}
    gone = hidden(counts, sums)
    assert {("p",), ("q",), ("r",)} < gone


def test_a_sum_that_says_by_itself_what_a_count_is_is_a_mistake():
    sums = [Sum(("all",), (("a",),)), Sum(("all",), (("a",), ("b",)))]
    with pytest.raises(ValueError, match="follows"):
        hidden({("all",): 3, ("a",): 3, ("b",): 0}, sums)
