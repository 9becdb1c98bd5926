"""What a signal asks of whoever logged it, as far as they may know (docs/protocol.md, Scenarios 2).

Only their own signals count, and the time since: that a colleague logged one too, or that the case
is closed, must not show itself by a task that comes or goes.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Permission
from cases.deadlines import add_business_days
from cases.facts import facts_of_many_as_author_knows
from cases.models import Case
from cases.protocol import PERIODS, guide
from cases.protocol.rules import BY_CODE
from cases.todo.of_cases import about
from cases.todo.registry import Provider, Reader
from cases.todo.tasks import Asked, end_of
from signals.models import Signal

# So long a severe signal is asked about at its author too; by then the care team has it.
FRESH = timedelta(days=1)
KEEP_WATCHING = BY_CODE["R1"].asks


@dataclass(frozen=True, slots=True)
class Watch:
    """A pupil about whom somebody logged a signal, by their newest one."""

    signal: Signal
    text: Promise
    urgent: bool

    @property
    def url(self) -> str:
        """Return the page of the signal, with whom to call; or that on which one logs the next."""
        if self.urgent:
            return reverse("signals:detail", args=[self.signal.reference])
        return f"{reverse('signals:new')}?pupil={self.signal.case.pupil.public_id}"


def _own(reader: Reader) -> QuerySet:
    """Return somebody's own signals of the time in which one stays watchful, the newest first.

    Not those of the cases that they move themselves: there the case asks.
    """
    since = add_business_days(timezone.localdate(reader.now), -PERIODS["watchful"].days)
    cases = Case.objects.all().unconflicted_for(reader.user).filter(pupil__left_on=None)
    moved = Case.objects.permitted(reader.user, Permission.MOVE_CASE)
    return (
        Signal.objects.logged_by(reader.user)
        .current()
        .filter(recorded_at__gte=end_of(since), finding=None, case__in=cases)
        .exclude(case__in=moved)
        .select_related("case__pupil")
        .order_by("-recorded_at", "-pk")
    )


def _watched(signals: list[Signal], reader: Reader) -> list[Watch]:
    """Return one task a pupil and line: what the newest signal asks at once, or to keep looking."""
    newest: dict[int, Signal] = {}
    for signal in signals:
        newest.setdefault(signal.case_id, signal)
    cases = [signal.case for signal in newest.values()]
    facts = facts_of_many_as_author_knows(cases, reader.user.pk, reader.now)
    found = []
    for signal in newest.values():
        fresh = reader.now - signal.recorded_at < FRESH
        if fresh and (signal.severe or signal.about_staff):
            asked = guide(facts[signal.case_id]).tasks
            if asked:
                found.append(Watch(signal, asked[0].rule.asks, urgent=True))
        elif not signal.about_staff:
            found.append(Watch(signal, KEEP_WATCHING, urgent=False))
    return found


# fmt: off
TABLE: tuple[Provider, ...] = (
    Provider(
        "own_signal", Asked.OF_ME, (Permission.SEE_OWN_SIGNALS,), rows=_own, prepare=_watched,
        text=lambda watch: watch.text, url=lambda watch: watch.url,
        action=lambda watch: _("Whom to call") if watch.urgent else _("Log what you saw since"),
        reference=lambda watch: watch.signal.reference, urgent=lambda watch: watch.urgent,
        since=lambda watch: watch.signal.recorded_at,
        about=lambda watch: about(watch.signal.case),
    ),
)
# fmt: on
