"""The table of attacks and its tests belong together."""

import re
from pathlib import Path

from tests.attacks.proof import markdown, shown
from tests.attacks.table import ATTACKS, BY_ID


def test_each_row_has_a_test_and_each_test_a_row():
    assert set(shown()) == set(BY_ID)


def test_each_row_can_be_read():
    assert len(BY_ID) == len(ATTACKS)
    for attack in ATTACKS:
        assert re.fullmatch(r"[a-z]+-\d+", attack.id), attack.id
        assert re.fullmatch(r"\d+\.\d+\.\d+", attack.asvs), attack.id
        assert attack.tried, attack.id
        assert attack.happened, attack.id
        assert "|" not in attack.tried + attack.happened, attack.id


def test_the_document_holds_the_table_of_today():
    """``python -m tests.attacks`` writes it."""
    document = Path("docs/security.md").read_text(encoding="utf-8")
    assert markdown() in document


def test_what_the_document_names_as_proof_is_there():
    document = Path("docs/security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", document))
    assert len(named) > 20
    assert [path for path in named if not Path(path).is_file()] == []


def test_the_written_table_says_how_it_went():
    lines = markdown({"ids-1": "held"}).splitlines()
    assert len(lines) == len(ATTACKS) + 2
    assert lines[2].startswith("| ids-1 | 4.2.1 |")
    assert lines[2].endswith("| held |")
    assert lines[3].endswith("| not run |")
