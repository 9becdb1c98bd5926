"""What was counted in a case stays, without the case: figures of years that are over do not change.

How often, by school and school year, and nothing of when or in which case. How long something took
cannot be kept so: a list of durations is one of persons (docs/security.md).
"""

import hashlib
from collections import Counter
from collections.abc import Collection

from django.db.models import F

from cases.figures.counting import names_of
from cases.figures.school_year import SchoolYear
from cases.figures.walks import read
from cases.models import Case, KeptCount


def keep(case: Case, kept_from: Collection[int]) -> None:
    """Add what a closed case counts for. One for the board (R9) counts nowhere, now as before.

    ``kept_from``: whose figures do not count it, now as before: apart from the rest.
    """
    if case.restricted or case.closed_at is None:
        return
    only = Case.objects.filter(pk=case.pk)
    first, last = SchoolYear.of(case.opened_at).first, SchoolYear.of(case.closed_at).first
    for year in (SchoolYear(number) for number in range(first, last + 1)):
        # In order: two cases of a school that go at once wait for one another, and in no circle.
        for name, times in sorted(Counter(names_of(read(only, year), year)).items()):
            row, is_new = KeptCount.objects.get_or_create(
                school_id=case.school_id,
                year=year.first,
                name="/".join(name),
                apart=_apart(kept_from),
            )
            if is_new:
                row.kept_from.add(*kept_from)
            KeptCount.objects.filter(pk=row.pk).update(count=F("count") + times)


def _apart(people: Collection[int]) -> str:
    """Return what stands for some people, the same for the same; nothing for nobody."""
    return hashlib.sha256(repr(sorted(people)).encode()).hexdigest() if people else ""
