"""THE counts of a school year, each with its name, and every sum that holds between them.

Both pages take them from here: the care team's shows all, what leaves the team asks
``small_numbers`` of the same names. A new count that leaves the team is one line in ``count`` and,
where it is a part or a total of something, one in ``sums``.
"""

from collections import Counter
from collections.abc import Iterable

from cases.figures.school_year import SchoolYear
from cases.figures.small_numbers import Key, Sum
from cases.figures.walks import TALK, Decided, Told
from cases.models import Case, Deviation
from cases.protocol.steps import STEPS

OWN, OTHERS, REPORT, BOTH, NEITHER = "own", "others", "report", "both", "neither"
DECISIONS = (OWN, OTHERS, REPORT, BOTH, NEITHER)
SEVERITIES = ("mild", "severe")
WITH, AGAINST = "with", "against"
# The steps that are walked by a record of their own; the first is the signals, the last decides.
WALKED = tuple(step for step in STEPS if step.rules)
NO_HELP, OWN_HELP = "none", "own"
KINDS = tuple(Deviation.Kind.values)


def count(told: Told, year: SchoolYear) -> dict[Key, int]:
    """Return every count of a school year by its name, of what there is none of too."""
    names = Counter(names_of(told, year))
    # Of cases that are gone. Of a part of a year nobody knows how many.
    names.update(
        {key: n for first, key, n in told.kept if (first, None) == (year.first, year.ends)}
    )
    names["decided", WITH] = max(0, names["decided",] - names["decided", AGAINST])
    return {(*key, year.first): names[key] for key in [*_always(), *names]}


def sums(counts: Iterable[Key], year: SchoolYear) -> list[Sum]:
    """Return every sum that holds between the counts of a year."""
    keys = [key[:-1] for key in counts if key[-1] == year.first]
    rules = {kind: [k for k in keys if k[:2] == ("otherwise", kind) and k[2:]] for kind in KINDS}
    found = [
        (("signals",), [("signals", one) for one in SEVERITIES]),
        (("closed",), [("closed", one) for one in Case.Outcome.values]),
        (("decided",), [("decided", one) for one in DECISIONS]),
        (("decided",), [("decided", WITH), ("decided", AGAINST)]),
        # A decision against the weighing is written down as an explained choice.
        (("decided", AGAINST), [("otherwise", Deviation.Kind.OVERRIDDEN.value)]),
        (("otherwise",), [("otherwise", kind) for kind in KINDS]),
        *((("otherwise", kind), parts) for kind, parts in rules.items() if parts),
        *((("left_out", str(step.number)), _left_out(step, keys)) for step in WALKED),
    ]
    return [
        Sum((*total, year.first), tuple((*part, year.first) for part in parts))
        for total, parts in found
        if parts
    ]


def _left_out(step: object, keys: list[Key]) -> list[Key]:
    """Return what leaves a step out: the explained rules, and of the talk that it was not safe."""
    parts = [("otherwise", Deviation.Kind.SKIPPED.value, rule) for rule in step.rules]
    unsafe = [("not_talked",)] if step.number == TALK else []
    return [part for part in parts if part in keys] + unsafe


def _always() -> list[Key]:
    """Return the counts that stand in each report, also where there was nothing."""
    return [
        ("signals",), *(("signals", one) for one in SEVERITIES),
        ("opened",), ("closed",), *(("closed", one) for one in Case.Outcome.values),
        ("decided",), *(("decided", one) for one in (*DECISIONS, WITH, AGAINST)),
        *((how, str(step.number)) for step in WALKED for how in ("walked", "left_out")),
        ("not_talked",), ("otherwise",), *(("otherwise", kind) for kind in KINDS),
    ]  # fmt: skip


def names_of(told: Told, year: SchoolYear) -> Iterable[Key]:
    """Yield the name of each count as often as it happened in a year."""
    yield from (("opened",) for at in told.opened if year.has(at))
    for at, outcome in told.closed:
        if year.has(at):
            yield from (("closed",), ("closed", outcome))
    for walk in told.walks:
        for signal in walk.signals:
            if year.has(signal.at):
                yield from (("signals",), ("signals", SEVERITIES[signal.severe_at is not None]))
        for decision in walk.decided:
            if year.has(decision.at):
                yield from (("decided",), ("decided", fell(decision)))
        for step in WALKED:
            if year.has(min(walk.done(step.number), default=None)):
                yield "walked", str(step.number)
            left = sum(year.has(at) for at in walk.left_out(step.number))
            yield from [("left_out", str(step.number))] * left
        yield from [("not_talked",)] * sum(map(year.has, walk.not_talked))
        for choice in walk.otherwise:
            if year.has(choice.at):
                yield from (("otherwise",), ("otherwise", choice.kind))
                yield "otherwise", choice.kind, choice.rule or f"step {choice.step}"
                if choice.kind == Deviation.Kind.OVERRIDDEN:
                    yield "decided", AGAINST


def fell(decision: Decided) -> str:
    """Return how a decision fell, one of ``DECISIONS``."""
    if decision.report:
        return REPORT if decision.help == NO_HELP else BOTH
    return {NO_HELP: NEITHER, OWN_HELP: OWN}.get(decision.help, OTHERS)
