"""How many consultations a buurtteam was invited to, of which kind, and how soon it answered.

They leave the care teams of the schools: small numbers are hidden, and only years that are over are
told, by the same function and for the same reason as in the year report (``cases.figures``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Buurtteam, User
from cases.figures.school_year import SchoolYear
from cases.figures.small_numbers import LEAST, Key, Sum
from cases.figures.tables import Cell, Counts, Line, Table, number
from cases.figures.waits import business_days, half, nine_of_ten
from cases.protocol import PERIODS
from consultations.models import Invitation

NAMED: dict[bool, Promise] = {
    False: gettext_lazy("Without the pupil's name"),
    True: gettext_lazy("With the pupil's name, by consent or on a ground"),
}
PERIOD = PERIODS["invite"]


@dataclass(frozen=True, slots=True)
class Invited:
    """A consultation to which a team was invited, and when it answered."""

    at: datetime
    named: bool
    answered_at: datetime | None


def tables(team: Buurtteam, user: User, year: SchoolYear) -> list[Table]:
    """Return the figures of a year and the one before, of what the user may know of."""
    years = (year, year.before)
    invited = list(_invited(team, user, years))
    columns = tuple(str(one) for one in years)
    return [_kinds(invited, years, columns), _answers(invited, years)]


def _kinds(
    invited: list[Invited], years: tuple[SchoolYear, ...], columns: tuple[str, ...]
) -> Table:
    counts: dict[Key, int] = {}
    for year in years:
        of_year = [one for one in invited if year.has(one.at)]
        counts["all", year.first] = len(of_year)
        for named in NAMED:
            counts["kind", int(named), year.first] = sum(one.named == named for one in of_year)
    sums = [
        Sum(("all", year.first), tuple(("kind", int(named), year.first) for named in NAMED))
        for year in years
    ]
    shown = Counts.outside(counts, years, sums)
    lines = (
        *(shown.line(name, "kind", int(named)) for named, name in NAMED.items()),
        shown.line(_("All consultations"), "all"),
    )
    told = _("To how many consultations your team was invited.")
    return Table("kinds", _("Consultations"), told, _("Kind"), columns, lines, "bar", (0, 1))


def _answers(invited: list[Invited], years: tuple[SchoolYear, ...]) -> Table:
    """Return how soon the team answered, without how often: that would be a small number more."""
    now, before = (
        sorted(
            business_days(one.at, one.answered_at, frozenset())
            for one in invited
            if year.has(one.at) and one.answered_at
        )
        for year in years
    )
    values = (half(now), nine_of_ten(now), half(before))
    enough = (len(now) >= LEAST, len(now) >= LEAST, len(before) >= LEAST)
    cells: tuple[Cell, ...] = (
        number(PERIOD.days),
        *(number(value if many else None) for value, many in zip(values, enough, strict=True)),
    )
    columns = (
        _("Period"), _("Half took at most"), _("Nine of ten took at most"),
        _("Half, the year before"),
    )  # fmt: skip
    told = _("An answer is expected within %(days)s business days.") % {"days": PERIOD.days}
    return Table(
        "answers", _("How soon your team answered, in business days"), told,
        _("What is waited for"), columns, (Line(str(PERIOD.label), cells),),
    )  # fmt: skip


def _invited(team: Buurtteam, user: User, years: tuple[SchoolYear, ...]) -> Iterator[Invited]:
    """Yield the consultations of some years: each once, whoever of the team went."""
    invitations = Invitation.objects.of_team(team, user).filter(
        invited_at__gte=years[-1].since, invited_at__lt=years[0].until
    )
    rows = invitations.order_by("consultation_id", "invited_at").values_list(
        "consultation_id", "invited_at", "consultation__named", "accepted_at", "declined_at"
    )
    for __, of_one in groupby(rows, key=itemgetter(0)):
        found = list(of_one)
        answered = min((at for row in found for at in row[3:] if at), default=None)
        yield Invited(found[0][1], found[0][2], answered)
