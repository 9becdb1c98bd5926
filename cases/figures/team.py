"""The figures of the care team: all of them, of the cases that whoever looks may see."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import School, User
from cases.calendars import asked_of_school, calendar_of
from cases.figures import shared
from cases.figures.counting import BOTH, OTHERS, OWN, REPORT, count
from cases.figures.school_year import SchoolYear
from cases.figures.tables import Counts, Line, Table, number
from cases.figures.waits import Clock, Took, Wait
from cases.figures.walks import Told, read
from cases.models import Case
from cases.protocol.rules import BY_CODE
from cases.protocol.steps import STEPS
from cases.querysets import CaseQuerySet


def tables(
    cases: CaseQuerySet, school: School, year: SchoolYear, now: datetime, by: User
) -> list[Table]:
    """Return the figures of a school year; ``cases``: of that school, those that ``by`` may see."""
    set_by_school, steps = asked_of_school(school), _open_by_step(cases, now)
    told = read(cases, year, (*set_by_school, *([steps] if year.has(now) else [])), school, by)
    before = year.beside(now)
    counts = Counts(
        count(told, year) | count(told, before), (year, before), lambda key, value: number(value)
    )
    columns = (str(year), _beside(before))
    clock = Clock(calendar_of(*set_by_school), now)
    waits = [wait for walk in told.walks for wait in clock.waits(walk)]
    still = [_by_step(steps)] if year.has(now) else []
    return [
        *still,
        *(_waits(clock, waits, year, before, accelerated=fast) for fast in (False, True)),
        _inflow(told, year, now),
        shared.signals(counts, columns, _said_of_signals(counts)),
        shared.decisions(counts, columns, _said_of_decisions(counts)),
        shared.steps(
            counts, columns, _("In how many walks through the protocol a step was taken.")
        ),
        shared.otherwise(counts, columns, _said_of_otherwise(counts)),
    ]


def _beside(year: SchoolYear) -> str:
    """Return the year before as the head of a column; of a part of it, until when."""
    if year.ends is None:
        return str(year)
    day = date_format(timezone.localtime(year.ends), "j F")
    return _("%(year)s, until %(day)s") % {"year": year, "day": day}


def _open_by_step(cases: CaseQuerySet, now: datetime) -> QuerySet:
    return cases.open().order_by().values("step").annotate(
        all=Count("pk"),
        severe=Count("pk", filter=Q(attention=Case.Attention.SEVERE)),
        late=Count("pk", filter=Q(deadline__lt=now)),
    )  # fmt: skip


def _by_step(rows: Iterable[dict[str, int]]) -> Table:
    """Return where the open cases stand."""
    found = {row["step"]: row for row in rows}
    names = ("all", "severe", "late")
    lines = tuple(
        Line(
            f"{step.number}. {step.short_name}",
            tuple(number(found.get(step.number, {}).get(name, 0)) for name in names),
        )
        for step in STEPS
    )
    told = _("No case is open.")
    if found:
        most = max(found, key=lambda step: (found[step]["all"], step))
        total = sum(row["all"] for row in found.values())
        told = ngettext(
            "%(count)s case is open.",
            "%(count)s cases are open. Most stand in step %(step)s, %(name)s: %(most)s.",
            total,
        ) % {
            "count": total, "step": most, "name": STEPS[most - 1].short_name,
            "most": found[most]["all"],
        }  # fmt: skip
    columns = (_("Open cases"), _("of these severe"), _("of these too late"))
    return Table("now", _("Open cases by step, now"), told, _("Step"), columns, lines, "bar",
                 (0, 2))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Waiting:
    """How long one thing took in a year, in the year before, and how many wait for it now."""

    took: Took
    before: Took
    runs: int
    runs_late: int

    @property
    def line(self) -> Line:
        return Line(
            str(self.took.period.label),
            tuple(
                number(value)
                for value in (
                    self.took.limit, self.took.median, self.took.nine_of_ten,
                    self.took.count, self.took.late, self.before.median, self.runs, self.runs_late,
                )
            ),
        )  # fmt: skip


def _waits(
    clock: Clock, waits: list[Wait], year: SchoolYear, before: SchoolYear, *, accelerated: bool
) -> Table:
    """Return how long each part of a walk took, beside its period; the accelerated path apart."""
    of_year = clock.took((w for w in waits if year.has(w.until)), accelerated=accelerated)
    of_before = clock.took((w for w in waits if before.has(w.until)), accelerated=accelerated)
    run = Counter(
        (w.period.code, w.late)
        for w in waits
        if w.until is None and w.accelerated == accelerated and year.has(clock.now)
    )
    found = [
        _Waiting(
            one, other, run[one.period.code, True] + run[one.period.code, False],
            run[one.period.code, True],
        )
        for one, other in zip(of_year, of_before, strict=True)
    ]  # fmt: skip
    columns = (
        _("Period"), _("Half took at most"), _("Nine of ten took at most"), _("How often"),
        _("Longer than the period"), _("Half, the year before"), _("Wait now"),
        _("Wait too long now"),
    )  # fmt: skip
    title = _("Waiting in hours, on the accelerated path") if accelerated else _(
        "Waiting in business days, beside the period"
    )  # fmt: skip
    return Table(
        "waits-fast" if accelerated else "waits",
        title,
        _said_of_waits(of_year, accelerated=accelerated),
        _("What is waited for"),
        columns,
        tuple(one.line for one in found),
        "bar" if any(one.count for one in of_year) else "",
        (0, 1, 2),
    )


def _said_of_waits(took: Iterable[Took], *, accelerated: bool) -> str:
    late = [one for one in took if one.late]
    if not any(one.count for one in took):
        return _("Nothing was waited for in this year.")
    if not late:
        return _("Nothing took longer than its period.")
    worst = max(late, key=lambda one: (one.late / one.count, one.late))
    said = {"what": worst.period.label, "late": worst.late, "count": worst.count,
            "limit": worst.limit}  # fmt: skip
    if accelerated:
        return (
            _(
                "Most often too late: %(what)s. %(late)s of %(count)s took longer than"
                " %(limit)s hours."
            )
            % said
        )
    return (
        _(
            "Most often too late: %(what)s. %(late)s of %(count)s took longer than %(limit)s"
            " business days."
        )
        % said
    )


def _inflow(told: Told, year: SchoolYear, now: datetime) -> Table:
    """Return what came in each week, beside the same week of the year before."""
    mondays, earlier = year.mondays(now), year.before.mondays(now)
    logged = [signal.at for walk in told.walks for signal in walk.signals]
    of_year = [moment for moment in told.opened if year.has(moment)]
    opened = _weekly(of_year, mondays)
    signals = _weekly(filter(year.has, logged), mondays)
    beside = _weekly(filter(year.before.has, told.opened), earlier)
    lines = tuple(
        Line(
            date_format(monday, "j F"),
            (
                number(opened[n]), number(signals[n]),
                number(beside[n] if n < len(earlier) else None),
            ),
        )
        for n, monday in enumerate(mondays)
    )  # fmt: skip
    most = max(opened.values(), default=0)
    busiest = next((mondays[n] for n in opened if opened[n] == most), None)
    said = _("No case was opened in this year.")
    if busiest is not None:
        said = _(
            "%(count)s cases in %(weeks)s weeks; most in the week of %(week)s: %(most)s."
        ) % {
            "count": opened.total(), "weeks": len(mondays), "most": most,
            "week": date_format(busiest, "j F"),
        }  # fmt: skip
    columns = (_("Cases opened"), _("Signals logged"), _("Cases, the year before"))
    return Table("inflow", _("What came in each week"), said, _("Week of"), columns, lines, "line",
                 (0, 2), long=True)  # fmt: skip


def _weekly(moments: Iterable[datetime], mondays: list[date]) -> Counter[int]:
    """Return how many moments lie in each of some weeks in a row, by the place of the week."""
    zone, first = timezone.get_default_timezone(), mondays[0]
    weeks = ((moment.astimezone(zone).date() - first).days // 7 for moment in moments)
    return Counter(week for week in weeks if 0 <= week < len(mondays))


def _said_of_signals(counts: Counts) -> str:
    return _(
        "%(signals)s signals, of which %(severe)s severe; %(opened)s cases opened,"
        " %(closed)s closed."
    ) % {
        "signals": counts.of("signals"), "severe": counts.of("signals", "severe"),
        "opened": counts.of("opened"), "closed": counts.of("closed"),
    }  # fmt: skip


def _said_of_decisions(counts: Counts) -> str:
    return _(
        "%(count)s decisions: %(reports)s to report, %(help)s to help without a report."
    ) % {
        "count": counts.of("decided"),
        "reports": counts.of("decided", REPORT) + counts.of("decided", BOTH),
        "help": counts.of("decided", OWN) + counts.of("decided", OTHERS),
    }  # fmt: skip


def _said_of_otherwise(counts: Counts) -> str:
    said = {"count": counts.of("otherwise"), "before": counts.before("otherwise")}
    if not said["count"]:
        return _("Nothing was done otherwise in this year.")
    often = {
        (kind, rule): counts.of("otherwise", kind, rule)
        for kind in shared.KINDS
        for rule in counts.rules(kind)
        if rule in BY_CODE
    }
    text = ngettext(
        "%(count)s explained choice; %(before)s in the year before.",
        "%(count)s explained choices; %(before)s in the year before.",
        said["count"],
    )
    text %= said
    if often:
        __, rule = max(often, key=lambda key: often[key])
        text += " " + _("Most often: %(rule)s, %(asks)s") % {
            "rule": rule, "asks": BY_CODE[rule].asks,
        }  # fmt: skip
    return text
