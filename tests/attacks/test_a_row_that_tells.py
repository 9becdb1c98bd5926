"""A row of the year report that was there because of one child. Failed on its day."""

from datetime import datetime

import pytest
from django.utils import timezone

from cases.figures import shared
from cases.figures.counting import count, sums
from cases.figures.school_year import SchoolYear
from cases.figures.tables import Counts
from cases.figures.walks import Told
from cases.models import Case

YEARS = (SchoolYear(2025), SchoolYear(2024))
DURING = datetime(2025, 10, 1, tzinfo=timezone.get_default_timezone())


def rows(*outcomes):
    told = Told(walks=[], opened=[], closed=[(DURING, code) for code in outcomes], sent=[])
    counts = count(told, YEARS[0]) | count(told, YEARS[1])
    shown = Counts.outside(counts, YEARS, [one for year in YEARS for one in sums(counts, year)])
    table = shared.signals(shown, ("2025", "2024"), "")
    return [(line.label, *(cell.text for cell in line.cells)) for line in table.lines]


@pytest.mark.parametrize("outcome", Case.Outcome.values)
def test_how_a_single_case_was_closed(outcome):
    assert rows(outcome) == rows()


def test_what_happened_often_stands_there():
    more = set(rows(*["help_works"] * 5, *["cleared"] * 6)) - set(rows())
    assert {now for __, now, before in more} == {"6", "11"}
