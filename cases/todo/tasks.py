"""One thing that is asked, when it is due, and the part of it that a mail may say."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.deadlines import END_OF_DAY


class Asked(Enum):
    """Of whom it is asked."""

    OF_ME = "of_me"
    BY_ME = "by_me"


class When(Enum):
    """In which part of the list it stands; in the order of the page."""

    OVERDUE = _("Past its time")
    TODAY = _("Today")
    WEEK = _("This week")
    LATER = _("Later")
    NO_DATE = _("Without a date")


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that is asked of somebody, or that they wait for.

    ``kind`` names the row of the table that it comes from; ``reference`` is that of a case, a
    signal or a consultation, empty where it is about none; ``url`` is a path; ``due`` a moment, or
    None. ``is_moment``: it takes place then. ``urgent`` stands before all else of its part.
    ``about`` (a pupil or a school) and ``waits_for`` (whom one may remind) are for the page alone:
    a mail takes ``in_mail``, which has neither, and says ``in_brief`` where the text of the page
    would say something of the case.
    """

    kind: str
    asked: Asked
    text: Promise | str
    url: str
    action: Promise | str
    reference: str = ""
    due: datetime | None = None
    since: datetime | None = None
    urgent: bool = False
    is_moment: bool = False
    in_brief: Promise | str = ""
    about: str = field(default="", repr=False)
    waits_for: Promise | str = field(default="", repr=False)

    def when(self, now: datetime) -> When:
        """Return in which part of the list it stands. What is urgent has no later."""
        if self.due is None:
            return When.TODAY if self.urgent else When.NO_DATE
        if self.due < now:
            return When.OVERDUE
        today, day = timezone.localdate(now), timezone.localdate(self.due)
        if day == today:
            return When.TODAY
        return When.WEEK if day <= _sunday(today) else When.LATER

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether its time is past."""
        return self.when(now) is When.OVERDUE


def _sunday(today: date) -> date:
    return today + timedelta(days=6 - today.weekday())


def in_order(tasks: Iterable[Task], now: datetime) -> list[Task]:
    """Return tasks as they are shown: what is past first, in each part the urgent ones."""
    parts = list(When)
    return sorted(
        tasks,
        key=lambda task: (
            parts.index(task.when(now)),
            not task.urgent,
            task.due is None,
            task.due or now,
            task.since or now,
            task.reference,
        ),
    )


def end_of(day: date) -> datetime:
    """Return the moment until which something can be done on a day."""
    return timezone.make_aware(datetime.combine(day, END_OF_DAY))


@dataclass(frozen=True, slots=True)
class Line:
    """What a mail says of a task: its kind in words, reference and due moment. No name.

    Nor where it is done: the address of a form names the step ("…/report/").
    """

    text: Promise | str
    reference: str
    due: datetime | None
    is_moment: bool
    overdue: bool


def in_mail(tasks: Iterable[Task], now: datetime) -> list[Line]:
    """Return tasks as a mail may say them (``templates/email/_tasks.txt``), in their order."""
    return [
        Line(
            task.in_brief or task.text,
            task.reference,
            task.due,
            task.is_moment,
            task.is_overdue(now),
        )
        for task in tasks
    ]
