"""The table of what was measured, and whether the goals hold."""

from collections.abc import Iterator

from bench.measure import Measured
from bench.questions import Question

# Issue "need to know": so many times faster than guardian at the largest size, ...
FASTER = 20.0
# ... and at most so many times slower at the largest size than at the smallest.
GROWTH = 1.5
# Below this, a difference is of the network and of Python, not of the plan (milliseconds).
NOISE_MS = 0.3

Row = tuple[Question, list[Measured]]


def growth(found: list[Measured]) -> float:
    """Return how many times longer the largest size takes than the smallest."""
    return found[-1].ours.median / found[0].ours.median


def faster(found: list[Measured]) -> float | None:
    """Return how many times faster we are than guardian at the largest size."""
    largest = found[-1]
    if not largest.guardians.times:
        return None
    return largest.guardians.median / largest.ours.median


def missed(rows: list[Row]) -> list[str]:
    """Return, in words, each goal that does not hold."""
    return [words for row in rows for words in _missed(*row)]


def _missed(question: Question, found: list[Measured]) -> Iterator[str]:
    who = f"{question.person.label}, {question.what}"
    times = faster(found)
    if times is not None and times < FASTER:
        yield f"{who}: {times:.1f} times faster than guardian, not {FASTER:.0f}"
    grown = found[-1].ours.median - found[0].ours.median
    if growth(found) > GROWTH and grown > NOISE_MS:
        yield f"{who}: {growth(found):.2f} times slower at the largest size, more than {GROWTH}"


def table(rows: list[Row], labels: list[str]) -> str:
    """Return the figures as a table in Markdown, in milliseconds."""
    small, large = labels[0], labels[-1]
    head = (
        "who", "asks for", "answer", f"ours {small}", f"ours {large}", "p99", "growth",
        f"guardian {small}", f"guardian {large}", "faster", "guardian without groups", "faster",
    )  # fmt: skip
    lines = [_line(head), _line(["---"] * 3 + ["---:"] * (len(head) - 3))]
    return "\n".join(lines + [_line(_cells(*row)) for row in rows])


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(question: Question, found: list[Measured]) -> list[str]:
    first, last = found[0], found[-1]
    cells = [
        question.person.label,
        question.what,
        str(last.ours.answer),
        f"{first.ours.median:.2f}",
        f"{last.ours.median:.2f}",
        f"{last.ours.p99:.2f}",
        f"{growth(found):.2f}",
    ]
    if not last.guardians.times:
        return [*cells, "", "", "", "", ""]
    return [
        *cells,
        f"{first.guardians.median:.1f}",
        f"{last.guardians.median:.1f}",
        f"{faster(found):.1f}×",
        f"{last.spared.median:.1f}",
        f"{last.spared.median / last.ours.median:.1f}×",
    ]
