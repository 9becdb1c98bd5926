"""The texts of records: in which of them all words of a search stand.

Asked of the cases that somebody may see, one by one and by an index, so that what others have
written costs nothing. Only that something was found is told, and in what; the words are read in the
case itself, where reading is written down.
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from cases.search.sealed_words import asked, stems_of
from cases.search.table import TABLE, Searched

# Shorter words stand in every text; the dictionary leaves most of them aside as well.
LEAST_LETTERS = 3


def searchable(words: list[str]) -> list[str]:
    """Return the words that are looked for in texts."""
    return [word for word in words if len(word) >= LEAST_LETTERS]


def found_in(words: list[str], schools: Iterable[int]) -> dict[str, Exists]:
    """Return by name (``Searched.name``) whether all words stand in a record there.

    ``schools``: of whose cases this is asked; it matters to what is encrypted.
    """
    words, schools = searchable(words), list(schools)
    if not words:
        return {}
    stems = stems_of(" ".join(words))
    return {row.name: Exists(_rows(row, words, asked(row, stems, schools))) for row in TABLE}


def places_of(case: object) -> list[object]:
    """Return in what something was found, of a case to which ``found_in`` was added, if it was."""
    if not hasattr(case, TABLE[0].name):
        # Nothing was searched, as mostly.
        return []
    return [row.found_in for row in TABLE if getattr(case, row.name)]


def _rows(row: Searched, words: list[str], sealed: str) -> QuerySet:
    found = row.rows._default_manager.filter(row.holds, **{row.case: OuterRef("pk")}).order_by()
    if connection.vendor == "postgresql":
        return found.filter(pk__says=(" ".join(words), sealed))
    for word in words:
        said = Q()
        for field in row.fields:
            said |= Q(**{f"{field}__icontains": word})
        found = found.filter(said)
    return found
