"""Which test proves which row of the table, and the table as Markdown.

A test says by ``@shows("…")`` which rows it proves; ``test_table.py`` fails on a row that no test
shows, and on a test that shows no row.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.attacks.table import ATTACKS

TESTS = Path(__file__).resolve().parent.parent

Test = Callable[..., None]


def shows(*ids: str) -> Callable[[Test], Test]:
    """Say which rows a test proves."""

    def decorate(test: Test) -> Test:
        test.attacks = ids
        return test

    return decorate


def shown() -> dict[str, list[str]]:
    """Return for each row that some test shows: where those tests stand. Nothing is imported."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for test, attack in _decorated(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(attack, []).append(f"{path.relative_to(TESTS.parent)}::{test}")
    return found


def _decorated(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            for call in node.decorator_list:
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "shows":
                    yield from ((node.name, argument.value) for argument in call.args)


def markdown(outcome: dict[str, str] | None = None) -> str:
    """Return the table for docs/security.md; with how each row went, where it was just tried."""
    head = ["", "ASVS", "tried", "what happened", *(["now"] if outcome is not None else [])]
    lines = [head, ["---"] * len(head)]
    for a in ATTACKS:
        now = [outcome.get(a.id, "not run")] if outcome is not None else []
        lines.append([a.id, a.asvs, a.tried, a.happened, *now])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
