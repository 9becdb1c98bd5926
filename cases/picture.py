"""The timeline of a case as a picture: places and words only; a template draws it as SVG.

Time runs to the right. A lane for each step and one for what belongs to none; a row for each of the
people who did most. Moments that would touch become one dot with their number, so that a case with
500 records is drawn as fast as one with five. The list beside it says the same in words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.moments import short_day
from cases.models import Case
from cases.protocol import STEPS
from cases.screen import ScreenPeriod
from cases.timeline import Entry

LANE, ROW, TOP, PEOPLE, SAID = 36, 24, 30, 6, 3
# How far ahead is drawn, beside half of what has passed.
AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Size:
    """How wide it is drawn: in all, beside the lanes, between two dots, and how many dates."""

    code: str
    width: int
    gutter: int
    apart: int
    ticks: int


SIZES = (Size("wide", 920, 170, 16, 6), Size("small", 350, 34, 14, 3))


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at a place: ``x``, ``y`` and how large, what it says, and what it looks like."""

    x: int
    y: int
    size: int
    says: str
    look: str = ""
    text: str = ""

    @property
    def right(self) -> int:
        """Return where a bar ends."""
        return self.x + self.size


@dataclass(frozen=True, slots=True)
class Lane:
    """One row: its name, where it stands, and what is drawn in it."""

    name: Promise | str
    short: str
    y: int
    height: int
    bars: list[Mark]
    dots: list[Mark]

    @property
    def middle(self) -> int:
        """Return where its line runs."""
        return self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn at one size."""

    size: Size
    height: int
    lanes: list[Lane]
    waits: list[Mark]
    ends: list[Mark]
    ticks: list[Mark]
    today: Mark | None

    @property
    def bottom(self) -> int:
        """Return where the lanes end, and the dates begin."""
        return self.height - TOP


@dataclass(frozen=True, slots=True)
class Course:
    """What is drawn of a case."""

    case: Case
    entries: Sequence[Entry]
    periods: Sequence[ScreenPeriod]
    now: datetime

    @property
    def begins(self) -> datetime:
        """Return the first moment."""
        return min((entry.at for entry in self.entries), default=self.case.opened_at)

    @property
    def ends(self) -> datetime:
        """Return until when is drawn: what lies far ahead would press all else together."""
        last = max((entry.at for entry in self.entries), default=self.now)
        if not self.case.is_open:
            return max(last, self.case.closed_at)
        furthest = self.now + max(AHEAD, (self.now - self.begins) / 2)
        ahead = [period.due for period in self.periods if period.due <= furthest]
        return max(self.now, last, *ahead)

    def describe(self) -> str:
        """Return the picture in a few sentences."""
        words = {"first": _day(self.begins), "last": _day(self.ends)}
        said = [_("From %(first)s to %(last)s.") % words]
        for step in STEPS:
            count = sum(entry.step == step.number for entry in self.entries)
            moments = ngettext("%(count)s moment", "%(count)s moments", count) % {"count": count}
            said.append(f"{step.number}, {step.name}: {moments}.")
        said += [f"{period.label}: {_day(period.due)}." for period in self.periods]
        return " ".join(said)


def pictures(course: Course) -> list[Picture]:
    """Return the picture for a desk and for a telephone; one of them is shown."""
    return [_Drawing(course, size).picture() for size in SIZES]


@dataclass(frozen=True, slots=True)
class _Drawing:
    course: Course
    size: Size

    def picture(self) -> Picture:
        lanes = [*self._steps(), *self._people()]
        height = lanes[-1].y + lanes[-1].height + TOP
        case, now = self.course.case, self.course.now
        return Picture(
            size=self.size,
            height=height,
            lanes=lanes,
            waits=[self._wait(snooze) for snooze in case.snoozes.all()],
            ends=[
                Mark(self._x(p.due), TOP, height, f"{p.label}: {_day(p.due)}", _look(p))
                for p in self.course.periods
                if p.due <= self.course.ends
            ],
            ticks=self._ticks(height),
            today=Mark(self._x(now), TOP, height, _("Today")) if case.is_open else None,
        )

    def _x(self, at: datetime) -> int:
        begins, ends = self.course.begins, self.course.ends
        whole = max((ends - begins).total_seconds(), 1)
        part = min(max((at - begins).total_seconds() / whole, 0), 1)
        # Room for half a dot on either side.
        room = self.size.width - self.size.gutter - 2 * self.size.apart
        return self.size.gutter + self.size.apart + round(part * room)

    def _steps(self) -> list[Lane]:
        lanes = []
        for place, step in enumerate((*STEPS, None)):
            number = step.number if step else None
            y = TOP + place * LANE
            mine = [entry for entry in self.course.entries if entry.step == number]
            name = step.short_name if step else _("Around it")
            lanes.append(
                Lane(
                    f"{number}. {name}" if step else name,
                    str(number or "+"),
                    y,
                    LANE,
                    [self._bar(first, last, y) for first, last in self._spans(number)],
                    self._dots(mine, y + LANE // 2),
                )
            )
        return lanes

    def _spans(self, number: int | None) -> list[tuple[datetime, datetime]]:
        """Return from when until when the case stood in a step."""
        case = self.course.case
        changes = list(case.step_changes.all())
        over = case.closed_at or self.course.now
        ends = [change.at for change in changes[1:]] + [over]
        return [
            (change.at, end)
            for change, end in zip(changes, ends, strict=False)
            if change.to_step == number and end > change.at and not case.restricted
        ]

    def _bar(self, first: datetime, last: datetime, y: int) -> Mark:
        says = _("In this step from %(first)s to %(last)s") % {
            "first": _day(first), "last": _day(last),
        }  # fmt: skip
        return Mark(self._x(first), y, max(self._x(last) - self._x(first), 2), says)

    def _wait(self, snooze: Any) -> Mark:
        first, last = snooze.recorded_at, snooze.ended_at or snooze.until
        x = self._x(first)
        says = _("Waits on purpose until %(moment)s") % {"moment": _day(last)}
        return Mark(x, TOP, max(self._x(last) - x, 3), f"{says}: {snooze.reason}")

    def _dots(self, entries: Iterable[Entry], y: int) -> list[Mark]:
        """Return a dot for each moment; those that would touch become one."""
        heaps: list[list[Entry]] = []
        for entry in entries:
            if heaps and self._x(entry.at) - self._x(heaps[-1][0].at) < self.size.apart:
                heaps[-1].append(entry)
            else:
                heaps.append([entry])
        return [self._dot(heap, y) for heap in heaps]

    def _dot(self, heap: list[Entry], y: int) -> Mark:
        x = (self._x(heap[0].at) + self._x(heap[-1].at)) // 2
        look = "is-severe" if any(entry.severe for entry in heap) else ""
        text = str(len(heap)) if 1 < len(heap) < 100 else ""
        return Mark(x, y, 7 if len(heap) > 1 else 5, _say(heap), look, text)

    def _people(self) -> list[Lane]:
        """Return a row for each of those who did most, from their first moment to their last."""
        done: dict[str, list[Entry]] = {}
        for entry in self.course.entries:
            if entry.who:
                done.setdefault(entry.who, []).append(entry)
        most = sorted(done.items(), key=lambda one: (-len(one[1]), one[0]))[:PEOPLE]
        top = TOP + (len(STEPS) + 1) * LANE
        return [self._person(*one, top + place * ROW) for place, one in enumerate(most)]

    def _person(self, name: str, entries: list[Entry], y: int) -> Lane:
        first, last = self._x(entries[0].at), self._x(entries[-1].at)
        count = ngettext("%(count)s moment", "%(count)s moments", len(entries))
        says = f"{name}: {count % {'count': len(entries)}}"
        initials = "".join(word[0] for word in (name.split()[0], name.split()[-1]))
        return Lane(
            name, initials.upper(), y, ROW, [Mark(first - 5, y, last - first + 10, says)], []
        )

    def _ticks(self, height: int) -> list[Mark]:
        begins, ends = self.course.begins, self.course.ends
        parts = [begins + (ends - begins) * n / self.size.ticks for n in range(self.size.ticks + 1)]
        marks, names = [], set()
        for at in parts:
            name = short_day(timezone.localtime(at))
            if name not in names:
                names.add(name)
                marks.append(Mark(self._x(at), height - TOP // 3, 0, name))
        if marks:
            marks[-1] = replace(marks[-1], look="is-last")
        return marks


def _look(period: ScreenPeriod) -> str:
    return "is-overdue" if period.overdue else ""


def _say(heap: list[Entry]) -> str:
    first = heap[0]
    if len(heap) == 1:
        return f"{_day(first.at)}: {first.title}" + (f" · {first.who}" if first.who else "")
    days = dict.fromkeys((_day(first.at), _day(heap[-1].at)))
    titles = "; ".join(dict.fromkeys(str(entry.title) for entry in heap[:SAID]))
    more = " …" if len(heap) > SAID else ""
    return f"{' – '.join(days)}: {titles}{more} ({len(heap)})"


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j F Y")
