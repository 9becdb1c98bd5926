"""What a signal asks of whoever logged it, as far as they may know (docs/protocol.md, Scenarios 2).

Only their own signals count, and the time since: that a colleague logged one too, or that the case
is closed, must not show itself by a task that comes or goes.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Permission
from cases.deadlines import add_business_days
from cases.facts import facts_of_many_as_author_knows
from cases.models import Case, ShutOut
from cases.protocol import PERIODS, guide
from cases.protocol.rules import BY_CODE
from cases.todo.of_cases import about
from cases.todo.registry import Provider, Reader
from cases.todo.tasks import Asked, end_of
from signals.models import Signal

# So long a severe signal is asked about at its author too; by then the care team has it.
FRESH = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AtOnce:
    """A severe signal of somebody's own, of just now, and what it asks at once."""

    signal: Signal
    text: Promise


def _own(reader: Reader) -> QuerySet:
    """Return somebody's own signals of the time in which one stays watchful, the newest first.

    Not those of the cases that they move themselves: there the case asks. Whoever is kept out of a
    pupil has what they had: what goes, or never comes, would tell them that they are, and what the
    care team found of it since.
    """
    since = add_business_days(timezone.localdate(reader.now), -PERIODS["watchful"].days)
    kept_out = ShutOut.objects.ever_since(OuterRef("finding__recorded_at"))
    kept_out = kept_out.filter(user=reader.user, pupil=OuterRef("case__pupil"))
    moved = Case.objects.permitted(reader.user, Permission.MOVE_CASE)
    return (
        Signal.objects.logged_by(reader.user)
        .current()
        .filter(recorded_at__gte=end_of(since), case__pupil__left_on=None)
        .filter(Q(finding=None) | Exists(kept_out))
        .exclude(case__in=moved)
        .select_related("case__pupil")
        .order_by("-recorded_at", "-pk")
    )


def _severe(reader: Reader) -> QuerySet:
    """Return those that ask something at once: severe, or about somebody who works here."""
    at_once = Q(severe=True) | Q(about_staff=True)
    return _own(reader).filter(at_once, recorded_at__gt=reader.now - FRESH)


def _asking(signals: list[Signal], reader: Reader) -> list[AtOnce]:
    """Return what the protocol asks first, as far as their author knows the case."""
    cases = {signal.case_id: signal.case for signal in signals}
    facts = facts_of_many_as_author_knows(cases.values(), reader.user.pk, reader.now)
    guided = ((signal, guide(facts[signal.case_id]).tasks) for signal in signals)
    return [AtOnce(signal, tasks[0].rule.asks) for signal, tasks in guided if tasks]


def _watched(reader: Reader) -> QuerySet:
    """Return one's signals about whom one stays watchful."""
    signals = _own(reader).filter(about_staff=False)
    return signals.exclude(severe=True, recorded_at__gt=reader.now - FRESH)


def _all_at_once(signals: list[Signal], reader: Reader) -> list[list[str]]:
    """Return whom they are about: one task, whoever they are."""
    names = list(dict.fromkeys(about(signal.case) for signal in signals))
    return [names] if names else []


# fmt: off
TABLE: tuple[Provider, ...] = (
    Provider(
        "severe_signal", Asked.OF_ME, (Permission.SEE_OWN_SIGNALS,), rows=_severe, prepare=_asking,
        text=lambda asked: asked.text, action=_("Whom to call"),
        in_brief=_("A signal that you logged asks something of you."),
        url=lambda asked: reverse("signals:detail", args=[asked.signal.reference]),
        reference=lambda asked: asked.signal.reference, urgent=lambda asked: True,
        since=lambda asked: asked.signal.recorded_at,
        about=lambda asked: about(asked.signal.case),
    ),
    Provider(
        "keep_watching", Asked.OF_ME, (Permission.SEE_OWN_SIGNALS,), rows=_watched,
        prepare=_all_at_once,
        text=BY_CODE["R1"].asks, action=_("Log what you saw"),
        url=lambda names: reverse("signals:new"), about="; ".join,
    ),
)
# fmt: on
