"""What ends waiting on purpose without anybody saying so."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from cases.models import Case, Snooze
from cases.protocol import Facts, Guidance


def end_if_pointless(case: Case, facts: Facts, guidance: Guidance, by: User | None) -> bool:
    """End it in a locked case where something came that it cannot wait for, and tell whether so.

    ``by``: who filed what came.
    """
    how = _how(facts, guidance)
    snooze = Snooze.objects.standing().filter(case=case).first() if how else None
    if snooze is None:
        return False
    snooze.end(how, by if how != Snooze.Ended.TIME else None, facts.now)
    return True


def _how(facts: Facts, guidance: Guidance) -> str:
    """Return what ends it; empty: it goes on."""
    if facts.closed:
        return Snooze.Ended.CLOSED
    if guidance.why_never is not None:
        return Snooze.Ended.SEVERE
    if facts.put_off.until <= facts.now:
        return Snooze.Ended.TIME
    if facts.put_off.asked != guidance.asked:
        return Snooze.Ended.ASKED
    return ""


def end_those_over(cases: Iterable[Case], now: datetime) -> None:
    """Note of locked cases whose time of waiting is over that it is, once that was said."""
    for snooze in Snooze.objects.standing().filter(case__in=cases, until__lte=now):
        snooze.end(Snooze.Ended.TIME, None, now)
