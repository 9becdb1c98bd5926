"""Names, also when they are written a little differently, where the database can tell."""

import re
from functools import cache

from django.apps import apps
from django.db import connection, models
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from cases.references import LENGTH, OF_REPORTS, derived_reference

# From how much alike a word counts (pg_trgm's own measure, 0 to 1): "Rozendaal" and "Rozendal" are
# 0.7, "Jansen" and "Janssen" 0.6.
ALIKE = 0.5
# Shorter words are like too many others.
LEAST_LETTERS = 4
REPORT = re.compile(rf"{OF_REPORTS}-[A-Z0-9]{{{LENGTH}}}", re.IGNORECASE)


class WordSimilarity(models.Func):
    """How much a word is like a name, or like one of its words."""

    function = "WORD_SIMILARITY"
    output_field = models.FloatField()


@cache
def has_trigrams() -> bool:
    """Tell whether the database has ``pg_trgm``: asked once by each process."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        return cursor.fetchone() is not None


def _reported_as(reference: str, schools: set[int]) -> list[int]:
    """Return the keys of cases of some schools of which a report bears a reference of its own.

    Whether it is anonymous now nobody asks: it is read out from a draft, and corrected since.
    """
    referrals = apps.get_model("referrals", "Referral").objects.filter(
        to="veilig_thuis", decision__case__school__in=schools
    )
    return [
        case
        for key, case in referrals.values_list("public_id", "decision__case_id")
        if derived_reference(OF_REPORTS, key) == reference
    ]


def named(words: list[str], schools: set[int]) -> Q:
    """Return the condition that each word stands in the pupil's name, class or a reference; of
    reports, in those of some schools (their keys)."""
    condition = Q()
    for word in words:
        condition &= _named(word, schools)
    return condition


def _named(word: str, schools: set[int]) -> Q:
    found = (
        Q(pupil__given_name__icontains=word)
        | Q(pupil__family_name__icontains=word)
        | Q(pupil__class_name__iexact=word)
        | Q(reference__iexact=word)
    )
    if REPORT.fullmatch(word):
        found |= Q(pk__in=_reported_as(word.upper(), schools))
    if len(word) >= LEAST_LETTERS and has_trigrams():
        likeness = Greatest(
            WordSimilarity(Value(word), F("pupil__given_name")),
            WordSimilarity(Value(word), F("pupil__family_name")),
        )
        found |= Q(models.lookups.GreaterThanOrEqual(likeness, ALIKE))
    return found
