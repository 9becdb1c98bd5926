"""How many consultations a buurtteam was invited to, of which kind, and how soon it answered.

They leave the care teams of the schools: small numbers are hidden, and only years that are over are
told, by the same function and for the same reason as in the year report (``cases.figures``).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Buurtteam, User
from cases.figures.school_year import SchoolYear
from cases.figures.small_numbers import Key, Sum
from cases.figures.tables import Counts, Table
from cases.figures.waits import business_days
from cases.protocol import PERIODS
from consultations.models import Consultation, Invitation

SAME_DAY, IN_TIME, LATER, NEVER = "same_day", "in_time", "later", "never"
ANSWERS: dict[str, Promise] = {
    SAME_DAY: gettext_lazy("On the same day"),
    IN_TIME: gettext_lazy("Later, within the period"),
    LATER: gettext_lazy("After the period"),
    NEVER: gettext_lazy("Not answered"),
}
PERIOD = PERIODS["invite"]


def tables(team: Buurtteam, user: User, year: SchoolYear) -> list[Table]:
    """Return the figures of a year and the one before, of what the user may know of."""
    years = (year, year.before)
    names = Counter(_names(team, user, years))
    keys = [(*key, one.first) for one in years for key in _always()]
    counts = {key: names[key] for key in keys}
    shown = Counts.outside(counts, years, [one for year in years for one in _sums(year)])
    columns = tuple(str(one) for one in years)
    kinds = (
        *(shown.line(name, "kind", code) for code, name in Consultation.Kind.choices),
        shown.line(_("All consultations"), "all"),
    )
    told = _("To how many consultations your team was invited, and of which kind.")
    answers = tuple(shown.line(name, "answer", code) for code, name in ANSWERS.items())
    soon = _("An answer is expected within %(days)s business days.") % {"days": PERIOD.days}
    return [
        Table("kinds", _("Consultations"), told, _("Kind"), columns, kinds, "bar", (0, 1)),
        Table("answers", _("How soon your team answered"), soon, _("Answer"), columns, answers,
              "bar", (0, 1)),
    ]  # fmt: skip


def _always() -> list[Key]:
    kinds = [("kind", code) for code in Consultation.Kind.values]
    return [("all",), *kinds, *(("answer", code) for code in ANSWERS)]


def _sums(year: SchoolYear) -> Iterator[Sum]:
    for name, parts in (("kind", Consultation.Kind.values), ("answer", ANSWERS)):
        yield Sum(("all", year.first), tuple((name, part, year.first) for part in parts))


def _names(team: Buurtteam, user: User, years: Iterable[SchoolYear]) -> Iterator[Key]:
    """Yield each count by its name: one consultation counts once, whoever of the team went."""
    years = tuple(years)
    invited = Invitation.objects.of_team(team, user).filter(
        invited_at__gte=years[-1].since, invited_at__lt=years[0].until
    )
    rows = invited.order_by("consultation_id", "invited_at").values_list(
        "consultation_id", "consultation__kind", "invited_at", "accepted_at", "declined_at"
    )
    for __, of_one in groupby(rows, key=itemgetter(0)):
        found = list(of_one)
        kind, since = found[0][1], found[0][2]
        year = next(one for one in years if one.has(since))
        answered = min((at for row in found for at in row[3:] if at), default=None)
        yield from (
            ("all", year.first), ("kind", kind, year.first),
            ("answer", _answer(since, answered), year.first),
        )  # fmt: skip


def _answer(since: datetime, at: datetime | None) -> str:
    if at is None:
        return NEVER
    days = business_days(since, at, frozenset())
    return SAME_DAY if not days else IN_TIME if days <= PERIOD.days else LATER
