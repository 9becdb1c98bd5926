"""The copy for the privacy officer: asked for with a reason, and harmless in a spreadsheet."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from audit import chain
from audit.export import neutral
from audit.kinds import Kind
from audit.log import record_read
from audit.models import LogEntry
from tests.attacks.proof import shows
from tests.factories import CaseFactory, PupilFactory, member

pytestmark = pytest.mark.django_db

URL = reverse("audit:export")
REASON = "Verzoek van de functionaris gegevensbescherming."


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school, given_name="Ties"))


def ask(browser, of, **changes):
    today = timezone.localdate()
    fields = {"school": of.pk, "first": today, "last": today, "reason": REASON}
    return browser.post(URL, {**fields, **changes})


def table(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:]), delimiter=";"))


def test_it_holds_the_rows_and_ends_with_the_head(case, school, administrator, signed_in):
    reader = member(Role.COORDINATOR, school, name="Jo van Dam")
    record_read(reader, case, "Vader van Ties vroeg erom.", kind=Kind.EXPORTED)
    record_read(reader, CaseFactory())  # of another school
    chain.seal_waiting()
    head = chain.head()
    answer = ask(signed_in(administrator), school)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="meldcode-')
    assert "no-store" in answer["Cache-Control"]
    columns, *rows, last = table(answer)
    assert last[1] == head.hash
    assert chain.holds(chain.Head.read(last[1])) is None
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    (one,) = [row for row in found if "Jo van Dam" in row.values()]
    assert case.reference in one.values()
    assert len(found) == LogEntry.objects.of_school(school, administrator).count()
    assert "Ties" not in str(found)


def test_that_it_was_made_is_written_down_first(school, administrator, signed_in):
    answer = ask(signed_in(administrator), school)
    row = LogEntry.objects.get(kind=Kind.EXPORTED)  # before the first line was read
    assert (row.actor, row.school, row.reason) == (administrator, school, REASON)
    assert any(str(Kind.EXPORTED.label) in line for line in table(answer))


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ""},
        {"reason": "kort"},
        {"first": "2026-01-02", "last": "2026-01-01"},
        {"first": "0001-01-01"},
        {"last": "9999-12-31"},
        {"school": 0},
    ],
)
def test_without_a_good_reason_or_days_nothing_is_made(school, administrator, signed_in, changes):
    assert ask(signed_in(administrator), school, **changes).status_code == 422
    assert not LogEntry.objects.filter(kind=Kind.EXPORTED).exists()


def test_of_another_school_nothing(administrator, signed_in):
    other = member(Role.COORDINATOR).memberships.get().school
    answer = ask(signed_in(administrator), other)
    assert answer.status_code == 422
    assert other.name not in answer.content.decode()


def test_it_asks_for_a_fresh_second_factor(school, administrator, signed_in):
    browser = signed_in(administrator, second_factor_ago=timedelta(minutes=16))
    assert "second-factor" in ask(browser, school)["Location"]
    assert not LogEntry.objects.filter(kind=Kind.EXPORTED).exists()


@pytest.mark.parametrize("cell", ["=1+1", "+31", "-1", "@SUM(A1)"])
@shows("audit-3")
def test_a_formula_is_no_formula(cell):
    assert neutral(cell) == f"'{cell}"


@pytest.mark.parametrize("sign", ["\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\u2212"])
@shows("audit-3")
def test_nor_in_signs_as_wide_as_an_ideogram(sign):
    assert neutral(f"{sign}1+1") == f"'{sign}1+1"


@pytest.mark.parametrize(
    "before",
    ["\u200b", "\ufeff", "\u2060", "\u00ad", "\u202e", "\u00a0", "\u3000", "\x01", "\ufe0f"],
)
@shows("audit-3")
def test_nor_behind_what_is_not_seen(before):
    for hidden in (before, f" {before} {before}"):
        assert neutral(f"{hidden}=1+1") == f"'{hidden}=1+1"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("Jan,=cmd|' /C calc'!A0,de Wit", "Jan,'=cmd|' /C calc'!A0,de Wit"),
        ("Jan; @SUM(A1)", "Jan;' @SUM(A1)"),
        ('b,"=1+1,c', "b,'\"=1+1,c"),
        ('b;" "@SUM(A1)', 'b;\'" "@SUM(A1)'),
        ('Jan "Jo" - de Wit, "3A"', 'Jan "Jo" - de Wit, "3A"'),
        ("\t=1", "'\t'=1"),
        ("Jan\N{LINE SEPARATOR}=1", "Jan\N{LINE SEPARATOR}'=1"),
        ("Jan - de Wit", "Jan - de Wit"),
        ("\N{LATIN SMALL LETTER E WITH ACUTE}=1", "\N{LATIN SMALL LETTER E WITH ACUTE}=1"),
        ("Anne-Fleur, 3A", "Anne-Fleur, 3A"),
        ("2026-11-29T02:00:00+01:00", "2026-11-29T02:00:00+01:00"),
    ],
)
@shows("audit-3")
def test_nor_where_a_spreadsheet_takes_another_sign_between_cells(cell, said):
    assert neutral(cell) == said


@pytest.mark.parametrize("name", ['b,"=1+1,c', 'b,""=1+1,c', 'b,"" "=1+1,c'])
@shows("audit-3")
def test_nor_in_the_file_behind_a_mark_that_it_writes_twice(name):
    """Told to begin cells at a comma, a program reads an empty piece there, and then a formula."""
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerow(["jan", neutral(name), "z"])
    (row,) = csv.reader([file.getvalue()], delimiter=",")
    assert len(row) == 3
    assert not any(cell.lstrip('" ').startswith("=") for cell in row)


@shows("audit-3")
def test_what_somebody_calls_themselves_is_a_text(case, school, administrator, signed_in):
    evil = '=HYPERLINK("https://evil.example","klik")'
    record_read(member(Role.COORDINATOR, school, name=evil), case)
    rows = table(ask(signed_in(administrator), school))
    assert any(f"'{evil}" in row for row in rows)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_a_large_one_is_not_held_in_memory(case, school, administrator, signed_in, monkeypatch):
    monkeypatch.setattr("audit.export.CHUNK", 2)
    for __ in range(9):
        record_read(administrator, case)
    answer = ask(signed_in(administrator), school)
    assert answer.streaming
    first = next(iter(answer.streaming_content))
    assert first.count(b"\n") == 1


@shows("busy-11")
def test_whoever_reads_none_of_their_copies_keeps_one_hand_of_a_web_process(
    case, school, administrator, signed_in
):
    """One of a year is larger than the proxy takes at once: eight unread, and nobody came in."""
    browser = signed_in(administrator)
    copies = LogEntry.objects.filter(kind=Kind.EXPORTED)
    first = ask(browser, school)
    assert (first.status_code, copies.count()) == (200, 1)
    second = ask(signed_in(administrator), school)
    assert (second.status_code, copies.count()) == (422, 1)
    assert "Er wordt nu al een groot bestand opgehaald." in second.content.decode()
    assert REASON in second.content.decode()
    table(first)
    assert ask(browser, school).status_code == 200
    assert copies.count() == 2
