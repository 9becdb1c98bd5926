"""What was counted in a case stays, without the case: figures of years that are over do not change.

How often, by school and school year, and nothing of when or in which case. How long something took
cannot be kept so: a list of durations is one of persons (docs/security.md).
"""

from collections import Counter

from django.db.models import F

from cases.figures.counting import names_of
from cases.figures.school_year import SchoolYear
from cases.figures.walks import read
from cases.models import Case, KeptCount


def keep(case: Case) -> None:
    """Add what a closed case counts for. One for the board (R9) counts nowhere, now as before."""
    if case.restricted or case.closed_at is None:
        return
    only = Case.objects.filter(pk=case.pk)
    first, last = SchoolYear.of(case.opened_at).first, SchoolYear.of(case.closed_at).first
    for year in (SchoolYear(number) for number in range(first, last + 1)):
        for name, times in Counter(names_of(read(only, year), year)).items():
            row, __ = KeptCount.objects.get_or_create(
                school_id=case.school_id, year=year.first, name="/".join(name)
            )
            KeptCount.objects.filter(pk=row.pk).update(count=F("count") + times)
