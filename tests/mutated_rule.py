"""A pytest plugin: runs tests with one row of the rules removed, or holding always.

MUTATION=without:R12 python -m pytest -p tests.mutated_rule tests/cases/test_protocol.py
MUTATION=always:R12 …
"""

import os
from dataclasses import replace
from importlib import import_module

# The table as it is: to see that the tests do pass on that.
NOTHING = "nothing"


def pytest_configure():
    """Change the table wherever it was imported, before a test is collected."""
    if os.environ["MUTATION"] == NOTHING:
        return
    how, code = os.environ["MUTATION"].split(":")
    table = import_module("cases.protocol.rules").RULES
    mutants = {
        "without": tuple(rule for rule in table if rule.code != code),
        "always": tuple(
            replace(rule, when=lambda facts: True) if rule.code == code else rule for rule in table
        ),
    }
    if mutants[how] == table:
        raise ValueError(f"No rule {code}")
    for name in ("cases.protocol", "cases.protocol.rules", "cases.protocol.guide", "cases.screen"):
        import_module(name).RULES = mutants[how]
