"""Goals: what was measured beside what was asked; and one table of those of several benches.

``python -m bench.goals FILE`` prints the table of what benches wrote there (``bench/all``).
"""

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

# Where a bench writes its goals down for the one table, beside printing its own.
FILE = "BENCH_GOALS"


@dataclass(frozen=True, slots=True)
class Goal:
    """What was measured, and the most that it may be; or, ``at_least``, the least."""

    what: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Tell whether it is reached."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        return f"{self.what}: {self.value:.2f}, not {self.limit:g}"


def missed(goals: Iterable[Goal]) -> list[Goal]:
    """Return those that do not hold."""
    return [goal for goal in goals if not goal.holds]


def verdict(bench: str, goals: Iterable[Goal]) -> int:
    """Print which goals are missed, note all where ``BENCH_GOALS`` says; return the exit code.

    ``bench``: by which name it is called.
    """
    goals = list(goals)
    if os.environ.get(FILE):
        with Path(os.environ[FILE]).open("a") as file:
            file.writelines(json.dumps([bench, asdict(goal)]) + "\n" for goal in goals)
    wrong = missed(goals)
    print("\n".join(f"MISSED  {goal}" for goal in wrong) or "Every goal holds.")
    return 1 if wrong else 0


def table(found: Iterable[tuple[str, Goal]]) -> str:
    """Return the goals of several benches as one table in Markdown."""
    lines = [("bench", "what", "measured", "goal", ""), ("---", "---", "---:", "---:", "---")]
    for bench, goal in found:
        limit = f"{'at least' if goal.at_least else 'at most'} {goal.limit:g}"
        lines.append(
            (bench, goal.what, f"{goal.value:.2f}", limit, "holds" if goal.holds else "**missed**")
        )
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main(argv: list[str]) -> int:
    """Print the table of what benches wrote into a file; return 1 where a goal is missed."""
    rows = [json.loads(line) for line in Path(argv[0]).read_text().splitlines()]
    found = [(bench, Goal(**goal)) for bench, goal in rows]
    print(table(found))
    # A bench that broke off wrote nothing: then this is no table of all.
    return 1 if not found or missed(goal for __, goal in found) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
