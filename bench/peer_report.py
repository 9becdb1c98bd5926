"""The tables of ``bench/peers``, and whether its goals hold."""

from dataclasses import dataclass, field
from importlib.metadata import version

from bench.goals import Goal, verdict
from bench.report import machine
from bench.visiting import Get, Visits, compressed

# The goal: ours is so many times faster, dashboard beside dashboard and list beside list.
FASTER = 10.0


@dataclass(slots=True)
class Asked:
    """One page of one person on one side, and how long it took: by how many clients asked.

    ``fetch`` returns all that the browser fetches until something can be seen; ``row`` marks one
    case or ticket in it. ``sees`` is how many of these the person may see.
    """

    side: str
    who: str
    what: str
    fetch: Get
    address: str
    row: bytes
    sees: int
    port: int
    cookies: list[str]
    visits: dict[int, Visits] = field(default_factory=dict)
    body: bytes = b""

    @property
    def rows(self) -> int:
        """Return how many cases or tickets the page shows."""
        return self.body.count(self.row)


@dataclass(frozen=True, slots=True)
class Race:
    """Theirs beside ours; ``goal`` is how many times faster ours must be, 0 where none is."""

    theirs: Asked
    ours: Asked
    goal: float

    def faster(self, clients: int) -> float:
        """Return how many times faster ours is, by the medians."""
        both = (asked.visits[clients].samples.median for asked in (self.theirs, self.ours))
        theirs, ours = both
        return theirs / ours


def report(asked: list[Asked], races: list[Race]) -> int:
    """Print the figures and the goals that are missed; return the exit code."""
    print(f"{machine()}, gunicorn {version('gunicorn')}")
    print()
    print(table(asked))
    print()
    print(table_of_races(races))
    print()
    return verdict("peers", goals(races))


def goals(races: list[Race]) -> list[Goal]:
    """Return each goal with what was measured."""
    return [
        Goal(
            f"{race.ours.what} of {race.ours.who} beside that of {race.theirs.who},"
            f" clients: {clients}, times faster",
            race.faster(clients),
            race.goal,
            at_least=True,
        )
        for race in races
        for clients in race.ours.visits
        if race.goal
    ]


def table(asked: list[Asked]) -> str:
    """Return the figures of each page as a table in Markdown; times in milliseconds."""
    head = ("whose", "who", "page", "may see", "shows", "bytes", "compressed", "clients",
            "times asked", "best", "median", "p99",
            "a second")  # fmt: skip
    lines = [head, ["---"] * 3 + ["---:"] * 10]
    for one in asked:
        for clients, visits in one.visits.items():
            lines.append(
                (
                    one.side,
                    one.who,
                    one.what,
                    f"{one.sees:,}",
                    str(one.rows),
                    f"{len(one.body):,}",
                    f"{compressed(one.body):,}",
                    str(clients),
                    str(len(visits.samples.times)),
                    f"{visits.samples.best:,.1f}",
                    f"{visits.samples.median:,.1f}",
                    f"{visits.samples.p99:,.1f}",
                    f"{visits.per_second:.1f}",
                )
            )
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def table_of_races(races: list[Race]) -> str:
    """Return how many times faster ours is than what, as a table in Markdown."""
    clients = list(races[0].ours.visits)
    counts = [f"{number} client{'s' * (number > 1)}" for number in clients]
    lines = [("page", "theirs", "ours", *counts, "goal", ""), ["---"] * 3 + ["---:"] * 3 + ["---"]]
    for race in races:
        times = [race.faster(number) for number in clients]
        verdict = "holds" if min(times) >= race.goal else "missed"
        lines.append(
            (
                race.ours.what,
                race.theirs.who,
                race.ours.who,
                *[f"{one:.1f}×" for one in times],
                f"{race.goal:.0f}×" if race.goal else "none",
                verdict if race.goal else "",
            )
        )
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
