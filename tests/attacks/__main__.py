"""``python -m tests.attacks`` writes the table of attacks; with ``--run`` it tries them first."""

import sys

import pytest

from tests.attacks.proof import TESTS, markdown, shown


class Outcomes:
    """Hears how each test went (a plugin of pytest): a row holds when all of its tests do."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: object):
        report = (yield).get_result()
        for attack in getattr(getattr(item, "function", None), "attacks", ()):
            if report.failed:
                self.rows[attack] = "**came through**"
            elif report.when == "call" and report.passed:
                self.rows.setdefault(attack, "held")


def main(arguments: list[str]) -> int:
    """Write the table, and return how the tests ended (0 when they were not run)."""
    if "--run" not in arguments:
        sys.stdout.write(markdown())
        return 0
    outcomes = Outcomes()
    tests = sorted({test for tests in shown().values() for test in tests})
    ended = pytest.main(["-q", "--rootdir", str(TESTS.parent), *tests], plugins=[outcomes])
    sys.stdout.write(markdown(outcomes.rows))
    return int(ended)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
