"""What is hidden cannot be computed: not from rows, columns and totals, by whoever has a pencil."""

from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cases.figures.counting import _always, sums
from cases.figures.school_year import SchoolYear
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


# Three years of a school, of which the middle one stood in two reports.
YEARS = {
    2023: """
        signals=6 signals/mild=4 signals/severe=2 opened=6 closed=14 closed/help_works=3
        closed/nothing_more=1 closed/handed_over=1 closed/unfounded=3 closed/cleared=2
        closed/with_the_board=1 closed/other=3 decided=12 decided/own=1 decided/others=1
        decided/report=3 decided/both=7 decided/with=12 walked/3=3 left_out/3=1 walked/4=4
        left_out/4=1 not_talked=1 otherwise=7 otherwise/skipped=1 otherwise/order=3
        otherwise/not_done=3 otherwise/skipped/R23=1 otherwise/order/R42=3
        otherwise/not_done/R20=2 otherwise/not_done/R40=1
    """,
    2024: """
        signals=1 signals/severe=1 opened=2 closed=13 closed/help_works=2
        closed/nothing_more=1 closed/handed_over=3 closed/cleared=1
        closed/with_the_board=2 closed/other=4 decided=11 decided/others=3
        decided/report=3 decided/both=4 decided/neither=1 decided/with=11 walked/2=1
        left_out/2=5 walked/3=4 left_out/3=2 walked/4=1 not_talked=1 otherwise=14
        otherwise/skipped=6 otherwise/order=2 otherwise/not_done=6 otherwise/skipped/R11=4
        otherwise/skipped/R2=1 otherwise/skipped/R16=1 otherwise/order/R36=2
        otherwise/not_done/R32=3 otherwise/not_done/R23=1 otherwise/not_done/R24=1
        otherwise/not_done/R36=1
    """,
    2025: """
        opened=3 closed=13 closed/help_works=1 closed/nothing_more=2 closed/handed_over=3
        closed/cleared=2 closed/with_the_board=1 closed/other=4 decided=11 decided/own=2
        decided/others=2 decided/report=5 decided/neither=2 decided/with=11 walked/2=3
        left_out/2=6 walked/3=2 otherwise=6 otherwise/skipped=6 otherwise/skipped/R11=2
        otherwise/skipped/R2=4
    """,
}


def counted(year):
    """Return the counts of a year, by name."""
    rows = [row.split("=") for row in YEARS[year].split()]
    return {(*name.split("/"), year): int(count) for name, count in rows}


def gone(*years):
    """Return what a report of some years hides of 2024."""
    counts = {(*name, year): 0 for year in years for name in _always()}
    for year in years:
        counts |= counted(year)
    found = hidden(counts, [one for year in years for one in sums(counts, SchoolYear(year))])
    return {key for key in found if key[-1] == 2024}


def test_a_year_hides_the_same_beside_whichever_other():
    """One report hid what another showed, and together they told a count of one."""
    assert gone(2024, 2023) == gone(2025, 2024) == gone(2024)
