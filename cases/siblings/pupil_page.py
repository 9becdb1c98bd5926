"""A pupil over the years: their cases and signals, as far as somebody may see them."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils import timezone

from accounts.models import User
from cases.models import Case, Pupil
from cases.protocol.vacations import school_year


@dataclass(frozen=True, slots=True)
class YearOfPupil:
    """One school year, with the cases that were opened in it and all their signals."""

    begins: int
    cases: tuple[Case, ...]

    @property
    def ends(self) -> int:
        """Return the year in which it ends."""
        return self.begins + 1


def years_of(pupil: Pupil, user: User) -> list[YearOfPupil]:
    """Return the school years with a case that the user may see, the newest first.

    Each case has its signals as they hold now (``current_signals``), and each of these its
    categories: three queries.
    """
    cases = list(
        Case.objects.visible_to(user)
        .filter(pupil=pupil)
        .select_related("responsible")
        .order_by("-opened_at")
    )
    signals = _signals(cases)
    for case in cases:
        case.current_signals = [signal for signal in signals if signal.case_id == case.pk]
    return [
        YearOfPupil(begins, tuple(group))
        for begins, group in groupby(
            cases, key=lambda case: school_year(timezone.localdate(case.opened_at))
        )
    ]


def _signals(cases: list[Case]) -> list[Any]:
    model = Case._meta.get_field("signals").related_model
    found = model.objects.current().filter(case__in=cases).select_related("author")
    return list(found.prefetch_related("categories").order_by("-observed_at"))
