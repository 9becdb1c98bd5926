"""What stands in a dossier: read once, and composed for whom it is meant."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Permission
from cases.dossier.fields import CLOSING, KINDS, PARTS, came_with_it
from cases.dossier.lines import Guard, Kind, Line, Read, day, guard_of, guarded_by, moment
from cases.dossier.variants import (
    GROUNDS,
    WITHOUT_SIGN,
    About,
    Also,
    Code,
    Ground,
    Variant,
    left_out,
)
from cases.dossier.veil import Veil
from cases.facts import facts_for
from cases.models import Case, DossierExport
from cases.models.export import in_short
from cases.protocol import PERIODS, STEPS, Guidance, Period, guide
from cases.retention import Retention, retention
from cases.timeline import Entry as Happened
from cases.timeline import timeline

# Of a part of a family's paper: whether there is nothing, or nothing for them.
NOTHING_TO_READ = gettext_lazy("Of this nothing is on this paper.")


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step in the summary: where it stands and since when."""

    number: int
    name: Promise
    state: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case as it is at one moment, for one export."""

    export: DossierExport
    case: Case
    variant: Variant
    veil: Veil | None
    guarded: Guard
    age: int | None
    guidance: Guidance
    period: Period | None
    retention: Retention
    steps: tuple[StepLine, ...]
    counts: dict[str, int]
    last_decision: Any
    timeline: list[Happened]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as it stands on the paper."""

    label: str
    text: str
    tone: str
    omitted: bool = False
    figures: tuple[SafeString, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as it stands on the paper."""

    title: str
    meta: str
    lines: tuple[Shown, ...]
    severe: str = ""
    omitted: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part as it stands on the paper. ``unchosen``: how many of its records are left out."""

    anchor: str
    title: Promise
    entries: list[Entry]
    empty: Promise | str
    fresh: bool
    unchosen: int = 0


def dossier(export: DossierExport, now: datetime) -> Dossier:
    """Read all that the dossier shows, in a number of queries that does not grow.

    In the language of whoever asked: a worker has none of its own, and the timeline holds words.
    """
    with translation.override(export.requested_by.language):
        return _read(export, now)


def _read(export: DossierExport, now: datetime) -> Dossier:
    case = Case.objects.with_records().get(pk=export.case_id)
    variant = export.kind
    # Of no newer case; and what goes out of the house is about this one alone.
    guidance = guide(facts_for(case, now, newer=False, own=not variant.house))
    return Dossier(
        export=export,
        case=case,
        variant=variant,
        veil=Veil.of(case, variant, export.hidden_words),
        guarded=_guard(export, case),
        age=case.pupil.age(now.date()),
        guidance=guidance,
        period=PERIODS.get(case.period),
        # Why it is kept longer is a line like others: the veil lies over it.
        retention=replace(retention(case), reason=""),
        steps=_steps(guidance),
        counts={step.records: len(getattr(case, step.records).all()) for step in STEPS},
        last_decision=next(reversed(case.decisions.all()), None),
        timeline=_timeline(export, case) if variant.house and not variant.one_page else [],
        made_at=now,
    )


def _timeline(export: DossierExport, case: Case) -> list[Happened]:
    asker = export.requested_by
    conflicts = Case.objects.permitted(asker, Permission.SHUT_OUT).filter(pk=case.pk).exists()
    return timeline(case, runs=False, conflicts=conflicts)


def _guard(export: DossierExport, case: Case) -> Guard:
    """Return who is not told of everything: by the case, and for a family by who asks for the paper
    as well. By which of the two it was nobody can tell from the paper: the same is left out.
    """
    guarded = guard_of(case)
    if not export.kind.family:
        return guarded
    aside = left_out(guarded_by(case, guarded), export.kind.code)
    if aside or Also.WEIGHED not in export.also:
        return Guard.FAMILY
    return guarded


def _steps(guidance: Guidance) -> tuple[StepLine, ...]:
    return tuple(
        StepLine(state.step.number, state.step.name, state.state, state.at)
        for state in guidance.steps
    )


@dataclass(slots=True)
class Composer:
    """Composes the lines of a dossier, and counts what it leaves out by its ground.

    Everything that goes on the paper goes through ``show``: what a line is about decides whether it
    is shown, and the veil lies over what is.
    """

    dossier: Dossier
    grounds: Counter[Ground] = field(default_factory=Counter)

    def sections(self) -> list[Section]:
        """Return the parts of the dossier, in the language that is active."""
        return [
            Section(
                part.anchor,
                part.title,
                [entry for kind in part.kinds for entry in self._entries(kind)],
                NOTHING_TO_READ if self.dossier.variant.family else part.empty,
                part.fresh,
                sum(self._unchosen(kind) for kind in part.kinds),
            )
            for part in PARTS
        ]

    @property
    def is_guarded(self) -> bool:
        """Tell whether this reader, of the family, is not told of everything."""
        aside = guarded_by(self.dossier.case, self.dossier.guarded)
        return self.dossier.variant.family and self.ground(aside) is not None

    def cover(self) -> dict[str, Any]:
        """Return what stands in front: of the case, of the export, and of the last decision."""
        dossier, case = self.dossier, self.dossier.case
        aside = guarded_by(case, dossier.guarded)
        # Without a label too: the paper says that what the house keeps of itself is no part of it.
        house = self.ground(About.HOUSE) is None
        # Its writer may name others in it, as in any text.
        reason = self._veiled(dossier.export.reason)
        deadline = ""
        # Of a closed case what runs is to look back, which a newer one ends: that is not told.
        if case.deadline and case.is_open:
            before = _("before %(day)s") % {"day": moment(case.deadline)}
            deadline = f"{dossier.period.label}, {before}"
        return {
            # By what is looked at here, and not as the case keeps it: that counts other cases too.
            # All that was told and weighed makes these, also what this reader does not get.
            "attention": Case.Attention(dossier.guidance.attention).label if house else "",
            "responsible": self._responsible,
            "steps": dossier.steps if house else (),
            "elsewhere": self.house(dossier.guidance.elsewhere) if house else "",
            "outcome": self.text(case.get_outcome_display(), aside) if self._closing_chosen else "",
            "closing": self.closing() if case.closed_at else None,
            "deadline": self.house(deadline) if house else "",
            "waits": self.house(self._waiting(case.waits)) if house and case.waits else "",
            "last_decision": self.text(_decided(self._last_decision), aside),
            # They can count what stands there.
            "counts": dossier.counts if not dossier.variant.family else {},
            "tasks": dossier.guidance.tasks if dossier.variant.house else (),
            # Whoever gets it beside such a report must not show it to the family either.
            "is_unnamed": dossier.variant.code == Code.VEILIG_THUIS and _is_unnamed(case),
            "reason": reason,
            "short_reason": in_short(reason),
        }

    @property
    def _responsible(self) -> str:
        named = self.dossier.case.responsible and not self.dossier.variant.family
        return self.staff(self.dossier.case.responsible.name) if named else ""

    def closing(self) -> list[Shown] | None:
        """Return how the case was closed; None where it is not among what was chosen, or not
        theirs to read: how long it is kept follows from why.
        """
        return self._lines(self.dossier.case, CLOSING)[0] if self._closing_chosen else None

    @property
    def _closing_chosen(self) -> bool:
        chosen = not self.dossier.variant.chosen or CLOSED in self.dossier.export.chosen
        return chosen and not self.is_guarded

    def ground(self, about: About) -> Ground | None:
        """Return on which ground a line is left out here; None: it is shown."""
        opened = about in self.dossier.export.opened
        return None if opened else left_out(about, self.dossier.variant.code)

    def show(self, line: Line) -> Shown:
        """Return a line as this reader gets it."""
        ground = self.ground(line.about)
        # What protects has no label either: that they said something would tell.
        unsaid = line.unsaid or ground is Ground.PUPIL
        label = "" if ground and unsaid else self._veiled(str(line.label))
        if ground:
            return Shown(label, self.omission(ground), "omitted", omitted=True)
        text = line.text if line.about is About.STAFF else self._veiled(line.text)
        return Shown(label, text, line.tone, figures=line.figures)

    def text(self, text: str, about: About) -> str:
        """Return a text as this reader gets it, for where it stands without a label."""
        line = Line("", str(text), about)
        return "" if not text or self._without_sign(about) else self.show(line).text

    def staff(self, name: str) -> str:
        """Return a name of somebody of the school or a partner."""
        return self.text(name, About.STAFF)

    def house(self, text: str) -> str:
        """Return what the house keeps of itself."""
        return self.text(text, About.HOUSE)

    def omission(self, ground: Ground) -> str:
        """Return what stands in the place of what is left out, and count it."""
        self.grounds[ground] += 1
        return _("[left out: %(ground)s]") % {"ground": ground}

    def _without_sign(self, about: About) -> bool:
        """Tell whether a line is left out for a family on a ground that they do not read."""
        return self.dossier.variant.family and self.ground(about) in WITHOUT_SIGN

    def legend(self) -> list[tuple[str, Promise, int | str]]:
        """Return the grounds that were used, with what each means and how often. Asked at last.

        Those without a sign stand there always: whether they were used is left open.
        """
        family = self.dossier.variant.family
        silent = WITHOUT_SIGN if family else frozenset()
        return [
            ("–", GROUNDS[g], "–") if g in silent else (g, GROUNDS[g], self.grounds[g])
            for g in Ground
            if self.grounds[g] or g in silent or (family and g is Ground.OTHERS)
        ]

    @property
    def _last_decision(self) -> Any:
        """Return the last decision; None where it is not among what was chosen."""
        last = self.dossier.last_decision
        return None if last and not self._is_chosen(KINDS["decisions"], last) else last

    def _waiting(self, snooze: Any) -> str:
        """Return until when it waits, and why: that is a word of a record."""
        until = _("until %(moment)s") % {"moment": moment(snooze.until)}
        return until if self.dossier.variant.one_page else f"{until}: {snooze.reason}"

    def _veiled(self, text: str) -> str:
        if self.dossier.veil is None or not text:
            return text
        veiled, times = self.dossier.veil.over(text)
        self.grounds[Ground.OTHERS] += times
        return veiled

    def _records(self, kind: Kind) -> Iterator[Any]:
        for record in getattr(self.dossier.case, kind.relation).all():
            if self._is_chosen(kind, record):
                yield record

    def _is_chosen(self, kind: Kind, record: Any) -> bool:
        """Tell whether it is to go along. What was withdrawn since it was asked for does not."""
        if not self.dossier.variant.chosen:
            return True
        key = f"{kind.relation}-{record.pk}"
        return key in self.dossier.export.chosen and not getattr(record, "withdrawn_at", None)

    def _unchosen(self, kind: Kind) -> int:
        if not self.dossier.variant.chosen:
            return 0
        everything = len(getattr(self.dossier.case, kind.relation).all())
        left = everything - sum(1 for __ in self._records(kind))
        self.grounds[Ground.NEEDED] += left
        return left

    def _entries(self, kind: Kind) -> Iterator[Entry]:
        for record in self._records(kind):
            ground = self.ground(kind.hidden(record, self.dossier.guarded))
            if ground:
                # For a family none of it stands there, nor that there is one: not how many either.
                if not self.dossier.variant.family:
                    yield Entry(self.omission(ground), "", (), omitted=True)
                continue
            shown, hid = self._lines(record, kind.lines)
            if shown or not hid:  # nothing but its title would say that all of it is left out
                yield Entry(
                    self._title(kind, record),
                    self._meta(kind, record),
                    tuple(shown),
                    self._severe(kind, record),
                )

    def _title(self, kind: Kind, record: Any) -> str:
        """Return what stands over a record."""
        hidden = self.ground(kind.titled)
        return self._veiled(str(kind.plain) if hidden else kind.title(record))

    def _severe(self, kind: Kind, record: Any) -> str:
        """Return how severe a record is. Where that is left out, nothing says so either."""
        about = kind.severity(record, self.dossier.guarded)
        hidden = self.ground(about)
        return "" if hidden else getattr(record, "severity_label", "")

    def _lines(self, record: Any, fields: Iterable[Read]) -> tuple[list[Shown], bool]:
        """Return the lines of a record, and whether any left no sign. What protects is left out at
        once, in one place: how much that is depends on what the pupil said.
        """
        found, protected, hid = [], False, False
        for line in (line for read in fields for line in read(record, self.dossier.guarded)):
            if self._without_sign(line.about) or not self._is_there(line.speaks_of):
                hid = True
                continue
            protects = self._protects(line.about)
            if not (protects and protected):
                found.append(self.show(line))
            protected |= protects
        return found, hid

    def _is_there(self, key: str) -> bool:
        """Tell whether a record of which a line speaks is on this paper."""
        return not (key and self.dossier.variant.chosen) or key in self.dossier.export.chosen

    def _protects(self, about: About) -> bool:
        """Tell whether a line is left out for the pupil."""
        return self.ground(about) is Ground.PUPIL

    def _meta(self, kind: Kind, record: Any) -> str:
        """Return when it was, where, who noted it and when, and in which walk."""
        noted = {"name": self.staff(record.author.name), "day": moment(record.recorded_at)}
        parts = [moment(getattr(record, kind.moment))] if kind.moment != "recorded_at" else []
        if place := getattr(record, "place", "") if kind.relation == "signals" else "":
            about = kind.place(record, self.dossier.guarded)
            # What protects is left out below, once for all of the record.
            if not (self._protects(about) or self._without_sign(about)):
                parts.append(self.text(place, about))
        parts.append(_("noted by %(name)s on %(day)s") % noted)
        # How often one began anew says how far the school is, and that it did not help.
        if self.dossier.case.cycle > 1 and not self.dossier.variant.family:
            parts.append(_("walk %(number)s") % {"number": record.cycle})
        return " · ".join(parts)


def _is_unnamed(case: Case) -> bool:
    referrals = (one for decided in case.decisions.all() for one in decided.referrals.all())
    return any(referral.is_unnamed for referral in referrals)


def _decided(decision: Any) -> str:
    """Return the last decision in a line."""
    if decision is None:
        return ""
    said = [
        _("Report to Veilig Thuis") if decision.report else _("No report to Veilig Thuis"),
        decision.get_help_display(),
    ]
    if decision.follow_up_on:
        review = _("Review on %(day)s")
        said.append(review % {"day": date_format(decision.follow_up_on, "j F Y")})
    return " · ".join(map(str, said))


def offered(case: Case, *, sees_case: bool, code: Code = Code.WHOLE) -> list[tuple[str, str]]:
    """Return the records that can be handed over: their key, and their kind and day. No word.

    As they hold now: what a correction replaced may say too much of somebody, and is not needed.
    Who does not see the case reads no reference of a record, and of a signal the day on which it
    came: who knows of one (for they log signals too, or have a token) would know whose case it is.
    """
    # Who does not see the case sees of a dossier that came as little: they find it in the list as
    # any file, and the paper leaves it out.
    not_theirs = left_out(About.SOURCE, code)
    closing = [(CLOSED, f"{_('Closing')}, {day(case.closed_at)}")] if case.closed_at else []
    return closing + [
        (f"{relation}-{record.pk}", _called(record, kind, sees_case=sees_case))
        for relation, kind in KINDS.items()
        for record in getattr(case, relation).all()
        if not getattr(record, "withdrawn_at", None)
        if not (relation == SIGNALS and hasattr(record, "correction"))
        if not (sees_case and relation == FILES and came_with_it(record) and not_theirs)
    ]


# How the case ended, among the records that are chosen.
CLOSED = "closing"
# Of the records, these alone are corrected.
SIGNALS = "signals"
# And of these a dossier that came is not for who may not know who told something.
FILES = "attachments"


def _called(record: Any, kind: Kind, *, sees_case: bool) -> str:
    """Return how a record is called in the list: never by its own words."""
    name = str(record._meta.verbose_name)
    reference = getattr(record, "reference", "") if sees_case else ""
    number = getattr(record, "number", None) or reference
    came_in = kind.relation == SIGNALS and not sees_case
    at = record.recorded_at if came_in else getattr(record, kind.moment)
    return f"{name[:1].upper()}{name[1:]} {number}".strip() + f", {day(at)}"
