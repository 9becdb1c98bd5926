"""A pupil over the years: their cases and signals, as far as somebody may see them."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from cases.models import Case, Pupil
from cases.protocol.vacations import school_year
from cases.together import hang, read_together


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
    categories: one query.
    """
    visible = Case.objects.visible_to(user).filter(pupil=pupil)
    cases = visible.select_related("responsible").order_by("-opened_at")
    signals, categories = _signals(visible)
    read_together(cases, signals, categories)
    hang(signals.model, "categories", categories, list(signals))
    for case in cases:
        case.current_signals = [signal for signal in signals if signal.case_id == case.pk]
    return [
        YearOfPupil(begins, tuple(group))
        for begins, group in groupby(
            cases, key=lambda case: school_year(timezone.localdate(case.opened_at))
        )
    ]


def _signals(cases: QuerySet) -> tuple[QuerySet, QuerySet]:
    """Ask for the signals of cases as they hold now, and for the categories of signals."""
    model, keys = Case._meta.get_field("signals").related_model, cases.values("pk")
    found = model.objects.current().filter(case__in=keys).select_related("author")
    under = model._meta.get_field("categories").related_model
    return found.order_by("-observed_at"), under.objects.filter(signal__case__in=keys)
