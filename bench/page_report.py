"""The table of ``bench/pages``, and whether its goals hold."""

from bench.goals import Goal, verdict
from bench.report import machine
from bench.serving import Workers
from bench.visiting import Page, Visited, Weight

# What the issue asks for. Times are medians of the same run.
TIMES_FLOOR = 2.5
GROWTH = 1.3
BYTES = 60_000
QUERIES = 12
# What this bench asks for beside: half of the 20 seconds that a container has to get well
# (Dockerfile), and that a worker which answers all day stays as it is.
START_SECONDS = 10.0
MEMORY_GROWTH = 1.1

MB = 2**20
ByClients = dict[int, list[list[Visited]]]


def report(
    labels: list[str],
    pages: list[Page],
    weights: list[list[Weight]],
    visited: ByClients,
    workers: Workers,
) -> int:
    """Print the figures and the goals that are missed; return the exit code."""
    print(machine())
    print()
    print(table(labels, pages, weights, visited))
    print()
    print(table_of_workers(workers))
    print()
    return verdict("pages", goals(labels, pages, weights, visited) + goals_of_workers(workers))


def goals(
    labels: list[str], pages: list[Page], weights: list[list[Weight]], visited: ByClients
) -> list[Goal]:
    """Return each goal of the pages: what, how much it is, and how much it may be."""
    found: list[Goal] = []
    for number, page in enumerate(pages):
        for clients, rows in visited.items():
            sides = rows[number]
            who = f"{page.name}, {clients} client{'s' * (clients > 1)}"
            for label, side in zip(labels, sides, strict=True):
                if page.raced:
                    found.append(
                        Goal(f"{who}, {label}, times the floor", side.times_floor, TIMES_FLOOR)
                    )
            found.append(Goal(f"{who}, times the smallest country", growth(sides), GROWTH))
        most = max(weight.compressed for weight in weights[number])
        found.append(Goal(f"{page.name}, KB compressed", most / 1000, BYTES / 1000))
        queries = max(weight.queries for weight in weights[number])
        found.append(Goal(f"{page.name}, queries", queries, QUERIES))
    return found


def goals_of_workers(workers: Workers) -> list[Goal]:
    """Return the goals of a web worker."""
    return [
        Goal("start of the web, seconds", min(workers.starts), START_SECONDS),
        Goal(
            "memory of a worker, times that before", workers.after / workers.before, MEMORY_GROWTH
        ),
    ]


def growth(sides: list[Visited]) -> float:
    """Return how many times longer the page takes in the largest country."""
    return sides[-1].page.samples.median / sides[0].page.samples.median


def table(
    labels: list[str], pages: list[Page], weights: list[list[Weight]], visited: ByClients
) -> str:
    """Return the figures of the pages as a table in Markdown; times in milliseconds."""
    head = (
        "page", "clients", "cases", "median", "p99", "a second", "floor's median", "p99",
        "a second", "times the floor", "growth", "queries", "of the floor", "brackets", "bytes",
        "compressed", "elements",
    )  # fmt: skip
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)]
    for number, page in enumerate(pages):
        for clients, rows in visited.items():
            sides = rows[number]
            for label, side, weight in zip(labels, sides, weights[number], strict=True):
                grown = f"{growth(sides):.2f}" if side is sides[-1] else ""
                lines.append([page.name, str(clients), label, *_cells(side, grown, weight)])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cells(side: Visited, grown: str, weight: Weight) -> list[str]:
    page, floor = side.page, side.floor
    return [
        f"{page.samples.median:.1f}",
        f"{page.samples.p99:.1f}",
        f"{page.per_second:.0f}",
        f"{floor.samples.median:.1f}",
        f"{floor.samples.p99:.1f}",
        f"{floor.per_second:.0f}",
        f"{side.times_floor:.2f}",
        grown,
        str(weight.queries),
        str(weight.floor_queries),
        str(weight.brackets),
        f"{weight.bytes:,}",
        f"{weight.compressed:,}",
        f"{weight.rows:,}",
    ]


def table_of_workers(workers: Workers) -> str:
    """Return the figures of a web worker as a table in Markdown."""
    cells = (
        ("the web answers after (s), best of", f"{min(workers.starts):.2f}"),
        ("its first page after that (s)", f"{min(workers.first_pages):.2f}"),
        ("a worker holds, each page seen (MB, PSS)", f"{workers.before / MB:.0f}"),
        (f"after {workers.requests:,} further requests", f"{workers.after / MB:.0f}"),
        ("growth", f"{workers.after / workers.before:.2f}"),
    )
    lines = ["| a web worker | |", "|---|---:|"]
    return "\n".join(lines + [f"| {what} | {value} |" for what, value in cells])
