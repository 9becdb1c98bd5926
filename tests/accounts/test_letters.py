"""Marks by the ten thousands upon one sign: nobody who reads a text pays with their square."""

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from accounts.letters import MOST_MARKS, _is_mark, normal
from accounts.people.listed import _plain
from accounts.sso.actions import _name
from accounts.sso.fetch import Unfetchable, check_url
from accounts.tables import read_table
from cases.imports.fields import plain
from cases.models.export import in_short
from cases.names import PUPIL, Family, find, fold
from tests.attacks.proof import shows

# Out of order, of a kind that makes no other letter of its own; and one sign that is two marks.
MANY = "\u0315\u0316" * 200_000
TWO_IN_ONE = "\u0f73" * 400_000
ROOT = Path(__file__).resolve().parents[2]

SAMPLES = ("Zoë", "Zoe\u0308", "Łukasz ’t Hof", "Đặng", "\u1100\u1161", "ﬁ", "नमस्ते", "שָׁלוֹם", "")


def test_a_text_that_somebody_writes_is_as_unicode_has_it():
    for form in ("NFC", "NFKD"):
        assert [normal(form, one) for one in SAMPLES] == [
            unicodedata.normalize(form, one) for one in SAMPLES
        ]


def test_thirty_marks_in_a_row_stay():
    marks = "\u0323\u0301" * (MOST_MARKS // 2)
    assert normal("NFKD", f"a{marks}b") == unicodedata.normalize("NFKD", f"a{marks}b")
    assert normal("NFKD", f"a{marks}\u0301\u0301b") == normal("NFKD", f"a{marks}b")


def test_of_all_signs_there_are_a_process_remembers_few():
    """Once somebody sent each, it had kept a hundred megabytes for good."""
    normal("NFC", "".join(map(chr, range(0x4E00, 0xA000))))
    assert _is_mark.cache_info().currsize < 5000


@shows("busy-8")
@pytest.mark.parametrize("marks", [MANY, TWO_IN_ONE], ids=["two kinds", "two in one"])
@pytest.mark.parametrize(
    ("read", "said"),
    [
        (lambda text: len(read_table(f"{text[:60_000]};b\n1;2".encode()).headings[0]) > 61, False),
        (lambda text: _plain(text)[:1], "a"),
        (lambda text: plain(text)[:1], "a"),
        (lambda text: _name({"name": text})[:1], "a"),
        (lambda text: fold(text)[:1], "a"),
        (lambda text: find(text, Family({"jo": PUPIL}, date(2015, 3, 4), frozenset())), []),
        (lambda text: in_short(text)[:1], "a"),
    ],
    ids=["list", "person", "heading", "provider", "fold", "question", "reason"],
)
def test_marks_without_number_cost_nobody_a_minute(read, said, marks):
    assert read(f"a{marks}") == said


@shows("busy-8")
def test_an_address_of_marks_is_no_address():
    with pytest.raises(Unfetchable):
        check_url(f"https://a{MANY}.example/")


def test_nothing_else_of_ours_asks_python_for_a_form():
    asking = [
        path.relative_to(ROOT).as_posix()
        for room in ("accounts", "api", "audit", "background", "cases", "consultations",
                     "meldcode", "referrals", "signals")
        for path in (ROOT / room).rglob("*.py")
        if "unicodedata.normalize(" in path.read_text(encoding="utf-8")
    ]  # fmt: skip
    assert asking == ["accounts/letters.py"]
