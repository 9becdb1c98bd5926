"""What the figures look at: the walks of a school's cases, as moments, without a word of them.

A walk is one cycle of one case. One query reads all of a school that touches two school years; each
part of it finds its rows by the case, and so by nothing of another school.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import School, User
from cases.figures.school_year import SchoolYear
from cases.models import Case, KeptCount
from cases.protocol.steps import STEPS
from cases.querysets import CaseQuerySet
from cases.record_facts import EMERGENCY
from cases.together import read_together

# The explained choice that leaves a step out (``Deviation.Kind``); its rule says which.
EXPLAINS = "skipped"
SKIPPED_TALK = "skipped"
TALK = 3


class Logged(NamedTuple):
    """A signal: since when it counts, and since when as severe."""

    at: datetime
    severe_at: datetime | None


class Decided(NamedTuple):
    """A decision: when, whether to report, which help."""

    at: datetime
    report: bool
    help: str


class Otherwise(NamedTuple):
    """What was done otherwise than asked: when, in which way, in which step, against which rule."""

    at: datetime
    kind: str
    step: int
    rule: str


@dataclass(slots=True)
class Walk:
    """One cycle of a case. ``now``: whether the case is in it, and open."""

    case: int
    cycle: int
    began_at: datetime
    step: int = 1
    now: bool = False
    closed_at: datetime | None = None
    signals: list[Logged] = field(default_factory=list)
    asked: list[datetime] = field(default_factory=list)
    heard: list[datetime] = field(default_factory=list)
    talked: list[datetime] = field(default_factory=list)
    not_talked: list[datetime] = field(default_factory=list)
    weighed: list[datetime] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)
    otherwise: list[Otherwise] = field(default_factory=list)

    @property
    def severe_at(self) -> datetime | None:
        """Return since when it is on the accelerated path."""
        return min((s.severe_at for s in self.signals if s.severe_at), default=None)

    @property
    def concern_at(self) -> datetime | None:
        """Return since when there is more than one signal to be watchful of (R2, R3, R33)."""
        if self.cycle > 1:
            return self.began_at
        moments = sorted(signal.at for signal in self.signals)[1:2]
        return min([*moments, *([self.severe_at] if self.severe_at else [])], default=None)

    @property
    def decided_at(self) -> datetime | None:
        """Return when it was decided on first; closing on a ground of its own decides too (R43)."""
        return min((decision.at for decision in self.decided), default=self.closed_at)

    def done(self, step: int) -> list[datetime]:
        """Return when a step was done: each time."""
        decisions = [decision.at for decision in self.decided]
        return {2: self.heard, 3: self.talked, 4: self.weighed, 5: decisions}.get(step, [])

    def left_out(self, step: int) -> list[datetime]:
        """Return when a step was left out with its grounds: each time."""
        rules = STEPS[step - 1].rules
        explained = [o.at for o in self.otherwise if o.kind == EXPLAINS and o.rule in rules]
        return [*explained, *(self.not_talked if step == TALK else [])]

    def settled_at(self, step: int) -> datetime | None:
        """Return when a step was done, or else left out; None while it waits."""
        return min(self.done(step), default=None) or min(self.left_out(step), default=None)


@dataclass(frozen=True, slots=True)
class Told:
    """All that the figures count. ``closed``: outcomes of the cases that were closed, with when."""

    walks: list[Walk]
    opened: list[datetime]
    closed: list[tuple[datetime, str]]
    # To whom of the chain something was sent, and when.
    sent: list[tuple[datetime, str]]
    # What was counted in cases that were destroyed since: school year, name, how often.
    kept: list[tuple[int, tuple[str, ...], int]] = field(default_factory=list)


# What is read of each relation, in the order in which it is written into the walks.
STEPS_READ: dict[str, tuple[Any, ...]] = {
    "consultations": ("recorded_at", "kind", "closed_at"),
    "conversations": ("recorded_at", "kind"),
    "assessments": ("recorded_at",),
    "decisions": ("recorded_at", "report", "help"),
    "deviations": ("recorded_at", "kind", "step", "rule"),
}


def read(
    cases: CaseQuerySet,
    year: SchoolYear,
    beside: Iterable[QuerySet] = (),
    school: School | None = None,
    by: User | None = None,
) -> Told:
    """Return what figures of a school year and of the one before it look at, of some cases.

    In one query. ``beside``: what else the page asks, fetched by it. ``school``: of which the
    counts of destroyed cases belong to it; without those that were kept from ``by``.
    """
    touched = cases.filter(
        Q(closed_at__isnull=True) | Q(closed_at__gte=year.before.since), opened_at__lt=year.until
    )
    rows = touched.values_list(
        "pk", "opened_at", "closed_at", "outcome", "cycle", "cycle_since", "step"
    )
    keys = touched.values("pk")
    signals, sent, kept = _signals(keys), _sent(keys), _kept(school, year, by)
    steps = {name: _records(name, keys, *columns) for name, columns in STEPS_READ.items()}
    read_together(rows, signals, *steps.values(), sent, kept, *beside)
    found: dict[tuple[int, int], Walk] = {}
    for pk, opened_at, closed_at, __, cycle, cycle_since, step in rows:
        began = cycle_since or opened_at
        found[pk, cycle] = Walk(pk, cycle, began, step, closed_at is None, closed_at)
    walks = _Walks(found)
    _add_signals(walks, signals)
    _add_steps(walks, steps)
    return Told(
        walks=list(found.values()),
        opened=[row[1] for row in rows],
        closed=[(row[2], row[3]) for row in rows if row[2]],
        sent=list(sent),
        kept=[(first, tuple(name.split("/")), count) for first, name, count in kept],
    )


def _kept(school: School | None, year: SchoolYear, by: User | None) -> QuerySet:
    years = (year.first, year.before.first)
    rows = KeptCount.objects.filter(school_id=school.pk if school else 0, year__in=years)
    if by is not None:
        rows = rows.exclude(kept_from=by)
    return rows.values_list("year", "name").annotate(times=Sum("count")).order_by("year", "name")


@dataclass(frozen=True, slots=True)
class _Walks:
    """Walks by case and cycle; one of before the cycle of now is made when a record names it."""

    found: dict[tuple[int, int], Walk]

    def of(self, case: int, cycle: int, at: datetime) -> Walk:
        walk = self.found.get((case, cycle))
        if walk is None:
            walk = self.found[case, cycle] = Walk(case, cycle, at)
        return walk


def _records(relation: str, cases: QuerySet, *columns: Any) -> QuerySet:
    """Return the records of a relation as they hold now, in the order in which they were filed."""
    model = Case._meta.get_field(relation).related_model
    records = model.objects.current().filter(case__in=cases).order_by("recorded_at", "pk")
    return records.values_list("case_id", "cycle", *columns)


def _signals(cases: QuerySet) -> QuerySet:
    counted = Coalesce("counts_since", "recorded_at")
    severe = Coalesce("severe_since", "counts_since", "recorded_at")
    return _records("signals", cases, counted, "severe", severe, F("finding__pk"))


def _add_signals(walks: _Walks, signals: Iterable[tuple]) -> None:
    for case, cycle, at, is_severe, severe_at, unfounded in signals:
        if unfounded is None:
            logged = Logged(at, severe_at if is_severe else None)
            walks.of(case, cycle, at).signals.append(logged)


def _add_steps(walks: _Walks, steps: Mapping[str, Iterable[tuple]]) -> None:
    for case, cycle, at, kind, closed in steps["consultations"]:
        if kind != EMERGENCY:  # a call to 112 saves somebody; it is not yet a consultation (R11)
            walk = walks.of(case, cycle, at)
            walk.asked.append(at)
            walk.heard += [closed] if closed else []
    for case, cycle, at, kind in steps["conversations"]:
        walk = walks.of(case, cycle, at)
        (walk.not_talked if kind == SKIPPED_TALK else walk.talked).append(at)
    for case, cycle, at in steps["assessments"]:
        walks.of(case, cycle, at).weighed.append(at)
    for case, cycle, at, *said in steps["decisions"]:
        walks.of(case, cycle, at).decided.append(Decided(at, *said))
    for case, cycle, at, *said in steps["deviations"]:
        walks.of(case, cycle, at).otherwise.append(Otherwise(at, *said))


def _sent(cases: QuerySet) -> QuerySet:
    """Return what the school sent to others, not what these passed on."""
    decision = Case._meta.get_field("decisions").related_model
    referral = decision._meta.get_field("referrals").related_model
    sent = referral.objects.filter(
        decision__case__in=cases, sent_at__isnull=False, passed_on_from__isnull=True
    )
    return sent.values_list("sent_at", "to")
