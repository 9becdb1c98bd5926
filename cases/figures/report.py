"""The year report on the use of the Meldcode: of one school and one year, without persons.

The law asks of the board that it promotes that the code is known and used (docs/protocol.md, [L]):
this shows it. It leaves the care team, so it holds no small number (``small_numbers``), and only of
a year that is over: of one that runs, two reports a day apart would tell what came between them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission
from accounts.models import Membership, School, User
from accounts.roles import Role
from cases.calendars import asked_of_school, calendar_of
from cases.figures import shared
from cases.figures.counting import count, sums
from cases.figures.school_year import SchoolYear
from cases.figures.small_numbers import LEAST
from cases.figures.tables import Counts, Line, Table, number
from cases.figures.waits import Clock, Took
from cases.figures.walks import Told, read
from cases.models import Case, Contact, YearText
from cases.models.contact import last_year

# So many years back one may ask for.
YEARS = 5


@dataclass(frozen=True, slots=True)
class Known:
    """What Meldcode knows of how the school is prepared, beside figures."""

    attention_officers: int
    coordinators: int
    contacts: int
    unchecked: int


@dataclass(frozen=True, slots=True)
class YearReport:
    """A year report, as page and paper show it."""

    school: School
    year: SchoolYear
    tables: list[Table]
    known: Known
    texts: YearText | None
    made_at: datetime

    @property
    def least(self) -> int:
        """Return from how many on a number is shown."""
        return LEAST


def years_over(now: datetime) -> list[SchoolYear]:
    """Return the school years of which there is a report, the latest first."""
    last = SchoolYear.of(now).first - 1
    return [SchoolYear(first) for first in range(last, last - YEARS, -1)]


def year_report(user: User, school: School, year: SchoolYear, now: datetime) -> YearReport:
    """Return the report of a year that is over, of the cases that whoever asks may count.

    What is for the board alone (R9) is outside the code, and counts for nobody.
    """
    cases = Case.objects.permitted(user, Permission.SEE_YEAR_REPORT)
    set_by_school, prepared = asked_of_school(school), _asked_of_known(school, now)
    texts = YearText.objects.filter(school=school, year=year.first).order_by("pk")[:1]
    told = read(
        cases.filter(school=school, restricted=False),
        year,
        (*set_by_school, *prepared, texts),
        school,
        user,
    )
    clock = Clock(calendar_of(*set_by_school), now)
    return YearReport(
        school=school,
        year=year,
        tables=[*_counted(told, year), *_waited(told, clock, year)],
        known=_known(*prepared),
        texts=next(iter(texts), None),
        made_at=now,
    )


def _counted(told: Told, year: SchoolYear) -> list[Table]:
    years = (year, year.before)
    counts = count(told, year) | count(told, year.before)
    shown = Counts.outside(counts, years, [one for year in years for one in sums(counts, year)])
    columns = tuple(str(one) for one in years)
    told_of = partial(_said, shown)
    return [
        shared.signals(shown, columns, told_of(_("Signals that were logged: %s."), "signals")),
        shared.decisions(shown, columns, told_of(_("Decisions that were taken: %s."), "decided")),
        shared.steps(shown, columns, _("In how many walks through the protocol a step was taken.")),
        shared.otherwise(
            shown,
            columns,
            told_of(_("Choices that were explained: %s."), "otherwise"),
            least=LEAST,
        ),
    ]


def _said(counts: Counts, text: str, name: str) -> str:
    """Return a sentence about a count, and how it was the year before; both as they are shown."""
    now, before = counts.line("", name).cells
    if now.value is None:
        return _("The number of this year is small, and not shown.")
    said = text % now.text
    if before.value is None:
        return said
    return said + " " + _("The year before: %s.") % before.text


def _waited(told: Told, clock: Clock, year: SchoolYear) -> list[Table]:
    waits = [wait for walk in told.walks for wait in clock.waits(walk)]
    found = []
    for fast in (False, True):
        of_year = clock.took((w for w in waits if year.has(w.until)), accelerated=fast)
        before = clock.took((w for w in waits if year.before.has(w.until)), accelerated=fast)
        title = _("Waiting in business days, beside the period")
        if fast:
            title = _("Waiting in hours, on the accelerated path")
        found.append(
            Table(
                "waits-fast" if fast else "waits",
                title,
                _said_of_waits(of_year),
                _("What is waited for"),
                (_("Period"), _("Half took at most"), _("Nine of ten took at most"),
                 _("Half, the year before")),
                tuple(_line(*both) for both in zip(of_year, before, strict=True)),
                "bar" if any(one.count >= LEAST for one in of_year) else "",
                (0, 1, 2),
            )
        )  # fmt: skip
    return found


def _line(took: Took, before: Took) -> Line:
    """Return how long something took, without how often: that would be one more small number."""
    half, of_before = (one.median if one.count >= LEAST else None for one in (took, before))
    nine = took.nine_of_ten if took.count >= LEAST else None
    return Line(
        str(took.period.label),
        tuple(number(value) for value in (took.limit, half, nine, of_before)),
    )


def _said_of_waits(took: list[Took]) -> str:
    shown = [one for one in took if one.count >= LEAST]
    if not shown:
        return _("This happened too seldom to say how long it took.")
    longer = [str(one.period.label) for one in shown if one.median > one.limit]
    if not longer:
        return _("Of all that is shown here, half or more stayed within the period.")
    return _("Half or more took longer than the period: %s.") % ", ".join(longer)


def _asked_of_known(school: School, now: datetime) -> tuple[QuerySet, QuerySet, QuerySet]:
    """Ask for the care team, the contact book and what of it nobody looked at for a year."""
    book = Contact.objects.standing().filter(school=school)
    old = book.unchecked(last_year(timezone.localdate(now)))
    team = Membership.objects.care_team(school.pk).values_list("role", flat=True)
    return team, book.values_list("pk"), old.values_list("pk")


def _known(team: Iterable[str], book: QuerySet, old: QuerySet) -> Known:
    roles = Counter(team)
    return Known(
        attention_officers=roles[Role.ATTENTION_OFFICER],
        coordinators=roles[Role.COORDINATOR],
        contacts=len(book),
        unchecked=len(old),
    )
