"""Take each row of the rules away, and let each hold always: some test of behaviour must fail.

    python -m tests.mutate_rules            all rows
    python -m tests.mutate_rules R12 R40    these

Only tests of what a case is asked are run, not those of the table's own shape: these would fail on
any missing row, and prove nothing. Ends with 1 and the names of the mutants that no test noticed.
"""

import io
import os
import sys
from contextlib import redirect_stdout
from importlib import import_module
from importlib.metadata import entry_points
from multiprocessing import get_context

import pytest

from tests.mutated_rule import NOTHING

BEHAVIOUR = (
    "tests/cases/test_protocol.py::test_a_rule_holds",
    "tests/cases/test_protocol.py::test_a_rule_does_not_hold_beside_that",
    "tests/cases/test_protocol_scenarios.py",
)
# A rule that holds outside the Meldcode only holds there always: no test can tell the two apart.
EQUIVALENT = {"always:R9"}
# What takes long to import: once, and each process is forked with it. Nothing of the tests in
# BEHAVIOUR, and nothing that pytest does not import before the plugin changes the table.
READY = (
    "faker.factory",
    "hypothesis.internal.observability",
    "hypothesis.strategies",
    "conftest",
    "tests.conftest",
)
FAILED = 1  # pytest's own: tests were run, and some failed


def codes() -> list[str]:
    """Return the rules of the table."""
    from cases.protocol.rules import RULES

    return [rule.code for rule in RULES]


def survives(mutation: str) -> str:
    """Return why a mutant was not noticed; empty when a test failed on it.

    In a process of its own: a rule is changed in it for good.
    """
    os.environ["MUTATION"] = mutation
    said = io.StringIO()
    with redirect_stdout(said):
        ended = pytest.main(
            ["-x", "-q", "-p", "tests.mutated_rule", "-p", "no:cacheprovider", *BEHAVIOUR]
        )
    if ended == FAILED:
        return ""
    return f"{mutation}: pytest ended with {int(ended)}\n{said.getvalue()[-2000:]}"


def main(chosen: list[str]) -> int:
    """Run all mutants; return how many were not noticed."""
    mutations = [f"{how}:{code}" for how in ("without", "always") for code in chosen or codes()]
    mutations = [mutation for mutation in mutations if mutation not in EQUIVALENT]
    for name in READY:
        import_module(name)
    for plugin in entry_points(group="pytest11"):
        plugin.load()
    with get_context("fork").Pool(os.cpu_count() or 2, maxtasksperchild=1) as pool:
        if not pool.map(survives, [NOTHING])[0].startswith(f"{NOTHING}: pytest ended with 0"):
            sys.stderr.write("The tests fail without a mutant: nothing can be said of any.\n")
            return 1
        survivors = [why for why in pool.map(survives, mutations, chunksize=1) if why]
    for why in survivors:
        sys.stderr.write(f"Not noticed: {why}\n")
    sys.stdout.write(f"{len(mutations) - len(survivors)} of {len(mutations)} mutants noticed\n")
    return len(survivors)


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
